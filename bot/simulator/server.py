"""The platform on a socket: for tests (`serving`) and for good (`serve`)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.simulator.platform import Platform
from bot.simulator.settings import SimulatorSettings


class Quiet(WSGIRequestHandler):
    """No line for each request: their queries hold tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def bound(platform: Platform, host: str, port: int) -> BaseWSGIServer:
    """Listening, not yet answering; port 0 takes a free one. `platform.url` becomes its address.

    raises  OSError  the port is taken (werkzeug itself would end the whole process)
    """
    with socket.create_server((host, port)) as listening:
        server = make_server(
            host, port, platform.app, threaded=True, request_handler=Quiet, fd=listening.fileno()
        )  # keeps a descriptor of its own
    reachable = "127.0.0.1" if host == "0.0.0.0" else host
    platform.url = platform.settings.public_url or f"http://{reachable}:{server.socket.getsockname()[1]}"
    return server


@contextmanager
def serving(platform: Platform, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Answer from a thread; gives the address: the phone page's, and the bot's api_base_url."""
    server = bound(platform, host, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield platform.url
    finally:
        platform.close()
        server.shutdown()
        thread.join()
        server.server_close()


def serve(settings: SimulatorSettings) -> None:
    """Say where the phone is and answer until interrupted. Raises OSError when the port is taken."""
    platform = Platform(settings)
    server = bound(platform, settings.host, settings.port)
    print(f"手机页面 {platform.url}/    webhook {settings.bot_url} ({settings.mode})", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        platform.close()
        server.server_close()
