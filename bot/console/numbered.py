"""A row's number as a form or an address gives it."""


def numbered(text: str) -> int | None:
    """None for what no row can have: SQL's integers end at 18 digits, and "²" is a digit to Python."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
