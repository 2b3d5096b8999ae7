"""From bytes to a small upright picture: formats by their first bytes, caps before decoding, reduced decoding."""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from dialogs.photo_words import Reason

OPENED = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_DEGREES = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Caps that hold before a picture is decoded.

    max_bytes         of the file as it came
    max_pixels        width times height; phones take 50 million
    max_whole_pixels  the same for what cannot be decoded at reduced size (PNG, WebP, progressive JPEG): 3 bytes each
    """

    max_bytes: int = 10_000_000
    max_pixels: int = 64_000_000
    max_whole_pixels: int = 40_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that was decoded to its end, at reduced size, RGB, upright.

    width, height  of the original, upright, in pixels
    format         "JPEG" | "PNG" | "WEBP"
    rotation       degrees counter-clockwise by which EXIF had it turned: 0 | 90 | 180 | 270
    """

    picture: Image.Image
    width: int
    height: int
    format: str
    rotation: int


class PhotoRefused(Exception):
    """These bytes are no photo we can use; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def format_of(data: bytes) -> str:
    """What the first bytes say: "JPEG", "PNG", "WEBP", the name of another kind, or "" when unknown."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF":
        return "WEBP" if data[8:12] == b"WEBP" else "视频"
    if data[4:8] == b"ftyp":
        return _of_brand(data[8:12])
    return "网页" if data[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")) else ""


def _of_brand(brand: bytes) -> str:
    if brand in _HEIF_BRANDS:
        return "HEIC"
    return "AVIF" if brand in (b"avif", b"avis") else "视频"


_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\x03\x04", "Word 或压缩包"),
    (b"\xd0\xcf\x11\xe0", "Word 或压缩包"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
)


def opened(data: bytes, limits: PhotoLimits, long_side_px: int) -> Opened:
    """Decode a whole picture, a JPEG at the smallest of its built-in scales that still has `long_side_px`.

    Every byte is read, so that a truncated file is noticed. Raises PhotoRefused.
    """
    format = _checked_bytes(data, limits)
    try:
        image = Image.open(io.BytesIO(data), formats=OPENED)
        width, height = image.size
        _check_pixels(image, format, limits)
        if format != "JPEG" and getattr(image, "is_animated", False):  # a JPEG's further frames are depth or HDR maps
            raise PhotoRefused(Reason("animated", "refuse", getattr(image, "n_frames", 2), 1))
        _reduce(image, long_side_px)
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as trouble:
        raise PhotoRefused(Reason("too_many_pixels", "refuse", 4 * limits.max_pixels, limits.max_pixels)) from trouble
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, MemoryError) as trouble:
        raise PhotoRefused(_broken(trouble)) from trouble
    turned = _orientation(image)
    if turned in (5, 6, 7, 8):
        width, height = height, width
    return Opened(_upright(_as_rgb(image), turned), width, height, format, _DEGREES.get(turned, 0))


def _checked_bytes(data: bytes, limits: PhotoLimits) -> str:
    if not data:
        raise PhotoRefused(Reason("empty", "refuse"))
    if len(data) > limits.max_bytes:
        raise PhotoRefused(Reason("too_many_bytes", "refuse", len(data), limits.max_bytes))
    format = format_of(data)
    if format not in OPENED:
        raise PhotoRefused(Reason("format", "refuse", about=format))
    if format == "WEBP":
        _check_webp(data, limits)
    return format


def _check_webp(data: bytes, limits: PhotoLimits) -> None:
    """A WebP's size from its header: its decoder takes memory for the whole canvas as soon as it is opened."""
    chunk = data[12:16]
    width = height = 0
    if chunk == b"VP8X" and len(data) >= 30:
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    elif chunk == b"VP8L" and len(data) >= 25:
        packed = int.from_bytes(data[21:25], "little")
        width, height = 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    elif chunk == b"VP8 " and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    if width * height > limits.max_whole_pixels:
        raise PhotoRefused(Reason("too_many_pixels", "refuse", width * height, limits.max_whole_pixels))


def _check_pixels(image: Image.Image, format: str, limits: PhotoLimits) -> None:
    reducible = format == "JPEG" and not image.info.get("progressive")
    most = limits.max_pixels if reducible else limits.max_whole_pixels
    if image.width * image.height > most:
        raise PhotoRefused(Reason("too_many_pixels", "refuse", image.width * image.height, most))


def _reduce(image: Image.Image, long_side_px: int) -> None:
    share = long_side_px / max(image.size)
    if share < 1:
        image.draft(None, (max(1, int(image.width * share)), max(1, int(image.height * share))))


def _broken(trouble: Exception) -> Reason:
    said = str(trouble)
    cut = "truncated" in said or "Truncated" in said or "unexpected end" in said
    return Reason("truncated" if cut else "broken", "refuse")


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation 1-8; 1 for none and for EXIF that cannot be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1
    return found if found in range(1, 9) else 1


def _as_rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB, what is transparent as white, 16-bit grey scaled: Pillow itself cuts it at 255."""
    if image.mode.startswith("I"):
        wide = int(image.getextrema()[1]) > 255  # type: ignore[arg-type]
        image = image.convert("F").point(lambda value: value * (1 / 257 if wide else 1) + 0).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    if orientation == 1:
        return image
    image.getexif()[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(image)
