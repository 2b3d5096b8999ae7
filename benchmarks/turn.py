"""One text turn in this process, by stage: microseconds at the median, and the lowest tenth.

    python -m benchmarks.turn [--people 60] [--repeat 5]

The whole is the WSGI application called as granian calls it, on a real Valkey; the stages are the same calls, each
timed by itself on the same messages. What is left between them is Flask's.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bot.app import build_world, create_app
from bot.config import Settings, read_settings
from bot.envelope import Envelope
from bot.passive_reply import render
from bot.reply_text import text_of
from bot.simulator.delivery import sealed
from bot.simulator.messages import render as message
from bot.simulator.settings import SimulatorSettings
from bot.wire import parse
from dialogs.conversation import converse
from dialogs.normal import plain
from handlers.dispatch import told
from handlers.turn import take_turn
from handlers.world import World
from storage import embedded
from storage.database import open_engine
from storage.keyring import Keyring
from storage.migrations import upgrade
from tests.storm import ANSWERS
from tests.test_processes import written_config
from tests.whole import AES_KEY

FORM = (*ANSWERS, "帮助")
ACCOUNT = SimulatorSettings(
    bot_url="http://127.0.0.1:1/wechat", app_id="wx0000000000000000", token="testtoken", aes_key=AES_KEY, mode="safe"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One signed push as WeChat sends it."""

    query: str
    body: bytes


def requests(people: int, text: str, name: str) -> list[Request]:
    """The same text of so many people."""
    now, made = int(time.time()), []
    for number in range(people):
        openid = f"o{name}-{number:06d}"
        nodes = (("MsgType", "text"), ("Content", text), ("MsgId", str(time.time_ns())))
        push = sealed(message(ACCOUNT.account_id, openid, now, nodes), openid, ACCOUNT, now)
        made.append(Request(push.url.partition("?")[2], push.body))
    return made


def environ(one: Request) -> dict[str, Any]:
    """As a WSGI server gives it."""
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/wechat", "QUERY_STRING": one.query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "text/xml", "CONTENT_LENGTH": str(len(one.body)), "wsgi.input": io.BytesIO(one.body),
        "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


@contextmanager
def settled() -> Iterator[Settings]:
    """A configuration with its own Valkey and tables."""
    with tempfile.TemporaryDirectory() as name:
        config = written_config(Path(name), "http://127.0.0.1:1", 8000, rest='[log]\nlevel = "error"\n')
        settings = read_settings(config)
        data_dir = settings.paths.data_dir
        data_dir.mkdir(parents=True)
        Keyring.open(settings.keyring_path, create=True)
        valkey = embedded.start(data_dir)
        engine = open_engine(settings.database.url, data_dir)
        upgrade(engine)
        engine.dispose()
        try:
            yield settings
        finally:
            valkey.stop()


class Stages:
    """Seconds by stage, each call of each message."""

    def __init__(self) -> None:
        self.took: defaultdict[str, list[float]] = defaultdict(list)

    def timed(self, name: str, deed: Callable[[], Any]) -> Any:
        """Do it and note how long it took."""
        began = time.perf_counter()
        done = deed()
        self.took[name].append(time.perf_counter() - began)
        return done


def one_turn(stages: Stages, world: World, envelope: Envelope, one: Request) -> None:
    """The stages of a turn one after the other, on their own; then the whole turn, which changes the session."""
    args = dict(parse_qsl(one.query))
    now = time.time()
    xml = stages.timed("verify and decrypt", lambda: envelope.open(args, one.body, now))
    inbound = stages.timed("parse", lambda: parse(xml))
    said = told(inbound)
    assert said is not None
    sessions = world.sessions
    name = stages.timed("name", lambda: sessions.person_of(inbound.head.openid))
    stages.timed("round trip", lambda: sessions._line.execute("GET", name))
    person = stages.timed("load and decode", lambda: sessions.load(name))
    reply = stages.timed("whole turn", lambda: take_turn(inbound.head, said, world))
    if (session := person.session) is not None:
        plain.cache_clear()
        stages.timed("advance", lambda: converse(world.knowledge, session, said, world.moment()))
    after = sessions.load(name)
    assert after.session is not None
    stages.timed("encode", lambda: sessions._encoded(after, after.session, reply, int(now)))
    stages.timed("encode and commit", lambda: sessions.commit(after, after.session, reply, int(now)))
    words = stages.timed("render", lambda: render(text_of(*reply.says), inbound.head, reply.created))
    stages.timed("encrypt", lambda: envelope.seal(words, reply.created))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    stages = Stages()
    with settled() as settings:
        world = build_world(settings)
        app = create_app(settings, world)
        envelope = Envelope("testtoken", "wx0000000000000000", AES_KEY, "safe")
        for round_ in range(given.repeat):
            for text in FORM:
                for one in requests(given.people, text, f"w{round_}"):
                    call = environ(one)
                    stages.timed("whole request", lambda call=call: b"".join(app(call, lambda *_: None)))
            for text in FORM:
                for one in requests(given.people, text, f"s{round_}"):
                    one_turn(stages, world, envelope, one)
    for name, took in stages.took.items():
        took.sort()
        print(f"{name:20}{statistics.median(took) * 1e6:8.0f}{took[len(took) // 10] * 1e6:8.0f}  ({len(took)})")


if __name__ == "__main__":
    main()
