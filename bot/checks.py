"""`claimbot check`: what is wrong with the configuration, the programmes, the menu and the connections."""

from collections.abc import Iterator
from importlib.resources import files

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_client, build_photos, connect_redis, shipped_programmes
from bot.config import Settings
from bot.menu import MenuUnreadable, blocks, read_menu
from bot.menu import check as menu_problems
from dialogs.conversation import MENU_KEYS
from dialogs.offices import read_directory
from dialogs.programme import Unsound
from dialogs.programmes import shipped
from handlers.ports import WeChatError
from storage.database import open_engine
from storage.errors import KeyringError, StoreUnavailable
from storage.keyring import Keyring


def faults(settings: Settings) -> list[str]:
    """All that is wrong, one line each."""
    return [*_data(settings), *_connections(settings)]


def _data(settings: Settings) -> Iterator[str]:
    try:
        shipped_programmes(read_directory(shipped("offices.csv")))
    except Unsound as unsound:
        yield from unsound.faults
    try:
        menu = read_menu(_menu_text(settings))
    except (MenuUnreadable, OSError, UnicodeDecodeError) as trouble:
        yield f"[paths] menu: {trouble}"
        return
    yield from (problem for problem in menu_problems(menu, MENU_KEYS) if blocks(problem))


def _menu_text(settings: Settings) -> str:
    if settings.paths.menu is not None:
        return settings.paths.menu.read_text(encoding="utf-8")
    return files("bot").joinpath("menu.toml").read_text(encoding="utf-8")


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
