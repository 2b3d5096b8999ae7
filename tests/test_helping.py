"""协助拍照: a second phone adds photographs to a claim, and nothing else; ended at any time, and logged."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Row, select

from bot.simulator.follower import Follower
from dialogs.effects import Sent
from dialogs.help_effects import LendHand
from dialogs.helping import code_in
from dialogs.session import Draft, Session
from handlers import helping
from handlers.photo_job import fetch_photo
from storage.database import open_engine
from storage.schema import HELPINGS
from tests.bot.test_claim_life import asked_again
from tests.handlers.pictures import blurred, card, jpeg
from tests.test_conversations import act
from tests.test_parking import sql_away
from tests.test_promises import WHOLE_CLAIM, turn_watched
from tests.whole import Bot, paper

PAPERS = [line for line in WHOLE_CLAIM if line.startswith("[照片")]


@dataclass
class Two:
    """A claimant at their first photograph, and somebody of the family."""

    bot: Bot
    ann: Follower
    ben: Follower
    heard: list[str] = field(default_factory=list)

    def session(self, who: Follower) -> Session:
        found = self.bot.world.sessions.load(self.bot.world.sessions.person_of(who.openid)).session
        assert found is not None
        return found

    @property
    def draft(self) -> Draft:
        found = self.session(self.ann).draft
        assert found is not None
        return found

    def code(self) -> str:
        says = act(self.ann, "请人帮忙")
        assert "只能拍照片" in says, says
        return says.split("帮忙 ")[1][:9]

    def helping(self) -> "Two":
        heard = act(self.ben, f"帮忙 {self.code()}")
        assert "身份证人像面" in heard and "谢谢你帮忙" in heard
        return self

    def sends(self, line: str) -> str:
        self.heard.append(act(self.ben, line))
        return self.heard[-1]

    def log(self) -> list[Row[tuple[object, ...]]]:
        with open_engine("", self.bot.settings.paths.data_dir).connect() as connection:
            return list(connection.execute(select(HELPINGS)))


@pytest.fixture
def two(bot: Bot) -> Iterator[Two]:
    ann, ben = bot.follower("oAnn-00000000000000000000001"), bot.follower("oBen-00000000000000000000002")
    for line in WHOLE_CLAIM[:11]:
        act(ann, line)
    yield Two(bot, ann, ben)


def test_the_family_photographs_everything_and_sees_nothing(two: Two) -> None:
    two.helping()
    assert "家人开始帮你拍了" in act(two.ann, "帮助")
    for line in PAPERS[:-1]:
        assert "已收到" in two.sends(line) and "还差" in two.heard[-1]
    assert "都齐了，谢谢你" in two.sends(PAPERS[-1])
    everything = "\n".join(two.heard)
    for secret in ("6222", "138", "样例路", "A1234567", "医保", two.ann.openid, "回执"):
        assert secret not in everything
    heard = act(two.ann, "跳过")
    assert "家人帮你拍了：身份证人像面、身份证国徽面" in heard and "帮忙结束了" in heard and "提交" in heard
    assert "回执号" in act(two.ann, "提交")
    name, other = (two.bot.world.sessions.person_of(who.openid) for who in (two.ann, two.ben))
    (claim,) = two.bot.world.claims.of(name)
    assert two.bot.world.photos.get(name, claim.papers["id_portrait"]) == paper("id_portrait")
    assert list(two.bot.world.photos.keys_of(other)) == []
    (row,) = two.log()
    assert (row.owner, row.helper, row.why, row.photos) == (name, other, "complete", 7)
    assert row.began_at <= row.ended_at
    assert "没有要交的材料" in two.sends(PAPERS[0])  # their own again


def test_the_owner_ends_it_at_once(two: Two) -> None:
    two.helping()
    two.sends(PAPERS[0])
    assert "停了" in act(two.ann, "停止帮忙")
    assert "帮忙已经结束" in two.sends(PAPERS[1])
    assert set(two.draft.photos) == {"id_portrait"}
    (row,) = two.log()
    assert (row.why, row.photos) == ("owner", 1)
    assert "没有人在帮你拍" in act(two.ann, "停止帮忙")


def test_who_helps_ends_it(two: Two) -> None:
    two.helping()
    assert "帮忙结束了" in two.sends("结束帮忙")
    assert "家人结束了帮忙" in act(two.ann, "帮助")
    (row,) = two.log()
    assert (row.why, row.photos) == ("helper", 0)
    assert two.session(two.ann).help is None


def test_it_ends_by_its_time(two: Two) -> None:
    two.helping()
    two.bot.clock.shift_by = lambda: timedelta(minutes=31)
    assert helping.close_overdue(two.bot.world) == 1
    assert helping.close_overdue(two.bot.world) == 0
    two.bot.clock.shift_by = timedelta
    assert "帮忙的时间到了" in act(two.ann, "帮助")
    assert "帮忙已经结束" in two.sends(PAPERS[0])
    assert two.draft.photos == {}
    (row,) = two.log()
    assert (row.why, row.photos) == ("time", 0)


def test_late_photographs_are_nobodys(two: Two) -> None:
    two.helping()
    for line in WHOLE_CLAIM[:11]:
        act(two.ben, line)  # a claim of their own, untouched while helping
    assert "已收到" in two.sends(PAPERS[0])
    session = two.session(two.ben)
    assert session.draft is not None and session.draft.photos == {}
    act(two.ann, "停止帮忙")
    assert "没有存" in two.sends(PAPERS[1])
    assert "国徽面" in two.sends(PAPERS[0])  # now it is their own
    assert "id_portrait" in (two.session(two.ben).draft or two.draft).photos


@pytest.mark.parametrize("lines", [0, 1, 7])
def test_only_where_photographs_are_asked(bot: Bot, lines: int) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:lines]:
        act(follower, line)
    assert "请人帮忙" in act(follower, "请人帮忙") or lines < 2
    session = bot.world.sessions.load(bot.world.sessions.person_of(follower.openid)).session
    assert session is not None and session.help is None


def test_a_code_is_for_one_and_for_a_while(two: Two) -> None:
    code = two.code()
    assert "这是给家人用的" in act(two.ann, f"帮忙{code}")
    new = two.code()
    assert new != code and "号码不对" in act(two.ben, f"帮忙 {code}")
    assert "谢谢你帮忙" in act(two.ben, f"帮忙：{new.replace(' ', '')}")
    cat = two.bot.follower("oCat-00000000000000000000003")
    assert "已经有人用了" in act(cat, f"帮忙 {new}")
    assert "已经有人在帮你拍" in act(two.ann, "请人帮忙")
    act(two.ann, "停止帮忙")
    assert "号码不对" in act(cat, f"帮忙 {new}")


def test_a_code_is_not_guessed(two: Two) -> None:
    code = two.code()
    for guess in range(5):
        assert "号码不对" in act(two.ben, f"帮忙 1234567{guess}")
    assert "试的次数太多" in act(two.ben, f"帮忙 {code}")
    assert "谢谢你帮忙" in act(two.bot.follower("oCat-00000000000000000000003"), f"帮忙 {code}")
    held = {key: two.bot.redis.get(key) for key in two.bot.redis.scan_iter("{help:*")}
    assert held and not any(code.replace(" ", "").encode() in key + (value or b"") for key, value in held.items())


def test_the_same_photograph_twice_and_two_phones_at_once(two: Two) -> None:
    two.helping()
    nodes = two.ben.photo(paper("id_portrait"))
    bodies = {answer.body for answer in two.ben.copies(nodes, 3) if answer is not None}
    assert len(bodies) == 1 and len(two.draft.photos) == 1
    with ThreadPoolExecutor(4) as pool:
        said = [
            pool.submit(act, two.ben, "[照片 id_emblem]"), pool.submit(act, two.ben, "[照片 hukou_issue]"),
            pool.submit(act, two.ann, "[照片 hukou_own]"), pool.submit(act, two.ann, "帮助"),
        ]  # fmt: skip
        assert all(future.result() for future in said)
    two.bot.jobs.settle()
    photos = two.draft.photos
    assert len(photos) == 4 and {photo.state for photo in photos.values()} <= {"good", "advised"}
    assert len({photo.key for photo in photos.values()}) == 4


def test_killed_between_the_two_commits(two: Two) -> None:
    """The claim has the photograph, the helper's session knows nothing: the message comes again."""
    two.helping()
    mine = two.session(two.ben)
    two.sends(PAPERS[0])
    name = two.bot.world.sessions.person_of(two.ben.openid)
    before = two.draft.photos["id_portrait"]
    assert mine.helping is not None
    again = LendHand(mine.helping.owner, mine.helping.id, Sent(before.ticket, "media"), (before.ticket,))
    seen = helping.lend(two.bot.world, name, again)
    assert seen.what == "taken" and [shot.state for shot in seen.shots] == ["good"]
    assert two.draft.photos == {"id_portrait": before}
    act(two.ann, "停止帮忙")
    assert helping.lend(two.bot.world, name, again).what == "taken"  # it is stored, and nothing else is said


def test_a_slow_verdict_is_told_with_the_next_words(two: Two) -> None:
    two.helping()
    two.bot.jobs.stopped = True
    assert "正在检查" in two.sends(PAPERS[0])
    two.bot.jobs.stopped = False
    name = two.bot.world.sessions.person_of(two.ann.openid)
    fetch_photo(two.bot.world, name, two.draft.photos["id_portrait"].ticket)
    assert "✓ 身份证人像面已收到" in two.sends("网点")
    assert "✓ 身份证人像面已收到" not in two.sends("网点")


def test_a_poor_photograph_is_asked_of_who_took_it(two: Two) -> None:
    two.helping()
    said = two.ben.send_photo(jpeg(blurred(card(), 14))).text
    assert "身份证人像面要重拍" in said and "接下来拍：身份证人像面" in said
    assert "已收到" in two.sends(PAPERS[0])


def test_the_claim_paused_cancelled_or_elsewhere(two: Two) -> None:
    two.helping()
    act(two.ann, "暂停")
    assert "这张没有存" in two.sends(PAPERS[0])
    act(two.ann, "继续")
    act(two.ann, "改1")
    assert "这张没有存" in two.sends(PAPERS[0])
    act(two.ann, "取消")
    act(two.ann, "2")
    assert "帮忙已经结束" in two.sends(PAPERS[0])
    assert two.session(two.ann).draft is None


def test_what_the_owner_was_asked_is_asked_still(two: Two) -> None:
    two.helping()
    act(two.ann, "取消")
    two.sends(PAPERS[0])
    assert "停在这里" in act(two.ann, "1")
    assert set(two.draft.photos) == {"id_portrait"}


def test_with_sql_away_nobody_joins_unlogged(two: Two) -> None:
    code = two.code()
    with sql_away(two.bot):
        assert "现在系统忙" in act(two.ben, f"帮忙 {code}")
        assert two.session(two.ben).helping is None
    assert "谢谢你帮忙" in act(two.ben, f"帮忙 {code}")
    with sql_away(two.bot):
        assert "停了" in act(two.ann, "停止帮忙")
    assert "帮忙已经结束" in two.sends(PAPERS[0])
    two.bot.clock.shift_by = lambda: timedelta(minutes=31)
    assert helping.close_overdue(two.bot.world) == 1
    assert [row.why for row in two.log()] == ["ended"]


def test_what_a_helper_types_is_for_themselves_and_costs_nothing_more(two: Two) -> None:
    two.helping()
    two.bot.jobs.settle()
    with turn_watched(two.bot) as (seen, statements):
        assert "63588129" in two.sends("五华区")
    assert statements == [] and seen["evalsha"] == 1
    for line in ("进度", "我的信息", "照片", "看照片", "修改"):
        said = two.sends(line)
        for secret in ("6222", "138", "样例路", "A1234567"):
            assert secret not in said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("帮忙 1234 5678", "12345678"), ("帮忙：１２３４５６７８", "12345678"), ("帮忙12345678。", "12345678"),
        ("帮忙 1234-5678", "12345678"), ("帮忙", ""), ("请帮忙 12345678 谢谢", None), ("12345678", None),
        ("帮忙查一下五华区", None), ("结束帮忙", None),
    ],
)  # fmt: skip
def test_codes_as_they_are_typed(text: str, code: str | None) -> None:
    assert code_in(text) == code


def test_a_paper_asked_for_again_and_pages_that_are_not_required(bot: Bot) -> None:
    _, ann = asked_again(bot)
    ann.says("你好")
    two = Two(bot, ann.follower, bot.follower("oBen-00000000000000000000002"))
    said = act(two.ben, f"帮忙 {two.code()}")
    assert "身份证国徽面" in said and "人像面" not in said
    assert "都齐了" in two.sends("[照片 bank_card]")
    bot.jobs.settle()
    assert ann.claim.status == "reviewing" and "补交" in ann.says("帮助")


def test_pages_of_an_optional_paper(two: Two) -> None:
    for line in PAPERS:
        act(two.ann, line)
    said = act(two.ben, f"帮忙 {two.code()}")
    assert "就业创业证第2页" in said
    assert "接下来拍：就业创业证第3页" in two.sends("[照片 hukou_own]")
    assert "都齐了" in two.sends("[照片 hukou_issue]")


def test_two_papers_wanted_again(two: Two) -> None:
    for line in PAPERS:
        act(two.ann, line)
    act(two.ann, "重拍1")
    act(two.ann, "重拍2")
    two.helping()
    assert "接下来拍：身份证国徽面" in two.sends(PAPERS[0])
    assert "都齐了" in two.sends(PAPERS[1])
