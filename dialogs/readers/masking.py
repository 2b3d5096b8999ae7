"""Values shown without being given away, read back in groups, and taken out of texts that are kept for staff."""

import re
import unicodedata

from dialogs.normal import DIGITS
from dialogs.readers.typed import whole

HIDDEN_NUMBER = "〔号码〕"
HIDDEN_NAME = "〔姓名〕"

_DISTRICT = re.compile(r".{2,14}?[区县旗](?!域)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SEPARATOR = " -‐‑‒–−—_./·,，、:：()（）+\t\n\r\u00a0\u3000*"
_NUMBER = re.compile(r"[a-z]{0,3}[0-9](?:~{0,4}[0-9xol]){5,}[0-9x]?", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}")
_NAMED = re.compile(
    r"((?:我叫|我的名字[是叫]|姓名[是:： ]{1,2}|名字[是叫:： ]{1,2}|户名[是:： ]{1,2}))"
    r"([\u3400-\u9fff\U00020000-\U0003ffff]{2,4}(?:·[\u3400-\u9fff]{1,8})*)"
)


def masked(kind: str, value: str) -> str:
    """A value as it may be shown: enough to recognise, too little to use. Kinds as in `read`; others stay whole."""
    if not value:
        return ""
    match kind:
        case "id_number":
            return value[:4] + "*" * max(len(value) - 8, 4) + value[-4:] if len(value) > 8 else "****"
        case "phone":
            return _masked_phone(value)
        case "bank_card" | "social_card":
            return "**** " + value[-4:] if len(value) > 5 else "****"
        case "name":
            return value[0] + "**"
        case "address":
            district = _DISTRICT.match(value)
            return (district.group() if district else value[:6]) + "…"
        case "text":
            return redacted(value)
    return value


def _masked_phone(value: str) -> str:
    if _MOBILE.fullmatch(value):
        return f"{value[:3]}****{value[-4:]}"
    head, dash, rest = value.partition("-")
    local = rest.partition("转")[0]
    return f"{head}-****{local[-4:]}" if dash and len(local) > 6 else "****" + value[-2:]


def grouped(kind: str, value: str) -> str:
    """A number in the groups people read aloud: 6222 0000 …, 133 5490 9010, 990101 19850315 0017."""
    match kind:
        case "bank_card" | "social_card":
            return " ".join(value[at : at + 4] for at in range(0, len(value), 4))
        case "phone" if _MOBILE.fullmatch(value):
            return f"{value[:3]} {value[3:7]} {value[7:]}"
        case "id_number" if len(value) == 18:
            return f"{value[:6]} {value[6:14]} {value[14:]}"
        case "id_number" if len(value) == 15:
            return f"{value[:3]} {value[3:9]} {value[9:]}"
    return value


def looks_sensitive(text: str) -> bool:
    """Whether something in the text looks like a number or a name of somebody."""
    return redacted(text) != whole(text)


def redacted(text: str) -> str:
    """The text with everything that looks like an identity, card or telephone number or a told name taken out.

    For logs and lists of unanswered questions: rather too much than too little. Days (2026-10-31), amounts and
    short service numbers (12333) stay.
    """
    text = whole(text)
    shadow = "".join(map(_shadow, text))
    pieces: list[str] = []
    last = 0
    for match in _NUMBER.finditer(shadow):
        digits = sum(char.isdigit() for char in match.group())
        if digits < 7 or _is_day(text[match.start() : match.end()]):
            continue
        pieces += text[last : match.start()], HIDDEN_NUMBER
        last = match.end()
    without_numbers = "".join(pieces) + text[last:]
    return _NAMED.sub(lambda named: named[1] + HIDDEN_NAME, without_numbers)


def _is_day(piece: str) -> bool:
    return _DAY.fullmatch(unicodedata.normalize("NFKC", piece.strip())) is not None


def _shadow(char: str) -> str:
    """One character for one: a digit for whatever reads as one, ~ for what may stand within a number."""
    if char in _SEPARATOR or unicodedata.category(char) in ("Cf", "Mn", "Me", "Cc"):
        return "~"
    if ord(char) in DIGITS:
        return str(DIGITS[ord(char)])
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and folded.isascii() else ("x" if char in "×хХ叉" else "#")
