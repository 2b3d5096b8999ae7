"""Hints that can wait a moment: sent together, each once, none left behind."""

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from bot.gathering import MOST_AT_ONCE, Gathering


def test_names_are_sent_together_and_each_once() -> None:
    sent: list[Collection[str]] = []
    came = threading.Event()

    def send(names: Collection[str]) -> None:
        sent.append(names)
        came.set()

    gathering = Gathering(send, every_s=0.2)
    for name in ("b", "a", "b"):
        gathering.add(name)
    assert came.wait(30)
    assert sent == [["a", "b"]]


def test_many_are_sent_in_portions_and_none_is_lost_between_threads() -> None:
    sent: list[str] = []
    gathering = Gathering(lambda names: sent.extend(names) if len(names) <= MOST_AT_ONCE else None, every_s=3600)
    with ThreadPoolExecutor(8) as pool:
        for name in range(1000):
            pool.submit(gathering.add, f"{name:04}")
        pool.submit(gathering.send)
    gathering.send()
    assert sorted(sent) == [f"{name:04}" for name in range(1000)]

