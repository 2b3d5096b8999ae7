"""claimbot photos audit: the photographs' books, by hand."""

import sys

import click

from bot.commands.terminal import Stop, settings_of
from storage.errors import KeyringError, StoreUnavailable


@click.group()
def photos() -> None:
    """The photographs in the store."""


@photos.command("audit")
@click.pass_context
def photos_audit(context: click.Context) -> None:
    """Read every photograph that is needed, remove what nothing needs, and say what is lost. The worker does it by
    itself; this does it now."""
    from bot.app import build_world
    from handlers.photo_audit import audit

    settings = settings_of(context)
    try:
        found = audit(build_world(settings))
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except (StoreUnavailable, ValueError) as trouble:
        raise Stop(f"a store cannot be reached ({trouble}); `claimbot check` says which") from trouble
    click.echo(f"{found.stored} photographs stored, {found.referred} needed, {found.read} read and opened")
    click.echo(f"removed: {found.orphans} that nothing needs, {found.halves} half-written")
    if found.foreign:
        click.echo(f"left: {found.foreign} sealed with no key of ours; is the store shared with another installation?")
    if found.unsure:
        click.echo(f"left: the photographs of {found.unsure} people whose session does not open")
    for lost in found.lost:
        where = f"claim {lost.claim_id}" if lost.claim_id is not None else f"a {lost.place} of {lost.person}"
        click.echo(f"{where}: {lost.slot} {'does not open' if lost.damaged else 'is not in the store'}")
    if not found.believable:
        click.echo("so much is missing that this may be the wrong store: see [photos] url; nobody is asked again")
    sys.exit(1 if found.missing or found.unreadable else 0)
