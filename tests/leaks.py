"""What must never stand in a log or on a terminal: found in everything the whole suite wrote, test by test."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

PRIVATE = {
    "ID number": re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![0-9A-Za-z])"),
    "card number": re.compile(r"(?<![0-9A-Za-z])(?:62\d{14,17}|\d{4}(?: \d{4}){3}(?: \d{1,3})?)(?![0-9A-Za-z])"),
    "mobile number": re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])"),
    "openid": re.compile(r"(?<![0-9A-Za-z_-])(?:o(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{27}|o(?:[A-Z][a-z]+)+-?0{6,}\d*)(?![\w-])"),
    "access token": re.compile(r"90_[A-Za-z0-9_-]{60,}|access_token=(?!\*)"),
    "secret": re.compile(r"testtoken|test-secret|simulated-secret|abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
}
"""Names of people are looked for as the tests have them: whoever invents one adds it to NAMES."""
NAMES = ("测试姓名",)
LOGS = "*.log"


def leaks(text: str) -> list[str]:
    """What was found, as the kind and the first characters of the line; nothing when all is well."""
    found = [(kind, match.start()) for kind, pattern in PRIVATE.items() for match in pattern.finditer(text)]
    found += [("name", text.index(name)) for name in NAMES if name in text]
    return [f"{kind} in: {_line(text, at)}" for kind, at in found]


def _line(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    return text[start : text.find("\n", at) if "\n" in text[at:] else len(text)][:300]


def written(item: pytest.Item) -> Iterable[str]:
    """What a test and the processes it started wrote: captured output, and the log files in its folder."""
    for _when, _key, text in item._report_sections:  # pytest has no public name for it before the report
        yield text
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if isinstance(folder, Path):
        for log in folder.rglob(LOGS):
            yield log.read_text(encoding="utf-8", errors="replace")
