"""Identity numbers, bank cards and card numbers: what is taken, and which slip a refused one has."""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

from dialogs.model import Filled, Reading, Refused
from dialogs.readers.masking import masked
from dialogs.readers.runs import Chain, chains, fold, has_letters_inside, joined, matching, nearest

ID_LENGTHS = range(18, 19)
BANK_LENGTHS = range(16, 20)
CARD_LENGTHS = range(6, 21)
ID_EXAMPLE = "99010119900101006X"
BANK_EXAMPLE = "6222 0000 0000 0001 234"
CARD_EXAMPLE = "A12345678"

LAST_BIRTH = date(2099, 12, 31)
"""The bound on a birth date where today is not known: to tell an identity number from a card."""

_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_ID = re.compile(r"[1-9][0-9]{14}")
_OLD_PERMIT = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{3})[ \-]?([0-9]{12})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}")
_HIDDEN = re.compile(r"[0-9] ?[*#]{2,}")
_CARD_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[ \-_./·]{1,3}[A-Za-z0-9]+)*")
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_NOT_OF_A_CARD = frozenset(("ok", "no", "id", "is", "my", "card", "hi", "hello", "the", "app", "wx", "qq"))


# --- identity numbers


def birth_fault(number: str, today: date) -> str:
    """What is wrong with the birth date in digits 7 to 14 of an 18-digit number; "" when nothing is."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not 1 <= month <= 12:
        return "第11、12位是出生月份，应在01到12之间"
    try:
        born = date(year, month, day)
    except ValueError:
        return "第7到14位是出生日期，这一天不存在"
    if year < 1900:
        return "第7到10位是出生年份，这个年份太早了"
    return "第7到14位是出生日期，不会晚于今天" if born > today else ""


def is_id_number(number: str, today: date = LAST_BIRTH) -> bool:
    """Whether these 18 characters have the form, a real birth date and the right check digit (GB 11643)."""
    return _ID.fullmatch(number) is not None and not birth_fault(number, today) and _checks(number)


def _checks(number: str) -> bool:
    return bool(ric.calc_check_digit(number) == number[-1])


def an_id_number(text: str, today: date) -> Reading:
    """An identity number of 18 characters, or the older permanent-residence number of 3 letters and 12 digits.

    The region code is not judged (codes change, old holders keep theirs): one that is not known gives a note.
    """
    folded = fold(text)
    found = chains(folded)
    good = matching(folded, found, ID_LENGTHS, lambda n: n if is_id_number(n, today) else None, complete)
    if len(good) > 1:
        return _which("身份证号", "id_number", good, ID_EXAMPLE)
    if good:
        return Filled(good[0], _region_note(good[0]))
    if permit := _OLD_PERMIT.search(folded):
        return Filled((permit[1] + permit[2]).upper(), "这是旧版外国人永久居留证的号码。有新证就填新证的18位号码")
    return Refused(_id_fault(folded, found, today), ID_EXAMPLE)


def _region_note(number: str) -> str:
    if number[:2] in _PROVINCES:
        return ""
    if number[0] == "9":
        return "9开头的号码多见于外国人永久居留身份证，请对照证件再看一遍"
    return "号码的前两位不常见，请对照身份证再看一遍"


def _id_fault(folded: str, found: list[Chain], today: date) -> str:
    if _HIDDEN.search(folded):
        return "号码里有星号。要填完整的18位身份证号"
    number = nearest(found, ID_LENGTHS)
    if not number:
        return "没有看到身份证号。身份证号是18位，请照着身份证输入"
    if has_letters_inside(folded, range(14, 22)):
        return "身份证号里只有数字，只有最后一位可能是X。请对照身份证再发一次"
    if fault := _other_kind(number, "身份证号", "身份证号是18位"):
        return fault
    if len(number) == 15 and _OLD_ID.fullmatch(number):
        return "这是15位的老号码，已经停用。请填现在身份证上的18位号码"
    if len(number) < 18:
        return f"身份证号是18位，现在是{len(number)}位。看一看是不是少了{_so_many(18 - len(number))}"
    if len(number) > 18:
        return f"身份证号是18位，现在是{len(number)}位。看一看是不是多了{_so_many(len(number) - 18)}"
    if "X" in number[:-1]:
        return "身份证号里X只会是最后一位。请对照身份证再发一次"
    if number[0] == "0":
        return "身份证号第一位不会是0。请对照身份证再发一次"
    if fault := birth_fault(number, today):
        return f"身份证号{fault}。请对照身份证再发一次"
    return "身份证号有一位数字可能抄错了，请对照身份证再发一次"


# --- bank cards


def is_bank_card(number: str) -> bool:
    """Whether these digits can be a card: 16 to 19, not all the same, Luhn right, and no identity number.

    The issuer prefix is not judged: no public list knows every rural credit card of Yunnan.
    """
    return (
        len(number) in BANK_LENGTHS
        and number.isdigit()
        and len(set(number)) > 1
        and bool(luhn.is_valid(number))
        and not is_id_number(number)
    )


def a_bank_card(text: str) -> Reading:
    """A bank card number: digits only."""
    folded = fold(text)
    found = chains(folded)
    good = matching(folded, found, BANK_LENGTHS, lambda n: n if is_bank_card(n) else None, complete)
    if len(good) > 1:
        return _which("银行卡号", "bank_card", good, BANK_EXAMPLE)
    return Filled(good[0]) if good else Refused(_bank_fault(folded, found), BANK_EXAMPLE)


def _bank_fault(folded: str, found: list[Chain]) -> str:
    if _HIDDEN.search(folded):
        return "号码里有星号。要填完整的银行卡号，它在卡的正面"
    number = nearest(found, BANK_LENGTHS)
    if not number:
        return "没有看到银行卡号。银行卡号是16到19位数字，请照着卡面输入"
    if fault := _other_kind(number, "银行卡号", "银行卡号是16到19位，在卡的正面"):
        return fault
    if not number.isdigit() or has_letters_inside(folded, range(14, 22)):
        return "银行卡号里只有数字，没有字母。请对照卡面再发一次"
    if len(number) < 16:
        return f"银行卡号是16到19位，现在是{len(number)}位。看一看是不是少了几位。存折账号不行，要卡号"
    if len(number) > 19:
        return f"银行卡号是16到19位，现在是{len(number)}位。看一看是不是多了几位"
    if len(set(number)) == 1:
        return "银行卡号不会全是同一个数字。请照着卡面输入"
    return "银行卡号里可能有一位抄错，请对照卡面再发一次"


# --- social-security and medical cards


def a_card_number(text: str) -> Reading:
    """A social-security or medical card number: 6 to 20 letters or digits, no public format, never refused on form.

    At least one digit is asked for, or every word would be a number.
    """
    folded = fold(text)
    good = _card_numbers(folded)
    if len(good) > 1:
        good = [value for value in good if not complete(value)] or good
    if len(good) > 1:
        return _which("卡号", "social_card", good, CARD_EXAMPLE)
    if good:
        return Filled(good[0], "这像是手机号，请看一看是不是卡号" if _MOBILE.fullmatch(good[0]) else "")
    if _HIDDEN.search(folded):
        return Refused("号码里有星号。要填完整的卡号", CARD_EXAMPLE)
    longest = max((len(joined(chain)) for chain in chains(folded)), default=0)
    if not longest:
        return Refused("没有看到卡号。卡号印在卡上，是6到20位的数字或字母", CARD_EXAMPLE)
    if longest < 6:
        return Refused(f"卡号至少有6位，现在是{longest}位。看一看是不是少了几位", CARD_EXAMPLE)
    return Refused(f"卡号最多20位，现在是{longest}位。看一看是不是多了几位", CARD_EXAMPLE)


def _card_numbers(folded: str) -> list[str]:
    found: dict[str, None] = {}
    for match in _CARD_TOKEN.finditer(folded):
        words = re.split(r"[ \-_./·]+", match.group())
        while words and not _has_digit(words[0]) and (words[0].lower() in _NOT_OF_A_CARD or len(words[0]) > 4):
            words.pop(0)
        while words and not _has_digit(words[-1]) and (words[-1].lower() in _NOT_OF_A_CARD or len(words[-1]) > 1):
            words.pop()
        whole = "".join(words).upper()
        singly = [word.upper() for word in words if len(word) in CARD_LENGTHS and _has_digit(word)]
        if len(whole) in CARD_LENGTHS and _has_digit(whole) and not (len(singly) > 1 and any(map(complete, singly))):
            found[whole] = None
        elif len(singly) > 1:
            found |= dict.fromkeys(singly)
    return list(found)


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


# --- what they share


def complete(number: str) -> bool:
    """Whether a number is a whole one of some kind we know: identity, bank card, mobile, landline with area code."""
    return bool(
        _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) or is_id_number(number) or is_bank_card(number)
    )


def _other_kind(number: str, asked: str, rule: str) -> str:
    kind = ""
    if _MOBILE.fullmatch(number):
        kind = "手机号"
    elif _LANDLINE.fullmatch(number):
        kind = "座机号码"
    elif is_id_number(number):
        kind = "身份证号"
    elif is_bank_card(number) and len(number) in (16, 19) and number[0] in "3456":
        kind = "银行卡号"
    return f"这像是{kind}，现在要填的是{asked}。{rule}" if kind and kind != asked else ""


def _which(name: str, kind: str, values: list[str], example: str) -> Refused:
    shown = "、".join(masked(kind, value) for value in values[:3])
    return Refused(f"看到了不止一个{name}：{shown}。要用哪一个？只发那一个", example)


def _so_many(count: int) -> str:
    return "一位" if count == 1 else "几位"
