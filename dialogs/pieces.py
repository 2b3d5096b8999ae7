"""Texts packed into as few messages as their length allows. Pure."""

import re

_ENDS = re.compile(r"(?<=[\n。！？；])")


def packed(texts: tuple[str, ...], most_bytes: int) -> tuple[str, ...]:
    """Each message at most `most_bytes` of UTF-8; texts are kept whole where they can be, else cut after a line or
    sentence, at the worst between two characters. Nothing is lost. A `<` is made harmless: it could begin a link."""
    messages: list[str] = []
    for text in texts:
        for at, part in enumerate(_parts(text.replace("<", "\uff1c"), most_bytes)):
            joined = f"{messages[-1]}\n\n{part}" if messages and not at else ""
            if joined and _size(joined) <= most_bytes:
                messages[-1] = joined
            else:
                messages.append(part)
    return tuple(messages)


def _parts(text: str, most: int) -> list[str]:
    if _size(text) <= most:
        return [text] if text.strip() else []
    parts = [""]
    for sentence in _ENDS.split(text):
        if _size(parts[-1] + sentence) <= most:
            parts[-1] += sentence
            continue
        parts.append("")
        for char in sentence:
            if _size(parts[-1] + char) > most:
                parts.append("")
            parts[-1] += char
    return [part.strip("\n") for part in parts if part.strip()]


def _size(text: str) -> int:
    return len(text.encode())
