"""Posters for the offices: a code a person scans in the hall, and the page to print."""

from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for

from bot.console import posters_words as words
from bot.console.desk import Desk
from bot.console.permissions import Pages
from dialogs.offices import Office, dialable
from handlers.ports import WeChatError
from storage.posters import Poster

SCENE_BYTES = 64
"""WeChat says 1 to 64 characters; read as bytes, to be safe with names in Chinese."""
AT_ONCE = 20
"""Codes asked of WeChat in one go: each is a call."""


def scene_of(office: Office) -> str:
    """What the code brings when it is scanned (dialogs/conversation.py knows both forms); by name as far as it fits,
    for a row's number may be another office's in the next list."""
    named = f"office:{office.name}"
    return named if len(named.encode()) <= SCENE_BYTES else f"{office.source}-{office.row}"


def add_posters(pages: Pages, desk: Desk) -> None:
    """The list, the making, the printing."""

    @pages.page("/posters", "posters")
    def posters() -> Any:
        made = desk.posters.all()
        offices = desk.world.knowledge.directory.offices
        return render_template(
            "console/posters.html", offices=offices, made=made, numbers=dialable, at_once=AT_ONCE,
            missing=sum(office.name not in made for office in offices),
        )  # fmt: skip

    @pages.page("/posters/make", "posters", methods=("POST",))
    def posters_make() -> Any:
        made, wanted = desk.posters.all(), desk.said("office", 200)
        directory = desk.world.knowledge.directory
        if wanted and directory.named(wanted) is None:
            abort(404)
        todo = [one for one in directory.offices if one.name not in made and wanted in ("", one.name)][:AT_ONCE]
        if not todo:
            flash(words.NOTHING_LEFT)
        count = 0
        for office in todo:
            desk.note("made_poster", office.name)
            try:
                code = desk.make_code(scene_of(office))
            except WeChatError as trouble:
                flash(words.REFUSED.format(meaning=trouble.meaning or trouble))
                if trouble.remedy == "alarm":
                    flash(words.NO_PERMISSION)
                break
            desk.posters.keep(Poster(office.name, scene_of(office), code.ticket, code.url, desk.world.clock()))
            count += 1
        if count:
            flash(words.MADE.format(count=count))
        return redirect(url_for("console.posters"))

    @pages.page("/posters/print", "posters")
    def posters_print() -> Any:
        made, wanted = desk.posters.all(), request.args.get("office", "")[:200]
        directory = desk.world.knowledge.directory
        shown = [(office, _picture(made[office.name])) for office in directory.offices
                 if office.name in made and wanted in ("", office.name)]  # fmt: skip
        if not shown:
            abort(404)
        helper = desk.world.knowledge.account.role == "helper"
        return render_template(
            "console/posters_print.html", shown=shown, numbers=dialable, posters=words, helper=helper,
            steps=words.STEPS_HELPER if helper else words.STEPS, operator=desk.world.knowledge.account.operator,
        )  # fmt: skip


def _picture(poster: Poster) -> str:
    return segno.make(poster.url, error="m").svg_data_uri(scale=8, border=2)
