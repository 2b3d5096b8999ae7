"""A paper of a filed claim is asked for again: through crashes, races and stores that are away."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import dimmed, jpeg, portrait

from dialogs.effects import Said, Sent
from dialogs.model import OpenId
from dialogs.papers import Paper, Seen
from dialogs.session import Draft, Photo, Receipt, Session
from handlers import claim_news, photo_job
from handlers.inbound import Head
from handlers.photo_audit import audit
from handlers.review_desk import Refused, ReviewDesk
from handlers.turn import take_turn
from handlers.world import Limits, World
from storage.claims import Claims
from storage.database import FILE_NAME
from storage.errors import StoreUnavailable
from storage.filed import Claim
from tests.bot.desk import Filed
from tests.build import KUNMING_ANSWERS
from tests.test_promises import turn_watched
from tests.whole import Bot, paper

WANTED = "需要你补一张：身份证国徽面（照片模糊）。请拍好发过来。"


def asked(bot: Bot, slot: str = "id_emblem", ann: Filed | None = None) -> Filed:
    """Somebody whose paper was asked for again, and who knows."""
    ann = ann or Filed.by(bot)
    desk, now = ReviewDesk(bot.world.claims), bot.world.clock()
    if ann.claim.status == "submitted":
        desk.receive(ann.receipt, "li", now)
        desk.review(ann.receipt, "li", now)
    desk.retake(ann.receipt, slot, "blurred", bot.world.knowledge.reasons, "li", now)
    claim_news.tell_all(bot.world)
    return ann


def pending(world: World) -> list[tuple[str, str]]:
    return world.pending.claim_due(2**40, 0)


def work(world: World) -> None:
    """A worker sees to all that waits."""
    for _ in range(10):
        for person, ticket in pending(world):
            photo_job.fetch_photo(world, person, ticket)
        if not world.pending.count():
            return


def test_a_text_turn_stays_two_commands_and_no_sql_while_a_paper_is_asked_for(bot: Bot) -> None:
    ann = asked(bot)
    with turn_watched(bot) as (seen, statements):
        assert WANTED in ann.says("你好")
    assert seen["evalsha"] == 1 and seen["get"] == 1 and statements == []


def test_the_desk_crashed_before_the_session_knew(bot: Bot) -> None:
    ann = Filed.by(bot)
    desk, now = ReviewDesk(bot.world.claims), bot.world.clock()
    desk.receive(ann.receipt, "li", now)
    assert bot.world.outbox.waiting() == [ann.claim.id]
    assert "经办机构已收到" not in ann.says("帮助")
    assert claim_news.tell_all(bot.world) == 1 and claim_news.tell_all(bot.world) == 0
    assert "经办机构已收到" in ann.says("帮助")
    assert "经办机构已收到" not in ann.says("帮助")


def test_many_tell_the_same_news_at_once(bot: Bot) -> None:
    ann = Filed.by(bot)
    ReviewDesk(bot.world.claims).receive(ann.receipt, "li", bot.world.clock())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: claim_news.tell(bot.world, ann.claim.id), range(8)))
    assert len(ann.session.news) == 1 and bot.world.outbox.waiting() == []


def test_somebody_whom_redis_has_forgotten_hears_of_it_too(bot: Bot) -> None:
    ann = Filed.by(bot)
    bot.redis.flushall()
    asked(bot, ann=ann)
    assert WANTED in ann.says("你好")
    assert "已补交" in ann.says("[照片 id_emblem]")
    assert ann.claim.status == "reviewing"


def test_with_sql_away_at_the_moment_of_handing_in_nothing_is_lost_or_doubled(bot: Bot) -> None:
    ann = asked(bot)
    bot.jobs.stopped = True
    assert "正在检查" in ann.says("[照片 bank_card]")
    ((person, ticket),) = pending(bot.world)
    lock = sqlite3.connect(bot.settings.paths.data_dir / FILE_NAME, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert photo_job.fetch_photo(bot.world, person, ticket) == "later"
    assert "正在交给经办机构" in ann.says("继续") and "没有存" in ann.says("[照片 id_emblem]")
    assert ann.claim.status == "needs_materials"
    lock.execute("ROLLBACK")
    lock.close()
    work(bot.world)
    assert "已补交" in ann.says("帮助") and ann.claim.status == "reviewing"
    assert bot.world.photos.get(person, ann.claim.papers["id_emblem"]) == paper("bank_card")
    assert sum(one.is_claimants for one in ann.claim.events) == 2 and bot.world.pending.count() == 0


def test_a_worker_that_died_between_sql_and_session_hands_in_once(bot: Bot) -> None:
    ann = asked(bot)
    bot.jobs.stopped = True
    ann.says("[照片 bank_card]")
    ((person, ticket),) = pending(bot.world)

    class Dies(Claims):
        def hand_in(self, *args: object) -> bool:  # type: ignore[override]
            super().hand_in(*args)  # type: ignore[arg-type]
            raise StoreUnavailable("killed here")

    claims = bot.world.claims
    dying = replace(bot.world, claims=Dies(claims._engine, claims._keyring))
    assert photo_job.fetch_photo(dying, person, ticket) == "later"
    assert ann.claim.status == "reviewing" and ann.session.draft is not None
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: photo_job.fetch_photo(bot.world, person, ticket), range(3))) == ["done"] * 3
    assert ann.session.draft is None and len(ann.claim.events) == 5
    assert ann.says("帮助").count("已补交") == 1


def test_the_desk_changes_its_mind_while_the_photograph_is_on_its_way(bot: Bot) -> None:
    ann = asked(bot)
    before = ann.claim.papers
    bot.jobs.stopped = True
    ann.says("[照片 bank_card]")
    ReviewDesk(bot.world.claims).review(ann.receipt, "li", bot.world.clock())
    claim_news.tell_all(bot.world)
    work(bot.world)
    assert ann.claim.papers == before and ann.session.draft is None
    assert "正在审核" in ann.says("帮助")
    bot.clock.shift_by = lambda: timedelta(hours=2)
    found = audit(bot.world)
    assert (found.missing, found.orphans + found.stored - 7 >= 0) == (0, True)
    assert set(bot.world.photos.keys_of(ann.person)) == set(before.values())


def test_a_second_retake_of_the_same_paper_and_one_of_another(bot: Bot) -> None:
    ann = asked(bot)
    assert "回到审核" in ann.says("[照片 bank_card]")
    asked(bot, ann=ann)
    asked(bot, "id_portrait", ann)
    assert "还有别的要补" in ann.says("[照片 passbook]") and ann.claim.status == "needs_materials"
    assert "回到审核" in ann.says("[照片 social_card]") and ann.claim.status == "reviewing"
    kept = {slot: bot.world.photos.get(ann.person, key) for slot, key in ann.claim.papers.items()}
    assert (kept["id_emblem"], kept["id_portrait"]) == (paper("passbook"), paper("social_card"))
    assert len(bot.world.photos.keys_of(ann.person)) == len(set(ann.claim.papers.values()))


class NeverReads:
    """A reader that has taken the paper and died over it."""

    def read(self, data: bytes, wanted: Paper | None) -> Seen:
        raise SystemExit


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reader_that_died_holds_nothing_up(bot: Bot) -> None:
    ann = asked(bot)
    bot.jobs.reader = NeverReads()
    assert "正在检查" in ann.says("[照片 bank_card]")
    assert ann.claim.status == "needs_materials" and bot.world.pending.count() == 1
    bot.clock.shift_by = lambda: timedelta(minutes=3)
    assert photo_job.sweep(bot.world) == 1
    bot.jobs.settle()
    assert "已补交" in ann.says("帮助") and ann.claim.status == "reviewing"


def test_a_photograph_that_was_advised_against_waits_for_the_persons_word(bot: Bot) -> None:
    ann = asked(bot)
    told = ann.follower.send_photo(jpeg(dimmed(portrait(), 0.22))).text
    assert "2 仍用这张" in told and ann.claim.status == "needs_materials"
    assert "仍用这张" in ann.says("进度")
    assert "已补交" in ann.says("仍用这张") and ann.claim.status == "reviewing"
    asked(bot, ann=ann)
    ann.follower.send_photo(jpeg(dimmed(portrait(), 0.22)))
    assert "已补交" in ann.says("[照片 bank_card]")


SLOTS = ("id_emblem", "id_portrait")
WORDS = ("进度", "暂停", "继续", "申领", "跳过", "仍用这张", "改1", "重拍1", "上一步", "你好", "提交", "材料")
PHOTOS = ("id_emblem", "id_portrait", "bank_card", "passbook")
deeds = st.one_of(
    st.tuples(st.just("desk"), st.sampled_from(("receive", "review", "approve", "refuse", "pay", "paid"))),
    st.tuples(st.just("retake"), st.sampled_from(SLOTS)),
    st.tuples(st.just("retake"), st.sampled_from(SLOTS)),
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("sends"), st.sampled_from(PHOTOS)),
    st.tuples(st.just("sends"), st.sampled_from(PHOTOS)),
    st.tuples(st.just("sends"), st.just("nothing to be seen")),
    st.tuples(st.sampled_from(("worker", "teller")), st.just("")),
)


class Life:
    """One person with a filed claim and another in progress; every deed straight at the handlers."""

    count = 0

    def __init__(self, bot: Bot) -> None:
        Life.count += 1
        self.bot = bot
        bot.jobs.stopped = True
        self.world = replace(bot.world, limits=Limits(budget_ms=0))
        self.desk = ReviewDesk(self.world.claims)
        self.openid = OpenId(f"oLife-{Life.count:022d}")
        self.person = self.world.sessions.person_of(self.openid)
        self.messages = Life.count * 1_000_000
        now = self.world.clock()
        keys = {slot: self.world.photos.put(self.person, paper(slot)) for slot in ("id_emblem", "id_portrait")}
        self.receipt = self.world.claims.file(
            draft_id=f"life-{Life.count}", person=self.person, openid=self.openid, programme="kunming",
            version="2026-11-22", office="五华区就业局失业保险科", answers={"medical_way": "other"}, papers=keys,
            now=now,
        ).receipt  # fmt: skip
        mine = self.world.photos.put(self.person, paper("hukou_own"))
        self.own = Draft(
            f"own-{Life.count}", "kunming", "2026-11-22", 0, dict(KUNMING_ANSWERS),
            {"id_portrait": Photo("good", "own", key=mine)},
        )  # fmt: skip
        receipt = Receipt(self.receipt, "kunming", "五华区就业局失业保险科", int(now.timestamp()), 1)
        known = Session(self.openid, self.own, receipts=(receipt,), province="云南省")
        assert self.world.sessions.commit(self.world.sessions.load(self.person), known, None, 0)

    @property
    def claim(self) -> Claim:
        return self.desk.claim(self.receipt)

    @property
    def session(self) -> Session:
        found = self.world.sessions.load(self.person).session
        assert found is not None
        return found

    def does(self, deed: str, about: str) -> None:
        now = self.world.clock()
        self.messages += 1
        at = int(now.timestamp()) + self.messages % 1_000_000 * 10
        head = Head(self.openid, "gh_1", at, f"m:{self.messages}")
        try:
            match deed:
                case "desk" if about == "approve":
                    self.desk.approve(self.receipt, "2026-12", "2027-05", "1500", "li", now)
                case "desk" if about == "refuse":
                    self.desk.refuse(self.receipt, "other", self.world.knowledge.reasons, "li", now)
                case "desk":
                    getattr(self.desk, about)(self.receipt, "li", now)
                case "retake":
                    self.desk.retake(self.receipt, about, "blurred", self.world.knowledge.reasons, "li", now)
                case "says":
                    assert take_turn(head, Said(about), self.world).says
                case "sends":
                    content = paper(about) if about in PHOTOS else b"no picture"
                    media = self.bot.platform.media.keep("image", content)
                    sent = Sent(f"{self.messages:016x}", media.media_id, sent_at=at, order=self.messages)
                    assert take_turn(head, sent, self.world).says
                case "worker":
                    work(self.world)
                case "teller":
                    claim_news.tell_all(self.world)
        except Refused:
            pass

    def is_whole(self) -> None:
        claim = self.claim
        opened = {slot for slot, state in claim.paper_states.items() if state == "retake"}
        assert bool(opened) == (claim.status == "needs_materials")
        assert {one.slot for one in claim.asked} == opened
        for key in claim.papers.values():
            assert self.world.photos.get(self.person, key)
        mine = [draft for draft in self.session.drafts if draft.id == self.own.id]
        assert len(mine) == 1 and len(self.session.drafts) <= 2
        for draft in self.session.drafts:
            for photo in draft.photos.values():
                assert not photo.key or self.world.photos.get(self.person, photo.key)
        assert "id_portrait" in mine[0].photos and mine[0].answers == self.own.answers


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(deeds, max_size=25))
def test_no_sequence_of_deeds_loses_a_paper_or_leaves_a_claim_in_an_impossible_state(
    bot: Bot, script: list[tuple[str, str]]
) -> None:
    life = Life(bot)
    life.does("desk", "receive")
    life.does("desk", "review")
    for deed, about in script:
        life.does(deed, about)
        life.is_whole()
    for deed in ("worker", "teller", "worker"):
        life.does(deed, "")
        life.is_whole()
    assert life.world.outbox.waiting() == [] and life.world.pending.count() == 0
    assert life.session.asked == life.claim.asked
    front = life.session.draft
    assert front is not None
    assert front.retake is None or front.retake in life.claim.asked
    assert not front.filing
