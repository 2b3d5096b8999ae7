"""docs/security.md names tests that exist, and docs/licences.md every package that is pinned."""

import ast
import re
from pathlib import Path

from tests.licences import ELSEWHERE, LOCK, PAGE, licence_of, pinned

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
MODEL = Path("docs/security.md")


def test_every_threat_names_a_test_that_exists() -> None:
    text = MODEL.read_text(encoding="utf-8")
    named = set(NAMED.findall(text))
    assert len(named) > 50
    missing = [f"{path}::{name}" for path, name in sorted(named) if name not in _tests(Path(path))]
    assert missing == []
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| threat", "| ---"))]
    assert all(NAMED.search(line) for line in rows)


def _tests(path: Path) -> set[str]:
    if not path.exists():
        return set()
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def test_every_package_of_the_lock_has_its_licence_listed() -> None:
    listed = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    for head in ("package", "---"):
        listed.pop(head, None)
    assert sorted(listed) == pinned(LOCK.read_text(encoding="utf-8")), "run make licences"
    assert "says none" not in listed.values()
    # what would bind us beyond naming it; psycopg and chardet's kin are linked as they ship, unchanged
    strict = {name: said for name, said in listed.items() if re.search(r"\bA?GPL|General Public", said)}
    assert all("Lesser" in said or "LGPL" in said for said in strict.values()), strict
    assert licence_of("no-such-package-at-all") == ELSEWHERE
