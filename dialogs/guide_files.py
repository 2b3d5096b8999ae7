"""faq.toml and guide.toml to a Book, proved complete."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.guidebook import BY_PROVINCE, MATERIALS, OFFICES, WHERE, Book, Entry, Kind, Local, Role, faq_key
from dialogs.questions import Intent, read_sign

KINDS: tuple[Kind, ...] = ("faq", "office", "materials", "status", "eligibility", "claim", "other")
NUMBERS = range(1, 46)
FEWEST_EXAMPLES = 8


def read_book(faq_toml: str, guide_toml: str, role: Role) -> Book:
    """The texts of both files, proved complete. Raises ValueError that names what is wrong."""
    faq, guide = _parsed(faq_toml, "faq.toml"), _parsed(guide_toml, "guide.toml")
    places = _table(guide, "places")
    words = {name: _ways(name, ways) for name, ways in {**_table(faq, "words"), **places}.items()}
    # the places of the directory are found by the guide itself, not by words
    concepts = (*words, "place")
    rows = [_entry(row, concepts, faq_key(_number(row))) for row in faq.get("faq", [])]
    rows += [_entry(row, concepts, str(row.get("topic", ""))) for row in faq.get("intent", [])]
    entries = {entry.key: entry for entry in rows}
    if len(entries) != len(rows):
        raise ValueError("faq.toml: two entries have the same number or topic")
    if missing := [number for number in NUMBERS if faq_key(number) not in entries]:
        raise ValueError(f"faq.toml: no question number {', '.join(map(str, missing))}")
    for entry in rows:
        _prove_answered(entry)
    local = {province: _local(province, table) for province, table in _table(guide, "province").items()}
    if missing_places := BY_PROVINCE.keys() - local.keys():
        raise ValueError(f"guide.toml: no guide for {', '.join(sorted(missing_places))}")
    return Book(
        words, _patterns(faq, concepts), _ordinary(faq, concepts), entries, local, _text(guide, "conditions"), role
    )


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name}: {error}") from error


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"[{name}] is missing")
    return found


def _text(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    if not isinstance(found, str) or not found:
        raise ValueError(f"guide.toml: {name} is missing")
    return found


def _ways(name: str, ways: object) -> tuple[str, ...]:
    if not isinstance(ways, str) or not ways.split():
        raise ValueError(f"faq.toml: words of {name!r} must be a text of words with blanks between")
    return tuple(dict.fromkeys(ways.split()))


_PARTS = {
    "{n}": "(?:[0-9]+|[一二两三四五六七八九十半几]+)",
    "{kin}": (
        "(?:我|俺|家|老)?(?:爸|妈|爹|娘|父亲|母亲|老公|老婆|丈夫|妻子|爱人|媳妇|对象|爷爷|奶奶|家人|家里人|家属|"
        "哥|弟|姐|妹|儿子|女儿|闺女|姑娘|孩子|朋友|亲戚|别人|他人|老人|老伴|父母)"
    ),
    "{paper}": "(?:身份证|户口本|户口册|户口|社保卡|银行卡|照片|相片|就业证|离职证明|存折)",
}


def _patterns(faq: Mapping[str, Any], concepts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Regular expressions by concept, their parts filled in."""
    patterns = {}
    for name, expressions in _table(faq, "patterns").items():
        if name not in concepts:
            raise ValueError(f"faq.toml: patterns of {name!r}, which is no concept")
        try:
            patterns[name] = tuple(re.compile(_filled(expression)).pattern for expression in expressions)
        except re.error as error:
            raise ValueError(f"faq.toml: patterns of {name!r}: {error}") from error
    return patterns


def _filled(expression: str) -> str:
    for part, meaning in _PARTS.items():
        expression = expression.replace(part, meaning)
    return expression


def _ordinary(faq: Mapping[str, Any], concepts: Sequence[str]) -> tuple[str, ...]:
    names = _ways("ordinary", faq.get("ordinary"))
    if unknown := set(names) - set(concepts):
        raise ValueError(f"faq.toml: ordinary names no concept: {', '.join(sorted(unknown))}")
    return names


def _number(row: Mapping[str, Any]) -> int:
    number = row.get("number")
    if not isinstance(number, int) or number not in NUMBERS:
        raise ValueError(f"faq.toml: a question has the number {number!r}, not one of 1 to {NUMBERS[-1]}")
    return number


def _entry(row: Mapping[str, Any], concepts: Sequence[str], key: str) -> Entry:
    examples = tuple(row.get("examples", ()))
    if not key or len(examples) < FEWEST_EXAMPLES:
        raise ValueError(f"faq.toml: {key or 'an intent without topic'} needs {FEWEST_EXAMPLES} examples or more")
    kind = row.get("kind", "faq")
    if kind not in KINDS:
        raise ValueError(f"faq.toml: {key} has the unknown kind {kind!r}")
    try:
        signs = tuple(read_sign(sign, concepts) for sign in row.get("signs", ()))
    except ValueError as error:
        raise ValueError(f"faq.toml: {key}: {error}") from error
    answers = {name: row[name] for name in ("answer", "yunnan", "jilin", "unknown", "helper", "agency") if name in row}
    if "reply" in row:
        answers["answer"] = row["reply"]
    return Entry(
        key=key,
        kind=kind,
        topic=row.get("topic", ""),
        faq=row.get("number", row.get("faq")),
        question=row.get("question", ""),
        answers=answers,
        stops_form=bool(row.get("stops_form", False)),
        intent=Intent(key, signs, examples),
    )


def _prove_answered(entry: Entry) -> None:
    if not entry.key.startswith("faq:"):
        if entry.kind == "other" and "answer" not in entry.answers:
            raise ValueError(f"faq.toml: {entry.key} has no reply")
        return
    if not entry.question:
        raise ValueError(f"faq.toml: {entry.key} has no question")
    answered = entry.answers.keys()
    everybody = "answer" in answered or {"yunnan", "jilin", "unknown"} <= answered or {"helper", "agency"} <= answered
    if not everybody and entry.faq not in (MATERIALS, WHERE, OFFICES):
        raise ValueError(f"faq.toml: {entry.key} leaves somebody without an answer")


def _local(province: str, table: Mapping[str, Any]) -> Local:
    city = table.get("city", {})
    try:
        texts: dict[str, Any] = {name: table[name] for name in _TEXTS}
        lists: dict[str, Any] = {name: tuple(table[name]) for name in _LISTS}
        return Local(
            **texts,
            **lists,
            city_name=city.get("name", ""),
            city_offices=tuple(city.get("offices", ())),
            city_channels=tuple(city.get("channels", ())),
        )
    except KeyError as error:
        raise ValueError(f"guide.toml: {province} has no {error.args[0]}") from error


_TEXTS = ("area", "top_office", "top_phone", "papers_title", "papers_note", "papers_short", "channels_short", "onsite",
          "conditions")  # fmt: skip
_LISTS = ("papers", "steps", "channels", "statuses")
