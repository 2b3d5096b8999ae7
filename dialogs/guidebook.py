"""What the two guides and the law say, as texts: read from TOML, chosen by place, with the office to call filled in."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dialogs.model import Context
from dialogs.offices import NOTHING_KNOWN, Directory, dialable
from dialogs.questions import Intent, read_sign

Kind = Literal["faq", "office", "materials", "status", "eligibility", "claim", "other"]
Role = Literal["agency", "helper"]
KINDS: tuple[Kind, ...] = ("faq", "office", "materials", "status", "eligibility", "claim", "other")
NUMBERS = range(1, 46)
FEWEST_EXAMPLES = 8

_BY_PROVINCE = {"云南省": "yunnan", "吉林省": "jilin"}
# these two answers are lists that the guides' data holds, not sentences of faq.toml
_MATERIALS, _WHERE, _OFFICES = 12, 13, 43


@dataclass(frozen=True, slots=True)
class Local:
    """One guide: texts as printed. `city_*` hold what only people insured in that city may use."""

    area: str
    top_office: str
    top_phone: str
    papers_title: str
    papers: tuple[str, ...]
    papers_note: str
    papers_short: str
    steps: tuple[str, ...]
    channels: tuple[str, ...]
    channels_short: str
    onsite: str
    conditions: str
    statuses: tuple[str, ...]
    city_name: str = ""
    city_offices: tuple[str, ...] = ()
    city_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the list or one other intent; `answers` by "answer", "yunnan", "jilin", "unknown", a role."""

    key: str
    kind: Kind
    topic: str
    faq: int | None
    question: str
    answers: Mapping[str, str]
    stops_form: bool
    intent: Intent


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that can be answered."""

    words: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    ordinary: tuple[str, ...]
    entries: Mapping[str, Entry]
    locals: Mapping[str, Local]
    national_conditions: str
    role: Role

    def faq(self, number: int, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The answer to a question by its number, for the person's place. Raises KeyError for an unknown number."""
        entry = self.entries[faq_key(number)]
        if number == _MATERIALS:
            return self.materials(context, directory)
        if number == _WHERE:
            return self.where(context, directory)
        return self.filled(self._chosen(entry, context), context, directory)

    def reply(self, entry: Entry, context: Context, directory: Directory | None = None) -> str:
        """What is said to an intent that is no question of the list; "" where it has no words of its own."""
        return self.filled(self._chosen(entry, context), context, directory)

    def materials(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The papers: the numbered list of the person's guide, both shortly when the place is not known."""
        local = self.locals.get(context.province)
        if local is None:
            both = "\n".join(one.papers_short for one in self.locals.values())
            return f"{both}\n你最后在哪里参保？告诉我，我只说你那里的。"
        lines = [f"{number}. {paper}" for number, paper in enumerate(local.papers, 1)]
        listed = lines if len(lines) > 1 else list(local.papers)
        return self.filled("\n".join([local.papers_title, *listed, local.papers_note]), context, directory)

    def where(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """Where to claim, shortly."""
        local = self.locals.get(context.province)
        if local is None:
            return "\n".join(f"{one.area}：{one.channels_short}" for one in self.locals.values())
        lines = [local.channels_short]
        if local.city_channels and (not context.last_insured or self._in_city(local, context)):
            lines.append(f"在{local.city_name}参保的，还可以用：" + "，".join(local.city_channels))
        lines.append("办不了，问{office}。")
        return self.filled("\n".join(lines), context, directory)

    def steps(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The guide's steps, one message each; a pointer to both guides when the place is not known."""
        local = self.locals.get(context.province)
        if local is not None:
            return local.steps
        return tuple(f"{one.area}一共{len(one.steps)}步。{one.steps[0]}" for one in self.locals.values())

    def channels(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The ways to claim, a city's own only for people insured there."""
        local = self.locals.get(context.province)
        if local is None:
            return tuple(f"{one.area}：{channel}" for one in self.locals.values() for channel in one.channels)
        return (*local.channels, *(local.city_channels if self._in_city(local, context) else ()))

    def onsite(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """How to claim in person; both guides when the place is not known."""
        local = self.locals.get(context.province)
        if local is not None:
            return self.filled(local.onsite, context, directory)
        return "\n".join(self.filled(one.onsite, Context(province=name)) for name, one in self.locals.items())

    def conditions(self, context: Context = NOTHING_KNOWN) -> str:
        """What a person must meet: the guide's own words first, else the law's."""
        local = self.locals.get(context.province)
        return local.conditions if local is not None else self.national_conditions

    def statuses(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The states a claim goes through by the guide; () when the place is not known."""
        local = self.locals.get(context.province)
        return local.statuses if local is not None else ()

    def office(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """Whom to call: the last insured place's office, else the province's, else both. Name and telephone."""
        known = directory.named(context.last_insured) if directory is not None and context.last_insured else None
        if known is not None:
            return f"{known.name} {' 或 '.join(dialable(known))}"
        local = self.locals.get(context.province)
        if local is not None:
            return f"{local.top_office} {local.top_phone}"
        return "经办机构（" + "，".join(f"{one.area}{one.top_phone}" for one in self.locals.values()) + "）"

    def filled(self, text: str, context: Context, directory: Directory | None = None) -> str:
        """The text with {office} replaced by whom to call."""
        return text.replace("{office}", self.office(context, directory)) if "{office}" in text else text

    def _in_city(self, local: Local, context: Context) -> bool:
        return context.last_insured in local.city_offices

    def _chosen(self, entry: Entry, context: Context) -> str:
        place = _BY_PROVINCE.get(context.province, "unknown")
        answers = entry.answers
        return answers.get(self.role) or answers.get(place) or answers.get("answer", "")


def faq_key(number: int) -> str:
    """The key of a question of the list."""
    return f"faq:{number}"


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
    if missing_places := _BY_PROVINCE.keys() - local.keys():
        raise ValueError(f"guide.toml: no guide for {', '.join(sorted(missing_places))}")
    return Book(words, _patterns(faq, concepts), _ordinary(faq, concepts), entries, local, _text(guide, "conditions"), role)


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
    "{kin}": "(?:我|俺|家|老)?(?:爸|妈|爹|娘|父亲|母亲|老公|老婆|丈夫|妻子|爱人|媳妇|对象|爷爷|奶奶|家人|家里人|家属|哥|弟|姐|妹|儿子|女儿|"
    "闺女|姑娘|孩子|朋友|亲戚|别人|他人|老人|老伴|父母)",
    "{paper}": "(?:身份证|户口本|户口册|户口|社保卡|银行卡|照片|相片|就业证|离职证明|存折)",
}


def _patterns(faq: Mapping[str, Any], concepts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Regular expressions by concept, their parts filled in."""
    filled = {}
    for name, expressions in _table(faq, "patterns").items():
        if name not in concepts:
            raise ValueError(f"faq.toml: patterns of {name!r}, which is no concept")
        for part, meaning in _PARTS.items():
            expressions = [expression.replace(part, meaning) for expression in expressions]
        try:
            [re.compile(expression) for expression in expressions]
        except re.error as error:
            raise ValueError(f"faq.toml: patterns of {name!r}: {error}") from error
        filled[name] = tuple(expressions)
    return filled


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
    if not everybody and entry.faq not in (_MATERIALS, _WHERE, _OFFICES):
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
