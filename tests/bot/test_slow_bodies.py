"""Bodies that come in drips: they hold no thread that a claimant needs. Real sockets against a real server."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from tests.test_processes import account, answered, free_port, served, written_config

THREADS = 4


@contextmanager
def dripping(port: int, path: str, headers: str = "Content-Length: 1000") -> Iterator[socket.socket]:
    """A request whose body has begun and does not end."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: bot\r\nContent-Type: text/xml\r\n{headers}\r\n\r\na".encode())
        yield line


def test_a_claimant_is_answered_while_strangers_send_their_bodies_by_drips(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port)
        config.write_text(config.read_text().replace("[server]", f"[server]\nthreads = {THREADS}\n")
                          .replace("[paths]", "[reply]\nphotos_waiting = 1\n[paths]"))  # fmt: skip
        with served(config, port), ExitStack() as strangers:  # they hang up before the server is ended
            lines = [
                strangers.enter_context(dripping(port, path, headers))
                for _ in range(3 * THREADS)
                for path in ("/wechat", "/wechat?signature=x&timestamp=1&nonce=1", "/console/login", "/export/x")
                for headers in ("Content-Length: 1000", "Content-Length: 60000", "Transfer-Encoding: chunked")
            ]
            follower = platform.follower("oPatient-0000000000000000001", following=True)
            assert "最后一次参保" in answered(follower, "申领")
            assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok
            lines[0].settimeout(10)
            assert b" 400 " in lines[0].recv(100)  # refused by its query alone
