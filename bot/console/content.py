"""The texts people read, edited: preview, proof, publish, history, back to an old version."""

import hashlib
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from bot.console import content_words as words
from bot.console.desk import Desk
from bot.console.numbered import numbered
from bot.console.permissions import Pages
from bot.console.proofs import item_of, proof, shipped_text
from bot.published import Item, items
from handlers.world import CHINA
from storage.contents import KINDS
from storage.errors import NotAllowed

MOST_CHARACTERS = 300_000


def add_content(pages: Pages, desk: Desk) -> None:
    """The list of all texts, and one page for each."""

    @pages.page("/content", "content")
    def content() -> Any:
        knowledge = desk.world.knowledge
        files = [Item("programme", one.id, one.name, "") for one in knowledge.programmes.values()]
        files.append(Item("offices", "offices", words.OFFICES, ""))
        return render_template(
            "console/content.html", items=[*items(knowledge), *files], kinds=KINDS, live=desk.contents.live(),
            content=words, china=CHINA,
        )  # fmt: skip

    @pages.page("/content/<kind>/<name>", "content")
    def content_item(kind: str, name: str) -> Any:
        return _page(desk, _item(desk, kind, name))

    @pages.page("/content/<kind>/<name>/preview", "content", methods=("POST",))
    def content_preview(kind: str, name: str) -> Any:
        item = _item(desk, kind, name)
        text = _text(desk, item)
        if text is None:
            flash(words.NOT_UTF8)
            return _page(desk, item)
        return _previewed(desk, item, text)

    @pages.page("/content/<kind>/<name>/publish", "content", methods=("POST",))
    def content_publish(kind: str, name: str) -> Any:
        item = _item(desk, kind, name)
        text, of = _text(desk, item), desk.said("of", 12)
        over, old = numbered(desk.said("over", 12)), numbered(of)
        if text is None or over is None or old is None:
            abort(400)
        if desk.said("previewed", 64) != _mark(text):
            return _previewed(desk, item, text)  # it was changed after the preview: that one is seen first
        if proof(desk, item, text).faults:
            return _previewed(desk, item, text)
        before = old if _text_of(desk, item, of) == text else 0  # an old version that was edited is a new one
        kept = "" if text == _tidy(item, shipped_text(desk, item)) else text
        desk.note("rolled_back" if before else "published", f"{kind} {name}", f"over {over} of {before}")
        by, now = desk.member.name, desk.world.clock()
        try:
            desk.contents.publish(item.kind, name, kept, by, now, over=over, of=before)
        except NotAllowed:
            flash(words.MOVED_ON)
            return redirect(url_for("console.content_item", kind=kind, name=name))
        desk.world.look()
        flash(words.RESTORED if before else words.PUBLISHED)
        return redirect(url_for("console.content_item", kind=kind, name=name))


def _item(desk: Desk, kind: str, name: str) -> Item:
    item = item_of(desk, kind, name)
    if item is None:
        abort(404)
    return item


def _text(desk: Desk, item: Item) -> str | None:
    """What was typed, uploaded or taken from an old version; None for a file that is no text."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        try:
            return _tidy(item, upload.read(MOST_CHARACTERS).decode("utf-8-sig"))
        except UnicodeDecodeError:
            return None
    if "text" not in request.form:
        old = _text_of(desk, item, desk.said("of", 12))
        return old if old is not None else _tidy(item, shipped_text(desk, item))
    return _tidy(item, request.form["text"][:MOST_CHARACTERS])


def _text_of(desk: Desk, item: Item, number: str) -> str | None:
    """The text of an old version; None when this item has no such version."""
    for version in desk.contents.history(item.kind, item.name):
        if str(version.id) == number:
            return _tidy(item, version.text or shipped_text(desk, item))
    return None


def _tidy(item: Item, text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    return f"{text}\n" if item.kind in ("programme", "offices") else text


def _previewed(desk: Desk, item: Item, text: str) -> Any:
    proved = proof(desk, item, text)
    if proved.rehearsed is not None:
        desk.note("rehearsed", item.name)
    return _page(desk, item, text, proved)


def _page(desk: Desk, item: Item, text: str | None = None, proved: Any = None) -> Any:
    history = desk.contents.history(item.kind, item.name)
    live = history[0].id if history else 0
    of = desk.said("of", 12) if request.method == "POST" else "0"
    return render_template(
        "console/content_item.html", item=item, text=item.text if text is None else text, proof=proved,
        history=history, live=live, over=desk.said("over", 12) if proved else live, of=of or "0",
        previewed=_mark(text or ""), same=_tidy(item, item.text) == text, content=words, china=CHINA,
        offices_are_a_file=desk.offices_are_a_file,
    )  # fmt: skip


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
