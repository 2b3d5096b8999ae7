"""Pushes dated by a clock that is wrong: photographs stay in the slots that were named when they were received."""

import time

from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, paper

SLOTS = ("id_portrait", "id_emblem", "household_issuer")
PAPERS = ("id_portrait", "id_emblem", "hukou_issue")


OFFSETS_S = (250, 0, -250)


def test_a_photograph_that_was_answered_stays_when_a_later_one_is_dated_before_it(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    for number, (name, offset_s) in enumerate(zip(PAPERS, OFFSETS_S, strict=True), 1):
        exchange = follower.send(follower.photo(paper(name)), "message", int(time.time()) + offset_s)
        assert f"已收到（{number}/7）" in exchange.text
    person = bot.world.sessions.person_of(follower.openid)
    session = bot.world.sessions.load(person).session
    assert session is not None and session.draft is not None
    kept = {slot: bot.world.photos.get(person, photo.key) for slot, photo in session.draft.photos.items()}
    assert kept == {slot: paper(name) for slot, name in zip(SLOTS, PAPERS, strict=True)}
