"""What a person asks, recognised without any remote service: concepts, rules over them, and nearness to examples.

A text becomes concepts (辞职, 不干了 and 炒老板 are all `quit`) and pairs of neighbouring sounds. Each intent has signs
(concepts that must stand together) and examples; both give points. What leads clearly is sure, the rest is offered.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from dialogs.concepts import Seen, Words

SURE = 0.8
"""Points from which an intent may be answered without asking back."""
CLOSE, CLOSE_POINTS = 0.66, 0.55
"""How near an example makes fewer points enough."""
LEAD = 0.16
"""How far the best must stand before the second."""
AHEAD, AHEAD_POINTS = 0.5, 0.75
"""How far ahead makes fewer points enough."""
DOUBT = 0.02
"""Points lost, when deciding, for each character that means nothing to us."""
NEAR = 0.08
"""Points from which a question is worth offering."""

DECISIVE, HINTING, EACH_MORE = 0.62, 0.25, 0.13
"""Points of a sign with one concept, with or without "!", and for each further concept."""
NEARNESS = 0.6
"""Points for being word for word an example."""
STRANGENESS, STRANGEST = 0.07, 0.35
"""Points lost for concepts that an intent's examples never had, by their rarity, and at most."""
LOOKED_AT_AGAIN = 8
"""So many nearest examples are compared letter by letter."""
ORDINARY, UNKNOWN = 0.35, 0.08
"""How strange an ordinary concept is beside others; points lost for each character that means nothing to us."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Concepts that together point to an intent, and how much they count."""

    wants: frozenset[str]
    lacks: frozenset[str]
    points: float


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a person can mean: `key` names it, `signs` and `examples` recognise it."""

    key: str
    signs: tuple[Sign, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """An intent and its points; `like` is how near the best example is, 0 to 1."""

    key: str
    points: float
    like: float


def read_sign(text: str, concepts: Iterable[str]) -> Sign:
    """A sign from "!one two -three". Raises ValueError for a concept that nobody defined."""
    decisive, known = text.startswith("!"), set(concepts)
    parts = text.lstrip("!").split()
    wants = frozenset(part for part in parts if not part.startswith("-"))
    lacks = frozenset(part[1:] for part in parts if part.startswith("-"))
    if unknown := (wants | lacks) - known:
        raise ValueError(f"sign {text!r}: no such concept: {', '.join(sorted(unknown))}")
    if not wants:
        raise ValueError(f"sign {text!r} wants no concept")
    points = (DECISIVE if decisive else HINTING) + EACH_MORE * (len(wants) - 1)
    return Sign(wants, lacks, points)


class Matcher:
    """All intents, indexed once; immutable afterwards."""

    def __init__(self, words: Words, intents: Sequence[Intent]) -> None:
        self.words = words
        self._ordinary = words.ordinary
        self._signs = {intent.key: sorted(intent.signs, key=lambda sign: -sign.points) for intent in intents}
        self._signed: defaultdict[str, set[str]] = defaultdict(set)
        for intent in intents:
            for name in {name for sign in intent.signs for name in sign.wants}:
                self._signed[name].add(intent.key)
        self._owner: list[str] = []
        self._sounds: list[str] = []
        rows: list[Seen] = []
        for intent in intents:
            for example in intent.examples:
                self._owner.append(intent.key)
                rows.append(words.seen(example))
                self._sounds.append(rows[-1].sounds)
        often = Counter(feature for row in rows for feature in _features(row))
        self._rarity = {feature: math.log(1 + len(rows) / count) for feature, count in often.items()}
        self._unheard = math.log(1 + len(rows))
        self._expects: defaultdict[str, set[str]] = defaultdict(set)
        for owner, row in zip(self._owner, rows, strict=True):
            self._expects[owner].update(row.concepts)
        for intent in intents:
            self._expects[intent.key].update(name for sign in intent.signs for name in sign.wants)
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._length: list[float] = []
        for number, row in enumerate(rows):
            weights = self._weights(row)
            self._length.append(math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0)
            for feature, weight in weights.items():
                self._postings[feature].append((number, weight))

    def ranked(self, seen: Seen) -> list[Scored]:
        """Every intent with any points, best first."""
        like = self._likeness(seen)
        ordinary = self._ordinary
        rarity = {
            name: self._rarity.get("@" + name, 2.0) * sure * (ORDINARY if name in ordinary else 1.0)
            for name, sure in seen.concepts.items()
        }
        telling = seen.concepts.keys() - ordinary
        signed = {key for name in seen.concepts for key in self._signed.get(name, ())}
        scored = []
        for key, signs in self._signs.items():
            near, ruled = like.get(key, 0.0), _best_sign(signs, seen.concepts) if key in signed else 0.0
            if ruled or near > 0.1:
                expected = self._expects[key]
                strange = sum(weight for name, weight in rarity.items() if name not in expected)
                points = ruled + NEARNESS * near - min(STRANGENESS * strange, STRANGEST)
                if not telling & expected:
                    # "怎么办" fits everything: then what we have no word for is what it is about
                    points -= min(UNKNOWN * seen.unknown, STRANGEST)
                scored.append(Scored(key, points, near))
        return sorted(scored, key=lambda one: -one.points)

    def _weights(self, seen: Seen) -> dict[str, float]:
        rarity, unheard = self._rarity, self._unheard
        weights = {
            "@" + name: (0.9 if name in self._ordinary else 1.6) * rarity.get("@" + name, 1.0) * sure
            for name, sure in seen.concepts.items()
        }
        weights.update((pair, 0.55 * rarity.get(pair, unheard)) for pair in seen.pairs)
        return weights

    def _likeness(self, seen: Seen) -> dict[str, float]:
        weights = self._weights(seen)
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        dots: defaultdict[int, float] = defaultdict(float)
        for feature, weight in weights.items():
            for number, other in self._postings.get(feature, ()):
                dots[number] += weight * other
        like: dict[str, float] = {}
        for number, dot in dots.items():
            own = self._length[number]
            # a long story around a short question must not drown it
            value = dot / (own * (length if length < own else math.sqrt(length * own)))
            if value > like.get(self._owner[number], 0.0):
                like[self._owner[number]] = value
        return self._mended(seen, dots, like)

    def _mended(self, seen: Seen, dots: Mapping[int, float], like: dict[str, float]) -> dict[str, float]:
        """Look at the nearest few again, letter by letter: a dropped or swapped character breaks pairs, not this."""
        nearest = heapq.nlargest(LOOKED_AT_AGAIN, dots, key=lambda number: dots[number] / self._length[number])
        for number in nearest:
            close = fuzz.ratio(seen.sounds, self._sounds[number]) / 100
            if close > 0.8 and close > like.get(self._owner[number], 0.0):
                like[self._owner[number]] = close
        return like


def _best_sign(signs: Sequence[Sign], concepts: Mapping[str, float]) -> float:
    """Points of the first sign that holds; signs come strongest first."""
    found = concepts.keys()
    for sign in signs:
        if sign.wants <= found and not sign.lacks & found:
            return sign.points * min(concepts[name] for name in sign.wants)
    return 0.0


def _features(seen: Seen) -> set[str]:
    return {"@" + name for name in seen.concepts} | seen.pairs


def is_sure(ranked: Sequence[Scored], unknown: int, same: Callable[[str, str], bool]) -> bool:
    """Whether the best may be answered.

    unknown  characters of the text that no known word covers
    same     tells keys whose answer is the same: they do not contest each other
    """
    if not ranked:
        return False
    best = ranked[0]
    second = next((one.points for one in ranked[1:] if not same(one.key, best.key)), 0.0)
    lead = best.points - max(second, 0.0)
    if lead < LEAD:
        return False
    firm = best.points - DOUBT * unknown
    return firm >= (AHEAD_POINTS if lead >= AHEAD else SURE) or (best.like >= CLOSE and best.points >= CLOSE_POINTS)
