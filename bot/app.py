"""create_app(settings): builds every object and joins them. The only place that does."""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

import redis
from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.agency import HttpAgency
from bot.agency_callback import agency_callback
from bot.agency_http import AgencyHttp
from bot.agency_metrics import AgencyGauges
from bot.callback_xml import MAX_BYTES
from bot.config import Retention, Settings, read_settings
from bot.console.desk import Desk
from bot.console.joining import add_console
from bot.envelope import Envelope
from bot.flushing import flush_regularly
from bot.health_metrics import HealthGauges
from bot.jobs import JobQueue, jobs_waiting, make_celery
from bot.live_content import OFFICES, LiveContent, keep_looking
from bot.logs import configure
from bot.metrics import SHARED_METERS, Meters, PhotoGauges, TellingGauges
from bot.office_file import OfficeFile, offices_text
from bot.orphans import die_with_parent
from bot.pages.rights import rights_pages
from bot.published import GREETING, NOTHING, faq_answers, with_notices
from bot.publisher import Publisher
from bot.readiness import Readiness, checks_of
from bot.slow_bodies import bounded
from bot.verifier import HttpVerifier
from bot.verifier_callback import verifier_callback
from bot.webhook import webhook
from bot.wechat_client import WECHAT_PICTURES, Tries, WeChatClient
from bot.wechat_http import Timeouts
from dialogs.guide import Guide, read_guide
from dialogs.guidebook import Role
from dialogs.knowledge import Account, Knowledge
from dialogs.model import Link
from dialogs.notice import Notice, NoticeUnsound, completed, read_notice
from dialogs.notice import prove as prove_notice
from dialogs.offices import Directory, read_directory
from dialogs.programme import Programme, Unsound, read_programme
from dialogs.programmes import shipped
from dialogs.reasons import read_reasons
from dialogs.soundness import prove
from dialogs.verify_words import CARD
from handlers import telling as ways
from handlers.flood import Floods
from handlers.pictures import Pictures
from handlers.ports import Agency
from handlers.review_desk import ReviewDesk
from handlers.sign_in import SignIn
from handlers.telling import Rules, Telling
from handlers.world import Jobs, Limits, World, china_now
from storage.access_token import AccessToken
from storage.audit import Audit
from storage.circuit import Circuit
from storage.claim_numbers import ClaimNumbers
from storage.claims import Claims
from storage.consents import Consents
from storage.contents import Contents, Texts
from storage.daily_counts import DailyCounts
from storage.database import open_engine
from storage.deliveries import Deliveries
from storage.embedded import has_room, socket_path
from storage.erasures import Erasures
from storage.export_links import ExportLinks
from storage.handovers import Handovers
from storage.help_codes import HelpCodes
from storage.helpings import Helpings
from storage.keyring import Keyring
from storage.menus import MenuVersions
from storage.meter import Meter, PhotoNumbers, photo_numbers
from storage.nonces import Nonces
from storage.number_reports import NumberReports
from storage.outbox import Outbox
from storage.papers import Papers
from storage.parked import ParkedDrafts
from storage.pending import Pending
from storage.photos import PhotoStore
from storage.posters import Posters
from storage.queue import Queue
from storage.redis_client import connect
from storage.references import References
from storage.rotation import Rotation
from storage.sealed_columns import SealedColumns
from storage.sessions import Sessions
from storage.staff import StaffRoll
from storage.stalled import Stalled
from storage.system_fields import SystemFields
from storage.tally import Tally
from storage.telling import TellingBoard

PROGRAMMES = ("kunming", "jilin")
REDIS_TIMEOUT_S = 1.0
"""Redis is next door: what takes longer is trouble, and the person must be told so within the deadline."""


REPLY_SQL_MS = 1000
"""How long a reply waits for another writer of SQLite: the person is told within the deadline. Workers wait longer."""


def redis_url(settings: Settings) -> str:
    """The configured Redis, or the embedded one's socket."""
    return settings.redis.url or f"unix://{socket_path(settings.paths.data_dir)}"


def connect_redis(settings: Settings) -> "redis.Redis":
    """A client with its own pool; connects when first used."""
    return connect(redis_url(settings), REDIS_TIMEOUT_S)


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
def directory_of(offices_csv: str) -> Directory:
    """The offices of this list; a tenth of a second to read, and the same for every change of other texts. Raises
    ValueError."""
    return read_directory(offices_csv)


@lru_cache(maxsize=2)
def shipped_guide(role: Role) -> Guide:
    """The guide as it ships; read once, whatever happens to the list of offices."""
    return read_guide(shipped("faq.toml"), shipped("guide.toml"), role, shipped("heard.tsv"))


def shipped_notice(account: Account, settings: Settings | None = None) -> Notice:
    """The notice as it ships, filled in from the settings (else their defaults). Raises NoticeUnsound."""
    retention = settings.retention if settings is not None else Retention()
    public_url = settings.server.public_url.rstrip("/") if settings is not None else ""
    contact = settings.account.contact if settings is not None else ""
    helper = account.role == "helper"
    days = retention.claims_days_of(account.role)
    values = {
        "operator": account.operator, "contact": contact or "在本号里发“人工”",
        "draft_days": str(retention.draft_days), "proof_days": str(retention.proof_days),
        "claims_kept": f"{'提交' if helper else '办结'} {days} 天后删除。" if days else "由负责的经办机构依法保存。",
        "receiver": "没有人；由你自己在官方渠道提交" if helper else "提交后：负责的经办机构",
    }  # fmt: skip
    return read_notice(shipped("notice.toml"), values, f"{public_url}/privacy" if public_url else "")


def build_knowledge(
    account: Account, offices_csv: str | None = None, notice: Notice | None = None, texts: Texts = NOTHING
) -> Knowledge:
    """Programmes and guide with these offices, this notice and the published texts, else what ships. Raises
    ValueError, Unsound."""
    directory = directory_of(shipped("offices.csv") if offices_csv is None else offices_csv)
    guide = shipped_guide(account.role).answering(faq_answers(texts))
    programmes = programmes_with(directory, texts)
    notice = completed(notice or shipped_notice(account), programmes.values())
    if faults := prove_notice(notice, programmes.values()):
        raise NoticeUnsound(faults)
    reasons = read_reasons(shipped("reasons.toml"))
    return Knowledge(programmes, directory, guide, account, reasons, notice, texts.get(GREETING, ""))


def account_of(settings: Settings) -> Account:
    """Whose official account it is, and what it is set up for."""
    whose = settings.account
    verifier = settings.verifier
    card = Link(CARD, verifier.page, verifier.mini_program_appid, verifier.mini_program_path) if verifier.page else None
    return Account(
        whose.operator, whose.role, whose.agents, bool(settings.agency.url),
        settings.telling.subscription.ask_url if settings.telling.subscription.id else "", whose.agent_minutes,
        verifier.kind == "http", card,
    )  # fmt: skip


def build_offices(settings: Settings) -> OfficeFile:
    """The knowledge with the configured list of offices. Raises OfficesUnusable."""
    account = account_of(settings)
    notice = shipped_notice(account, settings)
    return OfficeFile(settings.paths.offices, lambda text: build_knowledge(account, text, notice))


def build_live(settings: Settings, contents: Contents) -> LiveContent:
    """The knowledge with what was published at the console. Raises OfficesUnusable."""
    account = account_of(settings)
    notice = shipped_notice(account, settings)


    def build(csv: str | None, texts: Texts) -> Knowledge:
        return build_knowledge(account, csv, notice, texts)

    return LiveContent(settings.paths.offices, build, contents)


def build_verifier(settings: Settings) -> HttpVerifier | None:
    """The service of the real-name check, None when it is switched off."""
    verifier = settings.verifier
    if verifier.kind == "off":
        return None
    return HttpVerifier(verifier.url, verifier.key_id, verifier.secret.get_secret_value().encode())


def build_client(
    settings: Settings, client: "redis.Redis", tries: Tries | None = None, timeouts: Timeouts | None = None
) -> WeChatClient:
    """WeChat's HTTP API."""
    wechat = settings.wechat
    return WeChatClient(
        wechat.api_base_url, wechat.app_id, wechat.app_secret.get_secret_value(), AccessToken(client, wechat.app_id),
        picture_hosts=(*WECHAT_PICTURES, *wechat.picture_hosts), tries=tries, timeouts=timeouts,
    )  # fmt: skip


def build_circuit(client: "redis.Redis") -> Circuit:
    """Whether the agency's platform is worth asking now."""
    return Circuit(client, "agency")


def build_platform(settings: Settings, client: "redis.Redis") -> HttpAgency:
    """The agency's own platform, where one is set."""
    agency = settings.agency
    secret = agency.secret.get_secret_value().encode()
    return HttpAgency(AgencyHttp(agency.url, agency.key_id, secret, build_circuit(client)))


def build_rules(settings: Settings) -> Rules:
    """How this account tells people of news."""
    telling = settings.telling
    notices = (
        ways.Notice(part.id, link, part.keywords) if part.id else None
        for part, link in (
            (telling.subscription, telling.subscription.page), (telling.template, telling.template.url),
        )
    )  # fmt: skip
    return Rules(telling.customer_service, telling.nudge, telling.waking_hours, *notices)


def build_publisher(settings: Settings, clock: Callable[[], datetime] = china_now) -> Publisher:
    """The account's menus. The second client is for pages: nobody waits ten seconds to read that WeChat is away."""
    client = connect_redis(settings)
    versions = MenuVersions(open_engine(settings.database.url, settings.paths.data_dir, create=False))
    quick = build_client(settings, client, Tries(times=1), Timeouts(connect_s=2, read_s=3, whole_s=4))
    return Publisher(versions, build_client(settings, client), quick, clock, settings.paths.menu)


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


def build_sessions(settings: Settings, client: "redis.Redis", keyring: Keyring) -> Sessions:
    """The store of conversations; of the embedded server it is known when its disk gets full."""
    if settings.redis.url:
        return Sessions(client, keyring, settings.redis.wait_replicas)
    return Sessions(client, keyring, has_room=partial(has_room, settings.paths.data_dir))


def build_rotation(settings: Settings) -> Rotation:
    """Everything that is sealed, for a change of keys."""
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir, create=False)
    sessions = build_sessions(settings, connect_redis(settings), keyring)
    return Rotation(keyring, build_photos(settings, keyring), sessions, SealedColumns(engine, keyring))


def build_world(settings: Settings, jobs: Jobs | None = None, *, sql_busy_ms: int = REPLY_SQL_MS) -> World:
    """Every store and client of one process; as it stands, of one that answers people."""
    client = connect_redis(settings)
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir, busy_ms=sql_busy_ms, create=False)
    claims = Claims(engine, keyring, hands_over=bool(settings.agency.url))
    agency: Agency = build_platform(settings, client) if settings.agency.url else ReviewDesk(claims)
    wechat = build_client(settings, client)
    live = build_live(settings, Contents(engine))
    return World(
        known=live.known,
        look=live.look,
        sessions=build_sessions(settings, client, keyring),
        pending=Pending(client),
        claims=claims,
        agency=agency,
        handovers=Handovers(engine),
        system_fields=SystemFields(engine, keyring),
        outbox=Outbox(engine),
        papers=Papers(engine),
        numbers=NumberReports(engine, keyring),
        parked=ParkedDrafts(engine),
        consents=Consents(engine),
        erasures=Erasures(engine, keyring),
        links=ExportLinks(client, settings.server.public_url),
        help_codes=HelpCodes(client, keyring),
        helpings=Helpings(engine),
        references=References(keyring),
        verifier=build_verifier(settings),
        photos=build_photos(settings, keyring),
        meter=Meter(client),
        media=wechat,
        telling=Telling(
            build_rules(settings), wechat, TellingBoard(client), Deliveries(engine), Stalled(engine),
        ),
        jobs=jobs or JobQueue(make_celery(settings, redis_url(settings)), client),
        pictures=build_pictures(settings, client),
        tally=Tally(client),
        counts=DailyCounts(engine),
        limits=Limits(
            budget_ms=settings.reply.budget_ms,
            park_after_s=settings.retention.park_after_days * 24 * 3600,
        ),
        waiting=threading.BoundedSemaphore(settings.reply.photos_waiting),
    )


def build_desk(settings: Settings, world: World) -> Desk:
    """What the console works with."""
    engine = open_engine(settings.database.url, settings.paths.data_dir, create=False)
    keyring = Keyring.open(settings.keyring_path)
    roll = StaffRoll(engine, keyring)
    sign_in = SignIn(roll, world.clock)
    path, account = settings.paths.offices, account_of(settings)
    notice = shipped_notice(account, settings)

    def trial(texts: Texts) -> Knowledge:
        listed = offices_text(path) if path is not None else texts.get(OFFICES)
        return build_knowledge(account, listed, notice, texts)

    return Desk(
        world, ReviewDesk(world.claims), Queue(engine), roll, sign_in, Audit(engine, keyring),
        build_publisher(settings, world.clock), ClaimNumbers(engine), Contents(engine),
        offices_are_a_file=settings.paths.offices is not None, trial=trial, posters=Posters(engine),
        make_code=build_client(settings, connect_redis(settings)).create_qrcode,
    )  # fmt: skip


def create_app(settings: Settings, world: World | None = None) -> Flask:
    """The web application."""
    world = world or build_world(settings)
    _ = world.knowledge.guide.heard  # learnt now, not at somebody's first question
    meters = Meters(os.environ.get(SHARED_METERS, ""))
    client = connect_redis(settings)
    keyring = Keyring.open(settings.keyring_path)
    readiness = Readiness(checks_of(world, keyring))

    def numbers() -> PhotoNumbers:
        return photo_numbers(world.meter, world.pending, int(world.clock().timestamp()))

    meters.registry.register(PhotoGauges(numbers))
    meters.registry.register(TellingGauges(lambda: world.telling.board.numbers(int(world.clock().timestamp()))))
    wechat = settings.wechat
    envelope = Envelope(
        wechat.token.get_secret_value(), wechat.app_id, wechat.encoding_aes_key.get_secret_value(), wechat.mode
    )
    app = Flask("claimbot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES  # also for bodies that do not say their length
    app.extensions["meters"] = meters
    app.register_blueprint(webhook(world, envelope, meters, Floods(settings.reply.messages_a_minute)))
    app.register_blueprint(rights_pages(world))
    meters.registry.register(HealthGauges(
        readiness, world.pending, world.meter,
        ClaimNumbers(open_engine(settings.database.url, settings.paths.data_dir, busy_ms=REPLY_SQL_MS, create=False)),
        AccessToken(client, wechat.app_id), settings.paths.data_dir, lambda: jobs_waiting(settings, client),
        lambda: world.clock().timestamp(),
    ))  # fmt: skip
    if settings.agency.url:
        app.register_blueprint(agency_callback(world, settings.agency.secrets, Nonces(client), meters))
        meters.registry.register(AgencyGauges(world, build_circuit(client)))

    secret = keyring.keyed_hash(b"console", b"session cookies")
    counted = connect_redis(settings)
    add_console(app, build_desk(settings, world), secret, https=settings.console.https, counted=counted)
    if settings.verifier.kind == "http":
        secrets = {settings.verifier.key_id: settings.verifier.secret.get_secret_value().encode()}
        app.register_blueprint(verifier_callback(world, secrets, meters))

    if proxies := settings.server.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    slow = max(1, settings.server.threads // 2)
    app.wsgi_app = bounded(app.wsgi_app, slow, "/wechat")  # type: ignore[method-assign,assignment]

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        if away := readiness.away():
            return Response(f"not ready: {', '.join(away)}", status=503, mimetype="text/plain")
        return Response("ready", mimetype="text/plain")

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(meters.exposition(), mimetype="text/plain; version=0.0.4")

    return app


def wsgi() -> Flask:
    """What granian's workers call: settings from CLAIMBOT_CONFIG and the environment."""
    name = os.environ.get("CLAIMBOT_CONFIG", "")
    die_with_parent()
    settings = read_settings(Path(name) if name else None)
    configure(settings.log.level)
    from bot.publishing import tell_if_no_menu  # it builds with this module

    threading.Thread(target=tell_if_no_menu, args=(settings, build_publisher(settings)), daemon=True).start()
    world = build_world(settings)
    flush_regularly(world.tally)
    keep_looking(world.look)
    return create_app(settings, world)
