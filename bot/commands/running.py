"""Processes: serve, work, demo, chat, check."""

import os
import shutil
import signal
import sys
from contextlib import suppress

import click

from bot.commands.terminal import Stop, settings_of
from bot.config import BadSettings, Settings, read_settings


@click.command()
@click.option("--worker/--no-worker", default=True, help="Also run the worker that fetches photographs.")
@click.pass_context
def serve(context: click.Context, worker: bool) -> None:
    """Run the web server, the worker and whatever is embedded."""
    from bot.logs import configure

    settings = settings_of(context)
    _count_together(settings)
    from bot.serving import CannotStart
    from bot.serving import serve as run

    configure(settings.log.level)
    try:
        run(settings, context.obj, with_worker=worker)
    except CannotStart as trouble:
        raise Stop(str(trouble)) from trouble


def _count_together(settings: Settings) -> None:
    """Before prometheus_client is imported: it decides then where it counts. What an earlier start counted goes, as
    counters do at a restart."""
    folder = settings.paths.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # a data_dir that cannot be used is named by what comes
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.resolve())


@click.command()
@click.option(
    "--kind", type=click.Choice(["photos", "reading"]), default="photos",
    help="photos: fetch, judge, store, sweep. reading: read what is written on papers (needs the extra vision).",
)  # fmt: skip
@click.option("--parent", type=int, hidden=True, help="End when this process does.")
@click.pass_context
def work(context: click.Context, kind: str, parent: int | None) -> None:
    """Run a worker alone."""
    from bot.logs import configure
    from bot.orphans import die_with_parent
    from bot.working import run

    settings = settings_of(context)
    configure(settings.log.level)
    die_with_parent(signal.SIGKILL, parent)
    try:
        run(settings, kind)
    except ModuleNotFoundError as trouble:
        raise Stop(str(trouble)) from trouble


@click.command()
@click.option("--agency", is_flag=True, help="Hand claims over to an agency's platform, which the simulator plays too.")
@click.pass_context
def demo(context: click.Context, agency: bool) -> None:
    """Run the bot and a simulated WeChat with a phone page in the browser."""
    from bot.demo import run
    from bot.serving import CannotStart

    try:
        run(context.obj, with_agency=agency)
    except (CannotStart, BadSettings) as trouble:
        raise Stop(str(trouble)) from trouble


@click.command()
@click.pass_context
def chat(context: click.Context) -> None:
    """Talk to a running bot from the terminal, through its real webhook."""
    from bot.demo import demo_config, simulated
    from bot.simulator.chat import chat as talk

    settings = read_settings(context.obj or demo_config())
    talk(simulated(settings))


@click.command()
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
