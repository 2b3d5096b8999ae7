"""Redis by URL: one server, a primary found through Sentinel, or a cluster.

    redis://[user:password@]host:6379/0     rediss:// with TLS, unix:///path
    redis+sentinel://[user:password@]host:26379,host:26379/service[?sentinel_password=…]
    redis+cluster://[user:password@]host:6379,host:6379
    rediss+sentinel://, rediss+cluster://   the same with TLS

The two longer forms are those of the library limits.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import parse_qs, quote, unquote, urlsplit

import redis
from redis._parsers import Encoder
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.commands.core import Script
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

Kind = Literal["single", "sentinel", "cluster"]
_PORTS = {"sentinel": 26379, "cluster": 6379}
_RETRIES = 1
"""Once more: the server may have been restarted since the last command, or a slot moved."""
_FORMS = "redis+cluster://host:port,host:port or redis+sentinel://host:port,host:port/service"


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """A URL taken apart. `nodes` and all after it only where `kind` is not "single"."""

    text: str = field(repr=False)
    kind: Kind = "single"
    nodes: tuple[tuple[str, int], ...] = ()
    service: str = ""
    tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    sentinel_password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> "RedisUrl":
        """Raises ValueError when it is none of the forms above."""
        scheme, _, kind = text.partition("://")[0].partition("+")
        if not kind or kind == "socket":
            return cls(text)
        if scheme not in ("redis", "rediss") or kind not in _PORTS:
            raise ValueError(f"must be redis://host:port/0, {_FORMS}")
        parts = urlsplit(text)
        account, _, hosts = parts.netloc.rpartition("@")
        nodes = tuple(_node(host, _PORTS[kind]) for host in hosts.split(","))
        service = parts.path.strip("/")
        if (kind == "sentinel") != bool(service):
            raise ValueError(f"must be {_FORMS}")
        username, _, password = account.partition(":")
        return cls(
            text, cast(Kind, kind), nodes, service, scheme == "rediss", unquote(username), unquote(password),
            parse_qs(parts.query).get("sentinel_password", [""])[0],
        )  # fmt: skip

    @property
    def account(self) -> dict[str, Any]:
        """For a client's constructor."""
        given = {"username": self.username, "password": self.password, "ssl": self.tls}
        return {name: value for name, value in given.items() if value}

    def as_broker(self) -> str:
        """The same servers for Celery, "" where it cannot use them: its queues do not run on a cluster."""
        if self.kind == "single":
            return self.text.replace("unix://", "redis+socket://", 1)
        if self.kind == "cluster":
            return ""
        account = f"{quote(self.username)}:{quote(self.password)}@" if self.password else ""
        return ";".join(f"sentinel://{account}{host}:{port}" for host, port in self.nodes)

    def broker_options(self) -> dict[str, Any]:
        """What kombu must know besides: the service and the sentinels' own password."""
        if self.kind != "sentinel":
            return {}
        own = {"password": self.sentinel_password} if self.sentinel_password else {}
        times = {"socket_timeout": 2, "socket_connect_timeout": 1}
        return {"master_name": self.service, "sentinel_kwargs": {**times, **own}}


def connect(url: str, timeout_s: float) -> "redis.Redis":
    """A client with its own pool that connects when first used, and finds by itself who is the primary by now.
    Every trouble is a redis.RedisError, within a few times `timeout_s`. Raises ValueError for a URL that cannot be."""
    where = RedisUrl.parse(url)
    times = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
    match where.kind:
        case "single":
            # who has waited in vain does not wait twice
            once = Retry(NoBackoff(), _RETRIES, supported_errors=(redis.ConnectionError,))
            return redis.Redis.from_url(url, **times, retry=once)
        case "sentinel":
            own = {"password": where.sentinel_password} if where.sentinel_password else {}
            quick = dict.fromkeys(times, timeout_s / 2)  # one that is away must leave time to ask the next
            sentinels = {**quick, **own, "retry": Retry(NoBackoff(), 0)}
            sentinel = Sentinel(where.nodes, sentinel_kwargs=sentinels)  # type: ignore[no-untyped-call]
            master_for: Callable[..., redis.Redis] = sentinel.master_for
            return master_for(where.service, **times, **where.account, retry=Retry(NoBackoff(), _RETRIES))
        case "cluster":
            return cast("redis.Redis", ClusterClient(where, times))


class ClusterClient:
    """RedisCluster as the stores use it: it connects when first used, not when built, what it raises is a RedisError,
    and what it has learnt of the cluster is thrown away once that led to nothing."""

    def __init__(self, where: RedisUrl, times: dict[str, float]) -> None:
        self._where = where
        self._times = times
        self._lock = threading.Lock()
        self._found: RedisCluster | None = None

    def __getattr__(self, name: str) -> Any:
        return self._safe(lambda: getattr(self.cluster(), name), name)

    def get_encoder(self) -> Encoder:
        """For Script, which wants it before there is a connection."""
        return Encoder("utf-8", "strict", False)  # type: ignore[no-untyped-call]

    def register_script(self, script: str) -> Script:
        """As of any client."""
        return Script(cast("redis.Redis", self), script)

    def pipeline(self, transaction: bool = True) -> "ClusterPipeline":
        """As of any client; all its keys must share a hash tag."""
        return ClusterPipeline(self, self._safe(lambda: self.cluster().pipeline, "pipeline")(transaction=transaction))

    def scan_iter(self, **options: Any) -> Iterator[bytes]:
        """The keys of every primary, one after the other."""
        try:
            yield from self.cluster().scan_iter(**options)
        except RedisClusterException as trouble:
            self.forget()
            raise redis.ConnectionError(f"scan: {trouble}") from trouble

    def cluster(self) -> RedisCluster:
        """The library's own client. Raises redis.ConnectionError."""
        with self._lock:
            if self._found is None:
                nodes = [ClusterNode(*node) for node in self._where.nodes]  # type: ignore[no-untyped-call]
                try:
                    self._found = RedisCluster(
                        startup_nodes=nodes, require_full_coverage=False, retry=Retry(NoBackoff(), _RETRIES),
                        maint_notifications_config=MaintNotificationsConfig(enabled=False),  # one vendor only
                        **self._times, **self._where.account,  # type: ignore[arg-type]
                    )  # fmt: skip
                except RedisClusterException as trouble:
                    raise redis.ConnectionError(f"no node of the cluster answers: {trouble}") from trouble
            return self._found

    def forget(self) -> None:
        """Ask for the cluster's shape anew at the next use."""
        with self._lock:
            self._found = None

    def _safe(self, find: Callable[[], Callable[..., Any]], name: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            try:
                return find()(*args, **options)
            except RedisClusterException as trouble:
                self.forget()
                raise redis.ConnectionError(f"{name}: {trouble}") from trouble

        return call


class ClusterPipeline:
    """A cluster's pipeline, its trouble as of any client."""

    def __init__(self, client: ClusterClient, pipe: Any) -> None:
        self._client = client
        self._pipe = pipe

    def __enter__(self) -> "ClusterPipeline":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.reset()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipe, name)

    def execute(self) -> list[Any]:
        """What the commands gave, in their order."""
        run: Callable[[], list[Any]] = self._client._safe(lambda: self._pipe.execute, "pipeline")
        return run()


def _node(text: str, port: int) -> tuple[str, int]:
    host, colon, given = text.rpartition(":")
    if not colon:
        host, given = text, str(port)
    if not host or not given.isdigit():
        raise ValueError(f"must be {_FORMS}")
    return host.strip("[]"), int(given)
