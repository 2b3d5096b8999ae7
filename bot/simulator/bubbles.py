"""The text of a bubble as WeChat's client reads it: plain characters, links, and options that can be tapped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

ANCHOR = re.compile(r'<a\s+href="([^"<>]*)"([^<>]*)>(.*?)</a>', re.DOTALL)
OPTION = "weixin://bizmsgmenu?"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bubble.

    kind  text; tap (tapping sends `says` with `id` as bizmsgmenuid); link (opens `href`)
    """

    kind: Literal["text", "tap", "link"]
    text: str
    says: str = ""
    id: str = ""
    href: str = ""


def segments(text: str) -> tuple[Segment, ...]:
    """In order; anything that is no well-formed anchor is text and shown as typed."""
    return tuple(_segments(text))


def _segments(text: str) -> Iterator[Segment]:
    at = 0
    for anchor in ANCHOR.finditer(text):
        piece = _linked(anchor[1], anchor[3])
        if piece is None:
            continue
        if anchor.start() > at:
            yield Segment("text", text[at : anchor.start()])
        yield piece
        at = anchor.end()
    if at < len(text):
        yield Segment("text", text[at:])


def _linked(href: str, label: str) -> Segment | None:
    if href.startswith(OPTION):
        query = dict(part.partition("=")[::2] for part in href.removeprefix(OPTION).split("&"))
        says, menuid = unquote(query.get("msgmenucontent", "")), unquote(query.get("msgmenuid", ""))
        return Segment("tap", label, says=says, id=menuid) if says and menuid else None
    if re.match(r"(https?://|tel:)", href):
        return Segment("link", label, href=href)
    return None
