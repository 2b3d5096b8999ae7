import dataclasses
from collections.abc import Iterator

import pytest
from echo_bot import AES_KEY, Clock, EchoBot

from bot.simulator.delivery import into
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["plain", "compatible", "safe"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings() -> SimulatorSettings:
    return SimulatorSettings(bot_url="/wechat", token="t0ken", aes_key=AES_KEY, mode="safe")


@pytest.fixture
def bot(settings: SimulatorSettings) -> EchoBot:
    return EchoBot(settings)


@pytest.fixture
def platform(settings: SimulatorSettings, bot: EchoBot, clock: Clock) -> Platform:
    return Platform(settings, now=clock, post=into(bot.app))


@pytest.fixture
def phone(platform: Platform) -> Follower:
    return platform.follower("o-test", following=True)


@pytest.fixture
def url(platform: Platform) -> Iterator[str]:
    """The platform on a real socket."""
    with serving(platform) as address:
        yield address


@pytest.fixture
def in_mode(settings: SimulatorSettings, clock: Clock, mode: str) -> tuple[Platform, EchoBot]:
    """A platform and its bot in each of the three modes."""
    chosen = dataclasses.replace(settings, mode=mode)  # type: ignore[arg-type]
    bot = EchoBot(chosen)
    return Platform(chosen, now=clock, post=into(bot.app)), bot
