"""The shared access_token on a real Valkey: who asks WeChat, who waits, and what holds when something dies."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from storage import embedded
from storage.access_token import AccessToken, TokenTimes

KEY = "wechat:token:{wxApp}"
LOCK = KEY + ":lock"
QUICK = TokenTimes(lock_s=0.3, wait_s=0.2, poll_s=0.01)
PATIENT = TokenTimes(lock_s=5, wait_s=5, poll_s=0.01)


class WeChat:
    """Gives tokens T1, T2, … and counts; what it is told to raise it raises."""

    def __init__(self, lives_s: int = 7200) -> None:
        self.asked = 0
        self.lives_s = lives_s
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.gate.set()

    def __call__(self) -> tuple[str, int]:
        self.asked += 1
        self.entered.set()
        assert self.gate.wait(10)
        if self.trouble is not None:
            raise self.trouble
        return f"T{self.asked}", self.lives_s


class Clock:
    """Seconds a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = embedded.start(tmp_path_factory.mktemp("v"))
    with Redis.from_url(server.url) as redis:
        yield redis
    server.stop()


@pytest.fixture
def redis(valkey: Redis) -> Redis:
    valkey.flushall()
    return valkey


def test_one_process_asks_and_the_others_find_it(redis: Redis) -> None:
    wechat = WeChat()
    assert {AccessToken(redis, "wxApp").current(wechat) for _ in range(3)} == {"T1"}
    assert wechat.asked == 1


def test_a_text_redis_is_read_too(redis: Redis) -> None:
    redis.set(KEY, "T0", ex=100)
    with Redis(unix_socket_path=redis.connection_pool.connection_kwargs["path"], decode_responses=True) as text_redis:
        assert AccessToken(text_redis, "wxApp").current(WeChat()) == "T0"


def test_accounts_do_not_share(redis: Redis) -> None:
    wechat = WeChat()
    assert AccessToken(redis, "wxA").current(wechat) != AccessToken(redis, "wxB").current(wechat)


@pytest.mark.parametrize(("lives_s", "kept_s"), [(7200, 6900), (345, 60), (301, 60), (100, 50), (1, 1)])
def test_a_token_is_kept_until_five_minutes_before_its_end(redis: Redis, lives_s: int, kept_s: int) -> None:
    clock = Clock()
    token = AccessToken(redis, "wxApp", clock=clock)
    wechat = WeChat(lives_s)
    token.current(wechat)
    assert kept_s - 1 <= redis.ttl(KEY) <= kept_s
    clock.now += kept_s - 0.5
    assert token.current(wechat) == "T1"
    redis.delete(KEY)
    clock.now += 1
    assert token.current(wechat) == "T2"


def test_the_lock_is_left_free(redis: Redis) -> None:
    wechat = WeChat()
    AccessToken(redis, "wxApp").current(wechat)
    assert not redis.exists(LOCK)
    wechat.trouble = ValueError("no")
    redis.delete(KEY)
    with pytest.raises(ValueError, match="no"):
        AccessToken(redis, "wxApp").current(wechat)
    assert not redis.exists(LOCK)


def test_a_process_waits_for_the_one_that_asks(redis: Redis) -> None:
    wechat, other = WeChat(), WeChat()
    wechat.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(AccessToken(redis, "wxApp", PATIENT).current, wechat)
        assert wechat.entered.wait(10)
        second = pool.submit(AccessToken(redis, "wxApp", PATIENT).current, other)
        wechat.gate.set()
        assert (first.result(10), second.result(10)) == ("T1", "T1")
    assert other.asked == 0


def test_a_holder_that_died_is_not_waited_for_for_ever(redis: Redis) -> None:
    redis.set(LOCK, "dead", ex=60)
    assert AccessToken(redis, "wxApp", QUICK).current(WeChat()) == "T1"
    assert redis.get(LOCK) == b"dead"  # nobody else's lock is taken away


def test_a_failure_is_told_to_all_who_waited_and_then_forgotten(redis: Redis) -> None:
    clock, wechat = Clock(), WeChat()
    token = AccessToken(redis, "wxApp", clock=clock)
    wechat.trouble = ValueError("no")
    for _ in range(5):
        with pytest.raises(ValueError, match="no"):
            token.current(wechat)
    assert wechat.asked == 1
    wechat.trouble = None
    clock.now += 3
    assert token.current(wechat) == "T2"


def test_a_refused_token_is_compared_before_asking(redis: Redis) -> None:
    wechat = WeChat()
    one, two = AccessToken(redis, "wxApp"), AccessToken(redis, "wxApp")
    assert one.current(wechat) == two.current(wechat) == "T1"
    assert one.renewed("T1", wechat) == "T2"
    assert two.renewed("T1", wechat) == "T2"
    assert one.renewed("T1", wechat) == "T2"
    assert redis.get(KEY) == b"T2"
    assert wechat.asked == 2


def test_a_token_wechat_insists_on_is_asked_for_again_only_after_a_while(redis: Redis) -> None:
    clock = Clock()
    token = AccessToken(redis, "wxApp", clock=clock)
    asked = []

    def same() -> tuple[str, int]:
        asked.append(1)
        return "SAME", 7200

    token.current(same)
    for _ in range(5):
        assert token.renewed("SAME", same) == "SAME"
    assert len(asked) == 2
    clock.now += 31
    token.renewed("SAME", same)
    assert len(asked) == 3


def test_without_redis_each_process_keeps_its_own(tmp_path: Path) -> None:
    token = AccessToken(Redis.from_url(f"unix://{tmp_path / 'nobody'}"), "wxApp")
    wechat = WeChat()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: token.current(wechat), range(32))) == {"T1"}
    assert token.renewed("T1", wechat) == "T2"
    assert (token.current(wechat), wechat.asked) == ("T2", 2)
