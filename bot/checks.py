"""`claimbot check`: what is wrong with the configuration, the programmes, the menu and the connections."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.agency_metrics import LATE
from bot.app import build_client, build_offices, build_photos, build_platform, build_publisher, connect_redis
from bot.config import Settings
from bot.menu import MenuUnreadable
from bot.menu_file import menu_text
from bot.menu_limits import blocks
from bot.menu_set import check_set as menu_problems
from bot.menu_set import read_set
from bot.office_file import OfficesUnusable
from dialogs import notice_values
from dialogs.conversation import MENU_KEYS
from handlers.ports import AgencyRefused, AgencyUnavailable, WeChatError
from storage.database import open_engine
from storage.erasures import Erasures
from storage.errors import KeyringError, StoreUnavailable
from storage.handovers import Handovers
from storage.keyring import Keyring
from storage.meter import TOO_LONG_S, Meter, PhotoNumbers, photo_numbers
from storage.pending import Pending
from storage.telling import TellingBoard

AUDIT_LATE_S = 26 * 3600
ERASED_WITHIN_S = 6 * 3600


def faults(settings: Settings) -> list[str]:
    """All that is wrong, one line each."""
    return [
        *_data(settings), *_connections(settings), *_photographs(settings), *_ways(settings), *_erasures(settings),
    ]  # fmt: skip


def notes(settings: Settings) -> list[str]:
    """What is good to know and no fault."""
    return [*_audit_notes(settings), *_live_menu(settings)]


def _live_menu(settings: Settings) -> Iterator[str]:
    try:
        client = connect_redis(settings)
        client.ping()
        if build_publisher(settings).live().menus is None:
            yield "menu: the account has none (server mode removes its own); publish one with `claimbot menu push`"
    except (WeChatError, redis.RedisError, StoreUnavailable, ValueError):
        return  # said above, or shown by `claimbot menu show`


def _audit_notes(settings: Settings) -> list[str]:
    try:
        numbers = _numbers(settings)
    except StoreUnavailable:
        return []
    if numbers.audited_at is None:
        return ["photographs: not audited yet; the worker does it by itself, `claimbot photos audit` does it now"]
    return [
        f"photographs: last audited {_ago(int(time.time()) - numbers.audited_at)} ago, {numbers.pending} on their way"
    ]


def _data(settings: Settings) -> Iterator[str]:
    try:
        build_offices(settings)
    except OfficesUnusable as trouble:
        yield f"[paths] offices: {trouble}"
    yield from _telling(settings)
    try:
        menu = read_set(menu_text(settings.paths.menu))
    except (MenuUnreadable, OSError, UnicodeDecodeError) as trouble:
        yield f"[paths] menu: {trouble}"
        return
    yield from (problem for problem in menu_problems(menu, MENU_KEYS) if blocks(problem))


def _telling(settings: Settings) -> Iterator[str]:
    """Templates whose values WeChat would refuse."""
    telling = settings.telling
    for name, notice in (("template", telling.template), ("subscription", telling.subscription)):
        if notice.id:
            yield from (f"[telling.{name}] {fault}" for fault in notice_values.faults(notice.keywords))
        elif notice.keywords:
            yield f"[telling.{name}] id: is missing, and keywords are set; mp.weixin.qq.com shows the template's id"
    if telling.subscription.id and not telling.subscription.ask_url:
        yield "[telling.subscription] ask_url: is missing: nobody is asked to accept, so none can be sent"


def photo_store_fault(settings: Settings) -> str:
    """One line when photographs cannot be kept, else "". Not in a process that is forked later."""
    try:
        build_photos(settings, Keyring.open(settings.keyring_path)).check()
    except KeyringError as trouble:
        return f"[paths] keyring: {trouble}"
    except (StoreUnavailable, ValueError) as trouble:
        where = settings.photos.url or "the folder in data_dir"
        return f"[photos] url: {where} cannot be used ({trouble}); mend it: no photograph is taken until then"
    return ""


def _connections(settings: Settings) -> Iterator[str]:
    if fault := photo_store_fault(settings):
        yield fault
    client = connect_redis(settings)
    try:
        client.ping()
    except redis.RedisError as trouble:
        yield f"[redis] url: cannot be reached ({trouble})"
    try:
        with open_engine(settings.database.url, settings.paths.data_dir).connect() as connection:
            connection.execute(text("select 1"))
    except (SQLAlchemyError, ValueError) as trouble:
        yield f"[database] url: cannot be used ({str(trouble).splitlines()[0]})"
    try:
        build_client(settings, client).check_token()
    except WeChatError as trouble:
        yield f"[wechat] {trouble}"
    if settings.agency.url:
        yield from _agency(settings, client)


def _agency(settings: Settings, client: "redis.Redis") -> Iterator[str]:
    """Does the agency's platform answer, and does it take what it is given?"""
    try:
        build_platform(settings, client).check()
    except AgencyUnavailable as trouble:
        why = _AGENCY_TROUBLE.get(trouble.code, trouble.code)
        yield f"[agency] url: {settings.agency.url} does not answer as it should ({why}); claims wait until it does"
    except AgencyRefused as refused:
        yield f"[agency] url: {settings.agency.url} refuses ({refused.code}); does docs/agency-api.yaml hold there?"
    try:
        now = datetime.now(UTC)
        counts = Handovers(open_engine(settings.database.url, settings.paths.data_dir)).counts(now - LATE)
    except (StoreUnavailable, SQLAlchemyError):
        return  # said above
    if counts["refused"]:
        yield (
            f"[agency] {counts['refused']} claims need you: refused, or withdrawn too late. `claimbot claim list "
            "--handover refused` names them, `show` the reason; mended, `claimbot claim hand-over RECEIPT` tries again"
        )
    if counts["late"]:
        yield f"[agency] {counts['late']} claims wait for more than {LATE.seconds // 60} minutes to be handed over"


_AGENCY_TROUBLE = {
    "not_let_in": "it does not know our key, or the clocks differ by more than 5 minutes",
    "garbled": "what answers there is not the agency's platform",
    "circuit_open": "it has failed several times in the last seconds",
    "not_reached": "no connection",
    "too_slow": "no answer in time",
}


def _numbers(settings: Settings) -> PhotoNumbers:
    client = connect_redis(settings)
    return photo_numbers(Meter(client), Pending(client), int(time.time()))


def _photographs(settings: Settings) -> Iterator[str]:
    """The numbers that must read zero."""
    try:
        numbers = _numbers(settings)
    except StoreUnavailable:
        return  # said above
    if numbers.missing:
        yield (
            f"photographs: {numbers.missing} are not in the store and are needed. Is [photos] url the right place? Put "
            "its backup back; `claimbot photos audit` names them. People in mid-claim are asked to send theirs again"
        )
    if numbers.unreadable:
        yield (
            f"photographs: {numbers.unreadable} do not open: damaged, or their key is gone. Put the store's and keys' "
            "backup back; `claimbot photos audit` names them. People in mid-claim are asked to send theirs again"
        )
    if numbers.pending_too_long:
        yield (
            f"photographs: {numbers.pending_too_long} have been on their way for more than {TOO_LONG_S // 60} minutes. "
            "Does a worker run (`claimbot work`)? Its log says why it cannot fetch or store them"
        )
    if numbers.set_aside:
        yield (
            f"photographs: {numbers.set_aside} were given up after every try; these people were asked to send them "
            "again. `claimbot photos aside` lists their tickets, under which the worker's log has the reason; with "
            "--seen the number reads zero again"
        )
    late_s = int(time.time()) - numbers.audited_at if numbers.audited_at is not None else 0
    if late_s > AUDIT_LATE_S:
        yield f"photographs: the last audit ran {_ago(late_s)} ago. Does a worker run (`claimbot work`)?"


def _ways(settings: Settings) -> Iterator[str]:
    """Ways of telling people that WeChat refuses, and claims that wait for too long."""
    now = int(time.time())
    try:
        numbers = TellingBoard(connect_redis(settings)).numbers(now)
    except StoreUnavailable:
        return  # said above
    for way in numbers.paused:
        key = "customer_service = false" if way == "custom" else f'[telling.{way}] id = ""'
        yield (
            f"telling: WeChat does not take {way} messages now; the worker's log says why. Mend the account, or set "
            f"{key}"
        )
    if numbers.stalled:
        yield (
            f"claims: {numbers.stalled} were received more than ten working days ago and are not decided; "
            "`claimbot claim list` shows them"
        )


def _erasures(settings: Settings) -> Iterator[str]:
    """People are told: at the latest within a day."""
    try:
        engine = open_engine(settings.database.url, settings.paths.data_dir)
        waiting = Erasures(engine, Keyring.open(settings.keyring_path)).open(limit=1000)
    except (StoreUnavailable, KeyringError, SQLAlchemyError, ValueError):
        return  # said above
    late = [one for one in waiting if time.time() - one.asked_at.timestamp() > ERASED_WITHIN_S]
    if late:
        yield (
            f"erasures: {len(late)} people who asked to be erased are not yet, after {ERASED_WITHIN_S // 3600} hours. "
            "Does a worker run (`claimbot work`)? Its log says which store is away"
        )


def _ago(seconds: int) -> str:
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{max(0, seconds)} seconds"
