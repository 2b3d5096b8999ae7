"""Browsers from which somebody has entered before. Strangers who guess at a name lock it for strangers only: from a
browser that has been in, its owner still enters (OWASP calls this a device cookie)."""

import hashlib
import secrets

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from storage.staff import Member

COOKIE = "console_device"
LIVES_S = 180 * 24 * 3600
GUESSES = "10 per hour"
"""Refused log-ins from one known browser: it may have been left open, or stolen."""


class KnownDevices:
    """Signed cookies. `secure`: over HTTPS only."""

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="console device")
        self._secure = secure

    def remember(self, member: Member, response: Response) -> None:
        """This browser has been in."""
        said = [member.name, _of(member), secrets.token_hex(8)]
        response.set_cookie(
            COOKIE, self._signer.dumps(said), max_age=LIVES_S, path="/console/login", httponly=True,
            samesite="Strict", secure=self._secure,
        )  # fmt: skip

    def name_of(self, request: Request) -> str:
        """The device, by a name of its own, when it was given to the one who knocks; "" for a stranger's."""
        said = self._said(request)
        return said[2] if said is not None and said[0] == request.form.get("name", "").strip() else ""

    def knows(self, request: Request, member: Member | None) -> bool:
        """Whether this member has entered from here since the password was set."""
        said = self._said(request)
        return said is not None and member is not None and said[:2] == [member.name, _of(member)]

    def _said(self, request: Request) -> list[str] | None:
        try:
            said = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LIVES_S)
        except BadData:
            return None
        return said if isinstance(said, list) and len(said) == 3 else None


def _of(member: Member) -> str:
    """Changes with the password."""
    return hashlib.sha256(member.password.encode()).hexdigest()[:16]
