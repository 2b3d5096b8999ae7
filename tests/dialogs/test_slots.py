"""A photograph belongs to the slot that was open when it was sent, however its burst arrives."""

from datetime import timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs import engine, photo_news, slots, wording
from dialogs.conversation import converse, said_of
from dialogs.effects import FetchPhoto, FileClaim, PaperRead, PhotoJudged, PhotoMissing, PhotosComing, Said, Sent
from dialogs.knowledge import Moment
from dialogs.session import Photo
from tests.build import KUNMING_ANSWERS, MOMENT, NOW, Talk, a_session, knowledge, text_of

KUNMING = knowledge().programmes["kunming"]
PAPERS = [step.id for step in KUNMING.asked if step.kind == "photo"]
T0 = int(NOW.timestamp())


def a_talk() -> Talk:
    return Talk(a_session(answers=KUNMING_ANSWERS))


def arrives(talk: Talk, number: int, sent_at: int = T0) -> str:
    """The photograph that was sent as this number of a burst, all in one second unless told."""
    return text_of(talk._advance(Sent(ticket(number), "media", sent_at=sent_at, order=100 + number)))


def ticket(number: int) -> str:
    return f"{number:016x}"


def seats(talk: Talk) -> list[int]:
    """The numbers of the photographs in the order of the slots."""
    draft = talk.session.draft
    assert draft is not None
    return [int(draft.photos[slot].ticket, 16) for slot in PAPERS if slot in draft.photos]


def replied(talk: Talk, number: int) -> str:
    """The final reply to a photograph."""
    turn = said_of(talk.known, talk.session, (ticket(number),), reading_too=True)
    assert turn is not None
    talk.session = turn.session
    return text_of(turn)


def test_every_order_of_arrival_gives_the_order_of_sending() -> None:
    for order in permutations(range(1, 5)):
        talk = a_talk()
        for number in order:
            arrives(talk, number)
        assert seats(talk) == [1, 2, 3, 4], order


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(1, 10)), st.data())
def test_a_burst_of_nine_lands_as_sent_while_verdicts_fall_in_between(order: list[int], data: st.DataObject) -> None:
    """Verdicts come at any moment; replies are told only after all have arrived."""
    talk = a_talk()
    waiting: list[int] = []
    for number in order:
        arrives(talk, number)
        waiting.append(number)
        while waiting and data.draw(st.booleans()):
            talk.judged(ticket(waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))))
    for number in waiting:
        talk.judged(ticket(number))
    while anew := [photo.ticket for photo in talk.session.draft.photos.values() if photo.state == "fetching"]:  # type: ignore[union-attr]
        for one in anew:
            talk.judged(one)
    assert seats(talk) == list(range(1, 10))
    assert {photo.state for photo in talk.session.draft.photos.values()} == {"good"}  # type: ignore[union-attr]


def test_an_answered_photograph_stays_where_it_was_told_to_be() -> None:
    """An independent client may number its messages at random: one at a time still fills slot after slot."""
    talk = a_talk()
    for number in (9, 3, 7, 1):
        arrives(talk, number)
        talk.judged(ticket(number))
        replied(talk, number)
    assert seats(talk) == [9, 3, 7, 1]


def test_where_numbers_are_seen_to_grow_they_tell_the_order_within_a_second() -> None:
    talk = a_talk()
    for number in range(1, 6):
        talk.session = slots.noticed(talk.session, T0 - 9, number, typed=True)
    arrives(talk, 2)
    talk.judged(ticket(2))
    replied(talk, 2)
    arrives(talk, 1)
    assert seats(talk) == [1, 2]


@given(st.lists(st.integers(1, 2**63), min_size=5, max_size=12, unique=True))
def test_numbers_that_do_not_grow_are_not_believed(numbers: list[int]) -> None:
    session = a_session()
    for number in numbers:
        session = slots.noticed(session, T0, number, typed=True)
    assert slots.is_ordered(session) == (numbers == sorted(numbers))


def test_a_message_that_was_held_up_goes_before_what_was_sent_later() -> None:
    talk = a_talk()
    arrives(talk, 2, T0 + 20)
    talk.judged(ticket(2))
    replied(talk, 2)
    arrives(talk, 1, T0)
    assert seats(talk) == [1, 2]
    for number in (1, 2):
        talk.judged(ticket(number))
    assert "1 身份证人像面：已收到\n2 身份证国徽面：已收到" in replied(talk, 1)


def test_a_photograph_of_the_burst_does_not_fall_into_the_slot_that_was_refused_meanwhile() -> None:
    talk = a_talk()
    arrives(talk, 1)
    arrives(talk, 2)
    talk.judged(ticket(1), "refuse", "照片太暗。")
    arrives(talk, 3)
    draft = talk.session.draft
    assert draft is not None
    assert [draft.photos[slot].ticket for slot in PAPERS[:3]] == [ticket(1), ticket(2), ticket(3)]
    for number in (2, 3):
        talk.judged(ticket(number))
    assert "人像面要重拍" in replied(talk, 3)
    arrives(talk, 4, T0 + 1)
    assert talk.session.draft is not None and talk.session.draft.photos[PAPERS[0]].ticket == ticket(4)


def test_a_refused_photograph_moves_on_for_one_that_was_sent_before_it_and_comes_after() -> None:
    talk = a_talk()
    arrives(talk, 2, T0 + 1)
    talk.judged(ticket(2), "refuse", "照片太暗。")
    arrives(talk, 1)
    assert seats(talk) == [1, 2]
    talk.judged(ticket(1))
    assert "国徽面要重拍：照片太暗" in replied(talk, 1)


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(1, 8)), st.data())
def test_nothing_usable_is_lost_when_verdicts_of_every_kind_fall_between_late_arrivals(
    order: list[int], data: st.DataObject
) -> None:
    talk = a_talk()
    refused: set[int] = set()
    waiting: list[int] = []
    for number in order:
        arrives(talk, number, T0 + data.draw(st.integers(0, 9)))
        waiting.append(number)
        while waiting and data.draw(st.booleans()):
            one = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
            verdict = data.draw(st.sampled_from(("good", "advise", "refuse")))
            talk.judged(ticket(one), verdict)
            refused |= {one} if verdict == "refuse" else set()
    assert set(order) - refused <= set(seats(talk))


def test_a_refused_photograph_is_replaced_by_the_next_one_in_the_same_second() -> None:
    talk = a_talk()
    arrives(talk, 1)
    talk.judged(ticket(1), "refuse", "照片太暗。")
    assert "要重拍" in replied(talk, 1)
    arrives(talk, 2)
    assert seats(talk) == [2]


def test_an_advised_photograph_is_a_choice_of_two() -> None:
    talk = a_talk()
    reply = talk.sends("advise", "照片有点暗。")
    assert "照片有点暗" in reply and "1 重拍" in reply and "2 仍用这张" in reply
    assert "身份证国徽面" in talk.says("2")
    reply = talk.sends("advise", "照片有点暗。")
    assert "请再拍一张" in talk.says("1")
    assert "（2/7）" in talk.sends()
    assert "2 身份证国徽面：已收到" in talk.says("照片")


def test_a_photograph_sent_in_answer_to_advice_replaces_the_poor_one() -> None:
    talk = a_talk()
    talk.sends("advise", "照片有点暗。")
    assert "（1/7）" in talk.sends()
    assert seats(talk) == [2]


def test_a_photograph_sent_at_once_after_advice_is_the_next_paper() -> None:
    talk = a_talk()
    talk.sends("advise", "照片有点暗。")
    arrives(talk, 5, talk.sent_at + 1)
    assert seats(talk) == [1, 5]


def test_a_burst_is_told_with_a_running_count_and_the_board_at_its_end() -> None:
    talk = a_talk()
    arrives(talk, 1)
    assert "第 2 张" in arrives(talk, 2)
    assert "第 3 张" in arrives(talk, 3)
    talk.judged(ticket(1))
    assert "还有 2 张在检查" in replied(talk, 1)
    for number in (2, 3):
        talk.judged(ticket(number))
    told = replied(talk, 2)
    assert "✓ 身份证国徽面、户口册（发证机关页）已收到（3/7）" in told
    assert "3 户口册（发证机关页）：已收到" in told and "请拍户口册的本人页" in told
    assert "看上面那一条" in replied(talk, 3)


def test_the_board_takes_orders() -> None:
    talk = a_talk()
    for _ in range(3):
        talk.sends()
    first = seats(talk)
    reply = talk.says("2和3对调")
    assert "换好了" in reply and "2 身份证国徽面：检查中" in reply
    assert seats(talk) == [first[0], first[2], first[1]]
    for number in (first[1], first[2]):
        talk.judged(ticket(number))
    assert "3 户口册（发证机关页）：已收到" in talk.says("照片")
    assert "请拍身份证国徽面" in talk.says("重拍2、3")
    assert "（3/7）" in talk.sends()
    assert "请拍户口册的发证机关页" in talk.says("照片")
    assert "没有这个号码" in talk.says("重拍99")
    assert "必填" in talk.says("跳过4")
    assert "还没有照片" in talk.says("5和6对调")


def test_who_wants_a_later_paper_again_is_told_that_another_comes_first() -> None:
    talk = a_talk()
    for number in range(1, 4):
        arrives(talk, number)
    talk.judged(ticket(1))
    talk.judged(ticket(2), "refuse", "照片太暗。")
    talk.judged(ticket(3), "advise", "照片有点暗。")
    replied(talk, 3)
    reply = talk.says("重拍3")
    assert "后面再拍：户口册（发证机关页）" in reply and "请拍身份证国徽面" in reply
    arrives(talk, 4, T0 + 60)
    arrives(talk, 5, T0 + 61)
    assert seats(talk) == [1, 4, 5]


def test_a_picture_is_judged_anew_for_the_slot_it_is_moved_to() -> None:
    talk = a_talk()
    for _ in range(5):
        talk.sends()
    turn = converse(talk.known, talk.session, PhotoJudged("x", "good"), MOMENT)
    assert turn.session.draft == talk.session.draft
    talk.says("4和5对调")
    draft = talk.session.draft
    assert draft is not None
    assert {draft.photos["household_own"].state, draft.photos["portrait"].state} == {"fetching"}
    assert draft.photos["portrait"].key == ticket(4).rjust(40, "0")


def test_a_verdict_for_another_slot_than_it_stands_in_now_is_not_believed() -> None:
    talk = a_talk()
    arrives(talk, 1)
    draft = talk.session.draft
    assert draft is not None
    moved = slots.rearrange(KUNMING, draft, {"id_portrait": None, "portrait": draft.photos["id_portrait"]})
    talk.session = talk.session.with_draft(moved.draft)
    turn = converse(talk.known, talk.session, PhotoJudged(ticket(1), "good", "", "k" * 40, "", "id_portrait"), MOMENT)
    assert turn.effects == (FetchPhoto(ticket(1)),)
    assert turn.session.draft is not None
    assert (turn.session.draft.photos["portrait"].state, turn.session.draft.photos["portrait"].key) == (
        "fetching",
        "k" * 40,
    )


def test_a_batch_chosen_with_a_button_is_counted_before_and_after_its_event() -> None:
    talk = a_talk()
    arrives(talk, 1)
    assert "你选的 3 张里，已到 1 张" in talk.told(PhotosComing(3, ("a" * 32, "b" * 32, "c" * 32)))
    assert "已到 2 张" in arrives(talk, 2)
    for number, letter in ((1, "a"), (2, "b")):
        talk._advance(PhotoJudged(ticket(number), "good", "", "k" * 40, "", PAPERS[number - 1], letter * 32))
    assert "3 张都到了" in arrives(talk, 3)
    talk._advance(PhotoJudged(ticket(3), "good", "", "k" * 40, "", PAPERS[2], "c" * 32))
    assert "3 张都到了" in replied(talk, 3)
    assert talk.session.batch is None


def test_a_photograph_sent_by_itself_is_not_counted_to_a_batch_chosen_after_it() -> None:
    talk = a_talk()
    arrives(talk, 1)
    talk.judged(ticket(1))
    later = Moment(NOW + timedelta(minutes=1), MOMENT.fresh_id)
    turn = converse(talk.known, talk.session, PhotosComing(2, ("a" * 32, "b" * 32)), later)
    assert "你选的 2 张里，已到 0 张" in text_of(turn)


def test_a_stray_photograph_is_not_counted_to_a_batch_whose_md5s_are_known() -> None:
    talk = a_talk()
    for number, letter in ((1, "x"), (2, "a")):
        arrives(talk, number)
        talk._advance(PhotoJudged(ticket(number), "good", "", "k" * 40, "", PAPERS[number - 1], letter * 32))
    assert "你选的 2 张里，已到 1 张" in talk.told(PhotosComing(2, ("a" * 32, "b" * 32)))


def read(talk: Talk, number: int, seen: str, says: str = "") -> None:
    draft = talk.session.draft
    assert draft is not None
    slot = engine.slot_of(draft, ticket(number)) or ""
    talk._advance(PaperRead(ticket(number), slot, seen, says))


def with_papers(talk: Talk, seen: list[str]) -> None:
    """So many photographs, judged good, on which these papers were recognised."""
    for number, _ in enumerate(seen, 1):
        arrives(talk, number)
    for number, _ in enumerate(seen, 1):
        talk._advance(
            PhotoJudged(ticket(number), "good", "", ticket(number).rjust(40, "0"), "", PAPERS[number - 1], "", True)
        )
    for number, paper in enumerate(seen, 1):
        read(talk, number, paper)


def test_what_is_written_turns_good_into_advised_before_it_is_told() -> None:
    talk = a_talk()
    arrives(talk, 1)
    talk._advance(PhotoJudged(ticket(1), "good", "", "k" * 40, "", "id_portrait", "", True))
    assert said_of(talk.known, talk.session, (ticket(1),), reading_too=True) is None
    read(talk, 1, "id_emblem", "这张像“国徽面”，现在需要“人像面”。")
    reply = replied(talk, 1)
    assert "这张像“国徽面”" in reply and "2 仍用这张" in reply and "✓" not in reply


def test_a_burst_in_the_wrong_order_is_offered_to_be_sorted() -> None:
    talk = a_talk()
    with_papers(talk, ["id_emblem", "id_portrait", "household_own", "household_issuer"])
    reply = replied(talk, 4)
    assert "身份证人像面：现在的第 2 张" in reply and "1 按这样放" in reply
    assert "换好了" in talk.says("1")
    assert seats(talk) == [2, 1, 4, 3]


def test_sorting_can_be_declined_and_leaves_what_stands_right() -> None:
    talk = a_talk()
    with_papers(talk, ["id_portrait", "id_emblem"])
    assert "按这样放" not in replied(talk, 2)
    other = a_talk()
    with_papers(other, ["id_emblem", ""])
    assert "按这样放" in replied(other, 2)
    assert "不动" in other.says("2")
    assert seats(other) == [1, 2]
    assert "按这样放" not in other.says("照片")


def test_sorting_leaves_alone_what_is_still_on_its_way() -> None:
    talk = a_talk()
    for number in (1, 2):
        arrives(talk, number)
    talk._advance(PhotoJudged(ticket(1), "good", "", "k" * 40, "", "id_portrait", "", True))
    read(talk, 1, "id_emblem")
    assert "按这样放" not in talk.says("照片")
    talk.judged(ticket(2))
    assert "按这样放" in talk.says("照片")
    talk.says("1")
    assert seats(talk) == [2, 1]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["", *{step.paper for step in KUNMING.asked if step.kind == "photo"}]), max_size=9))
def test_sorting_loses_and_doubles_no_photograph(seen: list[str]) -> None:
    draft = a_session(answers=KUNMING_ANSWERS).draft
    assert draft is not None
    photos = {slot: Photo("good", slot, key=slot, seen=paper) for slot, paper in zip(PAPERS, seen, strict=False)}
    draft = replace(draft, photos=photos)
    moved = slots.sort(KUNMING, draft).draft
    assert sorted(photo.ticket for photo in moved.photos.values()) == sorted(photos)
    papers = {step.id: step.paper for step in KUNMING.asked}
    for slot, photo in draft.photos.items():
        if photo.seen and papers[slot] == photo.seen:
            assert moved.photos[slot].ticket == photo.ticket
    assert slots.moves(KUNMING, moved) == {} or any(seen.count(paper) > 1 for paper in seen if paper)


def test_a_confirmed_claim_loses_no_paper_before_it_is_filed() -> None:
    talk = a_talk()
    for _ in range(7):
        talk.sends()
    talk.says("跳过")
    talk.says("跳过")
    confirmed = converse(talk.known, talk.session, Said("提交"), MOMENT).session
    assert confirmed.draft is not None and confirmed.draft.filing
    lost = PhotoMissing(PAPERS[0], confirmed.draft.photos[PAPERS[0]].key)
    (effect,) = converse(
        talk.known, converse(talk.known, confirmed, lost, MOMENT).session, Said("提交"), MOMENT
    ).effects
    assert isinstance(effect, FileClaim)
    assert set(engine.claim_papers(KUNMING, effect.draft)) == set(PAPERS[:7])


def test_a_photograph_too_many_is_told_how_to_replace_one() -> None:
    talk = a_talk()
    for number in range(1, 10):
        arrives(talk, number)
    reply = arrives(talk, 10)
    assert "这张没有存" in reply and "发“照片”看清单" in reply and "要申领" not in reply


def test_who_drops_the_claim_is_not_told_that_a_photograph_of_it_has_come() -> None:
    talk = a_talk()
    arrives(talk, 1)
    talk.says("取消")
    talk.says("2")
    assert replied(talk, 1) == wording.NO_DRAFT_LEFT


def test_what_changed_in_a_programme_is_told_to_the_person_and_not_to_a_verdict() -> None:
    talk = a_talk()
    arrives(talk, 1)
    draft = talk.session.draft
    assert draft is not None
    answers = {**draft.answers, "phone": "12"}  # no longer taken
    talk.session = talk.session.with_draft(replace(draft, version="older", answers=answers))
    talk.judged(ticket(1))
    reply = talk.says("照片")
    assert "申领的问题有更新" in reply and "1 身份证人像面：已收到" in reply


def test_stored_bytes_that_vanish_are_told_and_asked_again() -> None:
    talk = a_talk()
    talk.sends()
    draft = talk.session.draft
    assert draft is not None
    talk._advance(PhotoMissing("id_portrait", draft.photos["id_portrait"].key))
    news, _ = photo_news.riding(talk.known, talk.session, T0)
    assert [str(line) for line in news if "身份证人像面没有保存好" in str(line)]
    assert "请拍身份证人像面" in talk.says("帮助")


def test_a_burst_of_nine_poor_photographs_is_told_whole_in_one_reply() -> None:
    talk = a_talk()
    for number in range(1, 10):
        arrives(talk, number)
    for number in range(1, 10):
        talk.judged(ticket(number), "advise", "照片不太清楚。最好擦一擦镜头，拿稳手机，点屏幕对焦后再拍一张。")
    reply = replied(talk, 9)
    assert len(reply.encode()) < 2048 and reply.count("不太清楚") == 9 and "发“照片”看清单" in reply
    assert "9 就业创业证第3页（选填）：建议重拍" in talk.says("照片")
