"""The numbers: people, where they give up, photographs, claims by state, what nobody could answer. Nobody in person."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, render_template, request

from bot.console import numbers_words
from bot.console import words as console_words
from bot.console.charts import NAMES, drawn, photo_label
from bot.console.desk import Desk
from bot.console.figures import DECIDED_WITHIN, FigureBook, Figures
from bot.console.permissions import Pages
from bot.console.spreadsheet import as_csv
from handlers.world import CHINA
from storage.daily_counts import FEWEST


def add_numbers(pages: Pages, desk: Desk) -> None:
    """One page, its charts, and the same as CSV."""
    book = FigureBook(desk)

    def wanted() -> tuple[int, str]:
        days, programme = request.args.get("days", "30"), request.args.get("programme", "")
        number = int(days) if days in map(str, numbers_words.PERIODS) else 30
        return number, programme if programme in desk.world.knowledge.programmes else ""

    @pages.page("/numbers", "numbers")
    def numbers() -> Any:
        days, programme = wanted()
        return render_template(
            "console/numbers.html", figures=book.of(days, programme), days=days, programme=programme,
            programmes=desk.world.knowledge.programmes, numbers=numbers_words, photo_label=photo_label,
            charts=NAMES, china=CHINA, decided_within=DECIDED_WITHIN, fewest=FEWEST,
        )  # fmt: skip

    @pages.page("/numbers/charts/<name>.svg", "numbers")
    def numbers_chart(name: str) -> Any:
        picture = drawn(name, book.of(*wanted()))
        if picture is None:
            abort(404)
        return Response(picture, mimetype="image/svg+xml")

    @pages.page("/numbers.csv", "numbers")
    def numbers_csv() -> Any:
        days, programme = wanted()
        desk.note("exported_numbers", programme, f"{days} days")
        name = f"claimbot-numbers-{desk.world.clock():%Y%m%d}-{days}d.csv"
        table = as_csv(_rows(book.of(days, programme)))
        return Response(table, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def _rows(figures: Figures) -> Iterator[tuple[object, ...]]:
    yield "类别", "项目", "数量", "其中已答", "答案没被接受"
    yield "总数", "人", figures.people if figures.people is not None else "", "", ""
    for label, n in (("消息", figures.turns), ("开始申领", figures.begun), ("提交申领", figures.filed)):
        yield "总数", label, n, "", ""
    for label, minutes in (("填写用时中位数（分钟）", figures.median), ("九成人在此之内（分钟）", figures.ninetieth)):
        yield "总数", label, "" if minutes is None else minutes, "", ""
    for status, n in figures.states.items():
        yield "申领状态", console_words.STATUS[status], n, "", ""
    for programme, steps in figures.steps.items():
        for step in steps:
            yield f"流程 {programme}", step.label, step.reached, step.answered, step.refused
    for strength, code, n in figures.photos:
        yield "照片", photo_label(strength, code), n, "", ""
    for day, turns, people in figures.days:
        yield "每天", day.isoformat(), turns, "", ""
        yield "每天的人", day.isoformat(), people, "", ""
    for text, n in figures.unanswered:
        yield "没答上的问题", text, n, "", ""
    yield "没答上的问题", "其他", figures.others, "", ""
    for row in figures.stalled:
        yield "超期未办", row.office, row.claims, "", ""
    for dead in figures.dead:
        yield "反映打不通", f"{dead.office} {dead.phones}", dead.times, "", ""
