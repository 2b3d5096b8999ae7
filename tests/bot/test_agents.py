"""A human agent in the chat: 人工 hands it over, and while an agent has it nothing of ours answers or is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest

from bot.config import BadSettings, Settings, read_settings
from bot.simulator import messages
from bot.simulator.follower import Follower
from dialogs.agents import is_held, on_duty
from dialogs.knowledge import Account
from dialogs.session import Session
from handlers import claim_news, parking
from tests.bot.desk import Desk, Filed
from tests.bot.test_config import written
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, running

AGENT = "agent@gh_000000000000"


@dataclass
class Chat:
    """Somebody at the question for the bank account, in an account that has agents."""

    bot: Bot
    follower: Follower

    @property
    def session(self) -> Session:
        found = self.bot.world.sessions.load(self.bot.world.sessions.person_of(self.follower.openid)).session
        assert found is not None
        return found

    @property
    def answers(self) -> dict[str, str]:
        draft = self.session.draft
        return draft.answers if draft is not None else {}

    @property
    def held(self) -> bool:
        return is_held(self.session, self.now)

    @property
    def now(self) -> int:
        return int(self.bot.clock().timestamp())

    def says(self, line: str) -> str:
        return act(self.follower, line)

    def is_handed_over(self, line: str) -> bool:
        before = len(self.follower.exchanges)
        act(self.follower, line)
        reply = self.follower.exchanges[before].reply
        return reply is not None and reply.kind == "transfer_customer_service"

    def agent_comes(self, at: int = 0) -> None:
        self._event(messages.agent_came(AGENT), at)

    def agent_leaves(self, at: int = 0) -> None:
        self._event(messages.agent_left(AGENT), at)

    def _event(self, nodes: messages.Nodes, at: int) -> None:
        exchange = self.follower.send(nodes, None, at or None)
        assert not exchange.failed and exchange.reply is None

    def passes(self, time: timedelta) -> None:
        """So much time has gone since whatever the agent did."""
        assert self.session.agent is not None
        self.bot.clock.shift_by = lambda: time


@pytest.fixture
def chat(settings: Settings) -> Iterator[Chat]:
    account = settings.account.model_copy(update={"agents": True})
    with running(settings.model_copy(update={"account": account})) as bot:
        follower = bot.follower()
        for line in WHOLE_CLAIM[:7]:
            act(follower, line)
        yield Chat(bot, follower)


def test_human_hands_the_chat_over_and_what_is_written_goes_to_the_agent(chat: Chat) -> None:
    before = chat.answers
    assert chat.is_handed_over("人工")
    assert chat.held
    assert chat.is_handed_over("6222000000000001234")  # still in the queue
    chat.agent_comes()
    for line in ("13800138000", "[照片 id_portrait]", "[语音]", "删除我的信息", "1", "帮助"):
        assert chat.is_handed_over(line), line
    assert chat.answers == before and not chat.session.draft.photos  # type: ignore[union-attr]
    assert chat.bot.world.pending.count() == 0
    chat.agent_leaves()
    heard = chat.says("帮助")
    assert "人工服务结束了，你可以继续申领" in heard and "银行卡号" in heard
    assert "人工服务结束" not in chat.says("帮助")


@pytest.mark.parametrize("line", ["继续", "菜单", "[菜单 CLAIM_RESUME]", "[菜单 MENU]"])
def test_a_word_or_a_button_takes_the_person_back(chat: Chat, line: str) -> None:
    chat.agent_comes()
    heard = chat.says(line)
    assert "现在由申领助手回答你" in heard and "银行卡号" in heard
    assert not chat.held
    assert "联系电话" in chat.says("6222000000000001234")
    chat.agent_leaves()
    assert "人工服务结束" not in chat.says("帮助")


def test_an_agent_who_begins_from_the_desk_holds_the_chat_too(chat: Chat) -> None:
    chat.agent_comes()
    assert chat.is_handed_over("你好")
    chat.follower.send(messages.agent_changed(AGENT, "other@gh_000000000000"), None)
    assert chat.is_handed_over("你好")


def test_events_twice_and_in_the_wrong_order(chat: Chat) -> None:
    now = chat.now
    chat.agent_leaves(now - 10)
    chat.agent_comes(now - 20)
    assert not chat.held
    chat.agent_comes(now - 5)
    chat.agent_comes(now - 5)
    chat.agent_leaves(now - 8)
    assert chat.held
    chat.agent_leaves(now - 1)
    chat.agent_leaves(now - 1)
    chat.agent_comes(now - 5)
    assert not chat.held
    assert chat.says("帮助").count("人工服务结束了") == 1


def test_a_lost_close_ends_by_itself(chat: Chat) -> None:
    chat.agent_comes(chat.now - 13 * 3600)
    assert "现在由申领助手回答你" in chat.says("帮助")
    assert "现在由申领助手回答你" not in chat.says("帮助")


def test_nobody_comes(chat: Chat) -> None:
    assert chat.is_handed_over("人工")
    chat.bot.clock.shift_by = lambda: timedelta(minutes=4)
    assert chat.held
    chat.bot.clock.shift_by = lambda: timedelta(minutes=6)
    assert not chat.held


def test_a_menu_button_cannot_hand_over_and_says_what_to_type(chat: Chat) -> None:
    heard = chat.says("[菜单 HUMAN]")
    assert "请打字发“人工”" in heard and "0871-63588129" in heard
    assert not chat.held


def test_news_wait_until_the_agent_has_left(settings: Settings) -> None:
    account = settings.account.model_copy(update={"agents": True})
    with running(settings.model_copy(update={"account": account})) as bot:
        desk, ann = Desk.of(bot), Filed.by(bot)
        chat = Chat(bot, ann.follower)
        chat.agent_comes()
        desk.does("receive", ann.receipt)
        claim_news.tell_all(bot.world)
        assert chat.is_handed_over("在吗")
        chat.agent_leaves()
        assert "经办机构已收到" in chat.says("帮助")


def test_an_agent_opens_the_chat_of_somebody_whose_draft_is_parked(chat: Chat) -> None:
    before = chat.answers
    chat.bot.jobs.settle()
    chat.bot.clock.shift_by = lambda: timedelta(days=8)
    assert parking.park_idle(chat.bot.world).parked == 1
    chat.bot.clock.shift_by = timedelta
    chat.agent_comes()
    assert chat.answers == before and chat.is_handed_over("6222000000000001234")
    chat.agent_leaves()
    assert "银行卡号" in chat.says("继续") and chat.answers == before


def test_outside_their_hours_the_number_is_given(settings: Settings) -> None:
    china = timezone(timedelta(hours=8))
    account = Account(agents=True, agent_hours=((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60)))
    at = {hour: datetime(2026, 11, 20, *hour, tzinfo=china) for hour in ((8, 59), (9, 0), (12, 0), (13, 30), (17, 0))}
    assert [on_duty(account, now) for now in at.values()] == [False, True, False, True, False]
    assert not on_duty(account, datetime(2026, 11, 21, 10, 0, tzinfo=china))  # a Saturday
    assert not on_duty(Account(), at[9, 0]) and on_duty(Account(agents=True), at[17, 0])


def test_off_duty_in_words(settings: Settings) -> None:
    now = datetime.now(timezone(timedelta(hours=8)))
    hours = "00:00-00:01" if now.hour else "23:58-23:59"
    account = settings.account.model_copy(update={"agents": True, "agent_hours": hours})
    with running(settings.model_copy(update={"account": account})) as bot:
        chat = Chat(bot, bot.follower())
        heard = chat.says("人工")
        assert "现在不是人工服务时间（工作日" in heard and "0871-63362528" in heard and "12333" in heard
        assert not chat.held


@pytest.mark.parametrize("hours", ["9-17", "17:00-09:00", "09:00-25:00", "09:00-17:00-18:00", "24:00-24:30"])
def test_hours_that_are_none_are_named(tmp_path: object, hours: str) -> None:
    with pytest.raises(BadSettings, match="agent_hours"):
        read_settings(written(tmp_path, 'agent_hours = ""', f'agent_hours = "{hours}"'))  # type: ignore[arg-type]
