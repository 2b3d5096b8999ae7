"""The web application in this process, called as granian calls it: no socket between, real Valkey and SQLite behind."""

import base64
import hashlib
import io
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import redis
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec.structs import replace

from bot.app import build_world, create_app
from bot.config import Settings
from bot.simulator.crypto import Undecipherable, decrypt, key_of, signature
from dialogs.model import OpenId
from dialogs.session import Photo
from handlers import parking
from handlers.world import World
from storage import embedded
from storage.database import open_engine
from storage.keyring import Keyring
from storage.migrations import upgrade
from tests.build import KUNMING_ANSWERS, a_session
from tests.whole import AES_KEY, ThreadJobs, settings_for

TOKEN, APP_ID = "testtoken", "wx0000000000000000"
MOST_REPLY_BYTES = 2048
SLOW_S = 1.0
PHOTO_SLOTS = (
    "id_portrait", "id_emblem", "household_issuer", "household_own", "portrait", "bank_card_photo", "social_card_photo",
)  # fmt: skip
_KEY = key_of(AES_KEY)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `query` and `body` as they go over the wire; `length`: what Content-Length says, None: nothing,
    as in a chunked body."""

    query: bytes
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    length: str | None = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `cpu_s`, `wall_s`: what it took this thread."""

    status: int
    body: bytes
    cpu_s: float
    wall_s: float


@dataclass
class House:
    """A bot of this process. `tally`: how far its requests came."""

    world: World
    app: Any
    redis: "redis.Redis"
    jobs: ThreadJobs
    tally: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    def ask(self, request: Request) -> Answer:
        """One request through the WSGI application."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": "/wechat",
            "QUERY_STRING": request.query.decode("latin-1"), "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(request.body), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "wsgi.input_terminated": True,
            "CONTENT_TYPE": "text/xml",
        }  # fmt: skip
        if request.length is not None:
            environ["CONTENT_LENGTH"] = request.length or str(len(request.body))
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        seen: list[str] = []
        wall, cpu = time.perf_counter(), time.thread_time()
        parts = self.app.wsgi_app(environ, lambda status, _headers, _exc=None: seen.append(status))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return Answer(int(seen[0][:3]), body, time.thread_time() - cpu, time.perf_counter() - wall)

    def faults(self, request: Request) -> list[str]:
        """Send it; what is wrong with the answer, in words. Nothing: all is well."""
        defects = self.defects()
        answer = self.ask(request)
        self.slowest_s = max(self.slowest_s, answer.wall_s)
        self.tally[_stage(answer)] += 1
        wrong = _wrong(answer, request.method)
        if answer.cpu_s > SLOW_S:
            wrong.append(f"hang: {answer.cpu_s:.1f} s of CPU")
        if self.defects() != defects:
            wrong.append("defect: the person was told an apology")
        return wrong

    def places(self, rng: random.Random, openid: str) -> None:
        """Put somebody into the middle of a claim, wherever they were: random words alone seldom come that far."""
        answered = list(KUNMING_ANSWERS.items())[: rng.randrange(len(KUNMING_ANSWERS) + 1)]
        session = a_session(rng.choice(("kunming", "kunming", "jilin")), dict(answered))
        assert session.draft is not None
        state = rng.choice(("good", "fetching", "retake", "advised"))
        slots = PHOTO_SLOTS[: rng.randrange(len(PHOTO_SLOTS) + 1)] if len(answered) == len(KUNMING_ANSWERS) else ()
        photos = {slot: Photo(state, rng.randbytes(8).hex(), "m", key=rng.randbytes(20).hex()) for slot in slots}
        draft = replace(
            session.draft,
            id=rng.randbytes(16).hex(),
            photos=photos,
            paused=rng.random() < 0.1,
            begun_at=int(time.time()),
        )
        session = replace(session, openid=OpenId(openid), draft=draft)
        name = self.world.sessions.person_of(openid)
        self.world.sessions.commit(parking.load(self.world, name), session, None, int(time.time()))

    def defects(self) -> float:
        """Turns that ended in an apology."""
        counter = self.app.extensions["meters"]._defects  # the whole registry would ask Redis for its gauges each time
        return float(counter._value.get())

    def largest_value(self) -> int:
        """Bytes of the largest value of one person in Redis."""
        return max((int(self.redis.strlen(key)) for key in self.redis.scan_iter("{p:*", count=500)), default=0)


def _stage(answer: Answer) -> str:
    if answer.status >= 500:
        return "5xx"
    if answer.status >= 400:
        return "refused"
    return "silent" if answer.body == b"success" else "answered"


def _wrong(answer: Answer, method: str) -> list[str]:
    if answer.status >= 500:
        return [f"status {answer.status}"]
    if answer.status >= 400:
        return ["a refusal tells something"] if answer.body and answer.status != 413 else []
    if answer.status != 200:
        return [f"status {answer.status}"]
    if answer.body == b"success" or method == "GET":
        return []
    try:
        outer = ElementTree.fromstring(answer.body)
        parts = (outer.findtext("TimeStamp", ""), outer.findtext("Nonce", ""), outer.findtext("Encrypt", ""))
        inner = ElementTree.fromstring(decrypt(parts[2], AES_KEY, APP_ID))
    except (ElementTree.ParseError, Undecipherable) as trouble:
        return [f"the reply is not one: {trouble}"]
    wrong = []
    if signature(TOKEN, *parts) != outer.findtext("MsgSignature"):
        wrong.append("the reply's signature is wrong")
    names = [node.tag for node in inner]
    if len(names) != len(set(names)) or names[:4] != ["ToUserName", "FromUserName", "CreateTime", "MsgType"]:
        wrong.append("the reply has nodes it should not have")
    content = inner.findtext("Content", "")
    if inner.findtext("MsgType") == "text" and not 0 < len(content.encode()) <= MOST_REPLY_BYTES:
        wrong.append(f"a reply of {len(content.encode())} bytes")
    return wrong


def signed(body: bytes, encrypt: str | None = None, *, at: int | None = None, **changes: str) -> Request:
    """A request whose query is right, but for `changes`; `encrypt` is what msg_signature goes over."""
    timestamp, nonce = str(int(time.time()) if at is None else at), "1320562132"
    query = {"signature": signature(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": "o"}
    if encrypt is not None:
        query |= {"encrypt_type": "aes", "msg_signature": signature(TOKEN, timestamp, nonce, encrypt)}
    query |= changes
    return Request("&".join(f"{name}={quote(value)}" for name, value in query.items()).encode(), body)


def padded(data: bytes) -> bytes:
    """PKCS#7 with blocks of 32."""
    missing = 32 - len(data) % 32
    return data + bytes([missing]) * missing


def enciphered(data: bytes) -> Request:
    """A rightly signed envelope round these bytes, whatever they are; only whole AES blocks can be."""
    worker = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16])).encryptor()
    sealed = base64.b64encode(worker.update(data[: len(data) // 16 * 16]) + worker.finalize()).decode()
    return envelope(sealed)


def envelope(encrypt: str) -> Request:
    """A rightly signed body with this Encrypt."""
    body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    return signed(body.encode("utf-8", "surrogatepass"), encrypt.encode("utf-8", "replace").decode())


def sealed(xml: bytes, app_id: bytes = APP_ID.encode()) -> Request:
    """A message as WeChat delivers it."""
    salt = hashlib.blake2b(xml, digest_size=16).digest()
    return enciphered(padded(salt + len(xml).to_bytes(4, "big") + xml + app_id))


@contextmanager
def house(folder: Path, redis_url: str = "") -> Iterator[House]:
    """A bot whose worker is dead, so that photographs stay on their way; with a Valkey of its own unless one is
    given."""
    valkey = None if redis_url else embedded.start(folder)
    try:
        yield open_house(settings_for(redis_url or valkey.url if valkey else redis_url, folder))
    finally:
        if valkey is not None:
            valkey.stop()


def open_house(settings: Settings) -> House:
    """The bot of these settings. Nobody waits for verdicts: no worker gives any."""
    reply = settings.reply.model_copy(update={"photos_waiting": 0})
    settings = settings.model_copy(update={"reply": reply})
    Keyring.open(settings.keyring_path, create=True)
    upgrade(open_engine("", settings.paths.data_dir))
    jobs = ThreadJobs(stopped=True)
    world = build_world(settings, jobs)
    jobs.world = world
    app = create_app(settings, world)
    return House(world, app, redis.Redis.from_url(settings.redis.url), jobs)


def resident_bytes() -> int:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
