"""What the console's pages work with. Built and joined in bot/app.py."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask_login import current_user

from bot.publisher import Publisher
from bot.wechat_client import QrCode
from dialogs.knowledge import Knowledge
from handlers.review_desk import ReviewDesk
from handlers.sign_in import SignIn
from handlers.world import World
from storage.audit import Audit
from storage.claim_numbers import ClaimNumbers
from storage.contents import Contents, Texts
from storage.posters import Posters
from storage.queue import Queue
from storage.staff import Member, StaffRoll


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores and deeds behind the pages.

    offices_are_a_file  [paths] offices is set: the list is not published here
    trial               the knowledge as it would be with these texts; raises ValueError, Unsound
    make_code           asks WeChat for a QR code of this scene that never ends; raises WeChatError
    """

    world: World
    review: ReviewDesk
    queue: Queue
    roll: StaffRoll
    sign_in: SignIn
    audit: Audit
    menus: Publisher
    claim_numbers: ClaimNumbers
    contents: Contents
    offices_are_a_file: bool
    trial: Callable[[Texts], Knowledge]
    posters: Posters
    make_code: Callable[[str], QrCode]

    @property
    def member(self) -> Member:
        """Who is signed in."""
        member: Member = current_user.member
        return member

    def now(self) -> int:
        """Unix seconds, by the clock that everything here goes by."""
        return int(self.world.clock().timestamp())

    def note(self, deed: str, subject: str = "", detail: str = "", *, actor: str = "") -> None:
        """Into the audit book, before what it tells of is done or shown."""
        who = actor or self.member.name
        self.audit.note(who, deed, subject, detail, at=self.world.clock())

    @staticmethod
    def said(name: str, most: int = 500) -> str:
        """A field of the form, without blanks around it, cut to `most` characters."""
        return request.form.get(name, "").strip()[:most]
