"""claimbot keys list | rotate | drop-old: the keys that seal what is stored."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from bot.commands.terminal import Stop, settings_of
from bot.config import Settings
from storage.errors import KeyringError, NotAllowed, StoreUnavailable
from storage.keyring import Keyring
from storage.rotation import Renewed

TELL_EVERY = 100
"""Pieces between two lines of progress."""


@click.group()
def keys() -> None:
    """The keys that seal sessions, claims and photographs."""


@keys.command("list")
@click.pass_context
def keys_list(context: click.Context) -> None:
    """Print the keys' ids, oldest first. No secret is shown."""
    settings = settings_of(context)
    with _named_troubles(settings):
        keyring = Keyring.open(settings.keyring_path)
        *old, newest = keyring.ids()
        for key_id in old:
            click.echo(f"{key_id}  opens what it sealed")
        since = f", since {datetime.fromtimestamp(keyring.rotated_at):%Y-%m-%d %H:%M}" if keyring.rotated_at else ""
        click.echo(f"{newest}  seals{since}")
        if keyring.renewing:
            click.echo("a rotation is not finished: run `claimbot keys rotate`, it goes on where it stopped")
        elif old:
            click.echo("`claimbot keys drop-old` removes what nothing needs any more")


@keys.command("rotate")
@click.option("--no-new-key", is_flag=True, help="Only seal anew what older keys still seal.")
@click.pass_context
def keys_rotate(context: click.Context, no_new_key: bool) -> None:
    """Add a key and seal everything anew, while the bot runs. Stopped in the middle, run it again: it goes on."""
    settings = settings_of(context)
    with _named_troubles(settings):
        from bot.app import build_rotation

        rotation = build_rotation(settings)
        if not no_new_key:
            fresh = rotation.begin(int(time.time()))
            click.echo("a new key seals from now on" if fresh else "going on with the rotation that was begun")
        told = _Progress()
        renewed = rotation.renew_all(told)
        told.last()
        click.echo(f"{renewed} sealed anew; back up {settings.keyring_path} now")
        if told.unreadable:
            click.echo(f"{told.unreadable} do not open and were left: see `claimbot check` and `claimbot photos audit`")


@keys.command("drop-old")
@click.pass_context
def keys_drop_old(context: click.Context) -> None:
    """Remove every key but the newest; refused while anything still needs one."""
    settings = settings_of(context)
    with _named_troubles(settings):
        from bot.app import build_rotation

        gone = build_rotation(settings).drop_old(int(time.time()))
        click.echo("\n".join(f"{key_id} removed" for key_id in gone) or "there is no old key")
        if gone:
            click.echo("backups made before the rotation still need it: keep the older copy of the key file with them")


class _Progress:
    """A line each so many pieces and at the end of each place."""

    def __init__(self) -> None:
        self._at = Renewed("")
        self._unreadable: dict[str, int] = {}

    def __call__(self, now: Renewed) -> None:
        if now is not self._at:
            self.last()
            self._at = now
        self._unreadable[now.place] = now.unreadable
        if now.seen % TELL_EVERY == 0:
            self.last()

    def last(self) -> None:
        if self._at.place:
            click.echo(f"{self._at.place}: {self._at.seen} seen, {self._at.renewed} sealed anew")

    @property
    def unreadable(self) -> int:
        """In the last pass, of all places."""
        return sum(self._unreadable.values())


@contextmanager
def _named_troubles(settings: Settings) -> Iterator[None]:
    try:
        yield
    except NotAllowed as refused:
        raise Stop(str(refused)) from refused
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except (StoreUnavailable, ValueError) as trouble:
        raise Stop(
            f"a store cannot be reached ({trouble}); `claimbot check` says which. Nothing is lost: run this again"
        ) from trouble
