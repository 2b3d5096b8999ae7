"""The stores and clients of one worker process: built at its first task, never carried over a fork."""

from collections.abc import Callable
from typing import Any

from celery import signals

from handlers.world import World


def world_of_process(build: Callable[[], World]) -> Callable[[], World]:
    """`build` makes this process's own connections."""
    worlds: list[World] = []

    def world() -> World:
        if not worlds:
            worlds.append(build())
        return worlds[0]

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def fresh(**_: Any) -> None:
        worlds.clear()

    return world
