"""The console as staff have it in a browser: real HTTP against a running bot, forms with their tokens, a second factor."""

import re
from dataclasses import dataclass, field
from html import unescape

import pyotp
import requests
from sqlalchemy import Engine, event

from bot.app import build_desk
from bot.console.desk import Desk
from handlers.sign_in import STEP_S
from storage.staff import Role
from tests.whole import Bot

PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One member of staff, or a stranger, with a cookie jar."""

    address: str
    name: str = ""
    http: requests.Session = field(default_factory=requests.Session)
    page: str = ""
    status: int = 0

    def opens(self, path: str) -> str:
        """The page's text, after redirects."""
        return self._kept(self.http.get(f"{self.address}{path}", timeout=20))

    def sends(self, path: str, token: str | None = None, **said: str) -> str:
        """A form of the page that is open now."""
        found = _TOKEN.search(self.page)
        given = {"csrf_token": token if token is not None else found[1] if found else ""}
        return self._kept(self.http.post(f"{self.address}{path}", data=given | said, timeout=20))

    def statements(self, path: str) -> list[str]:
        """The SQL that opening this page takes."""
        seen: list[str] = []

        def on_sql(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(Engine, "before_cursor_execute", on_sql)
        try:
            self.opens(path)
        finally:
            event.remove(Engine, "before_cursor_execute", on_sql)
        return seen

    def _kept(self, answer: requests.Response) -> str:
        self.status, self.page = answer.status_code, answer.text
        return unescape(answer.text)


@dataclass
class Office:
    """The staff of a running bot."""

    bot: Bot
    desk: Desk

    @classmethod
    def of(cls, bot: Bot) -> "Office":
        return cls(bot, build_desk(bot.settings, bot.world))

    def browser(self) -> Browser:
        return Browser(self.bot.address)

    def code(self, name: str) -> str:
        """The code this person's authenticator shows next that has not been used yet."""
        member = self.desk.roll.named(name)
        assert member is not None
        now = int(self.bot.world.clock().timestamp()) // STEP_S
        return pyotp.TOTP(member.totp).at(max(now, member.totp_step + 1) * STEP_S)

    def signed_in(self, role: Role, office: str = "", name: str = "") -> Browser:
        """A new member of staff, through the whole door."""
        name = name or f"{role}.{len(self.desk.roll.all())}"
        self.desk.sign_in.add(name, role, office, PASSWORD)
        browser = Browser(self.bot.address, name)
        browser.opens("/console/login")
        assert "扫下面的二维码" in browser.sends("/console/login", name=name, password=PASSWORD)
        browser.sends("/console/enrol", code=self.code(name))
        assert browser.status == 200 and name in browser.page, browser.page
        return browser
