"""The short way to Redis, against the real server: restarted, silent, forked, asked by many threads."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from storage import embedded
from storage.embedded import EmbeddedValkey
from storage.line import Line


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    started = embedded.start(tmp_path)
    yield started
    started.stop()


def line_to(server: EmbeddedValkey, timeout_s: float = 5.0) -> Line:
    return Line(redis.Redis.from_url(server.url, socket_timeout=timeout_s))


def test_answers_are_those_of_the_client(server: EmbeddedValkey) -> None:
    line = line_to(server)
    assert line.execute("GET", "a") is None
    assert line.execute("SET", "a", b"\x00\xff") == b"OK"
    assert line.execute("GET", "a") == b"\x00\xff"
    with pytest.raises(redis.ResponseError):
        line.execute("INCR", "a")
    assert line.execute("GET", "a") == b"\x00\xff"


def test_a_script_is_sent_whole_to_a_server_that_forgot_it(server: EmbeddedValkey) -> None:
    line = line_to(server)
    script = line.script("return {KEYS[1], ARGV[1]}")
    assert script("a", 1) == [b"a", b"1"]
    line.execute("SCRIPT", "FLUSH")
    assert script("b", 2) == [b"b", b"2"]


def test_a_restarted_server_costs_nobody_an_answer(server: EmbeddedValkey, tmp_path: Path) -> None:
    line = line_to(server)
    line.execute("SET", "a", "1")
    server.stop()
    with pytest.raises(redis.ConnectionError):
        line.execute("GET", "a")
    server.process = embedded.start(tmp_path).process
    assert line.execute("GET", "a") == b"1"
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.process = embedded.start(tmp_path).process
    assert line.execute("GET", "a") == b"1"


def test_an_answer_that_comes_too_late_is_nobody_elses(server: EmbeddedValkey) -> None:
    line = line_to(server, timeout_s=0.2)
    line.execute("SET", "ann", "hers")
    line.execute("SET", "bob", "his")
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(redis.TimeoutError):
            line.execute("GET", "ann")
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert [line.execute("GET", "bob") for _ in range(3)] == [b"his"] * 3


def test_threads_and_forks_keep_their_answers_apart(server: EmbeddedValkey) -> None:
    line = line_to(server)
    for number in range(8):
        line.execute("SET", f"k{number}", number)

    def all_right(number: int) -> bool:
        return all(line.execute("GET", f"k{number}") == str(number).encode() for _ in range(200))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(all_right, range(8)))
    child = os.fork()
    if child == 0:
        os._exit(0 if all_right(3) else 1)
    assert all_right(4)
    assert os.waitpid(child, 0)[1] == 0
