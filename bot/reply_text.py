"""What a follower sees of a Say: its text, its options as tappable links, within the bytes WeChat shows."""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from dialogs.model import Link, Say, Tap

MAX_BYTES = 2048
"""Of one text, in UTF-8. Practice of public bots, nowhere an official figure; longer ones are lost whole."""

MORE = "…"

# what XML 1.0 cannot hold: controls but tab and line feed, surrogates, two non-characters
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
_BREAKS = re.compile(r"\n|[。！？；!?;]")
_URL = re.compile(r'https?://[^\s"<>]+')
_ANCHOR = re.compile(r"<a\s", re.IGNORECASE)
_ZWJ = "\u200d"
_GRAPHEME_CHARS = 40


def clean(text: str) -> str:
    """The text without what XML forbids; line ends are one line feed. Emoji stay."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def quoted(text: str) -> str:
    """The text so that WeChat shows it as it is: its clients make links of `<a`, whoever typed it."""
    return text.replace("<", "＜")


def text_of(*says: Say, max_bytes: int = MAX_BYTES) -> str:
    """The Content of a text message: each text, then its options one a line, each a link that types it.

    The text of a Say is plain: a `<` in it is shown, never a link. When all is too long, the last options lose
    their link (they still work typed) before any word is lost; then the texts are cut at the end, the options kept.
    """
    texts = ["\n".join((quoted(clean(say.text)).strip("\n"), *map(_page, say.links))).strip("\n") for say in says]
    taps = [say.taps for say in says]
    linked = [_link(tap) for group in taps for tap in group]
    bare = [_label(tap) for group in taps for tap in group]
    room = max_bytes - _size("\n\n".join(texts))
    lines = _shortened(linked, bare, max(room, max_bytes // 2))
    whole = _joined(texts, taps, lines)
    if _size(whole) <= max_bytes:
        return whole
    for at in range(len(texts) - 1, -1, -1):  # the last text first: what leads in is read first
        over = _size(_joined(texts, taps, lines)) - max_bytes
        if over <= 0:
            break
        texts[at] = cut(texts[at], max(_size(texts[at]) - over, 0))
    return cut(_joined(texts, taps, lines), max_bytes)


def cut(text: str, max_bytes: int) -> str:
    """At most `max_bytes` of the text in UTF-8, closed by "…" when something is missing.

    Cut after a line or sentence when one ends in the last third, never inside a character as people see it, and
    never inside a link.
    """
    if _size(text) <= max_bytes:
        return text
    budget = max_bytes - _size(MORE)
    if budget < 0:
        return ""
    end = len(text.encode()[:budget].decode(errors="ignore"))
    end = _before_link(text, _between_graphemes(text, end))
    kept = text[:end]
    breaks = [found.end() for found in _BREAKS.finditer(kept, len(kept) * 2 // 3)]
    if breaks:
        kept = kept[: _before_link(text, breaks[-1])]
    return kept.rstrip() + MORE


def _size(text: str) -> int:
    return len(text.encode())


def _label(tap: Tap) -> str:
    return quoted(clean(tap.label)).replace("\n", " ")


def _page(link: Link) -> str:
    label = quoted(clean(link.label))
    if not _URL.fullmatch(link.url):
        return label
    program = ""
    if link.appid:  # documented for customer-service messages; clients that do not know it open href
        program = f' data-miniprogram-appid="{_attribute(link.appid)}" data-miniprogram-path="{_attribute(link.path)}"'
    return f'<a href="{link.url}"{program}>{label}</a>'


def _attribute(text: str) -> str:
    return re.sub(r'["<>&\s]', "", text)


def _link(tap: Tap) -> str:
    """WeChat sends `says` as if typed, with `id` as bizmsgmenuid. Without either the client shows a dead link."""
    says, name = clean(tap.says), clean(tap.id)
    if not says or not name:
        return _label(tap)
    target = f"weixin://bizmsgmenu?msgmenucontent={quote(says, safe='')}&msgmenuid={quote(name, safe='')}"
    return f'<a href="{target}">{_label(tap)}</a>'


def _shortened(linked: list[str], bare: list[str], room: int) -> list[str]:
    """As many links as there is room for; the rest as plain lines."""
    lines = list(linked)
    size = sum(_size(line) + 1 for line in lines)
    for at in range(len(lines) - 1, -1, -1):
        if size <= room:
            break
        size -= _size(lines[at]) - _size(bare[at])
        lines[at] = bare[at]
    return lines


def _joined(texts: Sequence[str], taps: Sequence[Sequence[Tap]], lines: Sequence[str]) -> str:
    rest = iter(lines)
    parts = []
    for text, group in zip(texts, taps, strict=True):
        own = [text] if text else []
        parts.append("\n".join(own + [next(rest) for _ in group]))
    return "\n\n".join(filter(None, parts))


def _before_link(text: str, end: int) -> int:
    """`end`, or the start of the link it would fall into."""
    start = max((found.start() for found in _ANCHOR.finditer(text) if found.start() < end), default=-1)
    if start < 0:
        return end
    close = text.find("</a>", start)
    return end if close >= 0 and close + len("</a>") <= end else start


def _between_graphemes(text: str, end: int) -> int:
    """The nearest place at or before `end` where no character sequence shown as one is torn.

    A sequence longer than any real one (marks heaped up to make trouble) is torn where the bytes end.
    """
    for place in range(end, max(end - _GRAPHEME_CHARS, 0), -1):
        if place == len(text) or not _sticks(text, place):
            return place
    return end


def _sticks(text: str, at: int) -> bool:
    """Whether the characters before and at `at` are shown as one."""
    left, right = text[at - 1], text[at]
    if _ZWJ in (left, right) or unicodedata.category(right) in ("Mn", "Me", "Mc"):
        return True
    if "\U0001f3fb" <= right <= "\U0001f3ff" or "\U000e0020" <= right <= "\U000e007f":
        return True
    if _flag_half(right) and _flag_half(left):
        run = 0
        while at - 1 - run >= 0 and _flag_half(text[at - 1 - run]):
            run += 1
        return run % 2 == 1
    return "\u1160" <= right <= "\u11ff" or left + right == "\r\n"


def _flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
