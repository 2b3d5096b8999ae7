"""WeChat as one object: its HTTP API (`platform.app`), its followers, its memory. All in memory, safe for threads.

platform = Platform(SimulatorSettings(bot_url="http://127.0.0.1:8000/wechat"))
with serving(platform) as url:          # bot.simulator.server; url is the bot's api_base_url
    phone = platform.follower(following=True)
    phone.say("你好")
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping

from flask import Flask

from bot.simulator.agency import SimulatedAgency
from bot.simulator.api import Call, api
from bot.simulator.delivery import Post, over_http
from bot.simulator.exchange import Postman
from bot.simulator.faults import Faults
from bot.simulator.follower import Follower, Shared
from bot.simulator.media import MediaShelf
from bot.simulator.menus import Menus
from bot.simulator.messages import Nodes
from bot.simulator.notices import Notices
from bot.simulator.orders import orders
from bot.simulator.phone import phone
from bot.simulator.roads import Roads
from bot.simulator.scenes import Scenes
from bot.simulator.settings import SimulatorSettings
from bot.simulator.tags import Tags
from bot.simulator.tokens import Tokens
from bot.simulator.verifier import VerifierDesk, verifier


class Platform:
    """One simulated WeChat with one official account.

    now   the platform's clock, unix seconds
    post  how pushes reach the bot; `delivery.into(wsgi_app)` needs no socket
    """

    def __init__(
        self, settings: SimulatorSettings, now: Callable[[], float] = time.time, post: Post = over_http
    ) -> None:
        self.now = now
        self.url = f"http://{settings.host}:{settings.port}"
        self.tokens = Tokens(settings.app_id, settings.app_secret, now)
        self.media = MediaShelf(now)
        self.menus = Menus()
        self.tags = Tags()
        self.scenes = Scenes(now)
        self.notices = Notices(settings.template_ids, now)
        self.faults = Faults()
        self.violations: list[str] = []
        """What calls of the HTTP API did that WeChat takes but people would see."""
        self.api_calls: Mapping[str, Call] = {}
        """What the HTTP API knows, by path."""
        self.calls: list[str] = []
        """Every call of the HTTP API, e.g. "media/get"."""
        self.postman = Postman(settings, post, now, self.media.has)
        self._lock = threading.RLock()
        self._followers: dict[str, Follower] = {}
        self._background: list[threading.Thread] = []
        self.verifier = VerifierDesk(
            settings.verifier_key_id, settings.verifier_secret, settings.verifier_callback, now
        )
        self.app: Flask = _app(self)

    @property
    def roads(self) -> Roads:
        """What goes wrong on the way to the bot."""
        return self.postman.roads

    @property
    def settings(self) -> SimulatorSettings:
        return self.postman.settings

    def follower(self, openid: str = "", following: bool = False) -> Follower:
        """The phone of this openid, a new one when it is not known. `following` skips the subscribe event."""
        with self._lock:
            openid = openid or f"o{secrets.token_urlsafe(20)}"
            phone = self._followers.get(openid)
            if phone is None:
                shared = Shared(self.postman, self.media, self.notices, self._picture_url, self.scenes.ticket_of)
                phone = self._followers[openid] = Follower(openid, shared)
            if following and not phone.following:
                phone.following, phone.subscribed_at = True, int(self.now())
            return phone

    def known(self, openid: object) -> Follower | None:
        with self._lock:
            return self._followers.get(openid) if isinstance(openid, str) else None

    def followers(self) -> tuple[Follower, ...]:
        with self._lock:
            return tuple(self._followers.values())

    def complaints(self) -> list[str]:
        """Everything WeChat would not have taken or people would have seen, of every phone and call."""
        return [*self.violations, *(why for each in self.followers() for why in each.violations)]

    def push_later(self, openid: str, nodes: Nodes) -> None:
        """A receipt or another push nobody waits for, from a thread of its own; `settle` waits for it."""

        def run() -> None:
            exchange = self.postman.exchange(openid, nodes)
            if exchange.failed:
                self.violations.append(f"{dict(nodes).get('Event')}: {exchange.violation}")

        thread = threading.Thread(target=run, daemon=True)
        with self._lock:
            self._background = [each for each in self._background if each.is_alive()]
            self._background.append(thread)
            thread.start()

    def settle(self, within_s: float = 30.0) -> None:
        """Wait until what `push_later` began has ended."""
        with self._lock:
            threads = list(self._background)
        for thread in threads:
            thread.join(within_s)

    def close(self) -> None:
        """Wake every page that waits for news."""
        for each in self.followers():
            each.conversation.close()

    def _picture_url(self, content: bytes) -> str:
        return f"{self.url}/mmbiz_jpg/{self.media.shown(content)}/0"


def _app(platform: Platform) -> Flask:
    app = Flask("bot.simulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 64 << 20
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.register_blueprint(api(platform))
    app.register_blueprint(phone(platform))
    app.register_blueprint(orders(platform))
    settings = platform.settings
    if settings.agency_secret:
        callback = f"{settings.bot_url.removesuffix('/wechat')}/agency/callback"
        agency = SimulatedAgency(settings.agency_key_id, settings.agency_secret.encode(), callback)
        app.register_blueprint(agency.pages())
    app.register_blueprint(verifier(platform.verifier))
    return app
