"""The licences of everything that the lock pins, from what the installed packages say of themselves.

    python -m tests.licences          writes docs/licences.md
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCK, PAGE = Path("requirements.lock"), Path("docs/licences.md")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
ELSEWHERE = "not installed on Linux"
KNOWN = {"MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0"}


def pinned(lock: str) -> list[str]:
    """The names that a lock pins, in order."""
    return sorted({name.lower().replace("_", "-").replace(".", "-") for name in _PINNED.findall(lock)})


def licence_of(name: str) -> str:
    """In the package's own words: the SPDX expression, else its classifiers, else the first line of what it says."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return ELSEWHERE
    said = found.metadata
    classified = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License ::")]
    return (
        said.get("License-Expression")
        or ", ".join(KNOWN.get(one, one) for one in classified if one != "OSI Approved")
        or (said.get("License") or "").strip().partition("\n")[0][:80]
        or _from_file(found)
    )


def _from_file(found: Distribution) -> str:
    """The first words of its licence file."""
    for file in found.files or ():
        if re.search(r"(?i)licen[cs]e|copying", file.name):
            words = found.locate_file(file).read_text(encoding="utf-8", errors="replace").split("\n")  # type: ignore[attr-defined]
            return next((line.strip() for line in words if line.strip()), "")[:80]
    return "says none"


def page(lock: str) -> str:
    """The table."""
    rows = [f"| {name} | {licence_of(name)} |" for name in pinned(lock)]
    head = "# Licences of what is installed\n\nWritten by `make licences` from `requirements.lock`.\n\n"
    head += "| package | licence |\n| --- | --- |\n"
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(LOCK.read_text(encoding="utf-8")), encoding="utf-8")
