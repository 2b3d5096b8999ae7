"""claimbot menu check | push."""

import sys
from pathlib import Path

import click

from bot.commands.terminal import Stop, settings_of


@click.group()
def menu() -> None:
    """The account's menu."""


def _menu_text(file: str | None) -> str:
    from importlib.resources import files

    if file is None:
        return files("bot").joinpath("menu.toml").read_text(encoding="utf-8")
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Stop(f"{file}: cannot be read ({trouble})") from trouble


@menu.command("check")
@click.argument("file", required=False)
def menu_check(file: str | None) -> None:
    """Check a menu file against WeChat's limits and what the dialogs offer."""
    from bot.menu import MenuUnreadable, blocks, read_menu
    from bot.menu import check as problems_of
    from dialogs.conversation import MENU_KEYS

    try:
        problems = problems_of(read_menu(_menu_text(file)), MENU_KEYS)
    except MenuUnreadable as trouble:
        raise Stop(str(trouble)) from trouble
    for problem in problems:
        click.echo(problem)
    if any(blocks(problem) for problem in problems):
        sys.exit(1)
    click.echo("菜单可以发布")


@menu.command("push")
@click.argument("file", required=False)
@click.pass_context
def menu_push(context: click.Context, file: str | None) -> None:
    """Publish a menu file to the account."""
    from bot.publishing import push

    try:
        push(settings_of(context), _menu_text(file))
    except ValueError as trouble:
        raise Stop(str(trouble)) from trouble
    click.echo("菜单已发布")
