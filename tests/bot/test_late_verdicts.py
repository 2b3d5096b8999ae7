"""A photograph's verdict that came after its reply reaches a person who waits, when it wants a deed."""


from msgspec.structs import replace

from bot.simulator.follower import Follower
from handlers import photo_job
from tests.bot.test_telling import later, pushed, swept, with_rules
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, paper

DARK = b"this is no photograph"


def at_papers(bot: Bot) -> Follower:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    return follower


def judged_late(bot: Bot, *pictures: bytes) -> Follower:
    """These were sent, and their worker began only after the replies."""
    follower = at_papers(bot)
    bot.jobs.stopped = True
    for picture in pictures:
        follower.send_photo(picture)
    bot.jobs.stopped = False
    later(bot, 20)
    photo_job.sweep(bot.world)
    bot.jobs.settle()
    return follower


def test_one_to_be_taken_again_is_told_once(bot: Bot) -> None:
    follower = judged_late(bot, DARK)
    swept(bot)
    (line,) = pushed(follower)
    assert "身份证人像面要重拍" in line.text
    assert "要重拍" not in act(follower, "帮助") and swept(bot, 3600).people == 0


def test_a_batch_that_is_well_is_told_in_one_summary(bot: Bot) -> None:
    follower = judged_late(bot, paper("id_portrait"), paper("id_emblem"), paper("hukou_issue"))
    swept(bot)
    (line,) = pushed(follower)
    assert line.text.startswith("✓ ") and "（3/7）" in line.text
    assert "✓" not in act(follower, "帮助")


def test_who_has_gone_away_reads_good_news_with_their_next_message(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.stopped = True
    follower.send_photo(paper("id_portrait"))
    bot.jobs.stopped = False
    later(bot, 1200)
    photo_job.sweep(bot.world)
    bot.jobs.settle()
    swept(bot)
    assert pushed(follower) == [] and "✓ 身份证人像面已收到（1/7）" in act(follower, "帮助")


def test_what_is_well_keeps_the_last_messages(bot: Bot) -> None:
    with_rules(bot)
    follower = judged_late(bot, paper("id_portrait"))
    person = bot.world.sessions.load(bot.world.sessions.person_of(follower.openid))
    assert person.session is not None
    few = replace(person.session, reach=replace(person.session.reach, left=2))
    assert bot.world.sessions.commit(person, few, None, 0)
    swept(bot)
    assert pushed(follower) == []
    assert "✓ 身份证人像面已收到（1/7）" in act(follower, "帮助")


def test_a_replaced_photograph_is_not_told_any_more(bot: Bot) -> None:
    follower = judged_late(bot, DARK)
    assert "✓" in follower.send_photo(paper("id_portrait")).text
    swept(bot)
    assert pushed(follower) == []
