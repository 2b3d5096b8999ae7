"""Questions and answers as lines of JSON, for operators and tests: `claimbot ask --jsonl`."""

from collections.abc import Mapping
from typing import Any

from dialogs.guide import Guide
from dialogs.model import Context
from dialogs.offices import Directory


def answer(guide: Guide, directory: Directory, line: Mapping[str, Any]) -> dict[str, Any]:
    """One line of `claimbot ask --jsonl`: the line itself, and kind, faq, offered and reply.

    Raises ValueError when the line has no text "q".
    """
    question = line.get("q")
    if not isinstance(question, str):
        raise ValueError('a line needs "q", the question as text')
    known = line.get("context") or {}
    context = Context(
        province=_province(str(known.get("province") or "")),
        last_insured=str(known.get("last_insured") or ""),
        asked=tuple(known.get("asked") or ()),
    )
    asked = guide.ask(question, directory, context)
    choices = [f"{place}. {guide.question(number)}" for place, number in enumerate(asked.offered, 1)]
    return {
        **line,
        "kind": asked.kind,
        "faq": asked.faq,
        "offered": list(asked.offered),
        "reply": "\n".join([asked.reply, *choices]),
    }


def _province(name: str) -> str:
    if name.startswith(("云南", "昆明")):
        return "云南省"
    return "吉林省" if name.startswith("吉林") else name
