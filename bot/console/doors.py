"""Who may come in: log-in with a second factor, idle log-out, rights per route, CSRF, limits, and the headers."""

import secrets
from datetime import timedelta
from typing import Any

import redis
import segno
from flask import Flask, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.console import words
from bot.console.counted import OurRedis
from bot.console.desk import Desk
from bot.console.known_devices import GUESSES, KnownDevices
from bot.console.permissions import OF_ROLE, Pages
from storage.errors import StoreUnavailable
from storage.staff import Member

IDLE_S = 15 * 60
WHOLE_S = 12 * 3600
"""Signed in for a working day at most, whatever one does."""
ENROL_S = 10 * 60
LOGINS_A_MINUTE = "10 per minute"
LIMITS_PATIENCE: dict[str, Any] = {
    "socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": Retry(NoBackoff(), 0),
}  # fmt: skip
"""A Redis that is away delays a log-in by a second; then each process counts for itself."""
MOST_BODY_BYTES = 2 * 1024 * 1024
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Visitor(UserMixin):  # type: ignore[misc]
    """A member of staff as Flask-Login wants one; its id ends with the epoch, so that a change signs them out."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def get_id(self) -> str:
        return f"{self.member.id}:{self.member.epoch}"


def open_doors(app: Flask, pages: Pages, desk: Desk, secret: bytes, *, secure: bool, counted: "redis.Redis") -> None:
    """Put the doors before the console's pages and add those of the log-in itself.

    secret      signs the session cookie; `secure`: the cookie goes over HTTPS only
    counted     the Redis that counts log-ins for all processes
    """
    app.secret_key = secret
    app.config.update(
        SESSION_COOKIE_NAME="console", SESSION_COOKIE_PATH="/console", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_SECURE=secure, WTF_CSRF_CHECK_DEFAULT=False,
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BODY_BYTES, WTF_CSRF_TIME_LIMIT=WHOLE_S,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=WHOLE_S), WTF_CSRF_SSL_STRICT=secure,
    )  # fmt: skip
    csrf = CSRFProtect(app)
    devices = KnownDevices(secret, secure=secure)
    manager = LoginManager(app)
    limiter = Limiter(
        get_remote_address, app=app, storage_uri=f"{OurRedis.SCHEME}://", storage_options={"client": counted},  # type: ignore[dict-item]
        in_memory_fallback_enabled=True, key_prefix="console",
        in_memory_fallback=[LOGINS_A_MINUTE], swallow_errors=True,
    )  # fmt: skip

    @manager.user_loader  # type: ignore[untyped-decorator]
    def visitor(name: str) -> Visitor | None:
        number, _, epoch = name.partition(":")
        if not (number.isdigit() and epoch.isdigit()):
            return None
        member = desk.roll.by_id(int(number))
        return Visitor(member) if member is not None and member.may_enter and member.epoch == int(epoch) else None

    @pages.blueprint.before_request
    def guard() -> Any:
        if pages.needs.get(request.endpoint or "") == "anyone":
            if request.method == "POST":
                csrf.protect()
            return None
        now = desk.now()
        if not current_user.is_authenticated:
            return redirect(url_for("console.login"))
        if now - session.get("seen", 0) > IDLE_S or now - session.get("since", 0) > WHOLE_S:
            logout_user()
            session.clear()
            flash(words.IDLE)
            return redirect(url_for("console.login"))
        session["seen"] = now
        if request.method == "POST":
            csrf.protect()
        pages.check(request.endpoint)
        return None

    @app.after_request
    def shielded(response: Response) -> Response:
        response.headers.update(
            {
                "Content-Security-Policy": CSP,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "same-origin",
                "X-Frame-Options": "DENY",
                "Cross-Origin-Opener-Policy": "same-origin",
            }
        )
        if request.endpoint not in ("console.static", "bootstrap.static"):
            response.headers["Cache-Control"] = "no-store"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    for code, text in words.FAULTS.items():
        app.register_error_handler(code, _fault_page(code, text))
    app.register_error_handler(CSRFError, _fault_page(400, words.FAULTS[400]))
    app.register_error_handler(StoreUnavailable, _away_page(app, words.FAULTS[503]))

    @pages.page("/login", "anyone", methods=("GET", "POST"))
    @limiter.limit(LOGINS_A_MINUTE, methods=["POST"], key_func=lambda: devices.name_of(request) or get_remote_address())
    @limiter.limit(
        GUESSES, methods=["POST"], key_func=lambda: devices.name_of(request),
        exempt_when=lambda: not devices.name_of(request), deduct_when=lambda answer: answer.status_code == 401,
    )
    def login() -> Any:
        if request.method == "GET":
            return render_template("console/login.html")
        name, password = desk.said("name", 64), request.form.get("password", "")
        known = devices.knows(request, desk.roll.named(name))
        knocked = desk.sign_in.knock(name, password, desk.said("code", 20), known=known)
        if knocked.member is None:
            desk.note("refused_at_the_door", detail=knocked.refusal or "", actor="console")
            flash(words.WRONG)  # the same when it is locked: a name that can be locked exists
            return render_template("console/login.html", name=name), 401
        if knocked.to_enrol:
            session.clear()
            session["enrols"] = [knocked.member.id, desk.now()]
            return redirect(url_for("console.enrol"))
        return _enter(desk, knocked.member, devices)

    @pages.page("/enrol", "anyone", methods=("GET", "POST"))
    @limiter.limit(LOGINS_A_MINUTE, methods=["POST"])
    def enrol() -> Any:
        number, at = session.get("enrols", (0, 0))
        member = desk.roll.by_id(number) if desk.now() - at <= ENROL_S else None
        if member is None or member.totp_step:
            return redirect(url_for("console.login"))
        if request.method == "POST":
            entered = desk.sign_in.enrol(member.id, desk.said("code", 20))
            if entered is not None:
                desk.note("set_up_second_factor", entered.name, actor=entered.name)
                return _enter(desk, entered, devices)
            flash(words.WRONG_CODE)
        picture = segno.make(desk.sign_in.address(member), error="m").svg_data_uri(scale=5, border=2)
        return render_template("console/enrol.html", picture=picture, secret=member.totp)

    @pages.page("/logout", "signed_in", methods=("POST",))
    def logout() -> Any:
        desk.note("signed_out")
        desk.roll.sign_out(desk.member.id)  # a copy of the cookie must not outlive it
        logout_user()
        session.clear()
        return redirect(url_for("console.login"))

    @pages.page("/", "signed_in")
    def home() -> Any:
        return render_template("console/home.html")

    @pages.blueprint.context_processor
    def seen_by_templates() -> dict[str, Any]:
        member = desk.member if current_user.is_authenticated else None
        return {"navigation": navigation() if member else [], "words": words, "member": member}

    def navigation() -> list[tuple[str, str]]:
        rights = OF_ROLE[desk.member.role]
        return [(page, label) for right, page, label in words.NAVIGATION if right in rights and page in pages.needs]


def _enter(desk: Desk, member: Member, devices: KnownDevices) -> Any:
    session.clear()  # nothing of before: a cookie planted by somebody else is worth nothing
    login_user(Visitor(desk.roll.by_id(member.id) or member))
    session.permanent = True
    session["since"] = session["seen"] = desk.now()
    session["nonce"] = secrets.token_hex(8)
    desk.note("signed_in", actor=member.name)
    response = make_response(redirect(url_for("console.home")))
    devices.remember(member, response)
    return response


def _fault_page(code: int, text: str) -> Any:
    def shown(_fault: Exception) -> tuple[str, int]:
        return render_template("console/fault.html", text=text), code

    return shown


def _away_page(app: Flask, text: str) -> Any:
    """A page that asks no store who is looking at it: the database may be what is away."""

    def shown(_fault: Exception) -> tuple[str, int, dict[str, str]]:
        page = app.jinja_env.get_template("console/away.html").render(text=text)
        return page, 503, {"Content-Type": "text/html; charset=utf-8", "Retry-After": "60"}

    return shown
