"""`claimbot check`: what is wrong with the configuration, the programmes, the menu and the connections."""

import time
from collections.abc import Iterator

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_client, build_offices, build_photos, build_publisher, connect_redis
from bot.config import Settings
from bot.menu import MenuUnreadable
from bot.menu_file import menu_text
from bot.menu_limits import blocks
from bot.menu_set import check_set as menu_problems
from bot.menu_set import read_set
from bot.office_file import OfficesUnusable
from dialogs.conversation import MENU_KEYS
from handlers.ports import WeChatError
from storage.database import open_engine
from storage.errors import KeyringError, StoreUnavailable
from storage.keyring import Keyring
from storage.meter import TOO_LONG_S, Meter, PhotoNumbers, photo_numbers
from storage.pending import Pending

AUDIT_LATE_S = 26 * 3600


def faults(settings: Settings) -> list[str]:
    """All that is wrong, one line each."""
    return [*_data(settings), *_connections(settings), *_photographs(settings)]


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
    try:
        menu = read_set(menu_text(settings.paths.menu))
    except (MenuUnreadable, OSError, UnicodeDecodeError) as trouble:
        yield f"[paths] menu: {trouble}"
        return
    yield from (problem for problem in menu_problems(menu, MENU_KEYS) if blocks(problem))


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
    except SQLAlchemyError as trouble:
        yield f"[database] url: cannot be used ({str(trouble).splitlines()[0]})"
    try:
        build_client(settings, client).check_token()
    except WeChatError as trouble:
        yield f"[wechat] {trouble}"


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


def _ago(seconds: int) -> str:
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{max(0, seconds)} seconds"
