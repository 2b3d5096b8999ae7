"""The values of a template or subscription message: what WeChat takes under each keyword (47003 otherwise). Pure.

source  WeChat's tables of keyword types for template and subscription messages. No value of ours holds a name, a
        number, a place or an amount; of a receipt only its last four digits
"""

import re
from collections.abc import Mapping
from datetime import datetime

from dialogs import telling_words

NAMES = ("what", "state", "next", "service", "at", "receipt")
"""What a keyword may be set to in [telling]; besides `=words`, which stands as it is."""

MORE = "…"
_HAN = "[\u3400-\u9fff]"
_LONGEST = {
    "thing": 20, "short_thing": 5, "character_string": 32, "phrase": 5, "const": 20, "name": 10, "number": 32,
    "letter": 32, "symbol": 5, "phone_number": 17, "car_number": 8,
}  # fmt: skip
_ONLY = {
    "character_string": r"[\x20-\x7e]+", "phrase": f"{_HAN}+", "name": f"{_HAN}+", "number": r"[0-9.\-]+",
    "letter": "[A-Za-z]+", "symbol": r"[^\w\s]+", "phone_number": r"[0-9+\- ]+",
    "time": r"\d{4}年\d{1,2}月\d{1,2}日 \d{1,2}:\d{2}", "date": r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?",
    "amount": r"[¥\uffe5$€£]?[0-9.]{1,10}元?",
}  # fmt: skip
_KEYWORD = re.compile(r"([a-z]+(?:_[a-z]+)*)(\d{1,3})")
PREFIXES = tuple(sorted({*_LONGEST, *_ONLY}))


def prefix_of(keyword: str) -> str:
    """thing of thing12; "" for what is no keyword of a kind we know."""
    found = _KEYWORD.fullmatch(keyword)
    return found[1] if found is not None and found[1] in PREFIXES else ""


def fitted(keyword: str, value: str) -> str | None:
    """The value as WeChat takes it under this keyword, cut where it may be; None when it cannot stand there."""
    prefix = prefix_of(keyword)
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    if not prefix or not text:
        return None
    longest = _LONGEST.get(prefix)
    if longest is not None and len(text) > longest:
        if prefix not in ("thing", "short_thing", "character_string", "phrase"):
            return None
        text = text[: longest - 1] + MORE if prefix in ("thing", "short_thing") else text[:longest].rstrip()
    allowed = _ONLY.get(prefix)
    return text if allowed is None or re.fullmatch(allowed, text) else None


def values(keywords: Mapping[str, str], about: str, receipt: str, at: datetime) -> dict[str, str]:
    """{keyword: value} of one message; `at` in the claimants' time zone. Raises ValueError, naming the keyword."""
    words = telling_words.NOTICES[about]
    given = {
        **words, "service": telling_words.SERVICE, "receipt": f"*{receipt[-4:]}" if receipt else "-",
        "at": f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
    }  # fmt: skip
    found = {}
    for keyword, name in keywords.items():
        said = name[1:] if name.startswith("=") else given.get(name)
        value = fitted(keyword, said) if said is not None else None
        if value is None:
            raise ValueError(keyword)
        found[keyword] = value
    return found


def faults(keywords: Mapping[str, str]) -> list[str]:
    """What is wrong with the keywords of one template, one line each."""
    wrong = []
    if not keywords:
        return ["keywords: is empty; set each keyword of the template, like thing1 = \"what\""]
    noon = datetime(2026, 12, 31, 12, 30)
    for keyword, name in keywords.items():
        if not prefix_of(keyword):
            wrong.append(f"keywords: {keyword!r} is none of WeChat's kinds ({', '.join(PREFIXES)}) with a number")
        elif not name.startswith("=") and name not in NAMES:
            wrong.append(f"keywords: {keyword} = {name!r} is unknown; use one of {', '.join(NAMES)}, or =words")
        else:
            try:
                for about in telling_words.NOTICES:
                    for receipt in ("", "3528914603715"):
                        values({keyword: name}, about, receipt, noon)
            except ValueError:
                wrong.append(f"keywords: {keyword} = {name!r} can never be sent: WeChat takes something else there")
    return wrong
