"""The numbers as pictures: SVG without script, each served as an image of its own; the page's tables say the same."""

from collections.abc import Sequence
from typing import Any

import pygal
from pygal.style import Style

from bot.console import numbers_words as words
from bot.console import words as console_words
from bot.console.figures import Figures

_STYLE = Style(
    background="white", plot_background="white", font_family="sans-serif", title_font_size=22, label_font_size=14,
    major_label_font_size=14, legend_font_size=16, value_font_size=14, no_data_font_size=24,
    colors=("#b02a37", "#0a58ca"), foreground="#212529", foreground_strong="#212529",
    foreground_subtle="#6c757d",
)  # fmt: skip
MOST_BARS = 15
NAMES = ("days", "states", "photos")
"""Charts of every page; besides them one of each programme's questions, by its id."""


def drawn(name: str, figures: Figures) -> bytes | None:
    """One chart as SVG; None when there is none of this name."""
    if name == "days":
        chart = _common(pygal.Line, words.CHART_DAYS, height=320, show_dots=len(figures.days) < 31)
        chart.x_labels = [f"{day:%m-%d}" for day, _, _ in figures.days]
        chart.x_labels_major_count, chart.show_minor_x_labels = 7, False
        chart.add(words.CHART_TURNS, [turns for _, turns, _ in figures.days])
        chart.add(words.CHART_PEOPLE, [people for _, _, people in figures.days])
    elif name == "states":
        rows = [(console_words.STATUS[status], n) for status, n in figures.states.items()]
        chart = _bars(words.CHART_STATES, [(words.CHART_STATES, rows)])
    elif name == "photos":
        rows = [(photo_label(strength, code), n) for strength, code, n in figures.photos if strength != "good"]
        chart = _bars(words.CHART_PHOTOS, [(words.CHART_PHOTOS, rows[:MOST_BARS])])
    elif name in figures.steps:
        steps = figures.steps[name]
        reached = [(step.label, step.reached) for step in steps]
        left = [(step.label, step.left) for step in steps]
        chart = _bars(words.CHART_STEPS, [(words.LEFT, left), (words.REACHED, reached)], legend=True)
    else:
        return None
    svg: bytes = chart.render()
    return svg


def photo_label(strength: str, code: str) -> str:
    """A verdict in words: 模糊（请重拍）."""
    if not code:
        return words.STRENGTH[strength]
    return f"{words.PHOTO.get(code, code)}（{words.STRENGTH[strength]}）"


def _bars(title: str, series: Sequence[tuple[str, Sequence[tuple[str, int]]]], *, legend: bool = False) -> Any:
    rows = len(series[0][1])
    labels = [label[:12] for label, _ in reversed(series[0][1])]  # the first one stands at the top
    wider = 7 * max(map(len, labels), default=0)  # pygal reckons with letters half as wide as ours
    chart = _common(
        pygal.HorizontalBar, title, height=130 + 34 * max(rows, 2), show_legend=legend, margin_left=12 + wider
    )
    chart.x_labels = labels
    for label, values in series:
        chart.add(label, [n for _, n in reversed(values)])
    return chart


def _common(kind: Any, title: str, **options: Any) -> Any:
    chart = kind(
        title=title, width=900, style=_STYLE, js=(), no_data_text=words.NOTHING, legend_at_bottom=True, margin=12,
        include_x_axis=True, explicit_size=True, formatter=_whole, **options,
    )  # fmt: skip
    chart.add_xml_filter(_without_scripts)
    return chart


def _whole(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else ""


def _without_scripts(tree: Any) -> Any:
    for parent in tree.iter():
        for child in [one for one in parent if str(one.tag).endswith("script")]:
            parent.remove(child)
    return tree
