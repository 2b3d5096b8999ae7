"""A photograph's verdict: can it be used, would another be better, and what to tell the person who sent it."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from dialogs.photo_words import Reason, Strength, says, strongest
from handlers.picture_checks import (
    BLOWN,
    WORKING_PX,
    Fingerprint,
    Sharpness,
    colour_of,
    difference,
    fingerprint_of,
    glare_of,
    light_of,
    measurable,
    sharpness_of,
)
from handlers.picture_file import Opened, PhotoLimits, PhotoRefused, opened

__all__ = ["Fingerprint", "Judged", "PhotoLimits", "PhotoRefused", "Reason", "Wanted", "compared", "judge", "preview"]

Kind = Literal["card", "portrait", "page", "any"]
UNKNOWN = Fingerprint("")
NO_OTHERS: Mapping[str, Fingerprint] = {}
DEFAULT_LIMITS = PhotoLimits()

_PREVIEW_QUALITY = 85
_SAME_BITS = 24  # of 512; copies recompressed and scaled measured at most 15, other pages of one form at least 52


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the slot asks for: a card (ID-1), a 1-inch portrait, a page of a booklet, or anything; in colour or not."""

    kind: Kind = "any"
    colour: bool = False


class Judged(Struct, frozen=True):
    """The verdict on one photo.

    reasons        every finding, the most serious first
    says           what is wrong and how to retake it, for the claimant; "" when good. The choices of an advice
                   (重拍, 仍用这张) are the caller's to add
    fingerprint    how it looks, to know the same picture in another slot; "" when it could not be opened
    width, height  upright, in pixels; 0 when it could not be opened
    format         "JPEG" | "PNG" | "WEBP"; "" when it could not be opened
    rotation       degrees counter-clockwise its EXIF turns it for showing: 0 | 90 | 180 | 270
    """

    strength: Strength
    reasons: tuple[Reason, ...]
    says: str
    fingerprint: Fingerprint = UNKNOWN
    width: int = 0
    height: int = 0
    format: str = ""
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class _Bounds:
    """From where on a picture of one kind is advised against and refused. Sides in pixels, blur in 1/1000 of the side.

    Portraits have few edges and no letters: they may be softer and smaller.
    """

    advise_sides: tuple[int, int]
    refuse_sides: tuple[int, int]
    advise_blur: float
    refuse_blur: tuple[float, float]
    """Lenient and strict: both must be reached."""


_PAPER = _Bounds(advise_sides=(800, 0), refuse_sides=(400, 0), advise_blur=1.9, refuse_blur=(3.8, 5.0))
_PORTRAIT = _Bounds(advise_sides=(413, 295), refuse_sides=(250, 180), advise_blur=2.9, refuse_blur=(4.2, 6.0))
_DARK_ADVISE, _DARK_REFUSE = 70, 40
_BRIGHT_ADVISE, _BRIGHT_REFUSE = 190, 225
_SHAKEN, _SHAKEN_TIMES = 2.4, 1.7
_GLARE_SHARE = 0.009
_GREY = 9
_PORTRAIT_SHAPE = (0.65, 0.82)
_LONGEST_SHAPE = 2.4  # phones take up to 20:9; longer is a strip cut out of a picture
_ORDER = {"refuse": 0, "advise": 1, "good": 2}


def judge(
    data: bytes, wanted: Wanted, limits: PhotoLimits = DEFAULT_LIMITS, others: Mapping[str, Fingerprint] = NO_OTHERS
) -> Judged:
    """Judge one photo. Never raises for what the bytes are.

    data    as it came from the person
    others  what lies in the other slots, by the name the claimant knows ("身份证人像面")
    A 12-megapixel JPEG costs less than decoding it once: it is decoded at an eighth of its size.
    """
    try:
        photo = opened(data, limits, WORKING_PX)
    except PhotoRefused as refused:
        return Judged("refuse", (refused.reason,), says((refused.reason,)))
    small = measurable(photo.picture)
    grey = small.convert("L")
    found = _in_order((*_of_size(photo, wanted), *_of_light(small, grey, wanted)))
    alone = Judged(
        strongest(found), found, says(found), fingerprint_of(grey), photo.width, photo.height, photo.format,
        photo.rotation,
    )  # fmt: skip
    return compared(alone, wanted, others)


def compared(judged: Judged, wanted: Wanted, others: Mapping[str, Fingerprint]) -> Judged:
    """The verdict with what the other slots hold taken into account."""
    same = tuple(_of_likeness(judged.fingerprint, wanted, others))
    if not same:
        return judged
    found = _in_order((*judged.reasons, *same))
    return replace(judged, strength=strongest(found), reasons=found, says=says(found))


def _in_order(found: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(found, key=lambda reason: _ORDER[reason.strength]))


def preview(data: bytes, max_side_px: int, limits: PhotoLimits = DEFAULT_LIMITS) -> bytes:
    """The photo as an upright JPEG, long side at most `max_side_px`, without any metadata: a photo taken at home
    carries its place. Raises PhotoRefused."""
    picture = opened(data, limits, max_side_px).picture
    picture.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    kept = io.BytesIO()
    clean.save(kept, "JPEG", quality=_PREVIEW_QUALITY, optimize=True)
    return kept.getvalue()


def _of_size(photo: Opened, wanted: Wanted) -> Iterator[Reason]:
    bounds = _bounds(wanted)
    long, short = max(photo.width, photo.height), min(photo.width, photo.height)
    for strength, (long_least, short_least) in (("refuse", bounds.refuse_sides), ("advise", bounds.advise_sides)):
        if long < long_least or short < short_least:
            about = f"{photo.width}×{photo.height}"
            yield Reason("too_small", "refuse" if strength == "refuse" else "advise", long, long_least, about)
            break
    yield from _of_shape(photo.width / photo.height, wanted)


def _of_shape(shape: float, wanted: Wanted) -> Iterator[Reason]:
    """An ID-1 card is 1.586, but lies on a table in a picture of any usual shape: only a strip is noticed."""
    low, high = _PORTRAIT_SHAPE
    if wanted.kind == "portrait":
        if low <= 1 / shape <= high:
            yield Reason("lying", "advise", shape, high)
        elif not low <= shape <= high:
            yield Reason("shape", "advise", shape, low if shape < low else high, about="portrait")
    elif max(shape, 1 / shape) > _LONGEST_SHAPE:
        yield Reason("shape", "advise", max(shape, 1 / shape), _LONGEST_SHAPE)


def _of_light(small: Image.Image, grey: Image.Image, wanted: Wanted) -> Iterator[Reason]:
    """Light, then sharpness: of a picture that is too dark or empty nothing more can be said."""
    light = light_of(grey)
    sharpness = sharpness_of(grey)
    if light.brightest < _DARK_REFUSE:
        yield Reason("dark", "refuse", light.brightest, _DARK_REFUSE)
        return
    if not sharpness.seen:
        yield Reason("flat", "refuse")
        return
    if light.darkest >= _BRIGHT_REFUSE:
        yield Reason("bright", "refuse", light.darkest, _BRIGHT_REFUSE)
        return
    if light.bright < _DARK_ADVISE:
        yield Reason("dark", "advise", light.bright, _DARK_ADVISE)
    if light.darkest >= _BRIGHT_ADVISE:
        yield Reason("bright", "advise", light.darkest, _BRIGHT_ADVISE)
    blur = _of_sharpness(sharpness, _bounds(wanted))
    if blur is not None:
        yield blur
    elif wanted.kind in ("card", "page") and light.brightest >= BLOWN and (glare := glare_of(grey)) >= _GLARE_SHARE:
        yield Reason("glare", "advise", glare, _GLARE_SHARE)
    if wanted.colour and (colour := colour_of(small) * 255 / max(1, light.brightest)) < _GREY:
        yield Reason("grey", "refuse" if wanted.kind == "portrait" else "advise", colour, _GREY)


def _of_sharpness(found: Sharpness, bounds: _Bounds) -> Reason | None:
    lenient, strict = bounds.refuse_blur
    if found.lenient >= lenient and found.strict >= strict:
        return Reason("blurred", "refuse", found.strict, strict)
    if found.lenient >= bounds.advise_blur:
        return Reason("blurred", "advise", found.lenient, bounds.advise_blur)
    if found.one_way >= max(_SHAKEN, _SHAKEN_TIMES * found.lenient):
        return Reason("shaken", "advise", found.one_way, _SHAKEN)
    return None


def _of_likeness(fingerprint: Fingerprint, wanted: Wanted, others: Mapping[str, Fingerprint]) -> Iterator[Reason]:
    """Both sides of a card may be on one picture, so the same picture twice is only advised against; but no portrait
    is also a paper."""
    for name, other in others.items():
        bits = difference(fingerprint, other)
        if bits <= _SAME_BITS:
            yield Reason("same", "refuse" if wanted.kind == "portrait" else "advise", bits, _SAME_BITS, name)
            return


def _bounds(wanted: Wanted) -> _Bounds:
    return _PORTRAIT if wanted.kind == "portrait" else _PAPER
