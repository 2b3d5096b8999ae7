"""claimbot menu check | show | diff | push | pull."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.terminal import Stop, settings_of

if TYPE_CHECKING:
    from bot.menu import Menu
    from bot.publisher import Live


@click.group()
def menu() -> None:
    """The account's menu."""


def _menu_text(file: str | None, context: click.Context | None = None) -> str:
    """The file named, else the configured one, else the one that ships."""
    from bot.menu_file import menu_text

    named = Path(file) if file is not None else settings_of(context).paths.menu if context is not None else None
    try:
        return menu_text(named)
    except (OSError, UnicodeDecodeError) as trouble:
        raise Stop(f"{named}: cannot be read ({trouble})") from trouble


def _live(context: click.Context) -> "Live":
    from bot.app import build_publisher
    from bot.menu import MenuUnreadable
    from bot.menu_words import explained
    from handlers.ports import WeChatError
    from storage.errors import StoreUnavailable

    try:
        return build_publisher(settings_of(context)).live()
    except WeChatError as trouble:
        raise Stop(f"读不到线上的菜单：{explained(trouble)}") from trouble
    except (MenuUnreadable, StoreUnavailable, ValueError) as trouble:
        raise Stop(f"读不到线上的菜单：{trouble}") from trouble


@menu.command("check")
@click.argument("file", required=False)
def menu_check(file: str | None) -> None:
    """Check a menu file against WeChat's limits and what the dialogs offer."""
    from bot.menu import MenuUnreadable
    from bot.menu_limits import blocks
    from bot.menu_set import check_set, read_set
    from dialogs.conversation import MENU_KEYS

    try:
        problems = check_set(read_set(_menu_text(file)), MENU_KEYS)
    except MenuUnreadable as trouble:
        raise Stop(str(trouble)) from trouble
    for problem in problems:
        click.echo(problem)
    if any(blocks(problem) for problem in problems):
        sys.exit(1)
    click.echo("菜单可以发布")


@menu.command("show")
@click.pass_context
def menu_show(context: click.Context) -> None:
    """Show the live menu."""
    live = _live(context)
    if live.menus is None:
        raise Stop("公众号现在没有菜单。发布：claimbot menu push")
    if live.elsewhere:
        click.echo("（这个菜单是在公众号后台做的，没有按标签的菜单）")
    for line in _lines(live.menus.default):
        click.echo(line)
    for one in live.menus.tagged:
        click.echo(f"标签 {one.tag} 的菜单：")
        for line in _lines(one.menu):
            click.echo(f"  {line}")


def _lines(shown: "Menu") -> Iterator[str]:
    from bot.menu_changes import deed

    for button in shown.buttons:
        yield f"{button.name}：{deed(button)}"
        for sub in button.subs:
            yield f"    {sub.name}：{deed(sub)}"


@menu.command("diff")
@click.argument("file", required=False)
@click.pass_context
def menu_diff(context: click.Context, file: str | None) -> None:
    """Say what publishing a file would change. Ends with 1 when it would change anything."""
    from bot.menu import MenuUnreadable
    from bot.menu_set import read_set, set_changes

    try:
        wanted = read_set(_menu_text(file, context))
    except MenuUnreadable as trouble:
        raise Stop(str(trouble)) from trouble
    found = set_changes(wanted, _live(context).menus)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo("和线上一样")


@menu.command("push")
@click.argument("file", required=False)
@click.pass_context
def menu_push(context: click.Context, file: str | None) -> None:
    """Publish a menu file to the account, and record it as a version where the database is there."""
    from bot.publishing import push

    try:
        number = push(settings_of(context), _menu_text(file, context))
    except ValueError as trouble:
        raise Stop(str(trouble)) from trouble
    click.echo(f"菜单已发布（第 {number} 版）" if number is not None else "菜单已发布（没有数据库，没有记下版本）")


@menu.command("pull")
@click.argument("file", required=False)
@click.pass_context
def menu_pull(context: click.Context, file: str | None) -> None:
    """Write the live menu to a new file, or to the terminal."""
    from bot.menu_set import write_set

    live = _live(context)
    if live.menus is None:
        raise Stop("公众号现在没有菜单。发布：claimbot menu push")
    text = write_set(live.menus)
    if file is None:
        click.echo(text)
        return
    try:
        with Path(file).open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as trouble:
        raise Stop(f"{file}: cannot be written ({trouble.strerror})") from trouble
    click.echo(f"已写到 {file}")
