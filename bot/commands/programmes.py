"""claimbot programme check | draw | rehearse."""

import sys
from pathlib import Path

import click

from bot.commands.terminal import Stop, settings_of
from dialogs.programmes import shipped


@click.group()
def programme() -> None:
    """Programmes: check, draw, rehearse."""


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


@programme.command("rehearse")
@click.argument("name")
@click.option("--seconds", default=600, show_default=True, help="Stop after so long.")
@click.pass_context
def programme_rehearse(context: click.Context, name: str, seconds: int) -> None:
    """Count what a changed programme would do to the claims in progress; nobody sees a value."""
    from bot.app import build_world
    from bot.office_file import OfficesUnusable
    from dialogs.programme import Unsound, read_programme
    from dialogs.soundness import prove
    from handlers.rehearsal import rehearse
    from storage.errors import KeyringError, StoreUnavailable

    try:
        world = build_world(settings_of(context))
        new = read_programme(_programme_text(name))
        if faults := prove(new, world.knowledge.directory):
            raise Unsound(name, faults)
        found = rehearse(world, world.knowledge.programmes.get(new.id), new, seconds)
    except (Unsound, OfficesUnusable, KeyringError, StoreUnavailable, ValueError) as trouble:
        raise Stop(str(trouble)) from trouble
    for word in ("unchanged", "new_question", "redo", "blocked"):
        click.echo(f"{word}: {getattr(found, word)}")
    if not found.whole:
        click.echo("not everybody was looked at: give it more --seconds")
