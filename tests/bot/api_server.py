"""A local HTTP server that answers as WeChat's API does; each test says what it should do next."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Response:
    """What to send back.

    length    another Content-Length than the body's, then hang up
    hang_up   no answer at all
    hold      answer only once this is set
    drip_s    a byte at a time, so many seconds apart
    """

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    hang_up: bool = False
    hold: threading.Event | None = None
    drip_s: float = 0


Answer = Callable[[Request], Response]


def says(value: object, status: int = 200) -> Response:
    """A JSON answer as WeChat sends it: often not as application/json."""
    return Response(json.dumps(value, ensure_ascii=False).encode(), status, {"Content-Type": "text/plain"})


class Api:
    """Records requests; answers by path, the token call by itself unless told otherwise."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {}
        self.tokens = 0
        self.base_url = ""
        self._lock = threading.Lock()

    def on(self, path: str, *responses: Response | Answer) -> None:
        """Answer this path with each of these in turn, the last for ever."""
        queue = list(responses)

        def answer(request: Request) -> Response:
            with self._lock:
                found = queue.pop(0) if len(queue) > 1 else queue[0]
            return found(request) if callable(found) else found

        self.answers[path] = answer

    def to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def answer(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
        found = self.answers.get(request.path)
        if found is not None:
            return found(request)
        if request.path == "/cgi-bin/stable_token":
            with self._lock:
                self.tokens += 1
            return says({"access_token": f"TOKEN-{self.tokens}", "expires_in": 7200})
        return says({"errcode": 0, "errmsg": "ok"})


@contextmanager
def running() -> Iterator[Api]:
    """The server on a free port."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = api.answer(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            if response.hold is not None:
                response.hold.wait(20)
            if response.hang_up:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body) if response.length is None else response.length))
            self.end_headers()
            if response.drip_s:
                never = threading.Event()
                for at in range(len(response.body)):
                    self.wfile.write(response.body[at : at + 1])
                    never.wait(response.drip_s)
            else:
                self.wfile.write(response.body)
            if response.length is not None:
                self.close_connection = True

        do_GET = do_POST = handle_one

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that gave up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    api.base_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
