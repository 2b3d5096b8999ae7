"""Several commands in one round trip, all or nothing.

A script and not MULTI: in a cluster a client follows a slot that is just being moved with a single command only.
"""

import json
from importlib.resources import files
from typing import Any

import redis

Command = tuple[str | int | float, ...]
"""A command's name, its key, then what it takes: ("ZADD", "{pending}:photos", 5, "member")."""


class Together:
    """Runs commands of one key each, all keys under one hash tag. Raises redis.RedisError."""

    def __init__(self, client: "redis.Redis") -> None:
        self._script = client.register_script(files("storage").joinpath("scripts", "together.lua").read_text())

    def __call__(self, *commands: Command) -> list[Any]:
        """What each gave, in their order."""
        keys = list(dict.fromkeys(str(command[1]) for command in commands))
        words = json.dumps([[str(word) for word in command] for command in commands])
        found: list[Any] = self._script(keys=keys, args=[words])
        return found
