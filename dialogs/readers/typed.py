"""A typed text without what no encoder takes."""

import re

_HALVES = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text without halves of characters: JSON may carry them, and neither OpenCC nor UTF-8 takes them."""
    return text if text.isascii() else _HALVES.sub("", text)
