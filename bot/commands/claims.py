"""claimbot claim list | show | receive | review | approve | refuse | retake | pay | paid | withdraw | hand-over: the
office's desk by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import get_args

import click

from bot.commands.terminal import Stop, settings_of
from dialogs import claim as claim_fields
from dialogs import claim_words
from dialogs.session import Draft
from dialogs.status import STATUSES
from handlers import claim_news, notify, own_claims
from handlers.review_desk import Decided, Refused, ReviewDesk
from handlers.world import CHINA, World
from storage.deliveries import Delivery
from storage.errors import KeyringError, StoreUnavailable, Unreadable
from storage.filed import Claim
from storage.handovers import Handover, State
from storage.receipts import heard, shown

BY = click.option("--by", default="desk", show_default=True, help="Who decides: stands with the event.")


@click.group()
def claim() -> None:
    """Filed claims: look at them and decide. Every deed may be repeated."""


@claim.command("list")
@click.option("--office", default="", help="Only this office's claims, by its full name.")
@click.option("--status", type=click.Choice(STATUSES), help="Only claims that stand there.")
@click.option("--handover", type=click.Choice(get_args(State)), help="Only claims given to an agency's platform.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.pass_context
def claim_list(context: click.Context, office: str, status: str | None, handover: str | None, limit: int) -> None:
    """List claims, newest first."""
    with _at_desk(context) as (world, _):
        if office and world.knowledge.directory.named(office) is None:
            raise Stop(f"no office has the name {office!r}; `claimbot office` finds it")
        found = world.claims.newest(office=office, status=status or "", handover=handover or "", limit=limit)
    for one in found:
        way = f"  handover {one.handover.state}" if one.handover is not None else ""
        click.echo(f"{shown(one.receipt)}  {one.status} since {_day(one)}  {one.programme}  {one.office}{way}")
    if not found:
        click.echo("no claims")


@claim.command("show")
@click.argument("receipt")
@click.pass_context
def claim_show(context: click.Context, receipt: str) -> None:
    """Show one claim: values masked, papers with their states, what has happened. No photographs."""
    with _at_desk(context) as (world, desk):
        found = desk.claim(_receipt(receipt))
        with suppress(StoreUnavailable):  # Redis away: what waited then still shows as waiting
            notify.settle_inbox(world, found.person)
        told = world.telling.deliveries.of_claim(found.person, found.receipt)
    for line in (*_whole(world, found), *_told(told)):
        click.echo(line)


def _plain_deed(name: str, about: str) -> None:
    @claim.command(name, help=about)
    @click.argument("receipt")
    @BY
    @click.pass_context
    def deed(context: click.Context, receipt: str, by: str) -> None:
        _decide(context, lambda world, desk: getattr(desk, name)(_receipt(receipt), by, world.clock()))


for _name, _about in (
    ("receive", "The office has received it: its ten working days begin."),
    ("review", "It is looked at now; papers asked for again are not waited for any longer."),
    ("pay", "The bank is told to pay."),
    ("paid", "The bank has paid."),
):
    _plain_deed(_name, _about)


@claim.command("approve")
@click.argument("receipt")
@click.option("--start", required=True, metavar="YYYY-MM", help="First month of the benefit.")
@click.option("--end", required=True, metavar="YYYY-MM", help="Last month of the benefit.")
@click.option("--amount", required=True, metavar="YUAN", help="As the person shall read it, like 1500 or 1500.50.")
@BY
@click.pass_context
def claim_approve(context: click.Context, receipt: str, start: str, end: str, amount: str, by: str) -> None:
    """Approve. The person reads these dates and this amount."""
    _decide(context, lambda world, desk: desk.approve(_receipt(receipt), start, end, amount, by, world.clock()))


@claim.command("refuse")
@click.argument("receipt")
@click.option("--reason", required=True, metavar="CODE", help="One of [refuse] in dialogs/programmes/reasons.toml.")
@BY
@click.pass_context
def claim_refuse(context: click.Context, receipt: str, reason: str, by: str) -> None:
    """Refuse. The person reads the reason, and whom to call."""
    _decide(
        context,
        lambda world, desk: desk.refuse(_receipt(receipt), reason, world.knowledge.reasons, by, world.clock()),
    )


@claim.command("retake")
@click.argument("receipt")
@click.option("--paper", required=True, metavar="SLOT", help="As `claimbot claim show` names it, like id_emblem.")
@click.option("--reason", required=True, metavar="CODE", help="One of [retake] in dialogs/programmes/reasons.toml.")
@BY
@click.pass_context
def claim_retake(context: click.Context, receipt: str, paper: str, reason: str, by: str) -> None:
    """Ask for exactly one paper again."""
    _decide(
        context,
        lambda world, desk: desk.retake(_receipt(receipt), paper, reason, world.knowledge.reasons, by, world.clock()),
    )


@claim.command("withdraw")
@click.argument("receipt")
@BY
@click.pass_context
def claim_withdraw(context: click.Context, receipt: str, by: str) -> None:
    """Take an undecided claim back, as the claimant asked at the counter. Where the agency has a platform, it is told
    first and the claim is withdrawn when it agrees."""
    with _at_desk(context) as (world, desk):
        one = desk.claim(_receipt(receipt))
        if one.handover is not None and one.status != "withdrawn":
            outcome = own_claims.withdraw(world, one.person, one.receipt, world.clock())
            if outcome != "decided":
                now = "is now withdrawn" if outcome == "done" else "is withdrawn as soon as the agency agrees"
                click.echo(f"{shown(one.receipt)} {now}")
                return
    _decide(context, lambda world, desk: desk.take_back(_receipt(receipt), by, world.clock()))


@claim.command("hand-over")
@click.argument("receipt")
@click.pass_context
def claim_hand_over(context: click.Context, receipt: str) -> None:
    """Try again what the agency's platform has refused, after the reason is mended."""
    with _at_desk(context) as (world, desk):
        one = desk.claim(_receipt(receipt))
        if one.handover is None:
            raise Stop("this claim is the desk's: it is handed over to nobody")
        if not world.handovers.again(one.id, world.clock()):
            raise Stop(f"this claim was not refused, it is {one.handover.state}")
        world.jobs.hand_over()
        click.echo(f"{shown(one.receipt)} waits for the agency again")


def _decide(context: click.Context, deed: Callable[[World, ReviewDesk], Decided]) -> None:
    with _at_desk(context) as (world, desk):
        decided = deed(world, desk)
        one = decided.claim
        click.echo(f"{shown(one.receipt)} {'is now' if decided.changed else 'was already'} {one.status}")
        try:
            claim_news.tell(world, one.id)
        except StoreUnavailable:
            click.echo("the person cannot be told now: the worker does it as soon as Redis is there")


@contextmanager
def _at_desk(context: click.Context) -> Iterator[tuple[World, ReviewDesk]]:
    from bot.app import build_world
    from bot.office_file import OfficesUnusable

    settings = settings_of(context)
    try:
        world = build_world(settings)
        yield world, ReviewDesk(world.claims)
    except Refused as refused:
        raise Stop(str(refused)) from refused
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except OfficesUnusable as trouble:
        raise Stop(f"[paths] offices: {trouble}") from trouble
    except Unreadable as trouble:
        raise Stop(f"a claim does not open with these keys ({trouble}); see `claimbot keys list`") from trouble
    except (StoreUnavailable, ValueError) as trouble:
        raise Stop(f"the database cannot be used ({trouble}); `claimbot check` says what is wrong") from trouble


def _receipt(text: str) -> str:
    number = heard(text)
    if number is None:
        raise Stop(f"{text!r} is no receipt number: 13 digits, the last of which checks the others")
    return number


def _day(one: Claim) -> str:
    return f"{one.since.astimezone(CHINA):%Y-%m-%d}"


def _way(handover: Handover) -> str:
    reference = f"reference {handover.remote}" if handover.remote else "no reference yet"
    withdrawal = f", withdrawal {handover.withdrawal}" if handover.withdrawal else ""
    heard = f"{handover.heard_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return f"{reference}, {handover.tries} tries, last heard of {heard}{withdrawal}"


_WAYS = {"": "no way yet", "custom": "customer-service message", "reply": "reply to their message"}


def _told(deliveries: list[Delivery]) -> Iterator[str]:
    """How the person was told, one line an attempt."""
    for one in deliveries:
        about = one.what.split("/")
        what = f"event {about[-1]}" if about[0] == "event" else f"paper {about[-1]} asked for"
        at = f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        how = "waits for their next message" if one.state == "inbox" else f"{_WAYS.get(one.way, one.way)}: {one.state}"
        yield f"  told {what}: {at} {how}{f' ({one.reason})' if one.reason else ''}"


def _whole(world: World, one: Claim) -> Iterator[str]:
    yield f"{shown(one.receipt)}  {one.status} since {_day(one)}"
    yield f"{one.programme} {one.version}, filed {one.filed_at.astimezone(CHINA):%Y-%m-%d %H:%M}, {one.office}"
    if (handover := one.handover) is not None:
        yield f"handed over: {handover.state}{f' ({handover.trouble})' if handover.trouble else ''}, {_way(handover)}"
    programme = world.knowledge.programmes.get(one.programme)
    steps = {step.id: step for step in programme.asked} if programme is not None else {}
    draft = Draft(one.draft_id, one.programme, one.version, 0, dict(one.answers))
    for step_id in one.answers:
        if step_id in steps:
            yield f"  {steps[step_id].label}：{claim_fields.shown_value(steps[step_id], draft)}"
        else:
            yield f"  {step_id}: ****"
    for label, value in claim_words.system_values(world.knowledge, one.programme, one.system):
        yield f"  system {label}：{value}"
    reasons = {asked.slot: asked.reason for asked in one.asked}
    for slot, state in one.paper_states.items():
        label = steps[slot].label if slot in steps else slot
        yield f"  paper {slot} {label}: {state}{f' ({reasons[slot]})' if slot in reasons else ''}"
    for event in one.events:
        said = " ".join((event.reason, *(f"{key}={value}" for key, value in event.detail.items()))).strip()
        at = f"{event.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        yield f"  {event.seq}. {at} {event.status} by {event.actor} {said}".rstrip()
