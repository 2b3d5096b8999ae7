"""提交 while SQL fails: the claim may be written although nobody could say so. What is filed is what was confirmed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from bot.simulator.follower import Follower
from dialogs.model import OpenId
from handlers.dispatch import head_of, told
from handlers.inbound import Head, TextIn
from handlers.turn import take_turn
from storage.claims import Claims
from storage.database import FILE_NAME
from storage.errors import StoreUnavailable
from storage.filed import Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

NEW_PHONE = "13900139000"


class WrittenUnheard(Claims):
    """The answer to COMMIT is lost."""

    def file(self, **claim: object) -> Filed:
        super().file(**claim)  # type: ignore[arg-type]
        raise StoreUnavailable("database: disk I/O error")


@contextmanager
def locked(bot: Bot) -> Iterator[None]:
    with closing(sqlite3.connect(bot.settings.paths.data_dir / FILE_NAME, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield
        held.execute("ROLLBACK")


def up_to_the_summary(bot: Bot) -> Follower:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:-1]:
        text = act(follower, line)
    assert "请核对" in text
    return follower


def submits(bot: Bot, follower: Follower, claims: Claims) -> str:
    """One message to a world whose claims behave so."""
    inbound = TextIn(Head(OpenId(follower.openid), "gh_1", 1_800_000_000, "m:777"), "提交", "")
    word = told(inbound)
    assert word is not None
    reply = take_turn(head_of(inbound), word, replace(bot.world, claims=claims))
    return "".join(say.text for say in reply.says)


def test_an_answer_changed_after_an_unsure_filing_is_never_said_to_be_noted_and_then_lost(bot: Bot) -> None:
    follower = up_to_the_summary(bot)
    unheard = WrittenUnheard(bot.world.claims._engine, bot.world.claims._keyring)
    assert "还没有提交成功" in submits(bot, follower, unheard)
    assert "已提交" in act(follower, "改5")
    assert "记下了" not in act(follower, NEW_PHONE)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    assert claim.answers["phone"] == "13800138000"


@pytest.mark.timeout(120)
def test_nothing_is_changed_while_sql_is_locked_and_then_it_is_filed_as_confirmed(bot: Bot) -> None:
    follower = up_to_the_summary(bot)
    with locked(bot):
        assert "还没有提交成功" in submits(bot, follower, bot.world.claims)
    assert "回执号" in act(follower, "提交")
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    assert claim.answers["phone"] == "13800138000"


def test_who_never_heard_of_their_receipt_hears_it_when_they_go_on(bot: Bot) -> None:
    follower = up_to_the_summary(bot)
    assert "回执号" in submits(bot, follower, bot.world.claims)  # not on the phone: its reply was lost
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    assert claim.receipt in act(follower, "继续").replace(" ", "")
