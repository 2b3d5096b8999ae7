"""What the office and the operators see of telling people."""

from datetime import date
from pathlib import Path

import pytest
import requests

from bot.app import build_knowledge
from bot.checks import faults
from bot.config import BadSettings, read_settings
from bot.simulator.faults import Fault
from dialogs.knowledge import Account
from dialogs.working_days import working_days_gone
from handlers import stalled
from handlers.review_desk import ReviewDesk
from tests.bot.desk import Desk, Filed
from tests.bot.test_config import EXAMPLE
from tests.bot.test_telling import ann, later, swept
from tests.build import Talk, a_session
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

__all__ = ["ann"]


def metrics(bot: Bot) -> str:
    return requests.get(bot.platform.settings.bot_url.replace("/wechat", "/metrics"), timeout=10).text


def test_the_desk_sees_how_the_person_was_told(bot: Bot, ann: Filed) -> None:
    desk = Desk.of(bot)
    assert "told event 2" in desk.does("show", ann.receipt) and "no way yet: made" in desk.does("show", ann.receipt)
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=45047))
    swept(bot)
    shown = desk.does("show", ann.receipt)
    assert "customer-service message: failed (used_up" in shown and "waits for their next message" in shown
    ann.says("帮助")
    assert "reply to their message: delivered" in desk.does("show", ann.receipt)
    assert ann.follower.openid not in shown and ann.person not in shown


def test_metrics_count_ways_and_ends_and_name_nobody(bot: Bot, ann: Filed) -> None:
    swept(bot)
    text = metrics(bot)
    assert 'claimbot_told_total{end="arrived",way="custom"} 1.0' in text
    assert 'claimbot_telling_paused{way="custom"} 0.0' in text and "claimbot_telling_due 0.0" in text
    assert ann.person not in text and ann.receipt not in text
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=48001))
    Desk.of(bot).does("review", ann.receipt)
    swept(bot)
    assert 'claimbot_telling_paused{way="custom"} 1.0' in metrics(bot)


def test_claims_past_ten_working_days_alarm_the_office_and_nobody_else(bot: Bot, ann: Filed) -> None:
    assert stalled.look(bot.world) == 0
    later(bot, 9 * 86400)
    assert stalled.look(bot.world) == 0
    later(bot, 20 * 86400)
    calls = len(bot.platform.calls)
    assert stalled.look(bot.world) == 1 and len(bot.platform.calls) == calls
    assert "claimbot_claims_stalled 1.0" in metrics(bot)
    desk = ReviewDesk(bot.world.claims)
    desk.review(ann.receipt, "desk", bot.clock())
    assert stalled.look(bot.world) == 1
    desk.retake(ann.receipt, "id_emblem", "blurred", bot.world.knowledge.reasons, "desk", bot.clock())
    assert stalled.look(bot.world) == 0  # the office waits for the person


def test_working_days_know_the_holidays() -> None:
    assert working_days_gone(date(2026, 11, 23), date(2026, 11, 24)) == 0
    assert working_days_gone(date(2026, 11, 20), date(2026, 11, 24)) == 1  # over a weekend
    assert working_days_gone(date(2026, 9, 30), date(2026, 10, 8)) == 0  # 国庆
    assert working_days_gone(date(2030, 1, 1), date(2030, 1, 15)) == 9  # not announced yet: Monday to Friday


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('waking = "08:00-21:00"', 'waking = "8-21"', "[telling] waking"),
        ('waking = "08:00-21:00"', 'waking = "21:00-08:00"', "[telling] waking"),
        ("nudge = true", "nudge = 7", "[telling] nudge"),
        ('url = ""                               # page', 'url = "www"                               # page', "[telling] template.url"),
        ('ask_url = ""', 'ask_url = "x y"', "[telling] subscription.ask_url"),
        ("customer_service = true", "customer = true", "[telling] customer"),
    ],
)  # fmt: skip
def test_a_bad_key_of_telling_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "config.toml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadSettings) as told:
        read_settings(path)
    assert named in str(told.value)


def test_check_names_a_template_that_cannot_be_filled(bot: Bot) -> None:
    def told(**telling: object) -> str:
        part = type(bot.settings.telling)(**telling)
        return "\n".join(faults(bot.settings.model_copy(update={"telling": part})))

    assert "telling" not in told()
    wrong = told(template={"id": "T", "keywords": {"wings1": "what", "thing2": "name", "phrase3": "at"}})
    for words in ("wings1", "thing2 = 'name'", "phrase3 = 'at' can never be sent"):
        assert f"[telling.template] keywords: {words}" in wrong or words in wrong
    assert "[telling.template] keywords: is empty" in told(template={"id": "T"})
    assert "[telling.template] id: is missing" in told(template={"keywords": {"thing1": "what"}})
    good = {"id": "S", "keywords": {"thing1": "what"}}
    assert "[telling.subscription] ask_url: is missing" in told(subscription=good)
    assert "telling" not in told(subscription={**good, "ask_url": "https://example.org/ask"})


def test_the_receipt_asks_for_notices_only_where_there_is_a_page() -> None:
    for url in ("", "https://example.org/ask"):
        known = build_knowledge(Account("样例机构", "agency", notices_url=url))
        talk = Talk(a_session(), known)
        talk.session = talk.session.with_draft(None)
        said = ""
        for line in WHOLE_CLAIM:
            said = talk.sends() if line.startswith("[照片") else talk.says(line)
        assert "回执号" in said and said.count("https://example.org/ask") == bool(url)
