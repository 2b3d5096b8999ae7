"""Which role may do what, and which right each route needs: a route that declares none is closed."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from flask import Blueprint, abort
from flask_login import current_user

from storage.staff import Role

Right = Literal["anyone", "signed_in", "claims", "numbers", "menu", "content", "posters", "staff", "audit"]
View = Callable[..., Any]

OF_ROLE: Mapping[Role, frozenset[Right]] = {
    "operator": frozenset({"menu", "content", "posters", "numbers"}),
    "reviewer": frozenset({"claims"}),
    "auditor": frozenset({"audit", "numbers"}),
    "administrator": frozenset({"staff", "numbers"}),
}
"""Nobody may do everything: who keeps the accounts sees no claims, who decides keeps no accounts (domain.md P11)."""


class Pages:
    """Routes of the console, each with the right it needs."""

    def __init__(self) -> None:
        self.blueprint = Blueprint("console", __name__, template_folder="templates", static_folder="static")
        self.needs: dict[str, Right] = {"console.static": "anyone"}
        """By endpoint; a table test walks it."""

    def page(self, rule: str, right: Right, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
        """Declare a route. The right is checked before the view is called (doors.py)."""

        def declared(view: View) -> View:
            self.blueprint.add_url_rule(rule, view.__name__, view, methods=list(methods))
            self.needs[f"console.{view.__name__}"] = right
            return view

        return declared

    def check(self, endpoint: str | None) -> None:
        """Abort with 403 unless who is signed in may use this route."""
        right = self.needs.get(endpoint or "")
        if right is None or (right not in ("anyone", "signed_in") and right not in OF_ROLE[current_user.member.role]):
            abort(403)
