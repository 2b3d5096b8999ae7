"""Numbers inside what a person typed: across blanks and hyphens, full width, Chinese numerals, slips like O for 0."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dialogs.normal import DIGITS, plain
from dialogs.readers.typed import whole

LONGEST = 600
"""Characters of a message that are searched; WeChat sends at most 2048 bytes, so more is not somebody's number."""

_MARKS = str.maketrans(
    {"\u20e3": None, "\n": ";", "х": "X", "Х": "X", "×": "X", "✕": "X", "✖": "X", "╳": "X", "✗": "X", "❌": "X"}
)
_SPOKEN = DIGITS | str.maketrans("参弌弍弎洞拐", "312307")
_HAN = "".join(chr(key) for key in _SPOKEN)
_HAN_RUN = re.compile(rf"(?:[{_HAN}0-9][ \-,、]?){{6,}}")
_SPOKEN_X = re.compile(
    r"(?<=[0-9])[ \-,]?(?:(?:大写|小写|字母)的?(?:字母)?[Xx]|"
    r"(?:大写|小写)?的?(?:字母)?(?:叉叉?|[艾爱埃]克斯|\*(?![0-9*])))"
)
_TOKEN = re.compile(r"[0-9A-Za-z|]+")
_SLIPS = re.compile(r"[0-9OoQIl|]*[0-9][0-9OoQIl|]*[Xx]?")
_DIGITS = re.compile(r"[0-9]+")
_LOOKALIKE = str.maketrans("OoQIl|x", "000111X")
_BETWEEN = re.compile(r"[ \-‐‑‒–−—_./·,、;:()+]{1,4}")
_HARD = frozenset(",、;:/")
_WRONG_ONE = re.compile(
    r"(?:不是|不用|别用|不要|旧的?|老的?|以前的?|原来的?|之前的?|停用的?|作废的?)"
    r"(?:那个|这个)?(?:是|用)?(?:手机号?|电话|号码?|卡号?|银行卡)?[是:的 ]{0,2}"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Characters that stand together, digits with lookalikes mended: `90101`, `001X`, and where in the folded text."""

    text: str
    start: int
    end: int
    hard: bool = False
    """A comma or the like stands before it: rather another number than the same one in groups."""


Chain = tuple[Group, ...]
"""Groups with only blanks and the like between them: one number typed in groups, or several numbers."""


def fold(text: str) -> str:
    """The text with every way to write a digit or a closing X made plain. A single 一 in a sentence stays."""
    folded = plain(whole(text[:LONGEST]).translate(_MARKS))
    if not folded.isascii():
        folded = _HAN_RUN.sub(_in_figures, folded)
    return _SPOKEN_X.sub("X", folded)


def _in_figures(match: re.Match[str]) -> str:
    run = match.group()
    return run.translate(_SPOKEN) if sum(char in _HAN for char in run) >= 3 else run


def chains(folded: str) -> list[Chain]:
    """All numbers of a folded text, in order."""
    found: list[list[Group]] = []
    last = -1
    for group in _groups(folded):
        between = folded[last : group.start] if last >= 0 else ""
        if found and (not between or _BETWEEN.fullmatch(between)):
            hard = any(char in _HARD for char in between)
            found[-1].append(Group(group.text, group.start, group.end, hard))
        elif any(char.isdigit() for char in group.text):
            found.append([group])
        else:
            continue
        last = group.end
    return [tuple(chain) for chain in found]


def _groups(folded: str) -> Iterator[Group]:
    for token in _TOKEN.finditer(folded):
        text, start = token.group(), token.start()
        if text in ("X", "x") or (_SLIPS.fullmatch(text) and sum(c.isdigit() for c in text) * 3 >= len(text)):
            yield Group(text.translate(_LOOKALIKE), start, token.end())
            continue
        for run in _DIGITS.finditer(text):
            yield Group(run.group(), start + run.start(), start + run.end())


def joined(groups: Chain) -> str:
    """The characters of consecutive groups, without what stood between."""
    return "".join(group.text for group in groups)


def matching(
    folded: str, found: list[Chain], lengths: range, fits: Callable[[str], str | None], known: Callable[[str], bool]
) -> list[str]:
    """The different values that fit, in the order written; one said to be the wrong or old one is left out.

    fits   the normalised value of a joined number, None when it is not one of this kind
    known  whether a number is complete in itself: what stands beside a taken part must be, or a part of a longer,
           mistyped number would pass for a whole one
    """
    good: dict[str, bool] = {}
    for chain in found:
        for part in _parts(chain, lengths, fits, known):
            value = fits(joined(part))
            if value is not None:
                denied = _denied(folded, part[0].start)
                good[value] = good.get(value, True) and denied
    wanted = [value for value, denied in good.items() if not denied]
    return wanted or list(good)


def _denied(folded: str, start: int) -> bool:
    lead = re.split(r"[,;。!?、]", folded[max(0, start - 14) : start])[-1]
    return any(match.end() == len(lead) for match in _WRONG_ONE.finditer(lead))


def _parts(
    chain: Chain, lengths: range, fits: Callable[[str], str | None], known: Callable[[str], bool]
) -> Iterator[Chain]:
    if len(joined(chain)) in lengths and fits(joined(chain)) is not None:
        yield chain
        return
    at = 0
    while at < len(chain):
        taken = next((part for part in _windows(chain, at, lengths) if _stands_alone(chain, at, part, fits, known)), ())
        if taken:
            yield taken
        at += len(taken) or 1


def _windows(chain: Chain, at: int, lengths: range) -> list[Chain]:
    """Parts that begin at a group and have a fitting length, the longest first."""
    parts: list[Chain] = []
    size = 0
    for end in range(at, len(chain)):
        size += len(chain[end].text)
        if size >= lengths.stop:
            break
        if size in lengths:
            parts.append(chain[at : end + 1])
    return parts[::-1]


def _stands_alone(
    chain: Chain, at: int, part: Chain, fits: Callable[[str], str | None], known: Callable[[str], bool]
) -> bool:
    if fits(joined(part)) is None:
        return False
    before, after = chain[:at], chain[at + len(part) :]
    left = not before or _apart(joined(before), before[-1].text, part[0].hard, len(part) == 1, known)
    right = not after or _apart(joined(after), after[0].text, after[0].hard, len(part) == 1, known)
    return left and right


def _apart(rest: str, nearest: str, hard: bool, single: bool, known: Callable[[str], bool]) -> bool:
    """Whether what stands beside a part is another number: complete, or long enough to be one of its own."""
    return known(rest) or known(nearest) or ((hard or single) and len(nearest) >= 7) or (hard and len(rest) >= 7)


def nearest(found: list[Chain], lengths: range) -> str:
    """The number that comes closest to the lengths, to say what is wrong with it; "" when there is none."""
    best, distance = "", 10_000
    for chain in found:
        # a part of a longer row is looked at only where the row must be several numbers
        starts = range(len(chain)) if len(joined(chain)) > lengths.stop + 5 else range(0)
        gap = max(lengths.start - len(joined(chain)), len(joined(chain)) - lengths.stop + 1, 0)
        if (gap, -len(joined(chain))) < (distance, -len(best)):
            best, distance = joined(chain), gap
        for at in starts:
            size = 0
            for end in range(at, min(len(chain), at + 40)):
                size += len(chain[end].text)
                gap = max(lengths.start - size, size - lengths.stop + 1, 0)
                if (gap, -size) < (distance, -len(best)):
                    best, distance = joined(chain[at : end + 1]), gap
    return best


def has_letters_inside(folded: str, lengths: range) -> bool:
    """Whether something that is nearly all digits has letters in it that are no slips of reading."""
    for token in map(re.Match.group, re.finditer(r"[0-9A-Za-z]+", folded)):
        digits = sum(char.isdigit() for char in token)
        if len(token) in lengths and digits >= 8 and digits * 3 >= len(token) * 2 and not _SLIPS.fullmatch(token):
            return True
    return False
