"""`claimbot …`: every command. Each failure is one clear line and a non-zero exit."""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from bot.config import BadSettings, Settings, read_settings, settings_path
from dialogs.programmes import shipped


class Stop(click.ClickException):
    """A line for the person at the terminal."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"claimbot: {self.message}", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(dir_okay=False), help="The settings file; else CLAIMBOT_CONFIG.")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """失业金申领助手: the backend of a WeChat official account that helps people claim unemployment insurance."""
    context.obj = settings_path(config)


def settings_of(context: click.Context) -> Settings:
    """The settings, or the end with a line for each bad key."""
    try:
        return read_settings(context.obj)
    except BadSettings as trouble:
        raise Stop(str(trouble)) from trouble


@main.command()
@click.option("--worker/--no-worker", default=True, help="Also run the worker that fetches photographs.")
@click.pass_context
def serve(context: click.Context, worker: bool) -> None:
    """Run the web server, the worker and whatever is embedded."""
    from bot.logs import configure
    from bot.serving import CannotStart
    from bot.serving import serve as run

    settings = settings_of(context)
    configure(settings.log.level)
    try:
        run(settings, context.obj, with_worker=worker)
    except CannotStart as trouble:
        raise Stop(str(trouble)) from trouble


@main.command()
@click.pass_context
def work(context: click.Context) -> None:
    """Run the worker alone."""
    from bot.app import build_client, build_world, connect_redis, redis_url
    from bot.jobs import add_tasks, make_celery
    from bot.logs import configure
    from bot.orphans import die_with_parent

    settings = settings_of(context)
    configure(settings.log.level)
    die_with_parent()
    app = make_celery(settings, redis_url(settings))
    add_tasks(app, lambda: build_world(settings), lambda: build_client(settings, connect_redis(settings)))
    app.worker_main(
        [
            *("worker", "--beat", "--concurrency=2", "--loglevel=warning", "--without-gossip", "--without-mingle"),
            *("--hostname=claimbot@%h", f"--schedule={settings.paths.data_dir / 'beat'}"),
        ]
    )


@main.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Run the bot and a simulated WeChat with a phone page in the browser."""
    from bot.demo import run
    from bot.serving import CannotStart

    try:
        run(context.obj)
    except (CannotStart, BadSettings) as trouble:
        raise Stop(str(trouble)) from trouble


@main.command()
@click.pass_context
def chat(context: click.Context) -> None:
    """Talk to a running bot from the terminal, through its real webhook."""
    from bot.demo import demo_config, simulated
    from bot.simulator.chat import chat as talk

    settings = read_settings(context.obj or demo_config())
    talk(simulated(settings))


@main.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check configuration, programmes, menu and connections; say what is wrong and how to mend it."""
    from bot.checks import faults, notes

    settings = settings_of(context)
    found = faults(settings)
    for line in (*found, *notes(settings)):
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo("all is well")


def _lines(answer: Callable[[dict[str, Any]], dict[str, Any]], source: Iterable[str]) -> None:
    """JSON lines in, JSON lines out; a line that cannot be read is answered with its error."""
    for line in source:
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            if not isinstance(question, dict):
                raise ValueError("not an object")
            told = answer(question)
        except (ValueError, KeyError, TypeError) as trouble:
            told = {"error": f"{type(trouble).__name__}: {trouble}"}
        click.echo(json.dumps(told, ensure_ascii=False))


@main.command()
@click.argument("query", required=False)
@click.option("--province", default="", help="云南省 or 吉林省, when it is known.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--jsonl", is_flag=True, help="Read questions from standard input, one JSON object a line.")
def office(query: str | None, province: str, as_json: bool, jsonl: bool) -> None:
    """Find the office that a person means."""

    from dialogs.model import Context
    from dialogs.offices import answer, card, read_directory

    directory = read_directory(shipped("offices.csv"))
    if jsonl:
        _lines(lambda line: answer(directory, line), sys.stdin)
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


@main.command()
@click.argument("question", required=False)
@click.option("--province", default="")
@click.option("--jsonl", is_flag=True, help="Read questions from standard input, one JSON object a line.")
def ask(question: str | None, province: str, jsonl: bool) -> None:
    """Answer a question as the chat would."""
    from dialogs.guide import answer, read_guide
    from dialogs.offices import read_directory

    directory = read_directory(shipped("offices.csv"))
    guide = read_guide(shipped("faq.toml"), shipped("guide.toml"))
    if jsonl:
        _lines(lambda line: answer(guide, directory, line), sys.stdin)
        return
    if not question:
        raise Stop("give a question, or --jsonl")
    told = answer(guide, directory, {"q": question, "context": {"province": province}})
    click.echo(told["reply"])


@main.command()
@click.argument("kind", required=False)
@click.argument("text", required=False)
@click.option("--option", "options", multiple=True, help="An option of a choice; may be given several times.")
@click.option("--jsonl", is_flag=True, help="Read answers from standard input, one JSON object a line.")
def read(kind: str | None, text: str | None, options: tuple[str, ...], jsonl: bool) -> None:
    """Say how an answer would be understood."""
    from dialogs.model import Filled
    from dialogs.readers import read as understand

    def one(line: dict[str, Any]) -> dict[str, Any]:
        today = date.fromisoformat(line["today"]) if line.get("today") else datetime.now().date()
        reading = understand(str(line["kind"]), str(line["text"]), today=today, options=line.get("options") or ())
        if isinstance(reading, Filled):
            return {**line, "value": reading.value, "why": reading.note}
        return {**line, "value": None, "why": reading.why}

    if jsonl:
        _lines(one, sys.stdin)
        return
    if kind is None or text is None:
        raise Stop("give KIND and TEXT, or --jsonl")
    try:
        told = one({"kind": kind, "text": text, "options": list(options)})
    except ValueError as trouble:
        raise Stop(str(trouble)) from trouble
    click.echo(told["value"] if told["value"] is not None else f"refused: {told['why']}")
    sys.exit(0 if told["value"] is not None else 1)


@main.group()
def programme() -> None:
    """Programmes: check, draw."""


def _programme_text(name: str) -> str:
    path = Path(name)
    if path.suffix == ".toml":
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as trouble:
            raise Stop(f"{name}: cannot be read ({trouble})") from trouble
    try:
        return shipped(f"{name}.toml")
    except OSError as trouble:
        raise Stop(f"{name}: no such programme") from trouble


@programme.command("check")
@click.argument("names", nargs=-1)
def programme_check(names: tuple[str, ...]) -> None:
    """Say what is wrong with programmes (ids or TOML files)."""
    from bot.app import PROGRAMMES
    from dialogs.offices import read_directory
    from dialogs.programme import Unsound, read_programme
    from dialogs.soundness import prove

    directory = read_directory(shipped("offices.csv"))
    wrong = False
    for name in names or PROGRAMMES:
        try:
            faults = prove(read_programme(_programme_text(name)), directory)
        except Unsound as unsound:
            faults = unsound.faults
        wrong = wrong or bool(faults)
        for fault in faults:
            click.echo(f"{name}: {fault}")
        if not faults:
            click.echo(f"{name}: sound")
    sys.exit(1 if wrong else 0)


@programme.command("draw")
@click.argument("name")
def programme_draw(name: str) -> None:
    """Print a programme as a Mermaid diagram."""
    from dialogs.diagram import mermaid
    from dialogs.programme import Unsound, read_programme

    try:
        click.echo(mermaid(read_programme(_programme_text(name))))
    except Unsound as unsound:
        raise Stop(str(unsound)) from unsound


@main.group()
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


if __name__ == "__main__":
    main()
