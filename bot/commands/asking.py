"""What the bot understands, asked from the terminal: ask, read."""

import sys
from datetime import date, datetime
from typing import Any

import click

from bot.commands.terminal import Stop, answer_lines
from dialogs.programmes import shipped


@click.command()
@click.argument("question", required=False)
@click.option("--province", default="")
@click.option("--jsonl", is_flag=True, help="Read questions from standard input, one JSON object a line.")
def ask(question: str | None, province: str, jsonl: bool) -> None:
    """Answer a question as the chat would."""
    from dialogs.guide import read_guide
    from dialogs.guide_lines import answer
    from dialogs.offices import read_directory

    directory = read_directory(shipped("offices.csv"))
    guide = read_guide(shipped("faq.toml"), shipped("guide.toml"), heard_tsv=shipped("heard.tsv"))
    if jsonl:
        answer_lines(lambda line: answer(guide, directory, line), sys.stdin)
        return
    if not question:
        raise Stop("give a question, or --jsonl")
    told = answer(guide, directory, {"q": question, "context": {"province": province}})
    click.echo(told["reply"])


@click.command()
@click.argument("kind", required=False)
@click.argument("text", required=False)
@click.option("--option", "options", multiple=True, help="An option of a choice; may be given several times.")
@click.option("--jsonl", is_flag=True, help="Read answers from standard input, one JSON object a line.")
def read(kind: str | None, text: str | None, options: tuple[str, ...], jsonl: bool) -> None:
    """Say how an answer would be understood."""
    from dialogs.model import Filled
    from dialogs.readers import read as understand

    def one(line: dict[str, Any]) -> dict[str, Any]:
        today = date.fromisoformat(line["today"]) if line.get("today") else datetime.now().date()
        reading = understand(str(line["kind"]), str(line["text"]), today=today, options=line.get("options") or ())
        if isinstance(reading, Filled):
            return {**line, "value": reading.value, "why": reading.note}
        return {**line, "value": None, "why": reading.why}

    if jsonl:
        answer_lines(one, sys.stdin)
        return
    if kind is None or text is None:
        raise Stop("give KIND and TEXT, or --jsonl")
    try:
        told = one({"kind": kind, "text": text, "options": list(options)})
    except ValueError as trouble:
        raise Stop(str(trouble)) from trouble
    click.echo(told["value"] if told["value"] is not None else f"refused: {told['why']}")
    sys.exit(0 if told["value"] is not None else 1)
