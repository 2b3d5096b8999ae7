"""What a worker does for "看照片": draw all papers of a draft on one picture and give it to WeChat."""

from functools import partial

from dialogs import engine
from dialogs.effects import SheetDrawn
from dialogs.photo_news import state_of
from dialogs.programme import Programme
from dialogs.session import Draft
from handlers.contact_sheet import Paper, sheet
from handlers.photo_job import feed, limits_of
from handlers.pictures import Uploads
from handlers.ports import WeChatError
from handlers.world import World
from storage.errors import StoreUnavailable

_DONE = ("good", "advised")


def draw_sheet(world: World, uploads: Uploads, person: str, ticket: str) -> None:
    """Safe to run twice, and after the draft is gone. Raises StoreUnavailable; who waits is then told to ask again."""
    session = world.sessions.load(person).session
    if session is None or session.draft is None or session.sheet is None or session.sheet.ticket != ticket:
        return
    programme = world.knowledge.programmes[session.draft.programme]
    drawn = sheet(papers_of(world, person, programme, session.draft), limits_of(world), programme.name)
    try:
        media_id = uploads.upload_media("image", "papers.jpg", drawn, "image/jpeg")
    except WeChatError:
        media_id = ""  # no right to upload, or WeChat is away: the list in words is at hand
    for _ in range(world.limits.commit_tries):
        if feed(world, person, SheetDrawn(ticket, media_id)):
            return
    raise StoreUnavailable("a drawn sheet lost every race")


def papers_of(world: World, person: str, programme: Programme, draft: Draft) -> list[Paper]:
    """Every paper of a draft as it is drawn, the number and name as on the slot board."""
    drawn = []
    for step in engine.slots(programme, draft):
        photo = draft.photos.get(step.id)
        read = partial(world.photos.get, person, photo.key) if photo is not None and photo.key else None
        alarm = (photo is None and step.required) or (photo is not None and photo.state not in _DONE)
        drawn.append(Paper(step.label, state_of(step, draft), read, alarm))
    return drawn
