"""Which intent a sentence is most like, learnt from sentences people have said (programmes/heard.tsv).

Complement naive Bayes (Rennie and others, 2003) over characters, pairs of characters, sounds and concepts. The rules of
questions.py say when a sentence surely means something; this says what it most likely means when they do not.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dialogs.concepts import Seen, Words
from dialogs.normal import plain

SMOOTHING = 0.3
CONCEPT_WEIGHT = 2.0
"""A concept stands for many spellings, and counts as two characters."""

_NO_WORD = re.compile(r"[^\w]+|[a-z]+")


@dataclass(frozen=True, slots=True)
class Likely:
    """An intent and how much speaks for it; only differences mean something."""

    key: str
    points: float


class Heard:
    """The counts of all sentences, made once; immutable afterwards."""

    def __init__(self, words: Words, sentences: Iterable[tuple[str, str]]) -> None:
        """sentences: pairs of an intent's key and what was said."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        sizes: Counter[str] = Counter()
        for key, said in sentences:
            features = _features(said, words.seen(said))
            sizes[key] += len(features)
            for feature in features:
                counts[feature][key] += 1
        self._keys = tuple(sizes)
        self._for: dict[str, tuple[tuple[int, float], ...]] = {}
        everything = sum(sizes.values()) + SMOOTHING * len(counts)
        place = {key: number for number, key in enumerate(self._keys)}
        # what every feature, known or not, adds to each key: big intents must not win by being big
        self._each = tuple(
            math.log((everything - sizes[key]) / (sizes[key] + SMOOTHING * len(counts))) for key in self._keys
        )
        for feature, by_key in counts.items():
            total = sum(by_key.values())
            self._for[feature] = tuple(
                (
                    place[key],
                    math.log((count + SMOOTHING) / SMOOTHING)
                    - math.log((total - count + SMOOTHING) / (total + SMOOTHING)),
                )
                for key, count in by_key.items()
            )

    def ranked(self, text: str, seen: Seen) -> list[Likely]:
        """Every intent, the likeliest first; none when nothing of this was ever heard."""
        features = [feature for feature in _features(text, seen) if feature in self._for]
        if not features:
            return []
        known = sum(_weight(feature) for feature in features)
        points = [each * known for each in self._each]
        for feature in features:
            weight = _weight(feature)
            for number, more in self._for[feature]:
                points[number] += weight * more
        length = math.sqrt(len(features))
        scored = (Likely(key, one / length) for key, one in zip(self._keys, points, strict=True))
        return sorted(scored, key=lambda one: -one.points)


def read_heard(text: str, keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The sentences of heard.tsv: a key, a tab, what was said. Raises ValueError that names the line."""
    known, rows = set(keys), []
    for number, line in enumerate(text.splitlines(), 1):
        key, tab, said = line.partition("\t")
        if not tab or not said.strip() or key not in known:
            raise ValueError(f"heard.tsv line {number}: wants the key of a question, a tab and a sentence")
        rows.append((key, said))
    return tuple(rows)


def lead(ranked: Sequence[Likely], same: Mapping[str, str]) -> float:
    """How far the likeliest stands before the next that would be answered otherwise (`same`: key to its answer)."""
    if not ranked:
        return 0.0
    best = same.get(ranked[0].key, ranked[0].key)
    other = next((one.points for one in ranked[1:] if same.get(one.key, one.key) != best), ranked[-1].points)
    return ranked[0].points - other


def _weight(feature: str) -> float:
    return CONCEPT_WEIGHT if feature[0] == "@" else 1.0


def _features(text: str, seen: Seen) -> list[str]:
    """Characters, neighbouring characters, sound pairs and concepts, each once; letters count by sound only."""
    chars = _NO_WORD.sub("", plain(text[:300]).lower())
    features = {*chars, *(a + b for a, b in pairwise(chars))}
    features.update("~" + pair for pair in seen.pairs)
    features.update("@" + concept for concept in seen.concepts)
    return list(features)
