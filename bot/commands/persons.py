"""claimbot person show | export | erase | proof OPENID: a person's rights, by hand. The openid is never shown again."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.commands.terminal import Stop, settings_of
from handlers.world import World
from storage.errors import KeyringError, StoreUnavailable, Unreadable
from storage.receipts import shown

_OPENID = re.compile(r"[A-Za-z0-9_-]{6,64}")


@click.group()
def person() -> None:
    """A person's data, by their openid: what is kept, a copy of it, its erasure."""


@person.command("show")
@click.argument("openid")
@click.pass_context
def person_show(context: click.Context, openid: str) -> None:
    """What is kept of a person, in numbers: no value is shown."""
    with _known(context, openid) as (world, name):
        session = world.sessions.load(name).session
        parked = world.parked.parked(name) is not None
        claims = world.claims.of(name)
        drafts = len(session.drafts) if session is not None else 0
        consents = len(world.consents.of(name)) + (len(session.rights.unrecorded) if session is not None else 0)
        photos = len(world.photos.keys_of(name))
    click.echo(f"drafts {drafts}, parked {int(parked)}, claims {len(claims)}, photographs {photos}, answers {consents}")
    for one in claims:
        click.echo(f"claim {shown(one.receipt)}: {one.status}, {one.office}")


@person.command("export")
@click.argument("openid")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.zip")
@click.pass_context
def person_export(context: click.Context, openid: str, to: Path) -> None:
    """Write everything kept of a person, unmasked, into a ZIP that only you can read; a file that is there stays."""
    from handlers import export_file

    with _known(context, openid) as (world, name):
        if not export_file.holds_anything(world, name):
            raise Stop("nothing is kept of this person")
        with export_file.write(world, name) as made:
            try:
                with open(to, "xb", opener=_private) as written:
                    shutil.copyfileobj(made, written)
            except FileExistsError as there:
                raise Stop(f"{to} is there already; name another file") from there
            except OSError as trouble:
                raise Stop(f"{to} cannot be written ({trouble.strerror})") from trouble
    click.echo(f"written: {to}. It holds identity papers: hand it over safely, then delete it")


@person.command("erase")
@click.argument("openid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def person_erase(context: click.Context, openid: str, yes: bool) -> None:
    """Erase a person: draft, photographs, answers, and claims that no office has taken up. Those taken up stay."""
    from handlers import erasing, export_file

    with _known(context, openid) as (world, name):
        if not export_file.holds_anything(world, name):
            raise Stop("nothing is kept of this person")
        if not yes and not click.confirm("Erase this person? It cannot be undone", err=True):
            raise Stop("nothing was erased")
        try:
            receipt = erasing.forget(world, openid, "operator")
        except StoreUnavailable as trouble:
            raise Stop(f"not finished ({trouble}); say it again: once is as good as twice") from trouble
        proof = world.erasures.proof(name, receipt)
        kept = proof.claims_kept if proof is not None else None
    click.echo(f"erased, receipt {shown(receipt)}")
    if kept:
        click.echo(f"kept: {kept} claims that an office has taken up")


@person.command("proof")
@click.argument("openid")
@click.argument("receipt")
@click.pass_context
def person_proof(context: click.Context, openid: str, receipt: str) -> None:
    """Was this person erased under this receipt number?"""
    from storage.receipts import heard

    number = heard(receipt)
    if number is None:
        raise Stop("that is no receipt number: 13 digits, the last of which checks the others")
    with _known(context, openid) as (world, name):
        found = world.erasures.proof(name, number)
    if found is None:
        click.echo("no: nobody, or somebody else, was erased under this number, or the proof's time is over")
        sys.exit(1)
    click.echo(f"asked {found.asked_at:%Y-%m-%d %H:%M} UTC, " + (
        f"done {found.done_at:%Y-%m-%d %H:%M} UTC" if found.done_at is not None else "not done yet"
    ))  # fmt: skip


@contextmanager
def _known(context: click.Context, openid: str) -> Iterator[tuple[World, str]]:
    """The stores, and the person's pseudonym. What was typed stands in no message."""
    from bot.app import build_world
    from bot.office_file import OfficesUnusable

    if not _OPENID.fullmatch(openid):
        raise Stop("that is no openid: 6 to 64 letters, digits, - and _, as WeChat shows it")
    settings = settings_of(context)
    try:
        world = build_world(settings)
        yield world, world.sessions.person_of(openid)
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except OfficesUnusable as trouble:
        raise Stop(f"[paths] offices: {trouble}") from trouble
    except Unreadable as trouble:
        raise Stop("something of this person does not open with these keys; see `claimbot keys list`") from trouble
    except (StoreUnavailable, ValueError) as trouble:
        raise Stop(f"a store cannot be reached ({trouble}); `claimbot check` says which") from trouble


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
