"""A paper as staff see it: small, upright, without metadata, and with the viewer's name and the time all over it."""

import io

from PIL import Image, ImageDraw

from handlers.contact_sheet import font
from handlers.picture_file import PhotoLimits, opened

SIDE_PX = {"small": 640, "large": 1800}
_QUALITY = 82
_TILT = 24
_INK = (120, 0, 0, 70)


def marked(data: bytes, limits: PhotoLimits, mark: str, *, size: str = "small", turn: int = 0) -> bytes:
    """
    mark     who looks and when: written across the picture again and again
    size     a key of SIDE_PX
    turn     degrees clockwise: 0 | 90 | 180 | 270
    returns  JPEG without metadata
    raises   PhotoRefused when the bytes do not open
    """
    side = SIDE_PX[size]
    picture = opened(data, limits, side).picture.convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    if turn:
        picture = picture.rotate(-turn, expand=True)
    layer = Image.new("RGBA", (picture.width * 2, picture.height * 2))
    pen = ImageDraw.Draw(layer)
    letters = font(max(14, side // 45))
    step = int(pen.textlength(mark, letters)) + side // 12
    for row, top in enumerate(range(0, layer.height, side // 7)):
        for left in range(-(row % 2) * step // 2, layer.width, step):
            pen.text((left, top), mark, fill=_INK, font=letters)
    layer = layer.rotate(_TILT, resample=Image.Resampling.BICUBIC)
    left, top = (layer.width - picture.width) // 2, (layer.height - picture.height) // 2
    layer = layer.crop((left, top, left + picture.width, top + picture.height))
    picture.paste(layer, mask=layer)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_QUALITY)
    return kept.getvalue()
