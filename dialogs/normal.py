"""What a person typed, made comparable: one width, one script, no invisible characters."""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ud800-\udfff\ufe0e\ufe0f\ufeff]"
)
_BLANKS = re.compile(r"\s+")
_ENDS = " \t\n。.!！,，、;；~～…"

DIGITS = str.maketrans(
    {
        han: str(digit)
        for digit, hans in enumerate(
            ["〇零○", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]
        )
        for han in hans
    }
)


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def visible(text: str) -> str:
    """The text without control and zero-width characters; line breaks stay."""
    return _INVISIBLE.sub("", text)


@lru_cache(maxsize=16)  # the readers and matchers of one turn each ask for the same text; what was said leaves soon
def plain(text: str) -> str:
    """One line of half-width, simplified text: what every reader and matcher compares.

    Full-width letters and digits become half-width, circled and parenthesised digits plain ones, traditional
    characters simplified, runs of blanks one blank. Rare characters that have no simplified form stay.
    """
    folded = unicodedata.normalize("NFKC", visible(text))
    if not folded.isascii():
        folded = _to_simplified().convert(folded)
    return _BLANKS.sub(" ", folded).strip()


def bare(text: str) -> str:
    """`plain` in lower case, without blanks and closing punctuation: for commands and option labels."""
    return plain(text).lower().replace(" ", "").strip(_ENDS)
