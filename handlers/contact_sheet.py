"""All papers of a claim on one picture, with their names and states: what a person looks over before filing."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from handlers.picture_file import PhotoLimits, PhotoRefused, opened
from storage.errors import Missing, Unreadable

MAX_BYTES = 1_000_000
MAX_SIDE_PX = 2000
MOST_PAPERS = 20
"""More would be too small to make out on a phone."""

_WIDTH = 1240
_COLUMNS = 2
_MARGIN = 24
_TALLEST_BOX = 460
_HEADING = 84
_CAPTION = 104
_LABEL_PX, _STATE_PX, _HEADING_PX, _NUMBER_PX = 38, 31, 44, 96
_SMALLEST_PX = 22
_CANNOT_OPEN = "照片打不开"
_PAGE, _FRAME, _INK, _SOFT, _GONE, _ALARM = "white", "#d0d0d0", "#111111", "#555555", "#e4e4e4", "#b3261e"
_QUALITIES = (85, 75, 65, 50, 35)

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Paper:
    """One slot as it is shown.

    label, state  as the slot board names them: "身份证人像面", "已收到"
    read          gives the photo's bytes; called once, when it is drawn. None: there is no picture
    alarm         the state is shown in red: the person must still do something
    """

    label: str
    state: str
    read: Callable[[], bytes] | None = None
    alarm: bool = False


def sheet(papers: Sequence[Paper], limits: PhotoLimits, heading: str = "") -> bytes:
    """Draw the papers in two columns, numbered from 1, each picture upright.

    One picture is in memory at a time, decoded at about the size it is shown. A photo that is missing or cannot be
    opened is an empty box that says so.

    returns  JPEG without any metadata, at most MAX_BYTES, no side longer than MAX_SIDE_PX
    raises   ValueError for no papers or more than MOST_PAPERS; StoreUnavailable from `read`
    """
    if not 1 <= len(papers) <= MOST_PAPERS:
        raise ValueError(f"a sheet shows 1 to {MOST_PAPERS} papers, not {len(papers)}")
    top = _HEADING if heading else 0
    rows = -(-len(papers) // _COLUMNS)
    row = min(_TALLEST_BOX + _CAPTION, (MAX_SIDE_PX - top - _MARGIN) // rows - _MARGIN)
    page = Image.new("RGB", (_WIDTH, top + _MARGIN + rows * (row + _MARGIN)), _PAGE)
    pen = ImageDraw.Draw(page)
    if heading:
        _write(pen, heading, _WIDTH // 2, _MARGIN, _WIDTH - 2 * _MARGIN, _HEADING_PX, _INK)
    width = (_WIDTH - (_COLUMNS + 1) * _MARGIN) // _COLUMNS
    for place, paper in enumerate(papers):
        left = _MARGIN + place % _COLUMNS * (width + _MARGIN)
        upper = top + _MARGIN + place // _COLUMNS * (row + _MARGIN)
        box = (left, upper, left + width, upper + row - _CAPTION)
        opens = _fill(page, pen, box, place + 1, paper, limits)
        middle = left + width // 2
        _write(pen, f"{place + 1}  {paper.label}", middle, box[3] + 8, width, _LABEL_PX, _INK)
        colour = _ALARM if paper.alarm or not opens else _SOFT
        _write(pen, paper.state if opens else _CANNOT_OPEN, middle, box[3] + 56, width, _STATE_PX, colour)
    return _encoded(page)


def _fill(
    page: Image.Image, pen: ImageDraw.ImageDraw, box: Box, number: int, paper: Paper, limits: PhotoLimits
) -> bool:
    """Draw the picture, or an empty box; False when there should be a picture and it does not open."""
    size = (box[2] - box[0], box[3] - box[1])
    if paper.read is not None:
        try:
            picture = opened(paper.read(), limits, max(size)).picture
        except (PhotoRefused, Missing, Unreadable):
            pass
        else:
            picture.thumbnail(size, Image.Resampling.LANCZOS)
            at = (box[0] + (size[0] - picture.width) // 2, box[1] + (size[1] - picture.height) // 2)
            page.paste(picture, at)
            pen.rectangle((at[0], at[1], at[0] + picture.width - 1, at[1] + picture.height - 1), outline=_FRAME)
            return True
    pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=_FRAME, width=3)
    middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
    pen.text(middle, str(number), fill=_GONE, font=font(min(_NUMBER_PX, size[1] * 2 // 3)), anchor="mm")
    return paper.read is None


def _write(pen: ImageDraw.ImageDraw, text: str, middle: int, top: int, width: int, pixels: int, colour: str) -> None:
    """One centred line: smaller letters for a long one, and in the end an ellipsis."""
    text = " ".join(text.split())
    while pixels > _SMALLEST_PX and pen.textlength(text, font(pixels)) > width:
        pixels -= 2
    while len(text) > 1 and pen.textlength(text, font(pixels)) > width:
        text = text.removesuffix("…")[:-1] + "…"
    pen.text((middle, top), text, fill=colour, font=font(pixels), anchor="ma")


@lru_cache(maxsize=32)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """Our own letters, so high."""
    return ImageFont.truetype(io.BytesIO(_font_bytes()), pixels, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _font_bytes() -> bytes:
    return files("handlers.fonts").joinpath("sheet.otf").read_bytes()


def _encoded(page: Image.Image) -> bytes:
    """As good as the cap allows: papers full of fine print take less quality, in the end a smaller picture."""
    while True:
        for quality in _QUALITIES:
            kept = io.BytesIO()
            page.save(kept, "JPEG", quality=quality, optimize=True)
            if kept.tell() <= MAX_BYTES:
                return kept.getvalue()
        page = page.reduce(2)
