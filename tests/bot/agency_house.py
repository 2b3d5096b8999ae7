"""The whole bot with the simulated agency behind it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import requests
from requests import PreparedRequest
from requests.auth import AuthBase
from werkzeug.serving import make_server

from bot.config import AgencyPlatform, Settings
from bot.signing import signed
from bot.simulator.agency import SimulatedAgency
from bot.simulator.agency_book import Filed as FiledThere
from bot.simulator.server import Quiet
from handlers import claim_news, handover
from tests.bot.desk import Filed
from tests.whole import Bot, running

KEY_ID, SECRET = "k1", "a secret of both sides"


class Signed(AuthBase):
    """Signs any request, with the bot's own code: the agency checks it with its own."""

    count = 0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        Signed.count += 1
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        request.headers.update(
            signed(
                str(request.method), request.path_url, body, key_id=KEY_ID, secret=SECRET.encode(),
                now=int(time.time()), nonce=f"contract-{Signed.count}",
            )
        )  # fmt: skip
        return request


@contextmanager
def agency_serving(**how: object) -> Iterator[tuple[SimulatedAgency, str]]:
    """The played agency on a socket; its base address."""
    agency = SimulatedAgency(KEY_ID, SECRET.encode(), **how)  # type: ignore[arg-type]
    server = make_server("127.0.0.1", 0, agency.app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield agency, f"http://127.0.0.1:{server.server_port}/agency"
    agency.close()
    server.shutdown()
    thread.join()
    server.server_close()


def with_agency(settings: Settings, url: str) -> Settings:
    """The same bot, its claims handed over there."""
    part = AgencyPlatform(url=url, key_id=KEY_ID, secret=SECRET, next_key_id="k2", next_secret="another long secret")  # type: ignore[arg-type]
    return settings.model_copy(update={"agency": part})


@dataclass
class House:
    """Bot and agency."""

    bot: Bot
    agency: SimulatedAgency

    @property
    def address(self) -> str:
        """The bot's own."""
        return self.bot.platform.settings.bot_url.removesuffix("/wechat")

    def there(self, ann: Filed) -> FiledThere:
        """Her claim as the agency has it."""
        return self.agency.book.claims[ann.receipt]

    def works(self, minutes: float = 0) -> None:
        """What the workers do by themselves, so many minutes later."""
        if minutes:
            self.later(minutes)
        handover.hand_over(self.bot.world)
        claim_news.tell_all(self.bot.world)

    def later(self, minutes: float) -> None:
        before = self.bot.clock.shift_by()
        self.bot.clock.shift_by = lambda: before + timedelta(minutes=minutes)

    def filed(self, name: str = "oFiled-000000000000000000001") -> Filed:
        """Somebody whose claim is filed and has gone its way as far as it could."""
        ann = Filed.by(self.bot, name)
        self.bot.jobs.settle()
        return ann

    def metric(self, name: str) -> float:
        """A number of /metrics."""
        lines = requests.get(f"{self.address}/metrics", timeout=5).text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


@contextmanager
def housed(settings: Settings, **how: object) -> Iterator[House]:
    with agency_serving(**how) as (agency, url), running(with_agency(settings, url)) as bot:
        house = House(bot, agency)
        agency.callback_url = f"{house.address}/agency/callback"
        yield house
