"""The routes /privacy and /export/<token>. Plain HTML: no script, nothing from elsewhere, nothing kept by caches."""

import base64
import hashlib
import zipfile
from importlib.resources import files

from flask import Blueprint, Response, render_template, send_file

from bot.logs import logger
from dialogs import rights_words
from handlers import export_file
from handlers.world import World
from storage.errors import StoreUnavailable, Unreadable

STYLE = files("bot.pages").joinpath("plain.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def rights_pages(world: World) -> Blueprint:
    """The pages. The link's token stands in no log of ours: these routes write none."""
    pages = Blueprint("rights", __name__, template_folder=".")

    @pages.get("/privacy")
    def privacy() -> Response:
        notice = world.knowledge.notice
        return _page("privacy.html", notice=notice, operator=world.knowledge.account.operator)

    @pages.get("/export/<token>")
    def offered(token: str) -> Response:
        """Only a button: who looks at links before people do (WeChat does) uses up no opening."""
        try:
            live = world.links.is_live(token)
        except StoreUnavailable:
            return _page("export.html", 503, state="later")
        return _page("export.html", 200 if live else 404, state="live" if live else "over")

    @pages.post("/export/<token>")
    def fetched(token: str) -> Response:
        try:
            person = world.links.open(token)
            if person is None:
                return _page("export.html", 404, state="over")
            file = export_file.write(world, person)
        except (StoreUnavailable, Unreadable, zipfile.LargeZipFile) as trouble:
            logger().error("an export was not made", trouble=type(trouble).__name__)
            return _page("export.html", 503, state="later")
        sent = send_file(file, "application/zip", as_attachment=True, download_name="wodexinxi.zip")
        sent.headers.extend(HEADERS)
        sent.headers["Cache-Control"] = "no-store"
        return sent

    return pages


def _page(name: str, status: int = 200, **values: object) -> Response:
    html = render_template(name, style=STYLE, words=rights_words, **values)
    return Response(html, status, HEADERS, mimetype="text/html")
