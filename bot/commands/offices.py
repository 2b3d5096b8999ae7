"""claimbot office QUERY | check FILE | reports."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bot.commands.terminal import Stop, answer_lines, settings_of
from dialogs.programmes import shipped

REPORTED_DAYS = 90


class _Queried(click.Group):
    """A group whose first word, when it is no command, is the place that is looked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`claimbot office 五华区` is `claimbot office find 五华区`."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Queried)
def office() -> None:
    """Find the office that a person means; check an office list; list the numbers reported dead."""


@office.command()
@click.argument("query", required=False)
@click.option("--province", default="", help="云南省 or 吉林省, when it is known.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--jsonl", is_flag=True, help="Read questions from standard input, one JSON object a line.")
@click.pass_context
def find(context: click.Context, query: str | None, province: str, as_json: bool, jsonl: bool) -> None:
    """Find the office that a person means (the word "find" may be left out)."""
    from dialogs.model import Context
    from dialogs.offices import answer, card, read_directory

    directory = read_directory(_list_in_use(context))
    if jsonl:
        answer_lines(lambda line: answer(directory, line), sys.stdin)
        return
    if not query:
        raise Stop("give a place, or --jsonl")
    if as_json:
        told = answer(directory, {"q": query, "context": {"province": province}})
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    found = directory.find(query, Context(province=province))
    click.echo(f"[{found.mode}] {found.note}")
    for row in (*found.offices, *((found.refer,) if found.refer else ())):
        click.echo(card(row) + "\n")


@office.command()
@click.argument("file")
def check(file: str) -> None:
    """Say what is wrong with an office list (CSV), row by row; exit 1 when it cannot be used."""
    from bot.app import build_knowledge
    from bot.office_file import OfficesUnusable, offices_text, usable
    from dialogs.knowledge import Account
    from dialogs.offices import check_directory

    try:
        problems = check_directory(offices_text(Path(file)))
        for problem in problems:
            click.echo(problem)
        if problems:
            sys.exit(1)
        known = usable(Path(file), lambda text: build_knowledge(Account(), text))
    except OfficesUnusable as trouble:
        click.echo(str(trouble))
        sys.exit(1)
    click.echo(f"usable: {len(known.directory.offices)} offices")


@office.command()
@click.option("--days", default=REPORTED_DAYS, show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def reports(context: click.Context, days: int, as_json: bool) -> None:
    """List the telephone numbers that people reported as dead, most often first."""
    from handlers.world import china_now
    from storage.database import open_engine
    from storage.errors import KeyringError, StoreUnavailable
    from storage.keyring import Keyring
    from storage.number_reports import NumberReports

    settings = settings_of(context)
    try:
        engine = open_engine(settings.database.url, settings.paths.data_dir)
        found = NumberReports(engine, Keyring.open(settings.keyring_path)).since(
            (china_now() - timedelta(days=days)).date()
        )
    except (StoreUnavailable, KeyringError, ValueError) as trouble:
        raise Stop(f"the reports cannot be read: {trouble}") from trouble
    for row in found:
        told: dict[str, Any] = {
            "office": row.office, "phones": row.phones, "times": row.times,
            "first": row.first.isoformat(), "last": row.last.isoformat(),
        }  # fmt: skip
        line = f"{row.times} × {row.office} {row.phones.replace(';', ' ')} ({told['first']} … {told['last']})"
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
    if not found and not as_json:
        click.echo(f"nothing was reported in the last {days} days")


def _list_in_use(context: click.Context) -> str:
    """The configured list when there is a configuration, else the one that ships."""
    from bot.office_file import OfficesUnusable, offices_text

    if context.obj is None:
        return shipped("offices.csv")
    try:
        return offices_text(settings_of(context).paths.offices)
    except OfficesUnusable as trouble:
        raise Stop(f"[paths] offices: {trouble}") from trouble
