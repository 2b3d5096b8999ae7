"""The console's pages, joined and hung into the web application."""

from flask import Flask
from flask_bootstrap import Bootstrap5

from bot.console.books import add_audit, add_staff
from bot.console.content import add_content
from bot.console.desk import Desk
from bot.console.doors import open_doors
from bot.console.menu_editor import add_menu_editor
from bot.console.numbers import add_numbers
from bot.console.permissions import Pages
from bot.console.posters import add_posters
from bot.console.review import add_review


def add_console(app: Flask, desk: Desk, secret: bytes, *, https: bool, limits_url: str) -> Pages:
    """Everything under /console. `secret` signs the session cookies."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    pages = Pages()
    open_doors(app, pages, desk, secret, secure=https, limits_url=limits_url)
    add_review(pages, desk)
    add_menu_editor(pages, desk)
    add_numbers(pages, desk)
    add_content(pages, desk)
    add_posters(pages, desk)
    add_staff(pages, desk)
    add_audit(pages, desk)
    app.register_blueprint(pages.blueprint)
    app.extensions["console"] = pages
    return pages
