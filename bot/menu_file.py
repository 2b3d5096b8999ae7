"""The account's menu as a file: the configured one, else the one that ships."""

from importlib.resources import files
from pathlib import Path


def menu_text(path: Path | None = None) -> str:
    """TOML (bot/menu_set.py). Raises OSError, UnicodeDecodeError for a configured file that cannot be read."""
    if path is not None:
        return path.read_text(encoding="utf-8")
    return files("bot").joinpath("menu.toml").read_text(encoding="utf-8")
