"""Identity and card numbers among the lines an OCR read: found by their check digit, never by where they stand."""

import re
from collections.abc import Callable, Sequence

from dialogs.normal import plain
from dialogs.readers.numbers import BANK_LENGTHS, ID_LENGTHS, is_bank_card, is_id_number

_ROW = re.compile(r"[0-9]+(?: [0-9]+)*(?: ?[Xx×])?")
_PIECES = range(2, 7)
"""Boxes over which one number may be split."""


def id_numbers(lines: Sequence[str]) -> tuple[str, ...]:
    """The 18-digit identity numbers with a real birth date and a right check digit, in the order read."""
    return _numbers(lines, ID_LENGTHS, is_id_number)


def card_numbers(lines: Sequence[str]) -> tuple[str, ...]:
    """The bank card numbers: 16 to 19 digits, Luhn right, in the order read."""
    return _numbers(lines, BANK_LENGTHS, is_bank_card)


def _numbers(lines: Sequence[str], lengths: range, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """The different ones, once each.

    A part of a longer number is none: one misread digit must not make another number of it. Where a box is a number
    and its neighbours make a longer one of it, both are.
    """
    found: list[str] = []
    parts: list[str] = []
    for line in map(plain, lines):
        rows = _ROW.findall(line)
        if rows != [line]:
            found += filter(fits, _together(parts))
            parts = []
        found += (number for row in rows for number in _alone(row, lengths) if fits(number))
        if rows and line.endswith(rows[-1]):
            parts.append(_digits(rows[-1]))
    found += filter(fits, _together(parts))
    return tuple(dict.fromkeys(found))


def _digits(row: str) -> str:
    return row.replace(" ", "").upper().replace("×", "X")


def _alone(row: str, lengths: range) -> list[str]:
    """Groups in a row are one number; in a row that is too long for one, an unbroken group may be."""
    if len(_digits(row)) < lengths.stop:
        return [_digits(row)]
    return [_digits(group) for group in row.split(" ")]


def _together(parts: Sequence[str]) -> list[str]:
    """Boxes that follow each other and hold nothing but digits, the first perhaps a label before them."""
    return ["".join(parts)] if len(parts) in _PIECES else []
