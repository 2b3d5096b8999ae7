"""One picture of all papers with their names, to look at before filing. Pure: the shell draws it, WeChat keeps it."""

import hashlib

from msgspec.structs import replace

from dialogs import claim, photo_news, photos, wording
from dialogs.effects import DrawSheet, SheetDrawn, Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say, SentPicture
from dialogs.session import Draft, Session, Sheet

KEPT_S = 2 * 24 * 3600
"""WeChat keeps an uploaded picture for three days."""
DRAWING_S = 60
"""After so long a drawing that did not come is begun anew."""


def asked(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    """The person wants to see their papers: the picture if it is at hand, else it is drawn."""
    draft = session.draft
    assert draft is not None
    if not photos.keys_of(draft):
        return claim.ask(knowledge, session, Say(wording.SHEET_NONE)) if claim.is_open(session) else Turn(
            session, (Say(wording.SHEET_NONE),)
        )  # fmt: skip
    now = int(moment.now.timestamp())
    kept = session.sheet
    if kept is not None and kept.of == pictured(draft):
        if kept.media_id and now - kept.at < KEPT_S:
            return Turn(session, (SentPicture(kept.media_id, wording.SHEET_FAILED),))
        if not kept.media_id and not kept.failed and now - kept.at < DRAWING_S:
            return Turn(session, (Say(wording.SHEET_SOON),))
    ticket = moment.fresh_id[:16]
    drawing = replace(session, sheet=Sheet(ticket, pictured(draft), at=now))
    return Turn(drawing, (Say(wording.SHEET_SOON),), (DrawSheet(ticket),))


def drawn(session: Session, told: SheetDrawn, moment: Moment) -> Turn:
    """The picture is at WeChat, or cannot be."""
    kept = session.sheet
    if kept is None or kept.ticket != told.ticket:
        return Turn(session, ())
    done = replace(kept, media_id=told.media_id, failed=not told.media_id, at=int(moment.now.timestamp()))
    return Turn(replace(session, sheet=done), ())


def awaited(knowledge: Knowledge, session: Session, ticket: str) -> Turn | None:
    """The reply to who waits for the picture; None while it is being drawn."""
    kept = session.sheet
    if kept is not None and kept.ticket == ticket and not kept.media_id and not kept.failed:
        return None
    if kept is not None and kept.media_id:
        return Turn(session, (SentPicture(kept.media_id, wording.SHEET_FAILED),))
    if session.draft is None:
        return Turn(session, (Say(wording.NO_DRAFT_LEFT),))
    return Turn(session, (Say(wording.SHEET_FAILED), photo_news.board(knowledge, session.draft)))


def pictured(draft: Draft) -> str:
    """Names the pictures that a sheet would show, and where they stand."""
    shown = ";".join(f"{slot}={photo.key or photo.state}" for slot, photo in sorted(draft.photos.items()))
    return hashlib.blake2b(shown.encode(), digest_size=8).hexdigest()
