"""The whole bot behind HTTP and the simulated WeChat before it, for tests."""

import atexit
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import redis
from werkzeug.serving import make_server

from bot.app import build_world, create_app
from bot.config import Settings
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.server import Quiet, serving
from bot.simulator.settings import SimulatorSettings
from handlers import erasing, handover, notify, number_report, paper_job, photo_job, photo_removal, sheet_job
from handlers.ports import Reader
from handlers.world import World, china_now
from storage.database import FILE_NAME, open_engine
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.migrations import upgrade
from storage.redis_client import connect

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PAPERS = Path(__file__).parent.parent / "bot" / "simulator" / "papers"


def asks_again(said: str) -> bool:
    """Whether a reply says that a message was not taken, or may not have been, and what to do."""
    return "分钟发“继续”" in said


def paper(name: str) -> bytes:
    """One of the simulator's fictional papers."""
    return (PAPERS / f"{name}.jpg").read_bytes()


@dataclass
class Clock:
    """The real time, shifted by what a test needs."""

    shift_by: Callable[[], timedelta] = timedelta

    def __call__(self) -> datetime:
        return china_now() + self.shift_by()


@dataclass
class ThreadJobs:
    """The worker as threads of this process; `stopped` plays a worker that is dead, `reader` one that reads papers;
    without `hands_over` hints to hand claims over are lost."""

    world: World | None = None
    stopped: bool = False
    reader: Reader | None = None
    hands_over: bool = True
    threads: list[threading.Thread] = field(default_factory=list)
    reports: list[tuple[str, str, str, str]] = field(default_factory=list)

    def fetch_photo(self, person: str, ticket: str, delay_s: float = 0) -> None:
        self._start(photo_job.fetch_photo, person, ticket, delay_s=delay_s)

    def can_read(self) -> bool:
        return self.reader is not None

    def read_paper(self, person: str, ticket: str) -> None:
        self._start(paper_job.read_paper, self.reader, person, ticket)

    def draw_sheet(self, person: str, ticket: str) -> None:
        assert self.world is not None
        self._start(sheet_job.draw_sheet, self.world.media, person, ticket)

    def hand_over(self) -> None:
        if self.hands_over:
            self._start(handover.hand_over)

    def see_to(self, person: str) -> None:
        def see_to(world: World, person: str) -> None:
            with suppress(StoreUnavailable):  # as the worker's task does
                erasing.see_to(world, person)

        self._start(see_to, person)

    def tidy(self, person: str) -> None:
        """Done when this returns, so that a test may look at what is left."""

        def tidy(world: World, person: str) -> None:
            with suppress(StoreUnavailable):  # as the worker's task does
                photo_removal.tidy(world, person)

        if (thread := self._start(tidy, person)) is not None:
            thread.join(timeout=20)

    def settle(self) -> None:
        """Wait for what has been started."""
        for thread in self.threads:
            thread.join(timeout=20)

    def report_number(self, person: str, office: str, phones: str, day: str) -> None:
        self.reports.append((person, office, phones, day))
        self._start(number_report.record, person, office, phones, day)

    def take_receipt(self, person: str, way: str, msg_id: str, status: str) -> None:
        self._start(self._received, person, way, msg_id, status)

    @staticmethod
    def _received(world: World, person: str, way: str, msg_id: str, status: str) -> None:
        """As the task does: it may be here before the sender has written down what it is about."""
        for _ in range(40):
            if notify.receipt(world, person, way, msg_id, status):
                return
            threading.Event().wait(0.05)

    def _start(self, job: Callable[..., object], *args: object, delay_s: float = 0) -> threading.Thread | None:
        if self.stopped:
            return None
        thread = threading.Timer(delay_s, job, args=(self.world, *args))
        thread.daemon = True
        self.threads.append(thread)
        thread.start()
        return thread


@dataclass
class Bot:
    """The running bot and the WeChat before it."""

    settings: Settings
    world: World
    platform: Platform
    jobs: ThreadJobs
    clock: Clock
    redis: "redis.Redis"
    address: str

    def follower(self, name: str = "oFollower-000000000000000001") -> Follower:
        return self.platform.follower(name, following=True)


def settings_for(redis_url: str, data_dir: Path, database_url: str = "") -> Settings:
    """Safe mode, this Redis, this database or SQLite, everything else under data_dir."""
    return Settings(
        wechat={
            "app_id": "wx0000000000000000", "app_secret": "test-secret", "token": "testtoken",
            "encoding_aes_key": AES_KEY, "mode": "safe",
        },
        redis={"url": redis_url}, paths={"data_dir": data_dir}, console={"https": False},
        database={"url": database_url},
    )  # type: ignore[arg-type]  # fmt: skip


@cache
def _migrated() -> Path:
    """A database as the migrations leave it, made once for this process."""
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine("", folder)
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("pragma journal_mode=delete")  # one whole file, no log beside it
    return folder / FILE_NAME


@contextmanager
def running(settings: Settings, *, fresh: bool = True) -> Iterator[Bot]:
    """Everything real but the worker's process: the webhook over HTTP, Valkey, SQLite, photographs on disk.
    Without `fresh` on what lies there already."""
    client = connect(settings.redis.url, 5)
    if fresh:
        client.flushall()
    Keyring.open(settings.keyring_path, create=True)
    if settings.database.url:
        with suppress(StoreUnavailable):  # some tests begin with SQL away
            upgrade(open_engine(settings.database.url, settings.paths.data_dir))
    elif not (settings.paths.data_dir / FILE_NAME).exists():
        shutil.copy(_migrated(), settings.paths.data_dir / FILE_NAME)
    wechat = settings.wechat
    account = SimulatorSettings(
        bot_url="http://127.0.0.1:1/wechat", app_id=wechat.app_id, app_secret=wechat.app_secret.get_secret_value(),
        token=wechat.token.get_secret_value(), aes_key=AES_KEY, mode=wechat.mode,
        verifier_key_id=settings.verifier.key_id, verifier_secret=settings.verifier.secret.get_secret_value(),
    )  # fmt: skip
    platform = Platform(account)
    with serving(platform) as address:
        verifier = settings.verifier.model_copy(update={"url": f"{address}/verifier"})
        simulated = {"wechat": wechat.model_copy(update={"api_base_url": address}), "verifier": verifier}
        settings = settings.model_copy(update=simulated)
        jobs, clock = ThreadJobs(), Clock()
        world = replace(build_world(settings, jobs), clock=clock)
        jobs.world = world
        server = make_server("127.0.0.1", 0, create_app(settings, world), threaded=True, request_handler=Quiet)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        own = f"http://127.0.0.1:{server.server_port}"
        platform.postman.point_at(f"{own}/wechat")
        platform.verifier.callback_url = f"{own}/verifier/callback"
        yield Bot(settings, world, platform, jobs, clock, client, own)
        server.shutdown()
        thread.join()
        server.server_close()
        for job in jobs.threads:
            job.join(timeout=10)
