"""The reviewers' desk: the queue, one claim on one screen, its papers, and deciding, what the claimant will read."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for

from bot.console import review_words as words
from bot.console.claim_file import packed
from bot.console.desk import Desk
from bot.console.numbered import numbered
from bot.console.permissions import Pages
from dialogs import claim as claim_fields
from dialogs import claim_words, identity
from dialogs.programme import Programme, Step
from dialogs.readers.masking import grouped, masked
from dialogs.session import Draft
from dialogs.status import STATUSES, Status, may_follow
from handlers import claim_news
from handlers.perform import status_of
from handlers.picture_file import PhotoLimits, PhotoRefused
from handlers.review_desk import Decided, Refused, ReviewDesk
from handlers.watermark import SIDE_PX, marked
from handlers.world import CHINA
from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.filed import Claim
from storage.queue import Waiting, Wanted
from storage.receipts import heard

PAGE = 50
OPEN: tuple[Status, ...] = ("submitted", "received", "reviewing", "needs_materials")
LIMITS = PhotoLimits()


@dataclass(frozen=True, slots=True)
class Deed:
    """What a reviewer may do: the status it leads to, the fields it needs, and how it is done."""

    leads_to: Status
    fields: tuple[str, ...]
    do: Callable[[ReviewDesk, Desk, str, Mapping[str, str]], Decided]


def _plain(name: str) -> Callable[[ReviewDesk, Desk, str, Mapping[str, str]], Decided]:
    def do(review: ReviewDesk, desk: Desk, receipt: str, _said: Mapping[str, str]) -> Decided:
        decided: Decided = getattr(review, name)(receipt, desk.member.name, desk.world.clock())
        return decided

    return do


DEEDS: Mapping[str, Deed] = {
    "receive": Deed("received", (), _plain("receive")),
    "review": Deed("reviewing", (), _plain("review")),
    "approve": Deed("approved", ("start", "end", "amount"), lambda review, desk, receipt, said: review.approve(
        receipt, said["start"], said["end"], said["amount"], desk.member.name, desk.world.clock())),
    "refuse": Deed("rejected", ("reason",), lambda review, desk, receipt, said: review.refuse(
        receipt, said["reason"], desk.world.knowledge.reasons, desk.member.name, desk.world.clock())),
    "retake": Deed("needs_materials", ("paper", "reason"), lambda review, desk, receipt, said: review.retake(
        receipt, said["paper"], said["reason"], desk.world.knowledge.reasons, desk.member.name, desk.world.clock())),
    "pay": Deed("paying", (), _plain("pay")),
    "paid": Deed("paid", (), _plain("paid")),
}  # fmt: skip


def add_review(pages: Pages, desk: Desk) -> None:
    """The pages of the review desk."""

    @pages.page("/claims", "claims")
    def claims() -> Any:
        member = desk.member
        office = member.office or request.args.get("office", "")[:200]
        state = request.args.get("state", "open")
        staff = {"mine": member.name, "free": "-"}.get(request.args.get("hand", ""), "")
        if number := heard(request.args.get("receipt", "")[:40]):
            return redirect(url_for("console.claim", receipt=number))
        if request.args.get("receipt", "").strip():
            flash(words.NO_RECEIPT)
        statuses = OPEN if state == "open" else tuple(one for one in STATUSES if one == state)
        found = desk.queue.page(Wanted(office, statuses, staff), PAGE + 1, _cursor(request.args.get("after", "")))
        counts = desk.queue.counts(Wanted(office))
        return render_template(
            "console/claims.html", found=found[:PAGE], more=_mark(found[PAGE - 1]) if len(found) > PAGE else "",
            counts=counts, open_count=sum(counts.get(one, 0) for one in OPEN), state=state, office=office,
            hand=request.args.get("hand", ""), statuses=STATUSES, review=words, day=_day,
            offices=() if member.office else [row.name for row in desk.world.knowledge.directory.offices],
        )  # fmt: skip

    @pages.page("/claims/<receipt>", "claims")
    def claim(receipt: str) -> Any:
        return _shown(desk, _within(desk, receipt), reveal=False)

    @pages.page("/claims/<receipt>/numbers", "claims", methods=("POST",))
    def numbers_shown(receipt: str) -> Any:
        found = _within(desk, receipt)
        desk.note("showed_numbers", receipt)
        return _shown(desk, found, reveal=True)

    @pages.page("/claims/<receipt>/papers/<slot>", "claims")
    def paper(receipt: str, slot: str) -> Any:
        found = _within(desk, receipt)
        size = request.args.get("size", "small")
        turn = request.args.get("turn", "0")
        if slot not in found.papers or size not in SIDE_PX or turn not in ("0", "90", "180", "270"):
            abort(404)
        desk.note("saw_paper", receipt, f"{slot} {size}")
        try:
            data = desk.world.photos.get(found.person, found.papers[slot])
            mark = f"{desk.member.name} {desk.world.clock():%Y-%m-%d %H:%M}"
            return Response(marked(data, LIMITS, mark, size=size, turn=int(turn)), mimetype="image/jpeg")
        except (Missing, Unreadable, PhotoRefused):
            abort(404)

    @pages.page("/claims/<receipt>/file", "claims", methods=("POST",))
    def claim_file(receipt: str) -> Any:
        found = _within(desk, receipt)
        desk.note("exported_claim", receipt)
        return send_file(
            packed(desk, found), mimetype="application/zip", as_attachment=True, download_name=f"{receipt}.zip"
        )

    @pages.page("/claims/<receipt>/hand", "claims", methods=("POST",))
    def hand(receipt: str) -> Any:
        found = _within(desk, receipt)
        if desk.said("put_back"):
            desk.queue.put_back(found.id, desk.member.name)
            desk.note("put_back", receipt)
        else:
            before = desk.queue.holder(found.id)
            now = desk.queue.take(found.id, desk.member.name, desk.world.clock(), over=bool(desk.said("over")))
            desk.note("took", receipt, f"from {before}" if before not in ("", now) else "")
            if now != desk.member.name:
                flash(words.IN_HAND.format(staff=now))
        return redirect(url_for("console.claim", receipt=receipt))

    @pages.page("/claims/<receipt>/deeds/<deed>", "claims", methods=("POST",))
    def decide(receipt: str, deed: str) -> Any:
        found = _within(desk, receipt)
        if deed not in DEEDS:
            abort(404)
        said = {name: desk.said(name, 64) for name in DEEDS[deed].fields}
        if found.handover is not None:
            flash(words.AT_PLATFORM)
        elif (holder := desk.queue.holder(found.id)) != desk.member.name:
            flash(words.IN_HAND.format(staff=holder) if holder else words.TAKE_FIRST)
        elif desk.said("seen") != str(found.standing.seq):
            flash(words.MOVED_ON)
        else:
            try:
                return _decided(desk, found, deed, said)
            except Refused as refused:
                flash(words.REFUSED[refused.why])
        return redirect(url_for("console.claim", receipt=receipt))


def _decided(desk: Desk, found: Claim, deed: str, said: Mapping[str, str]) -> Any:
    if not desk.said("confirmed"):
        tried = DEEDS[deed].do(ReviewDesk(desk.world.claims, trying=True), desk, found.receipt, said)
        reads = claim_words.news(desk.world.knowledge, status_of(tried.claim))
        return render_template("console/confirm.html", one=found, deed=deed, said=said, reads=reads, review=words)
    desk.note(deed, found.receipt, " ".join(said.values()))
    decided = DEEDS[deed].do(desk.review, desk, found.receipt, said)
    with suppress(StoreUnavailable):  # the outbox holds it: the worker tells it as soon as it can
        claim_news.tell(desk.world, decided.claim.id)
    flash(words.DONE[deed])
    return redirect(url_for("console.claim", receipt=found.receipt))


def _within(desk: Desk, receipt: str) -> Claim:
    """The claim of this number, if it is this reviewer's to see; a strange one looks like one that is not there."""
    try:
        found = desk.review.claim(receipt)
    except Refused:
        abort(404)
    if desk.member.office and found.office != desk.member.office:
        abort(404)
    return found


def _shown(desk: Desk, found: Claim, *, reveal: bool) -> Any:
    desk.note("saw_claim", found.receipt)
    programme = desk.world.knowledge.programmes.get(found.programme)
    steps = {step.id: step for step in programme.steps} if programme is not None else {}
    draft = Draft(found.draft_id, found.programme, found.version, 0, dict(found.answers))
    answers = [(_label(steps, key), _value(steps.get(key), draft, key, reveal)) for key in found.answers]
    reasons = {asked.slot: asked.reason for asked in found.asked}
    papers = [
        (slot, _label(steps, slot), state, found.remarks.get(slot, words.LOOKS_GOOD),
         desk.world.knowledge.reasons.retake.get(reasons.get(slot, "")))
        for slot, state in sorted(found.paper_states.items(), key=lambda one: _place(steps, one[0]))
    ]  # fmt: skip
    holder = desk.queue.holder(found.id)
    mine = holder == desk.member.name
    return render_template(
        "console/claim.html", one=found, answers=answers, papers=papers, reveal=reveal, holder=holder, mine=mine,
        deeds=[name for name, deed in DEEDS.items()
               if mine and found.handover is None and may_follow(found.status, deed.leads_to)],
        reasons=desk.world.knowledge.reasons, review=words, day=_day, minute=_minute,
        known=claim_words.system_values(desk.world.knowledge, found.programme, found.system),
        system=[] if found.system else _system(programme),
        phone=desk.world.knowledge.phone(found.office, programme),
    )  # fmt: skip


def _label(steps: Mapping[str, Step], key: str) -> str:
    if key == identity.SOURCE:
        return words.SOURCE
    return steps[key].label if key in steps else key


def _value(step: Step | None, draft: Draft, key: str, reveal: bool) -> str:
    value = draft.answers[key]
    if key == identity.SOURCE:
        return words.VERIFIED
    if step is None:
        return value if reveal else "****"
    if reveal and (step.sensitivity or step.verified):
        return grouped(step.verified or step.kind, value)
    return masked(step.verified, value) if step.verified else claim_fields.shown_value(step, draft)


def _place(steps: Mapping[str, Step], slot: str) -> int:
    """Papers stand as the programme asks for them, as on the claimant's own board."""
    return list(steps).index(slot) if slot in steps else len(steps)


def _system(programme: Programme | None) -> list[str]:
    return [step.label for step in programme.steps if step.source == "agency"] if programme is not None else []


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _mark(last: Waiting) -> str:
    return f"{last.filed_at.timestamp():.6f}_{last.claim_id}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.partition("_")
    try:
        row = numbered(number)
        return (datetime.fromtimestamp(float(at), UTC), row) if row is not None else None
    except (ValueError, OverflowError, OSError):
        return None
