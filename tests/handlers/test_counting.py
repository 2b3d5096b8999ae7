"""What is counted while people talk, and how it reaches the operators' tables."""

from datetime import timedelta

import pytest

from handlers import day_book
from handlers.counting import rounded
from storage.daily_counts import OF_PROGRAMMES, UNANSWERED
from storage.errors import StoreUnavailable
from storage.tally import OTHERS, TEXTS_A_DAY, Tally
from tests.build import nobody_listens
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, turn_watched, whole_claim
from tests.whole import Bot


def totals(bot: Bot) -> dict[str, dict[str, int]]:
    day_book.write_up(bot.world)
    return bot.world.counts.totals(bot.world.clock().date() - timedelta(days=7), (*OF_PROGRAMMES, "turns"))


def test_a_whole_claim_is_counted_once_at_each_step(bot: Bot) -> None:
    whole_claim(bot.follower())
    counted = totals(bot)
    steps = {f"kunming/{step.id}" for step in bot.world.knowledge.programmes["kunming"].asked} | {"kunming/summary"}
    assert set(counted["reached"]) <= steps and set(counted["reached"].values()) == {1}
    assert counted["reached"] == counted["answered"]
    assert counted["begun"] == counted["filed"] == {"kunming": 1}
    assert sum(counted["photo"].values()) >= 7 and all(key.startswith("kunming/") for key in counted["photo"])
    assert sum(counted["minutes"].values()) == 1
    assert counted["turns"][""] == len(WHOLE_CLAIM)


def test_going_back_counts_no_step_again_and_who_stops_is_seen_where(bot: Bot) -> None:
    follower = bot.follower()
    for line in ("申领", "昆明", "我已阅读", "2", "上一步", "2", "改1", "不变", "帮助", "上一步", "不变"):
        act(follower, line)
    counted = totals(bot)
    assert set(counted["reached"].values()) == {1}
    assert "kunming/medical_way" in counted["answered"]
    stopped = {key for key in counted["reached"] if key not in counted["answered"]}
    assert len(stopped) == 1


def test_refused_answers_are_counted_where_they_were_given(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:7]:
        act(follower, line)
    for line in ("123", "456"):
        act(follower, line)
    assert totals(bot)["refused"] == {"kunming/bank_account": 2}


def test_questions_nobody_could_answer_are_kept_without_numbers_and_shown_when_several_asked(bot: Bot) -> None:
    for name in ("oOne-00000000000000000000001", "oTwo-00000000000000000000001", "oSix-00000000000000000000001"):
        act(bot.follower(name), "喵喵喵喵喵呜")
    act(bot.follower(), "呜呜呜 13800138000 咕咕咕")
    day_book.write_up(bot.world)
    today = bot.world.clock().date()
    kept = [key for _, what, key, _ in bot.world.counts.by_day(today, (UNANSWERED,))]
    assert len(kept) == 2 and not any("138" in key for key in kept)
    assert bot.world.counts.unanswered(today, OTHERS, 10) == ([("喵喵喵喵喵呜", 3)], 1)


def test_people_are_counted_once_a_day_and_once_a_period(bot: Bot) -> None:
    for _ in range(3):
        for name in ("oOne-00000000000000000000001", "oTwo-00000000000000000000001"):
            act(bot.follower(name), "帮助")
    bot.clock.shift_by = lambda: timedelta(days=1)
    act(bot.follower("oOne-00000000000000000000001"), "帮助")
    day_book.write_up(bot.world)
    rows = bot.world.counts.by_day(bot.world.clock().date() - timedelta(days=3), ("people",))
    by_key: dict[str, list[int]] = {}
    for _, _, key, n in rows:
        by_key.setdefault(key, []).append(n)
    assert by_key["1"] == [2, 1] and by_key["7"] == [2]


def test_counting_costs_a_turn_no_round_trip_and_writing_up_twice_changes_nothing(bot: Bot) -> None:
    follower = bot.follower()
    act(follower, "申领")
    with turn_watched(bot) as (seen, statements):
        act(follower, "昆明")
    assert seen["evalsha"] == 1 and seen["get"] == 1 and not {"hincrby", "pfadd"} & seen.keys() and not statements
    first = totals(bot)
    assert totals(bot) == first and first["turns"][""] == 2


def test_what_cannot_be_flushed_is_held_and_days_are_kept_apart(bot: Bot) -> None:
    today = bot.world.clock().date()
    away = Tally(nobody_listens())
    away.count(today, "turns", n=2)
    away.asked(today, "咕咕")
    away.person(today, "somebody")
    with pytest.raises(StoreUnavailable):
        away.flush()
    away.count(today, "turns")
    away.count(today - timedelta(days=1), "turns", n=5)
    whole = Tally(bot.redis)
    away._redis, away._together, away._texts = whole._redis, whole._together, whole._texts
    away.flush()
    assert bot.world.tally.day(today).counts == {("turns", ""): 3}
    assert bot.world.tally.day(today).asked == {"咕咕": 1} and bot.world.tally.day(today).people == 1
    assert bot.world.tally.day(today - timedelta(days=1)).counts == {("turns", ""): 5}


def test_a_flood_of_different_texts_is_bounded(bot: Bot) -> None:
    today = bot.world.clock().date()
    for number in range(TEXTS_A_DAY + 50):
        bot.world.tally.asked(today, f"咕{number}")
    bot.world.tally.flush()
    asked = bot.world.tally.day(today).asked
    assert len(asked) == TEXTS_A_DAY + 1 and asked[OTHERS] == 50


def test_minutes_are_rounded_to_few_different_numbers() -> None:
    assert [rounded(m) for m in (0, 0.4, 17.6, 119.9, 130, 1439, 5000)] == [1, 1, 18, 120, 135, 1440, 4980]
