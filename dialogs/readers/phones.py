"""A telephone number a person can be called on: mobile, or landline with the area code it needs."""

import re
from collections.abc import Callable

from dialogs.model import Filled, Reading, Refused
from dialogs.readers.masking import masked
from dialogs.readers.numbers import complete, is_bank_card, is_id_number
from dialogs.readers.runs import Chain, chains, fold, has_letters_inside, joined, matching, nearest

EXAMPLE = "138 0013 8000"
LENGTHS = range(7, 21)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PREFIX = re.compile(r"^(?:0086|086|86|0)(?=1[3-9][0-9]{9}$)|^(?:0086|86)(?=0?[1-9])")
_AREA = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-8][0-9]{6,7})")
_SERVICE = re.compile(r"(?:[48]00[0-9]{7}|9[56][0-9]{3,6}|1[012][0-9]{1,3}|12[0-9]{3}|100[0-9]{2})")
_EXTENSION = re.compile(r"[ ,]?(?:转|分机号?码?是?|ext\.?|内线)[ :]?([0-9]{1,6})(?![0-9])", re.IGNORECASE)
_EIGHT_DIGITS = frozenset(("010", "0871", "0431", "0432"))
_SEVEN_DIGITS = frozenset(("0433", "0434", "0435", "0436", "0437", "0438", "0439"))


def a_phone(text: str, area_code: str = "") -> Reading:
    """A mobile number as 11 digits, a landline as 0871-63362528, with 转801 behind it where an extension was given.

    area_code  of the place whose numbers may be given without one, e.g. "0871"; "" when it is not known
    """
    folded = fold(text)
    extension = _EXTENSION.search(folded)
    bare = folded[: extension.start()] + ";" + folded[extension.end() :] if extension else folded
    found = chains(bare)
    fits = _fitting(area_code)
    inner = None if extension else _dashed_extension(found, fits)
    if inner:
        return Filled(inner)
    good = matching(bare, found, LENGTHS, fits, complete)
    if len(good) > 1:
        shown = "、".join(masked("phone", value) for value in good[:3])
        return Refused(f"看到了不止一个电话：{shown}。要用哪一个？只发那一个", EXAMPLE)
    if not good:
        return Refused(_fault(bare, found, area_code), EXAMPLE)
    return Filled(f"{good[0]}转{extension[1]}" if extension and "-" in good[0] else good[0])


def _fitting(area_code: str) -> Callable[[str], str | None]:
    return lambda number: normal_phone(number, area_code)


def normal_phone(number: str, area_code: str = "") -> str | None:
    """Digits as the number they are, None when they are none that rings."""
    rest = _PREFIX.sub("", number, count=1)
    if _MOBILE.fullmatch(rest):
        return rest
    options = [rest] if rest.startswith("0") else [area_code + rest, "0" + rest] if area_code else []
    if not rest.startswith("0") and rest != number:
        options.append("0" + rest)
    for option in options:
        parts = _AREA.fullmatch(option)
        if parts and _length_fits(parts[1], parts[2]):
            own = option == area_code + rest or parts[1] == area_code or option == rest or rest != number
            if own:
                return f"{parts[1]}-{parts[2]}"
    return None


def _length_fits(area: str, local: str) -> bool:
    if area in _EIGHT_DIGITS or area.startswith("02"):
        return len(local) == 8
    return len(local) == 7 if area in _SEVEN_DIGITS else True


def _dashed_extension(found: list[Chain], fits: Callable[[str], str | None]) -> str:
    """0871-63362528-801: a short last group behind a whole landline."""
    if len(found) != 1 or len(found[0]) < 2:
        return ""
    *head, last = found[0]
    if len(last.text) > 5 or not last.text.isdigit() or fits(joined(found[0])):
        return ""
    landline = fits(joined(tuple(head)))
    return f"{landline}转{last.text}" if landline and "-" in landline else ""


def _fault(folded: str, found: list[Chain], area_code: str) -> str:
    if re.search(r"[0-9] ?[*#]{2,}", folded):
        return "号码里有星号。要填完整的手机号，11位"
    numbers = [joined(chain) for chain in found]
    number = nearest(found, range(11, 12))
    if not number:
        return "没有看到电话号码。手机号是11位，1开头"
    if any(map(is_id_number, numbers)):
        return "这像是身份证号，现在要填的是电话。手机号是11位，1开头"
    if any(map(is_bank_card, numbers)):
        return "这像是银行卡号，现在要填的是电话。手机号是11位，1开头"
    if any(_SERVICE.fullmatch(digits) for digits in numbers):
        return "这是服务电话。请留你自己能接到的电话，手机号是11位"
    if has_letters_inside(folded, range(10, 15)):
        return "手机号里只有数字，没有字母。再看一看，重新发一次"
    if not area_code and re.fullmatch(r"[2-8][0-9]{6,7}", number):
        return "座机要带上区号，例如0871-63362528。手机号是11位，1开头"
    if number.startswith("0"):
        return "这个座机号的位数不对。看一看区号和号码，或者留11位的手机号"
    if number[0] != "1":
        return f"手机号是11位，1开头。现在是{len(number)}位，开头是{number[0]}。再看一看"
    if len(number) != 11:
        more = ("少" if len(number) < 11 else "多") + ("了一位" if abs(len(number) - 11) == 1 else "了几位")
        return f"手机号是11位，1开头，现在是{len(number)}位。看一看是不是{more}"
    return "手机号第二位是3到9。看一看是不是抄错了"
