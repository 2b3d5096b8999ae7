"""What has lain long enough goes, everything else stays: each subject with a clock of its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dialogs.session import Answered, Erasing
from handlers import retention
from handlers.retention import Terms
from storage.sessions import REVISION_BYTES
from tests.bot.desk import Desk, Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

OPENID = "oIdle-0000000000000000000003"
TERMS = Terms(draft_days=30, claims_days=0, proof_days=1096, reports_days=365)


def later(bot: Bot, days: float) -> None:
    bot.clock.shift_by = lambda: timedelta(days=days)


def in_the_middle(bot: Bot) -> str:
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:12]:
        act(follower, line)
    bot.jobs.settle()
    return bot.world.sessions.person_of(OPENID)


def test_a_draft_goes_after_its_days_with_its_photographs_and_the_person_hears_of_it(bot: Bot) -> None:
    person = in_the_middle(bot)
    later(bot, 29.9)
    assert retention.drafts(bot.world, 30) == 0 and bot.world.photos.keys_of(person)
    later(bot, 30.1)
    assert (retention.drafts(bot.world, 30), retention.drafts(bot.world, 30)) == (1, 0)
    assert bot.world.photos.keys_of(person) == []
    later(bot, 0)  # WeChat wants its own time in a reply
    assert "超过 30 天没动" in act(bot.follower(OPENID), "你好")
    assert "超过 30 天没动" not in act(bot.follower(OPENID), "你好")


def test_a_draft_that_is_being_filed_stays(bot: Bot) -> None:
    from msgspec.structs import replace

    person = in_the_middle(bot)
    loaded = bot.world.sessions.load(person)
    assert loaded.session is not None and loaded.session.draft is not None
    filing = loaded.session.with_draft(replace(loaded.session.draft, filing=True))
    bot.world.sessions.commit(loaded, filing, None, 0)
    bot.world.parked.park(person, bot.redis.get("{p:" + person + "}")[REVISION_BYTES:], bot.world.clock())
    later(bot, 90)
    assert retention.drafts(bot.world, 30) == retention.parked_drafts(bot.world, 30) == 0
    assert bot.world.photos.keys_of(person)


def test_a_parked_draft_goes_by_when_its_person_last_wrote(bot: Bot) -> None:
    person = in_the_middle(bot)
    loaded = bot.world.sessions.load(person)
    bot.world.parked.park(person, loaded.sealed, bot.world.clock())
    assert bot.world.sessions.leave_mark(loaded)
    later(bot, 29.9)
    assert retention.parked_drafts(bot.world, 30) == 0
    later(bot, 30.1)
    assert retention.parked_drafts(bot.world, 30) == 1
    assert bot.world.parked.parked(person) is None and bot.world.photos.keys_of(person) == []
    later(bot, 0)
    assert "超过 30 天没动" in act(bot.follower(OPENID), "你好")


def test_a_paper_that_an_office_asked_for_does_not_lapse(bot: Bot) -> None:
    ann, desk = Filed.by(bot, OPENID), Desk.of(bot)
    for words in (("receive",), ("review",), ("retake", "--paper", "id_emblem", "--reason", "blurred")):
        desk.does(words[0], ann.receipt, *words[1:])
    later(bot, 90)
    assert retention.drafts(bot.world, 30) == 0
    later(bot, 0)
    assert "身份证国徽面" in ann.says("进度")


def test_claims_stay_unless_a_term_is_set_and_then_go_when_they_are_decided(bot: Bot) -> None:
    ann, desk = Filed.by(bot, OPENID), Desk.of(bot)
    later(bot, 4000)
    retention.everything(bot.world, TERMS)
    assert ann.claim.status == "submitted"
    assert retention.claims(bot.world, 100, from_filing=False) == 0
    desk.does("receive", ann.receipt)
    desk.does("review", ann.receipt)
    desk.does("refuse", ann.receipt, "--reason", "own_will")  # by the desk's own clock: today
    later(bot, 99)
    assert retention.claims(bot.world, 100, from_filing=False) == 0
    later(bot, 101)
    assert retention.claims(bot.world, 100, from_filing=False) == 1
    assert bot.world.claims.of(ann.person) == [] and bot.world.photos.keys_of(ann.person) == []


def test_a_helper_keeps_a_claim_for_its_days_decided_or_not(bot: Bot) -> None:
    ann = Filed.by(bot, OPENID)
    later(bot, 29)
    assert retention.claims(bot.world, 30, from_filing=True) == 0
    later(bot, 31)
    assert (retention.claims(bot.world, 30, from_filing=True), retention.claims(bot.world, 30, from_filing=True)) == (
        1,
        0,
    )
    assert bot.world.claims.of(ann.person) == []


def test_consents_stay_three_years_and_with_a_claim_for_longer(bot: Bot) -> None:
    ann = Filed.by(bot, OPENID)
    bot.jobs.settle()
    bot.world.consents.record(
        {"x" * 22: [Answered("a.bank", "bank", "yes", "v", "", int(bot.world.clock().timestamp()))]}
    )
    later(bot, 1095)
    assert retention.consents(bot.world, 1096) == 0
    later(bot, 1097)
    assert retention.consents(bot.world, 1096) == 1
    assert len(bot.world.consents.of(ann.person)) == 3


def test_proofs_and_reports_go_by_their_terms(bot: Bot) -> None:
    world = bot.world
    now = int(world.clock().timestamp())
    for receipt, done in (("3528914603715", True), ("9301594824623", False)):
        world.erasures.ask("x" * 22, Erasing(receipt, now, "asked", False))
        if done:
            world.erasures.finish(receipt, 0, world.clock())
    world.numbers.record("x" * 22, "某机构", ("1",), world.clock().date())
    later(bot, 364)
    assert retention.reports(world, 365) == retention.proofs(world, 1096) == 0
    later(bot, 1097)
    assert (retention.reports(world, 365), retention.proofs(world, 1096)) == (1, 1)
    assert [one.receipt for one in world.erasures.open()] == ["9301594824623"], "what is not done stays"


@pytest.mark.parametrize("page", [1, 500])
def test_pages_are_walked_to_their_end(bot: Bot, page: int) -> None:
    at = int(bot.world.clock().timestamp())
    for number in range(3):
        bot.world.consents.record({f"{number:022}": [Answered(f"{number}.bank", "bank", "yes", "v", "", at)]})
    later(bot, 2000)
    drop: Callable[[], int] = lambda: bot.world.consents.drop_before(bot.world.clock(), page)  # noqa: E731
    assert retention._paged(drop) == 3


def test_everything_twice_is_as_good_as_once(bot: Bot) -> None:
    in_the_middle(bot)
    later(bot, 2000)
    first = retention.everything(bot.world, Terms(30, 30, 1096, 365, True))
    again = retention.everything(bot.world, Terms(30, 30, 1096, 365, True))
    assert first["drafts"] == 1 and first["consents"] == 3 and not any(again.values())
