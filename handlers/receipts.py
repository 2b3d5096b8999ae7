"""Receipts of what we sent, and notices that a person accepts or withdraws: events answered with silence."""

from dialogs import inbox
from dialogs.session import Session
from handlers import notify, parking
from handlers.inbound import DeliveryIn, SubscriptionIn
from handlers.world import World
from storage.errors import StoreUnavailable
from storage.sessions import KeptReply, mark_of

MOST = 20
"""Items of one event that are taken; WeChat sends a few at most."""


def take_receipts(event: DeliveryIn, world: World) -> None:
    """A worker puts them on record: SQL is never on the way to an answer. A lost one leaves its delivery "accepted"."""
    person = world.sessions.person_of(event.head.openid)
    for msg_id, status in event.deliveries[:MOST]:
        if msg_id:
            world.jobs.take_receipt(person, event.way, msg_id, status)


def notices_chosen(event: SubscriptionIn, world: World) -> None:
    """Keep what the person accepted or withdrew; once, whatever WeChat repeats. Of notices that are not ours nothing is
    kept. Raises StoreUnavailable."""
    notice = world.telling.rules.subscription
    choices = tuple(one for one in event.choices if notice is not None and one[0] == notice.template_id)
    if not choices:
        return
    name = world.sessions.person_of(event.head.openid)
    for _ in range(world.limits.commit_tries):
        person = parking.load(world, name)
        if person.reply_to(event.head.key) is not None:
            return
        session = inbox.chosen(person.session or Session(event.head.openid), choices)
        now = int(world.clock().timestamp())
        notify.note(world, name, session)
        if parking.commit(world, person, session, KeptReply(mark_of(event.head.key), "success", (), now)):
            return
    raise StoreUnavailable("an accepted notice lost every race")
