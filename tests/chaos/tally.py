"""What all people of one run have in common: the weather they walk in, and the count of what they met."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What all people together did and met. Guarded by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    pushes: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    elapsed_s: list[float] = field(default_factory=list)
    repeats: int = 0
    sorry: int = 0
    silent: list[tuple[float, str]] = field(default_factory=list)
    """Pushes given up after three attempts: when the first of them left, by time.monotonic(), and what met it."""
    refused: list[str] = field(default_factory=list)
    """Answers WeChat would not have taken, and words that differ between attempts of one message."""


@dataclass
class Storm:
    """What a person must know of the time: `calm` is set when everything is back."""

    calm: threading.Event
    think_s: Callable[[random.Random], float]
    until: Callable[[], float]
