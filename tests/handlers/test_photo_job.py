"""One photograph from its message to its verdict, with everything that goes wrong on the way."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from pictures import dimmed, jpeg, portrait

from bot.simulator.faults import FOR_EVER, Fault
from bot.simulator.follower import Follower
from dialogs.effects import Sent
from dialogs.model import OpenId
from dialogs.papers import Paper, Seen
from dialogs.session import Session
from handlers import photo_job
from handlers.inbound import Head
from handlers.photo_job import BEGUN_MOST, fetch_photo, sweep
from handlers.turn import take_turn
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.pending import Pending
from storage.sessions import KeptReply, Person, Sessions
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, paper

RECEIVED = "✓ 身份证人像面已收到（1/7）"


def at_papers(bot: Bot) -> Follower:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    return follower


def ticket_of(bot: Bot) -> tuple[str, str]:
    """(person, ticket) of the one photograph that is pending."""
    (found,) = bot.world.pending.claim_due(2**40, 0)
    return found


@pytest.mark.parametrize(
    "fault",
    [
        Fault("errcode", errcode=-1), Fault("errcode", errcode=40001), Fault("errcode", errcode=42001),
        Fault("errcode", errcode=40014), Fault("errcode", errcode=45009), Fault("errcode", errcode=45011),
        Fault("errcode_as_text", errcode=40007), Fault("errcode", errcode=40007), Fault("status", status=500),
        Fault("status", status=404), Fault("html"), Fault("empty"), Fault("garbage"), Fault("wrong_type"),
        Fault("truncated"), Fault("cut"), Fault("video"), Fault("drop"), Fault("redirect"),
        Fault("body", body=b"12345"), Fault("body", body=b'{"errcode": '), Fault("body", body=b"[]"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.errcode if 'errcode' in fault.kind else fault.body or fault.status}",
)  # fmt: skip
def test_one_failure_of_media_get_is_got_round(bot: Bot, fault: Fault) -> None:
    follower = at_papers(bot)
    bot.platform.faults.add(Fault(**{**_fields(fault), "path": "media/get", "times": 1}))
    assert RECEIVED in act(follower, "[照片 id_portrait]")
    (stored,) = bot.world.photos.everything()
    assert bot.world.photos.get(stored.person, stored.key) == paper("id_portrait")


@pytest.mark.parametrize("kind", ["html", "drop", "empty", "status", "redirect", "garbage", "video", "cut"])
def test_the_public_address_helps_out_when_media_get_fails_for_good(bot: Bot, kind: str) -> None:
    follower = at_papers(bot)
    bot.platform.faults.add(Fault(kind, "media/get", times=FOR_EVER))  # type: ignore[arg-type]
    assert RECEIVED in act(follower, "[照片 id_portrait]")


def test_with_wechat_away_it_is_tried_again_with_growing_delays(bot: Bot) -> None:
    follower = at_papers(bot)
    for path in ("media/get", "mmbiz_jpg"):
        bot.platform.faults.add(Fault("status", path, times=FOR_EVER))
    bot.jobs.stopped = True
    assert "正在检查" in act(follower, "[照片 id_portrait]")
    person, ticket = ticket_of(bot)
    for _ in range(3):
        assert fetch_photo(bot.world, person, ticket) == "later"
    assert bot.world.pending.begin(person, ticket, 0).failed == 3
    assert [photo_job.delay_after(failed) <= 2 * 2**failed for failed in range(8)] == [True] * 8
    assert photo_job.delay_after(50) <= 600
    bot.platform.faults.clear()
    assert fetch_photo(bot.world, person, ticket) == "done"
    assert RECEIVED in act(follower, "帮助")
    assert bot.world.pending.count() == 0


def test_after_a_day_the_person_is_asked_again(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    bot.clock.shift_by = lambda: timedelta(hours=25)
    bot.jobs.stopped = False
    assert sweep(bot.world) == 1
    bot.jobs.settle()
    bot.clock.shift_by = timedelta
    reply = act(follower, "帮助")
    assert "身份证人像面没有取到，请再发一次" in reply and "请拍身份证人像面" in reply


def test_a_photograph_that_breaks_every_worker_is_set_aside_with_an_apology(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    person, ticket = ticket_of(bot)
    for _ in range(BEGUN_MOST):  # a worker begins and is killed
        bot.world.pending.begin(person, ticket, 0)
    assert fetch_photo(bot.world, person, ticket) == "aside"
    assert bot.world.pending.aside() == [(person, ticket)]
    assert bot.world.pending.count() == 0
    reply = act(follower, "帮助")
    assert "我们处理不了，对不起" in reply and "请拍身份证人像面" in reply


def test_a_picture_moved_while_its_worker_ends_is_not_forgotten(bot: Bot) -> None:
    """Its hint is lost, too: the sweeper is what is left."""
    follower = at_papers(bot)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    person, ticket = ticket_of(bot)

    class MovedMeanwhile(Pending):
        def done(self, person: str, ticket: str) -> None:
            act(follower, "1和3对调")
            super().done(person, ticket)

    assert fetch_photo(replace(bot.world, pending=MovedMeanwhile(bot.redis)), person, ticket) == "done"
    assert "户口册（发证机关页）：检查中" in act(follower, "照片")
    assert ticket_of(bot) == (person, ticket)


def test_a_store_that_goes_away_after_the_commit_does_not_ask_for_the_photograph_again(bot: Bot) -> None:
    at_papers(bot)
    bot.jobs.stopped = True

    class Gone(Sessions):
        committed = False

        def commit(self, person: Person, session: Session, reply: KeptReply | None, now: int) -> bool:
            self.committed = super().commit(person, session, reply, now)
            return self.committed

        def load(self, name: str) -> Person:
            if self.committed:
                raise StoreUnavailable("redis")
            return super().load(name)

    gone = Gone(bot.redis, Keyring.open(bot.settings.keyring_path))
    head = Head(OpenId("oFollower-000000000000000001"), "gh_0", int(bot.clock().timestamp()), "m:1")
    reply = take_turn(head, Sent("t" * 16, "media", sent_at=head.created), replace(bot.world, sessions=gone))
    assert reply.settled and "照片收到" in reply.says[0].text
    assert bot.world.pending.count() == 1


def test_a_defect_of_ours_is_tried_again_and_not_for_ever(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    person, ticket = ticket_of(bot)

    class Broken:
        def fetch(self, media_id: str, pic_url: str = "") -> bytes:
            raise RuntimeError("a defect")

    world = replace(bot.world, media=Broken())
    for _ in range(BEGUN_MOST):
        with pytest.raises(RuntimeError):
            fetch_photo(world, person, ticket)
    assert fetch_photo(world, person, ticket) == "aside"
    assert "处理不了" in act(follower, "帮助")


def test_two_jobs_for_one_photograph_at_once_give_one_verdict(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    person, ticket = ticket_of(bot)
    bot.jobs.stopped = False
    for _ in range(4):
        bot.jobs.fetch_photo(person, ticket)
    bot.jobs.settle()
    assert act(follower, "帮助").count("已收到") == 1
    assert len(list(bot.world.photos.everything())) == 1


def test_the_same_picture_twice_in_one_burst_is_noticed(bot: Bot) -> None:
    follower = at_papers(bot)
    follower.send_photos([paper("id_portrait"), paper("id_portrait")])
    assert "建议重拍" in act(follower, "照片")


def test_a_swap_judges_both_anew_from_the_store(bot: Bot) -> None:
    follower = at_papers(bot)
    for name in ("portrait", "id_emblem", "hukou_issue", "hukou_own", "id_portrait"):
        act(follower, f"[照片 {name}]")
    media = len([call for call in bot.platform.calls if call.startswith("media/get")])
    board = act(follower, "1和5对调")
    assert "✓ 身份证人像面、近期1寸免冠彩色照片已收到" in board
    assert "1 身份证人像面：已收到" in board and "5 近期1寸免冠彩色照片：已收到" in board
    assert len([call for call in bot.platform.calls if call.startswith("media/get")]) == media
    assert bot.world.pending.count() == 0


def test_a_poor_photograph_is_a_choice(bot: Bot) -> None:
    follower = at_papers(bot)
    for name in ("id_portrait", "id_emblem", "hukou_issue", "hukou_own"):
        act(follower, f"[照片 {name}]")
    reply = follower.send_photo(jpeg(dimmed(portrait(), 0.22))).text
    assert "有点暗" in reply and "1 重拍" in reply and "2 仍用这张" in reply
    follower.tap("2 仍用这张")
    assert "5 近期1寸免冠彩色照片：建议重拍" in act(follower, "照片")


def test_menu_photos_are_counted_with_their_event(bot: Bot) -> None:
    follower = at_papers(bot)
    pictures = [paper(name) for name in ("id_portrait", "id_emblem", "hukou_issue")]
    for event_first in (True, False):
        told = follower.pick_photos(f"PHOTOS{event_first}", pictures, event_first=event_first)
        assert not [exchange for exchange in told if exchange.failed]
        assert any("3 张都到了" in exchange.text for exchange in told), [exchange.text for exchange in told]


class Scripted:
    """A reader that sees what it is told to: the real one is tested in test_vision.py."""

    def __init__(self, *seen: Seen) -> None:
        self.seen = list(seen)

    def read(self, data: bytes, wanted: Paper | None) -> Seen:
        return self.seen.pop(0)


def test_a_wrong_paper_is_named_in_the_photographs_own_reply(bot: Bot) -> None:
    follower = at_papers(bot)
    bot.jobs.reader = Scripted(Seen("id_emblem", text_found=True), Seen("id_portrait", text_found=True))
    reply = act(follower, "[照片 id_emblem]")
    assert "国徽面" in reply and "现在需要" in reply and "1 重拍" in reply
    act(follower, "1")
    assert RECEIVED in act(follower, "[照片 id_portrait]")


def test_numbers_on_papers_are_compared_and_masked(bot: Bot) -> None:
    follower = at_papers(bot)
    mine, other = "990101198503150017", "99010119900101006X"
    bot.jobs.reader = Scripted(
        Seen("id_portrait", (mine,), text_found=True), Seen("id_emblem"), Seen("household_issuer"),
        Seen("household_own", (other,), text_found=True), Seen("portrait", faces=((0.3, 0.3, 0.4, 0.4),)),
        Seen("bank_card", card_numbers=("6222000000000009997",), text_found=True),
    )  # fmt: skip
    replies = [act(follower, line) for line in WHOLE_CLAIM[11:17]]
    assert "和" in replies[3] and other not in replies[3] and "1 重拍" in replies[3]
    assert "6222000000000009997" not in replies[5] and "1 重拍" in replies[5]
    name = bot.world.sessions.person_of(follower.openid)
    session = bot.world.sessions.load(name).session
    assert mine not in repr(session) and other not in repr(session)


def test_a_reader_that_never_answers_does_not_hold_up_the_reply_nor_the_claim(bot: Bot) -> None:
    follower = at_papers(bot)

    over = threading.Event()

    class Asleep:
        def read(self, data: bytes, wanted: Paper | None) -> Seen:
            over.wait(20)
            return Seen()

    bot.jobs.reader = Asleep()
    exchange = follower.send_photo(paper("id_portrait"))
    over.set()
    assert RECEIVED in exchange.text
    assert exchange.answer is not None and exchange.answer.elapsed_s < 3.5


def test_all_papers_come_as_one_picture(bot: Bot) -> None:
    follower = at_papers(bot)
    assert "还没有收到照片" in act(follower, "看照片")
    act(follower, "[照片 id_portrait]")
    exchange = follower.say("看照片")
    assert exchange.reply is not None and exchange.reply.kind == "image"
    uploaded = bot.platform.media.get(exchange.reply.media_id).content
    assert uploaded.startswith(b"\xff\xd8") and b"Exif" not in uploaded[:200]
    calls = len(bot.platform.calls)
    again = follower.say("看照片")
    assert again.reply is not None and again.reply.media_id == exchange.reply.media_id
    assert len(bot.platform.calls) == calls
    act(follower, "[照片 id_emblem]")
    changed = follower.say("看照片")
    assert changed.reply is not None and changed.reply.media_id != exchange.reply.media_id


def test_where_pictures_cannot_be_sent_the_list_comes_in_words(bot: Bot) -> None:
    follower = at_papers(bot)
    act(follower, "[照片 id_portrait]")
    bot.platform.faults.add(Fault("errcode", "media/upload", errcode=48001, times=FOR_EVER))
    reply = act(follower, "看照片")
    assert "不能发图片" in reply and "1 身份证人像面：已收到" in reply


def _fields(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("kind", "errcode", "status", "body", "delay_s")}
