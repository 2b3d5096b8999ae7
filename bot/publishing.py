"""A menu file to the live account."""

from bot.app import build_client, connect_redis
from bot.config import Settings
from bot.menu import blocks, check, read_menu, to_wechat
from dialogs.conversation import MENU_KEYS
from handlers.ports import WeChatError


def push(settings: Settings, toml_text: str) -> None:
    """Check and publish. Raises ValueError with every problem, or with what WeChat said."""
    menu = read_menu(toml_text)
    problems = [problem for problem in check(menu, MENU_KEYS) if blocks(problem)]
    if problems:
        raise ValueError("\n".join(problems))
    try:
        build_client(settings, connect_redis(settings)).create_menu(to_wechat(menu))
    except WeChatError as trouble:
        raise ValueError(f"微信没有接受菜单：{trouble}") from trouble
