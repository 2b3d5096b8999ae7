"""create_app(settings): builds every object and joins them. The only place that does."""

import os
import threading
from functools import lru_cache
from pathlib import Path

import redis
from flask import Flask, Response
from prometheus_client import generate_latest
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.callback_xml import MAX_BYTES
from bot.config import Settings, read_settings
from bot.console.desk import Desk
from bot.console.joining import add_console
from bot.envelope import Envelope
from bot.flushing import flush_regularly
from bot.jobs import JobQueue, make_celery
from bot.live_content import OFFICES, LiveContent, keep_looking
from bot.logs import configure
from bot.metrics import Meters, PhotoGauges
from bot.office_file import OfficeFile, offices_text
from bot.orphans import die_with_parent
from bot.published import GREETING, NOTHING, faq_answers, with_notices
from bot.webhook import webhook
from bot.wechat_client import WECHAT_PICTURES, WeChatClient
from dialogs.guide import Guide, read_guide
from dialogs.guidebook import Role
from dialogs.knowledge import Account, Knowledge
from dialogs.offices import Directory, read_directory
from dialogs.programme import Programme, Unsound, read_programme
from dialogs.programmes import shipped
from dialogs.reasons import read_reasons
from dialogs.soundness import prove
from handlers.pictures import Pictures
from handlers.review_desk import ReviewDesk
from handlers.sign_in import SignIn
from handlers.world import Jobs, Limits, World
from storage.access_token import AccessToken
from storage.audit import Audit
from storage.claim_numbers import ClaimNumbers
from storage.claims import Claims
from storage.contents import Contents, Texts
from storage.daily_counts import DailyCounts
from storage.database import open_engine
from storage.embedded import socket_path
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.meter import Meter, PhotoNumbers, photo_numbers
from storage.number_reports import NumberReports
from storage.outbox import Outbox
from storage.papers import Papers
from storage.parked import ParkedDrafts
from storage.pending import Pending
from storage.photos import PhotoStore
from storage.posters import Posters
from storage.queue import Queue
from storage.rotation import Rotation
from storage.sealed_columns import SealedColumns
from storage.sessions import Sessions
from storage.staff import StaffRoll
from storage.tally import Tally

PROGRAMMES = ("kunming", "jilin")
REDIS_TIMEOUT_S = 1.0
"""Redis is next door: what takes longer is trouble, and the person must be told so within the deadline."""


def redis_url(settings: Settings) -> str:
    """The configured Redis, or the embedded one's socket."""
    return settings.redis.url or f"unix://{socket_path(settings.paths.data_dir)}"


def connect_redis(settings: Settings) -> "redis.Redis":
    """A client with its own pool; connects when first used."""
    return redis.Redis.from_url(
        redis_url(settings), socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),  # once: the server may have been restarted since the last command
    )  # fmt: skip


def programmes_with(directory: Directory, texts: Texts) -> dict[str, Programme]:
    """The programmes, as published or else as they ship, each proved sound. Raises Unsound."""
    programmes = {}
    for name in PROGRAMMES:
        programme = read_programme(texts.get(("programme", name)) or shipped(f"{name}.toml"))
        programme = with_notices(programme, texts)
        faults = prove(programme, directory)
        if faults:
            raise Unsound(name, faults)
        programmes[name] = programme
    return programmes


@lru_cache(maxsize=2)
def shipped_guide(role: Role) -> Guide:
    """The guide as it ships; read once, whatever happens to the list of offices."""
    return read_guide(shipped("faq.toml"), shipped("guide.toml"), role, shipped("heard.tsv"))


def build_knowledge(account: Account, offices_csv: str | None = None, texts: Texts = NOTHING) -> Knowledge:
    """Programmes and guide with these offices and published texts, else what ships. Raises ValueError, Unsound."""
    directory = read_directory(shipped("offices.csv") if offices_csv is None else offices_csv)
    guide = shipped_guide(account.role).answering(faq_answers(texts))
    return Knowledge(
        programmes_with(directory, texts), directory, guide, account, read_reasons(shipped("reasons.toml")),
        texts.get(GREETING, ""),
    )  # fmt: skip


def account_of(settings: Settings) -> Account:
    """Whose official account it is."""
    return Account(settings.account.operator, settings.account.role, settings.account.agents)


def build_offices(settings: Settings) -> OfficeFile:
    """The knowledge with the configured list of offices. Raises OfficesUnusable."""
    account = account_of(settings)
    return OfficeFile(settings.paths.offices, lambda text: build_knowledge(account, text))


def build_live(settings: Settings, contents: Contents) -> LiveContent:
    """The knowledge with what was published at the console. Raises OfficesUnusable."""
    account = account_of(settings)
    return LiveContent(settings.paths.offices, lambda csv, texts: build_knowledge(account, csv, texts), contents)


def build_client(settings: Settings, client: "redis.Redis") -> WeChatClient:
    """WeChat's HTTP API."""
    wechat = settings.wechat
    return WeChatClient(
        wechat.api_base_url, wechat.app_id, wechat.app_secret.get_secret_value(), AccessToken(client, wechat.app_id),
        picture_hosts=(*WECHAT_PICTURES, *wechat.picture_hosts),
    )  # fmt: skip


def build_pictures(settings: Settings, client: "redis.Redis") -> Pictures:
    """The pictures the operator has set."""
    path = settings.paths.jilin_app_qr
    return Pictures(client, {"jilin_app_qr": path} if path is not None else {})


def build_photos(settings: Settings, keyring: Keyring) -> PhotoStore:
    """The photo store. Raises ValueError, StoreUnavailable; connects when first used, and then only after any fork."""
    photos = settings.photos
    options = {
        "endpoint": photos.endpoint, "region": photos.region, "access_key_id": photos.access_key_id,
        "secret_access_key": photos.secret_access_key.get_secret_value(),
        "virtual_hosted_style_request": "true" if photos.virtual_hosted_style else "",
    }  # fmt: skip
    given = {name: value for name, value in options.items() if value}
    return PhotoStore.open(photos.url, settings.paths.data_dir, keyring, given)


def build_rotation(settings: Settings) -> Rotation:
    """Everything that is sealed, for a change of keys."""
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    sessions = Sessions(connect_redis(settings), keyring)
    return Rotation(keyring, build_photos(settings, keyring), sessions, SealedColumns(engine, keyring))


def build_world(settings: Settings, jobs: Jobs | None = None) -> World:
    """Every store and client of one process."""
    client = connect_redis(settings)
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    claims = Claims(engine, keyring)
    live = build_live(settings, Contents(engine))
    return World(
        known=live.known,
        look=live.look,
        sessions=Sessions(client, keyring),
        pending=Pending(client),
        claims=claims,
        agency=ReviewDesk(claims),
        outbox=Outbox(engine),
        papers=Papers(engine),
        numbers=NumberReports(engine, keyring),
        parked=ParkedDrafts(engine),
        photos=build_photos(settings, keyring),
        meter=Meter(client),
        media=build_client(settings, client),
        jobs=jobs or JobQueue(make_celery(settings, redis_url(settings)), client),
        pictures=build_pictures(settings, client),
        tally=Tally(client),
        counts=DailyCounts(engine),
        limits=Limits(budget_ms=settings.reply.budget_ms),
        waiting=threading.BoundedSemaphore(settings.reply.photos_waiting),
    )


def build_desk(settings: Settings, world: World) -> Desk:
    """What the console works with."""
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    keyring = Keyring.open(settings.keyring_path)
    roll = StaffRoll(engine, keyring)
    sign_in = SignIn(roll, world.clock)
    path, account = settings.paths.offices, account_of(settings)

    def trial(texts: Texts) -> Knowledge:
        listed = offices_text(path) if path is not None else texts.get(OFFICES)
        return build_knowledge(account, listed, texts)

    return Desk(
        world, ReviewDesk(world.claims), Queue(engine), roll, sign_in, Audit(engine, keyring), ClaimNumbers(engine),
        Contents(engine), offices_are_a_file=settings.paths.offices is not None,
        trial=trial, posters=Posters(engine),
        make_code=build_client(settings, connect_redis(settings)).create_qrcode,
    )  # fmt: skip


def create_app(settings: Settings, world: World | None = None) -> Flask:
    """The web application."""
    world = world or build_world(settings)
    _ = world.knowledge.guide.heard  # learnt now, not at somebody's first question
    meters = Meters()

    def numbers() -> PhotoNumbers:
        return photo_numbers(world.meter, world.pending, int(world.clock().timestamp()))

    meters.registry.register(PhotoGauges(numbers))
    wechat = settings.wechat
    envelope = Envelope(
        wechat.token.get_secret_value(), wechat.app_id, wechat.encoding_aes_key.get_secret_value(), wechat.mode
    )
    app = Flask("claimbot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES  # also for bodies that do not say their length
    app.register_blueprint(webhook(world, envelope, meters))

    secret = Keyring.open(settings.keyring_path).keyed_hash(b"console", b"session cookies")
    limits_url = redis_url(settings).replace("unix://", "redis+unix://", 1)
    add_console(app, build_desk(settings, world), secret, https=settings.console.https, limits_url=limits_url)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            world.pending.count()
        except StoreUnavailable as trouble:
            return Response(f"not ready: {type(trouble).__name__}", status=503, mimetype="text/plain")
        return Response("ready", mimetype="text/plain")

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(meters.registry), mimetype="text/plain; version=0.0.4")

    return app


def wsgi() -> Flask:
    """What granian's workers call: settings from CLAIMBOT_CONFIG and the environment."""
    name = os.environ.get("CLAIMBOT_CONFIG", "")
    die_with_parent()
    settings = read_settings(Path(name) if name else None)
    configure(settings.log.level)
    world = build_world(settings)
    flush_regularly(world.tally)
    keep_looking(world.look)
    return create_app(settings, world)
