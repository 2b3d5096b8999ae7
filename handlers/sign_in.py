"""The console's door: password and one-time code together, a lock after failures, and nothing told about which was
wrong."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.staff import Member, Role, StaffRoll

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
STEP_S = 30
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
ISSUER = "失业金申领助手"
_NAME = re.compile(r"[\w.\-]{1,64}")
_CODE = re.compile(r"\d{6}", re.ASCII)

Refusal = Literal["wrong", "locked"]


class PasswordTooWeak(Exception):
    """The text says what is wanted, in an operator's words."""


@dataclass(frozen=True, slots=True)
class Knocked:
    """What came of a log-in: somebody, or somebody who must set up the second factor first, or a refusal."""

    member: Member | None = None
    to_enrol: bool = False
    refusal: Refusal | None = None


class SignIn:
    """Every method raises StoreUnavailable."""

    def __init__(self, roll: StaffRoll, clock: Callable[[], datetime]) -> None:
        self._roll = roll
        self._clock = clock
        self._hasher = PasswordHasher()

    def add(self, name: str, role: Role, office: str, password: str) -> Member:
        """A new member of staff, who sets up the second factor at the first log-in.
        Raises NotAllowed, PasswordTooWeak; ValueError for a name that cannot be."""
        if not _NAME.fullmatch(name):
            raise ValueError("a name has 1 to 64 letters, digits, dots, hyphens or underscores")
        return self._roll.add(name, role, office, self.hashed(name, password), pyotp.random_base32(), self._clock())

    def hashed(self, name: str, password: str) -> str:
        """Raises PasswordTooWeak."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise PasswordTooWeak(f"密码要 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符，例如四个不相关的词")
        if len(set(password)) < 5 or name.casefold() in password.casefold():
            raise PasswordTooWeak("密码太好猜：不要重复同几个字，也不要带上用户名")
        return self._hasher.hash(_plain(password))

    def knock(self, name: str, password: str, code: str, *, known: bool = False) -> Knocked:
        """Let somebody in, or not. It takes as long for names that nobody has.

        known  from a browser that this member has entered from before: the lock that strangers' guesses have put on
               the name is not for it, nor do its failures count for that; the caller bounds them
        """
        nobodys = self._nobodys
        member = self._roll.named(name) if _NAME.fullmatch(name) else None
        fits = self._fits(member.password if member is not None else nobodys, password)
        if member is None or not member.may_enter:
            return Knocked(refusal="wrong")
        now = self._clock()
        if not known and member.locked_until is not None and now < member.locked_until:
            return Knocked(refusal="locked")
        if fits and not member.totp_step:
            return Knocked(member, to_enrol=True)
        step = self._step(member, code) if fits else None
        if step is not None and self._roll.entered(member.id, step):
            return Knocked(member)
        if not known:
            self._roll.failed(member.id, now, LOCK_AFTER, LOCK_FOR)
        return Knocked(refusal="wrong")

    def enrol(self, member_id: int, code: str) -> Member | None:
        """The first code of a new second factor; None when it is wrong, or somebody has set it up meanwhile."""
        member = self._roll.by_id(member_id)
        if member is None or not member.may_enter or member.totp_step:
            return None
        step = self._step(member, code)
        return member if step is not None and self._roll.entered(member.id, step) else None

    @staticmethod
    def address(member: Member) -> str:
        """What an authenticator app reads as a QR code."""
        return pyotp.TOTP(member.totp).provisioning_uri(name=member.name, issuer_name=ISSUER)

    def renew(self, name: str, password: str) -> None:
        """A new password and a new second factor, to be set up again. Raises Missing, PasswordTooWeak."""
        self._roll.change(name, password=self.hashed(name, password), totp=pyotp.random_base32())

    @cached_property
    def _nobodys(self) -> str:
        """A password that nobody knows, made at the first log-in: it costs a tenth of a second."""
        return self._hasher.hash(secrets.token_hex(16))

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _plain(password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return False

    def _step(self, member: Member, code: str) -> int | None:
        """The 30-second step this code belongs to: now, the one before or the one after; None when it is wrong."""
        code = unicodedata.normalize("NFKC", code).replace(" ", "")
        if not _CODE.fullmatch(code):
            return None
        now = int(self._clock().timestamp()) // STEP_S
        totp = pyotp.TOTP(member.totp)
        fits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.at(step * STEP_S), code)]
        return fits[0] if fits else None


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
