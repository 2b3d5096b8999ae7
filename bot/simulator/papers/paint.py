"""Strokes the papers share: text, guilloche, a drawn face, the mark that it is all invented."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
INK: Colour = (28, 28, 32)
SAMPLE = "虚构 样例"


@dataclass(frozen=True, slots=True)
class Fonts:
    """Paths of the two fonts."""

    regular: str
    bold: str

    def size(self, pixels: int, bold: bool = False) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self.bold if bold else self.regular, pixels, index=_simplified(self.regular))


def _simplified(path: str) -> int:
    """A .ttc holds Japanese first: the shapes of mainland China are the third face."""
    return 2 if path.endswith(".ttc") else 0


def guilloche(picture: Image.Image, colour: Colour, step: int = 26, swing: int = 16) -> None:
    """Fine waves, as security paper has: a card without them looks flat to any measure of sharpness."""
    pen = ImageDraw.Draw(picture)
    for row in range(-swing, picture.height + swing, step):
        for phase in (0.0, 1.6, 3.1):
            points = [(x, row + swing * math.sin(x / 47 + phase + row / 31)) for x in range(0, picture.width + 8, 8)]
            pen.line(points, fill=colour, width=1)


def mark(picture: Image.Image, fonts: Fonts, colour: Colour = (200, 60, 60), strength: int = 70) -> Image.Image:
    """虚构 样例 across the sheet."""
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    size = max(40, min(picture.size) // 7)
    font = fonts.size(size, bold=True)
    pen = ImageDraw.Draw(layer)
    width = pen.textlength(SAMPLE, font=font)
    pen.text(((picture.width - width) / 2, picture.height / 2 - size / 2), SAMPLE, font=font, fill=(*colour, strength))
    turned = layer.rotate(18, resample=Image.Resampling.BICUBIC)
    return Image.alpha_composite(picture.convert("RGBA"), turned).convert("RGB")


def rounded(card: Image.Image, radius: int) -> Image.Image:
    """RGBA with round corners."""
    cut = Image.new("L", card.size, 0)
    ImageDraw.Draw(cut).rounded_rectangle((0, 0, card.width - 1, card.height - 1), radius, fill=255)
    out = card.convert("RGBA")
    out.putalpha(cut)
    return out


def face(size: tuple[int, int], ground: Colour) -> Image.Image:
    """A drawn head and shoulders: nobody's."""
    wide, high = size[0] * 2, size[1] * 2
    picture = Image.new("RGB", (wide, high), ground)
    pen = ImageDraw.Draw(picture)
    x, y, r = wide / 2, high * 0.43, wide * 0.235
    skin, shade, hair = (232, 196, 170), (214, 172, 146), (34, 30, 30)
    pen.ellipse((x - wide * 0.47, high * 0.76, x + wide * 0.47, high * 1.35), fill=(48, 60, 92))
    pen.polygon([(x - r * 0.75, high * 0.80), (x + r * 0.75, high * 0.80), (x, high * 1.0)], fill=(240, 240, 244))
    pen.rectangle((x - r * 0.45, y + r, x + r * 0.45, high * 0.83), fill=shade)
    pen.ellipse((x - r * 1.12, y - r * 1.55, x + r * 1.12, y + r * 0.9), fill=hair)
    for side in (-1, 1):
        pen.ellipse(
            (x + side * r * 1.02 - r * 0.15, y - r * 0.2, x + side * r * 1.02 + r * 0.15, y + r * 0.3), fill=shade
        )
    pen.ellipse((x - r, y - r * 1.15, x + r, y + r * 1.38), fill=skin)
    pen.pieslice((x - r * 1.05, y - r * 1.5, x + r * 1.05, y + r * 0.35), 182, 358, fill=hair)
    for side in (-1, 1):
        eye = x + side * r * 0.42
        pen.line((eye - r * 0.24, y - r * 0.22, eye + r * 0.24, y - r * 0.25), fill=hair, width=int(r * 0.07))
        pen.ellipse((eye - r * 0.2, y - r * 0.09, eye + r * 0.2, y + r * 0.09), fill=(250, 250, 250))
        pen.ellipse((eye - r * 0.09, y - r * 0.09, eye + r * 0.09, y + r * 0.09), fill=(40, 28, 24))
    pen.line((x, y + r * 0.1, x - r * 0.1, y + r * 0.45, x + r * 0.08, y + r * 0.47), fill=shade, width=int(r * 0.06))
    pen.arc((x - r * 0.32, y + r * 0.5, x + r * 0.32, y + r * 0.86), 20, 160, fill=(176, 88, 84), width=int(r * 0.08))
    return picture.filter(ImageFilter.GaussianBlur(1.6)).resize(size, Image.Resampling.LANCZOS)


def seal(fonts: Fonts, words: str, diameter: int) -> Image.Image:
    """A round red stamp, RGBA."""
    picture = Image.new("RGBA", (diameter, diameter), (0, 0, 0, 0))
    red = (196, 40, 40, 190)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((4, 4, diameter - 5, diameter - 5), outline=red, width=max(3, diameter // 40))
    font = fonts.size(diameter // 9, bold=True)
    middle, radius = diameter / 2, diameter * 0.39
    for at, word in enumerate(words):
        angle = math.radians(155 + 230 * at / max(1, len(words) - 1))
        glyph = Image.new("RGBA", (diameter // 5, diameter // 5), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text((diameter // 10, diameter // 10), word, font=font, fill=red, anchor="mm")
        turned = glyph.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        place = (
            int(middle + radius * math.cos(angle) - diameter / 10),
            int(middle + radius * math.sin(angle) - diameter / 10),
        )
        picture.alpha_composite(turned, place)
    pen.text((middle, middle), "样例", font=fonts.size(diameter // 6, bold=True), fill=red, anchor="mm")
    return picture
