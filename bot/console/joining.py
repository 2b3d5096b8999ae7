"""The console's pages, joined: an application of its own under /console, so that WeChat's messages pay nothing for its
sessions, limits and templates."""

import redis
from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot.console.books import add_audit, add_staff
from bot.console.content import add_content
from bot.console.desk import Desk
from bot.console.doors import open_doors
from bot.console.menu_editor import add_menu_editor
from bot.console.numbers import add_numbers
from bot.console.permissions import Pages
from bot.console.posters import add_posters
from bot.console.review import add_review


def add_console(app: Flask, desk: Desk, secret: bytes, *, https: bool, counted: "redis.Redis") -> Flask:
    """Everything under /console. `secret` signs the session cookies; log-ins are `counted` for all processes."""
    console = Flask("claimbot.console", static_folder=None)
    console.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(console)
    pages = Pages()
    open_doors(console, pages, desk, secret, secure=https, counted=counted)
    add_review(pages, desk)
    add_menu_editor(pages, desk)
    add_numbers(pages, desk)
    add_content(pages, desk)
    add_posters(pages, desk)
    add_staff(pages, desk)
    add_audit(pages, desk)
    console.register_blueprint(pages.blueprint)
    console.extensions["pages"] = pages
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/console": console.wsgi_app})  # type: ignore[method-assign]
    app.extensions["console"] = console
    return console
