"""Tables for a spreadsheet: CSV that Excel reads as UTF-8, and in which nothing is a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UNSEEN = re.compile(r"^[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x1f]+")
"""What a spreadsheet drops before it looks."""


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV with a byte order mark. A text that a spreadsheet would reckon gets a ' in front."""
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return held.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and (
        cell.startswith(_BEGINS_A_FORMULA) or _UNSEEN.sub("", cell).startswith(_BEGINS_A_FORMULA)
    ):
        return f"'{cell}"
    return cell
