"""Log-ins counted for all processes, in the Redis that the bot uses: one server, Sentinel or a cluster."""

from typing import Any

import redis
from limits.storage.redis import RedisStorage


class OurRedis(RedisStorage):
    """The library's own storage on a client that is there already, with its time-outs."""

    SCHEME = "claimbot"
    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as the library has it

    def __init__(self, uri: str, client: "redis.Redis", key_prefix: str = "", wrap_exceptions: bool = False) -> None:
        super(RedisStorage, self).__init__(uri, wrap_exceptions=wrap_exceptions)
        self.key_prefix = key_prefix
        self.target_server = "redis"
        self.dependency: Any = redis
        self.storage: Any = client
        self.initialize_storage(uri)
