"""Receipt numbers: 12 random digits and a check digit (ISO 7064 mod 11,10), read aloud in groups of four."""

import re
import secrets

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from dialogs.normal import DIGITS, plain

LENGTH = 13
_GROUPED = re.compile(r"(?<!\d)\d(?:[ \-–—.·,，、/]*\d){12}(?!\d)")


def new_receipt() -> str:
    """A number nobody can guess; the first digit is never 0, which people leave out."""
    body = str(10**11 + secrets.randbelow(9 * 10**11))
    return body + str(mod_11_10.calc_check_digit(body))


def valid(text: str) -> bool:
    """Whether these are 13 digits whose check digit is right. Every single wrong digit is noticed, and nearly every
    swap of two neighbours."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        return False
    try:
        mod_11_10.validate(text)
    except ValidationError:
        return False
    return True


def shown(receipt: str) -> str:
    """As a person reads it: "3528 9146 0371 5"."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


def heard(text: str) -> str | None:
    """The receipt number somebody typed or dictated, alone or in a sentence: with blanks, hyphens, full-width or
    Chinese digits. None when there is none whose check digit is right."""
    for found in _GROUPED.finditer(plain(text).translate(DIGITS)):
        digits = re.sub(r"\D", "", found.group())
        if valid(digits):
            return digits
    return None
