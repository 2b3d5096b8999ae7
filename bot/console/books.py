"""The audit book, for reading; and the staff roll."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from bot.console import words
from bot.console.desk import Desk
from bot.console.numbered import numbered
from bot.console.permissions import Pages
from handlers.sign_in import PasswordTooWeak
from handlers.world import CHINA
from storage.errors import Missing, NotAllowed
from storage.staff import ROLES

PAGE = 200


def add_audit(pages: Pages, desk: Desk) -> None:
    """The audit book: auditors read, nobody edits."""

    @pages.page("/audit", "audit")
    def audit() -> Any:
        before = numbered(request.args.get("before", "")) or 0
        actor, subject = request.args.get("actor", "")[:64], request.args.get("subject", "")[:200]
        entries = desk.audit.newest(PAGE, before, actor.strip(), subject.strip())
        return render_template(
            "console/audit.html", entries=entries, actor=actor, subject=subject, china=CHINA,
            more=entries[-1].seq if len(entries) == PAGE else 0,
        )  # fmt: skip


def add_staff(pages: Pages, desk: Desk) -> None:
    """Who may come in."""

    @pages.page("/staff", "staff")
    def staff() -> Any:
        offices = [office.name for office in desk.world.knowledge.directory.offices]
        return render_template(
            "console/staff.html", everybody=desk.roll.all(), offices=offices, roles=ROLES, china=CHINA
        )

    @pages.page("/staff/add", "staff", methods=("POST",))
    def staff_add() -> Any:
        name, role, office = desk.said("name", 64), desk.said("role", 16), desk.said("office", 200)
        if role not in ROLES or (office and desk.world.knowledge.directory.named(office) is None):
            abort(400)
        try:
            desk.sign_in.add(name, role, office, request.form.get("password", ""))
        except NotAllowed:
            flash(words.NAME_TAKEN)
        except PasswordTooWeak as weak:
            flash(str(weak))
        except ValueError:
            flash(words.NAME_WRONG)
        else:
            desk.note("added_staff", name, f"{role} {office}".strip())
            flash(words.STAFF_ADDED.format(name=name))
        return redirect(url_for("console.staff"))

    @pages.page("/staff/<name>/<deed>", "staff", methods=("POST",))
    def staff_change(name: str, deed: str) -> Any:
        if deed not in ("disable", "enable", "renew"):
            abort(404)
        if name == desk.member.name and deed != "renew":
            flash(words.NOT_YOURSELF)
            return redirect(url_for("console.staff"))
        try:
            if deed == "renew":
                desk.sign_in.renew(name, request.form.get("password", ""))
            else:
                desk.roll.disable(name, desk.world.clock() if deed == "disable" else None)
        except Missing:
            abort(404)
        except PasswordTooWeak as weak:
            flash(str(weak))
        else:
            desk.note(f"{deed}d_staff" if deed != "renew" else "renewed_staff", name)
            flash(words.STAFF_CHANGED.format(name=name))
        return redirect(url_for("console.staff"))
