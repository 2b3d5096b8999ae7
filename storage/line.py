"""The shortest way to Redis for what every message needs: a connection at hand, one send, one receive.

A pooled command of redis-py asks the socket whether it is still good and passes through some twenty calls; here a
dead connection shows itself when it is used. The two commands of a turn take 0.6 of the CPU time.
"""

import hashlib
import os
from collections import deque
from typing import Any

import redis
from redis.connection import Connection


class Line:
    """Commands like the client's own, errors too (redis.RedisError). A client that is not a plain one (a cluster's) is
    asked to do them itself: it knows which of its servers to talk to. Threads may call at once."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._is_plain = type(client) is redis.Redis
        self._idle: deque[Connection] = deque()  # its pop and append need no lock
        os.register_at_fork(after_in_child=self._idle.clear)  # what was opened before belongs to the parent

    def execute(self, *command: bytes | str | int) -> Any:
        """The answer, as bytes, number, list or None. Once again where the connection turns out to be dead: the server
        was restarted since the last command. Whoever must not do it twice sees to that himself."""
        if not self._is_plain:
            return self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        connection = self._connection()
        try:
            return _asked(connection, command)
        except redis.ConnectionError:
            return _asked(connection, command)
        finally:
            self._idle.append(connection)

    def script(self, text: str) -> "Script":
        """A Lua script of one key."""
        return Script(self, text)

    def _connection(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            pool = self._client.connection_pool
            fresh: Connection = pool.connection_class(**pool.connection_kwargs)
            return fresh


class Script:
    """Called by its hash; a server that does not know it is given it whole."""

    def __init__(self, line: Line, text: str) -> None:
        self._line = line
        self._text = text
        self._hash = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, key: str, *args: bytes | str | int) -> Any:
        try:
            return self._line.execute("EVALSHA", self._hash, 1, key, *args)
        except redis.exceptions.NoScriptError:
            return self._line.execute("EVAL", self._text, 1, key, *args)


def _asked(connection: Connection, command: tuple[bytes | str | int, ...]) -> Any:
    try:
        if not connection.is_connected:
            connection.connect()  # type: ignore[no-untyped-call]  # of a primary behind sentinels: asks who it is now
        connection.send_command(*command, check_health=False)  # type: ignore[no-untyped-call]
        return connection.read_response()
    except redis.ResponseError:
        raise  # an answer like any other
    except BaseException:
        connection.disconnect()  # type: ignore[no-untyped-call]  # an answer that comes late must not be the next one's
        raise
