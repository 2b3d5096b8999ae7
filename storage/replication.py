"""A write that is answered only when replicas have it too: the script and WAIT in one round trip, on one connection."""

from collections.abc import Callable
from typing import Any, cast

import redis
from redis.exceptions import AskError, MovedError, NoScriptError

from storage.redis_client import ClusterClient

_TRIES = 4
"""Of a slot that has moved, a node that was replaced, a script not known there."""


class NotReplicated(redis.RedisError):
    """It is written, and not on so many replicas: who answers as if it were promises too much."""


class ReplicatedScript:
    """A script of one key, called as storage/line.py's.

    replicas   so many must have it, at least one
    within_ms  how long they are waited for
    """

    def __init__(self, client: "redis.Redis", text: str, replicas: int, within_ms: int) -> None:
        self._client = client
        self._script = client.register_script(text)
        self._replicas = replicas
        self._within_ms = within_ms

    def __call__(self, key: str, *args: bytes | str | int) -> Any:
        """What the script gives. Raises redis.RedisError, as NotReplicated."""
        ask: tuple[str, int] | None = None
        for left in reversed(range(_TRIES)):
            node = self._node(key, ask)
            try:
                found, copies = self._sent(node, key, args, asking=ask is not None)
            except redis.ConnectionError:
                if not (left and isinstance(self._client, ClusterClient)):
                    raise
                self._client.forget()  # a connection that its node's restart left behind; a double write loses its race
                continue
            ask = None
            match found:
                case NoScriptError():
                    node.script_load(self._script.script)
                case MovedError():
                    cast(ClusterClient, self._client).forget()
                case AskError(host=host, port=port):
                    ask = (host, port)
                case Exception():
                    raise found
                case _ if isinstance(copies, Exception):
                    raise copies
                case _ if found and int(copies) < self._replicas:
                    raise NotReplicated(f"{copies} of {self._replicas} replicas have it")
                case _:
                    return found
        raise redis.ConnectionError("a slot is moved from node to node")

    def _node(self, key: str, ask: tuple[str, int] | None) -> "redis.Redis":
        """Whoever has the key: in a cluster one of its nodes."""
        if not isinstance(self._client, ClusterClient):
            return self._client
        cluster = self._client.cluster()
        node = cluster.get_node(*ask) if ask is not None else cluster.get_node_from_key(key)
        if node is None:
            self._client.forget()
            raise redis.ConnectionError("a node of the cluster is not known yet")
        return cast("redis.Redis", cluster.get_redis_connection(node))

    def _sent(
        self, node: "redis.Redis", key: str, args: tuple[bytes | str | int, ...], *, asking: bool
    ) -> tuple[Any, Any]:
        with node.pipeline(transaction=False) as pipe:
            send: Callable[..., object] = pipe.execute_command
            if asking:
                send("ASKING")
            send("EVALSHA", self._script.sha, 1, key, *args)
            send("WAIT", self._replicas, self._within_ms)
            found, copies = pipe.execute(raise_on_error=False)[-2:]
        return found, copies
