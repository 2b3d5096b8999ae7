"""What a text speaks of: concepts, found by their many spellings and by sound, and pairs of neighbouring sounds."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from dialogs.normal import plain
from dialogs.syllables import sound, syllables

_Way = TypeVar("_Way", bound=Sequence[str])
_IGNORED = "skip"
_BY_SOUND, _BY_SHORT_SOUND = 0.85, 0.65
_LONGEST_TEXT = 300
_LETTERS = re.compile(r"[a-zü]+")
_SPOKEN_MARKS = re.compile(r"[，。！？、；：“”‘’（）《》…—,.!?;:\"'()~\[\]<>·*#/\\|@=_-]+")
_TONES = re.compile(r"(?<=[a-z])[1-5](?![0-9])")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a text: concepts with how surely (1 by writing, less by sound), and pairs of sounds.

    unknown  characters that belong to no known word
    """

    concepts: Mapping[str, float]
    pairs: frozenset[str]
    sounds: str
    unknown: int = 0


class Words:
    """The ways people say each concept, found by writing and by sound."""

    def __init__(
        self,
        words: Mapping[str, Sequence[str]],
        ordinary: Iterable[str] = (),
        patterns: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """The spellings of each concept.

        ordinary  concepts too common to tell one intent from another
        patterns  regular expressions by concept, for what no list can hold (six and a half years)
        """
        self.ordinary = frozenset(ordinary)
        self._patterns = {name: re.compile("|".join(forms)) for name, forms in (patterns or {}).items()}
        written: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
        sounding: defaultdict[tuple[str, ...], dict[tuple[str, ...], set[str]]] = defaultdict(dict)
        for concept, ways in words.items():
            for way in ways:
                written[way[0]].setdefault(way, set()).add(concept)
                heard = tuple(sound(char) for char in way)
                if len(heard) > 1 and concept != _IGNORED:
                    sounding[heard[:2]].setdefault(heard, set()).add(concept)
        self.concepts = frozenset(words)
        self._written = {first: _longest_first(ways) for first, ways in written.items()}
        self._sounding = {first: _longest_first(ways) for first, ways in sounding.items()}

    def heard(self, text: str) -> str:
        """How the whole text sounds: the same for a question typed in characters and in pinyin."""
        return " ".join(_as_heard(text)[1])

    def seen(self, text: str) -> Seen:
        """The concepts and sound pairs of a text of any length; only its first 300 characters count."""
        chars, heard = _as_heard(text)
        spans = _outermost(self._find_written(chars))
        covered = [False] * len(chars)
        concepts: dict[str, float] = {}
        for start, end, names in spans:
            if end - start > 1 or _IGNORED not in names:
                covered[start:end] = [True] * (end - start)
            concepts.update(dict.fromkeys(names, 1.0))
        for name, pattern in self._patterns.items():
            for hit in pattern.finditer(chars):
                concepts[name] = 1.0
                covered[hit.start() : hit.end()] = [True] * (hit.end() - hit.start())
        kept = [one for one, here in zip(heard, _unignored(spans, len(chars)), strict=True) if here]
        clear = bool(concepts.keys() - self.ordinary - {_IGNORED})
        for start, end, names in self._find_sounding(heard, covered):
            typed = not chars[start:end].strip("\0")
            # two characters often sound like something else: believed only where nothing is written plainly
            if typed or end - start > 2 or not (clear or any(covered[start:end])):
                sure = _BY_SOUND if typed or end - start > 2 else _BY_SHORT_SOUND
                for name in names:
                    concepts.setdefault(name, sure)
        concepts.pop(_IGNORED, None)
        pairs = frozenset(a + " " + b for a, b in pairwise(kept))
        known = [*covered]
        for start, end, _ in spans:
            known[start:end] = [True] * (end - start)
        unknown = sum(not one and char.isalpha() for one, char in zip(known, chars, strict=True))
        return Seen(concepts, pairs, " ".join(kept), unknown)

    def _find_written(self, chars: str) -> list[tuple[int, int, set[str]]]:
        spans = []
        for start, char in enumerate(chars):
            for way, names in self._written.get(char, ()):
                if chars.startswith(way, start):
                    spans.append((start, start + len(way), names))
                    break
        return spans

    def _find_sounding(self, heard: Sequence[str], covered: Sequence[bool]) -> list[tuple[int, int, set[str]]]:
        spans = []
        for start, first in enumerate(pairwise(heard)):
            for way, names in self._sounding.get(first, ()):
                end = start + len(way)
                if tuple(heard[start:end]) == way and not all(covered[start:end]):
                    spans.append((start, end, names))
                    break
        return _outermost(spans)


def _longest_first(ways: Mapping[_Way, set[str]]) -> list[tuple[_Way, set[str]]]:
    return sorted(ways.items(), key=lambda item: -len(item[0]))


def _outermost(spans: Sequence[tuple[int, int, set[str]]]) -> list[tuple[int, int, set[str]]]:
    """Spans that stand inside no other; they come ordered by their start."""
    kept: list[tuple[int, int, set[str]]] = []
    for span in spans:
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def _unignored(spans: Sequence[tuple[int, int, set[str]]], length: int) -> list[bool]:
    here = [True] * length
    for start, end, names in spans:
        if names == {_IGNORED}:
            here[start:end] = [False] * (end - start)
    return here


def _as_heard(text: str) -> tuple[str, list[str]]:
    """The text character by character, and how each sounds; a typed syllable is one \\0 among the characters."""
    flat = plain(text[:_LONGEST_TEXT]).lower()
    if _LETTERS.search(flat) or not flat.isascii():
        flat = "".join(c for c in unicodedata.normalize("NFD", flat) if not unicodedata.combining(c) or c == "̈")
        flat = unicodedata.normalize("NFC", flat)
    flat = _TONES.sub("", _SPOKEN_MARKS.sub(" ", flat))
    chars: list[str] = []
    heard: list[str] = []
    for piece in re.split(r"([a-zü]+(?: +[a-zü]+)*)", flat):
        letters = piece.replace(" ", "").replace("ü", "v").replace("shei", "shui")  # 谁, read both ways
        if letters.isascii() and letters.isalpha() and len(letters) > 1 and (typed := syllables(letters)):
            chars.extend("\0" * len(typed))
            heard.extend(typed)
        else:
            chars.extend(letters)
            heard.extend(sound(char) for char in letters)
    return "".join(chars), heard
