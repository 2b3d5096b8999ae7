"""A flat sheet made into a photograph: a table, a shadow, a little turn and slant, uneven light, grain."""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SLANT = 0.018  # how far a corner strays, as a share of the sheet


def on_a_table(sheet: Image.Image, size: tuple[int, int], share: float, seed: int) -> Image.Image:
    """The sheet as `share` of the frame's width or height, whichever is fuller. The same seed slants alike."""
    chance = random.Random(seed)
    table = _table(size, chance)
    scale = share * min(size[0] / sheet.width, size[1] / sheet.height)
    sheet = sheet.convert("RGBA").resize(
        (int(sheet.width * scale), int(sheet.height * scale)), Image.Resampling.LANCZOS
    )
    sheet = _slanted(sheet, chance).rotate(chance.uniform(-2.2, 2.2), expand=True, resample=Image.Resampling.BICUBIC)
    place = (
        (size[0] - sheet.width) // 2 + chance.randint(-12, 12),
        (size[1] - sheet.height) // 2 + chance.randint(-12, 12),
    )
    shadow = Image.new("L", size, 0)
    shadow.paste(sheet.getchannel("A").point(lambda level: level * 130 // 255), (place[0] + 9, place[1] + 12))
    table.paste((20, 14, 10), mask=shadow.filter(ImageFilter.GaussianBlur(13)))
    table.paste(sheet, place, sheet)
    return grained(_lit(table), sigma=5.0)


def _table(size: tuple[int, int], chance: random.Random) -> Image.Image:
    wood = Image.new("RGB", size, (150, 112, 78))
    pen = ImageDraw.Draw(wood)
    y = 0
    while y < size[1]:
        shade = chance.randint(-16, 12)
        pen.rectangle((0, y, size[0], y + 8), fill=(150 + shade, 112 + shade, 78 + shade))
        y += chance.randint(3, 11)
    return wood.filter(ImageFilter.GaussianBlur(2.2))


def _slanted(sheet: Image.Image, chance: random.Random) -> Image.Image:
    """Each corner strays inward a little. The corners of the source quad go outward for that."""
    wide, high = sheet.size
    stray = [chance.uniform(0, SLANT) for _ in range(8)]
    quad = (
        -stray[0] * wide, -stray[1] * high,
        -stray[2] * wide, high * (1 + stray[3]),
        wide * (1 + stray[4]), high * (1 + stray[5]),
        wide * (1 + stray[6]), -stray[7] * high,
    )  # fmt: skip
    return sheet.transform(sheet.size, Image.Transform.QUAD, quad, resample=Image.Resampling.BICUBIC)


def _lit(picture: Image.Image) -> Image.Image:
    """Brighter near the window at the upper left."""
    wide, high = picture.size
    side = 2 * max(wide, high)  # large enough that its corners, once turned, lie outside the frame
    light = Image.linear_gradient("L").resize((side, side)).rotate(30, resample=Image.Resampling.BILINEAR)
    left, top = (side - wide) // 2, (side - high) // 2
    light = light.crop((left, top, left + wide, top + high))
    soft = light.point(lambda level: 205 + (255 - level) * 50 // 255)
    return ImageChops.multiply(picture, Image.merge("RGB", (soft, soft, soft)))


def grained(picture: Image.Image, sigma: float) -> Image.Image:
    """A sensor's noise, softened as a phone's own processing does."""
    noise = Image.effect_noise(picture.size, sigma).filter(ImageFilter.GaussianBlur(0.6))
    grey = Image.merge("RGB", (noise, noise, noise))
    return ImageChops.add(picture, grey, scale=1, offset=-128)
