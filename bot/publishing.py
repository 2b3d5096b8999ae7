"""A menu file to the live account, from the command line; and saying at start-up that there is no menu at all."""

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_client, build_publisher, connect_redis
from bot.config import Settings
from bot.logs import logger
from bot.publisher import Overtaken, Publisher, Stopped, Unfit, fit, put_live
from handlers.ports import WeChatError
from storage import migrations
from storage.database import open_engine
from storage.errors import StoreUnavailable

TOLD_ONCE_S = 300


def push(settings: Settings, toml_text: str, by: str = "claimbot menu push") -> int | None:
    """Check, record as a version where the database is there, and publish. The version's number, None when it could
    not be recorded. Raises ValueError with every problem, or with what WeChat said."""
    try:
        if _has_database(settings):
            return build_publisher(settings).record_and_publish(toml_text, by, "").number
        put_live(build_client(settings, connect_redis(settings)), fit(toml_text))
    except Unfit:
        raise
    except Stopped as stopped:
        raise ValueError(f"菜单没有全部发布。{stopped}") from stopped
    except Overtaken as overtaken:
        raise ValueError("有人正在发布菜单。请几分钟后看看，再发布。") from overtaken
    except StoreUnavailable as trouble:
        raise ValueError(f"数据库刚才连不上，不知道菜单有没有发布完。请用 menu diff 看看。（{trouble}）") from trouble
    return None


def last_published(settings: Settings) -> str | None:
    """The text of the menu published last; None when nothing was recorded."""
    if not _has_database(settings):
        return None
    version = build_publisher(settings).last_published()
    return version.content if version is not None else None


def _has_database(settings: Settings) -> bool:
    try:
        return migrations.is_current(open_engine(settings.database.url, settings.paths.data_dir, create=False))
    except (StoreUnavailable, SQLAlchemyError, ValueError, OSError):
        return False


def tell_if_no_menu(settings: Settings, publisher: Publisher) -> bool | None:
    """One line in the log when the account has no menu: switching on server mode removes its own. None: not known.

    Every web process asks; one of them tells.
    """
    try:
        has_menu = publisher.live().menus is not None
    except (WeChatError, ValueError) as trouble:
        logger().info("menu not looked at", trouble=str(trouble))
        return None
    try:
        tells = not has_menu and connect_redis(settings).set("menu:told", b"1", nx=True, ex=TOLD_ONCE_S)
    except RedisError:
        tells = not has_menu  # better told by each than by none
    if tells:
        logger().warning("the account has no menu; publish one: /console/menu or `claimbot menu push`")
    return has_menu
