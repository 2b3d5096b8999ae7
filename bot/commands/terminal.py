"""What every command shares: the line at the end, the settings, JSON lines."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from bot.config import BadSettings, Settings, read_settings


class Stop(click.ClickException):
    """A line for the person at the terminal."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Without click's "Error"."""
        click.echo(f"claimbot: {self.message}", err=True)


def settings_of(context: click.Context) -> Settings:
    """The settings, or the end with a line for each bad key."""
    try:
        return read_settings(context.obj)
    except BadSettings as trouble:
        raise Stop(str(trouble)) from trouble


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]], source: Iterable[str]) -> None:
    """JSON lines in, JSON lines out; a line that cannot be read is answered with its error."""
    for line in source:
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            if not isinstance(question, dict):
                raise ValueError("not an object")
            told = answer(question)
        except (ValueError, KeyError, TypeError) as trouble:
            told = {"error": f"{type(trouble).__name__}: {trouble}"}
        click.echo(json.dumps(told, ensure_ascii=False))
