"""claimbot staff add | list | disable | enable | renew; claimbot audit show | verify."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click

from bot.commands.terminal import Stop, settings_of
from handlers.sign_in import PasswordTooWeak, SignIn
from handlers.world import CHINA, china_now
from storage.audit import Audit
from storage.errors import KeyringError, Missing, NotAllowed, StoreUnavailable, Unreadable
from storage.staff import ROLES, Role, StaffRoll

ACTOR = "terminal"


@click.group()
def staff() -> None:
    """Who may come into the console at /console."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--office", default="", help="Only this office's claims, by its full name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def staff_add(context: click.Context, name: str, role: str, office: str, password_stdin: bool) -> None:
    """Add somebody; the second factor is set up at the first log-in."""
    _known_office(context, office)
    password = _password(from_stdin=password_stdin)
    with _books(context) as (roll, audit_book):
        SignIn(roll, china_now).add(name, cast(Role, role), office, password)
        audit_book.note(ACTOR, "added_staff", name, f"{role} {office}".strip(), at=china_now())
    click.echo(f"{name} may log in at /console as {role}; the authenticator app is set up there the first time")


@staff.command("list")
@click.pass_context
def staff_list(context: click.Context) -> None:
    """List everybody."""
    with _books(context) as (roll, _):
        everybody = roll.all()
    for one in everybody:
        state = "disabled" if one.disabled_at else "" if one.totp_step else "has not logged in yet"
        click.echo("  ".join(part for part in (one.name, one.role, one.office or "all offices", state) if part))
    if not everybody:
        click.echo("nobody yet: `claimbot staff add NAME --role administrator`")


@staff.command("disable")
@click.argument("name")
@click.pass_context
def staff_disable(context: click.Context, name: str) -> None:
    """Let nobody in by this name, and end what is open."""
    with _books(context) as (roll, audit_book):
        roll.disable(name, china_now())
        audit_book.note(ACTOR, "disabled_staff", name, at=china_now())
    click.echo(f"{name} is disabled")


@staff.command("enable")
@click.argument("name")
@click.pass_context
def staff_enable(context: click.Context, name: str) -> None:
    """Let somebody in again."""
    with _books(context) as (roll, audit_book):
        roll.disable(name, None)
        audit_book.note(ACTOR, "enabled_staff", name, at=china_now())
    click.echo(f"{name} may log in again")


@staff.command("renew")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def staff_renew(context: click.Context, name: str, password_stdin: bool) -> None:
    """A new password, and a new second factor at the next log-in."""
    password = _password(from_stdin=password_stdin)
    with _books(context) as (roll, audit_book):
        SignIn(roll, china_now).renew(name, password)
        audit_book.note(ACTOR, "renewed_staff", name, at=china_now())
    click.echo(f"{name} sets up the authenticator app again at the next log-in")


@click.group()
def audit() -> None:
    """The book of who saw or did what."""


@audit.command("show")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--actor", default="")
@click.option("--subject", default="", help="A receipt number or a staff name.")
@click.pass_context
def audit_show(context: click.Context, limit: int, actor: str, subject: str) -> None:
    """Show the newest entries."""
    with _books(context) as (_, book):
        for one in reversed(book.newest(limit, actor=actor, subject=subject)):
            said = f"{one.subject} {one.detail}".strip()
            click.echo(
                f"{one.seq}  {one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}  {one.actor}  {one.deed}  {said}".rstrip()
            )


@audit.command("verify")
@click.option("--head", default="", metavar="SEQ:HASH", help="A head noted earlier: it must still be in the book.")
@click.pass_context
def audit_verify(context: click.Context, head: str) -> None:
    """Prove the chain from its first entry to its last; print its head, to be noted down elsewhere."""
    with _books(context) as (_, book):
        if (broken := book.broken_at()) is not None:
            raise Stop(f"the book is broken at entry {broken}: it is missing, out of place or changed")
        seq, last = book.head()
        if head and not book.holds(head):
            raise Stop(f"entry {head.partition(':')[0]} is not what was noted: the book was cut off or written anew")
    click.echo(f"whole, {seq} entries; head {seq}:{last}")


@contextmanager
def _books(context: click.Context) -> Iterator[tuple[StaffRoll, Audit]]:
    from storage.database import open_engine
    from storage.keyring import Keyring

    settings = settings_of(context)
    try:
        engine = open_engine(settings.database.url, settings.paths.data_dir)
        keyring = Keyring.open(settings.keyring_path)
        yield StaffRoll(engine, keyring), Audit(engine, keyring)
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except (Missing, NotAllowed, PasswordTooWeak) as trouble:
        raise Stop(str(trouble)) from trouble
    except Unreadable as trouble:
        raise Stop(f"a second factor does not open with these keys ({trouble}); see `claimbot keys list`") from trouble
    except (StoreUnavailable, ValueError) as trouble:
        raise Stop(f"the database cannot be used ({trouble}); `claimbot check` says what is wrong") from trouble


def _known_office(context: click.Context, office: str) -> None:
    from bot.app import build_offices
    from bot.office_file import OfficesUnusable

    try:
        if office and build_offices(settings_of(context)).knowledge().directory.named(office) is None:
            raise Stop(f"no office has the name {office!r}; `claimbot office` finds it")
    except OfficesUnusable as trouble:
        raise Stop(f"[paths] offices: {trouble}") from trouble


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password (12 characters or more): ")
    if first != getpass.getpass("Again: "):
        raise Stop("the two are not the same")
    return first
