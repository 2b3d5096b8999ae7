"""Pictures for the tests of photos: papers and faces drawn here, then spoilt in one way each. All invented."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

ID_1 = (1011, 638)
Colour = tuple[int, int, int]


def text(draw: ImageDraw.ImageDraw, place: tuple[int, int], words: str, size: int, fill: Colour = (30, 30, 40)) -> None:
    draw.text(place, words, font=ImageFont.load_default(size), fill=fill)


@lru_cache
def card(
    paper: Colour = (214, 226, 236), number: str = "990101198503150017", ink: Colour = (30, 30, 40)
) -> Image.Image:
    """An identity-card-like paper that fills its picture: pale guilloche, text, a small portrait."""
    image = Image.new("RGB", ID_1, paper)
    draw = ImageDraw.Draw(image)
    for line in range(0, 700, 14):
        tint = tuple(max(0, part - 14) for part in paper)
        draw.arc((line - 300, -200, line + 700, 800), 0, 360, fill=tint, width=1)
    for row, words in enumerate(
        ("Name ZHANG CESHI", "Sex F    Nation HAN", "Born 1985 03 15", "Address Sample Road 17")
    ):
        text(draw, (70, 60 + 95 * row), words, 40, ink)
    text(draw, (70, 540), number, 52, ink)
    image.paste(portrait((180, 190, 205)).resize((240, 300)), (710, 110))
    return image


@lru_cache
def sparse_card() -> Image.Image:
    """A bank card with little on it: a smooth coloured face, one row of pale digits."""
    image = Image.linear_gradient("L").rotate(90).resize(ID_1)
    image = Image.merge(
        "RGB",
        (image.point(lambda v: 20 + v // 6), image.point(lambda v: 60 + v // 5), image.point(lambda v: 130 + v // 4)),
    )
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((90, 220, 210, 310), 14, fill=(210, 180, 110))
    text(draw, (90, 380), "6222 0000 0000 0001 234", 64, (225, 228, 235))
    return image


@lru_cache
def page(lines: int = 26, seed: int = 1, size: tuple[int, int] = (1240, 1700)) -> Image.Image:
    """A page of a booklet: a ruled form with text on cream paper."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, (244, 240, 226))
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        top = 120 + line * 58
        draw.line((90, top + 48, size[0] - 90, top + 48), fill=(150, 120, 110), width=2)
        words = " ".join(
            "".join(chance.choices("ABCDEFGHKLMNRSTUV0123456789", k=chance.randint(2, 9))) for _ in range(7)
        )
        text(draw, (110, top), words, 34)
    return image


@lru_cache
def portrait(behind: Colour = (90, 140, 210), size: tuple[int, int] = (480, 672)) -> Image.Image:
    """A face and shoulders before one colour, as a photographer's 1-inch picture."""
    width, height = size[0] * 2, size[1] * 2
    image = Image.new("RGB", (width, height), behind)
    draw = ImageDraw.Draw(image)
    chance = random.Random(7)
    draw.ellipse((width * 0.02, height * 0.72, width * 0.98, height * 1.4), fill=(40, 44, 60))
    draw.polygon(
        [(width * 0.4, height * 0.74), (width * 0.6, height * 0.74), (width * 0.5, height * 0.9)], fill=(235, 235, 238)
    )
    draw.rectangle((width * 0.42, height * 0.6, width * 0.58, height * 0.77), fill=(214, 168, 140))
    draw.ellipse((width * 0.24, height * 0.12, width * 0.76, height * 0.66), fill=(30, 26, 26))
    draw.ellipse((width * 0.28, height * 0.2, width * 0.72, height * 0.7), fill=(226, 182, 154))
    for _ in range(500):
        x, y = chance.uniform(0.27, 0.73) * width, chance.uniform(0.13, 0.2) * height
        draw.line((x, y, x + 6, y + height * 0.07), fill=(20 + chance.randint(0, 40),) * 3, width=2)
    for side in (0.4, 0.6):
        draw.ellipse((width * (side - 0.05), height * 0.41, width * (side + 0.05), height * 0.44), fill=(250, 250, 250))
        draw.ellipse((width * (side - 0.02), height * 0.408, width * (side + 0.02), height * 0.442), fill=(35, 25, 20))
        draw.line(
            (width * (side - 0.07), height * 0.38, width * (side + 0.07), height * 0.375), fill=(40, 30, 30), width=14
        )
    draw.arc((width * 0.42, height * 0.52, width * 0.58, height * 0.6), 20, 160, fill=(170, 80, 80), width=12)
    return image.resize(size, Image.Resampling.LANCZOS)


@lru_cache
def table(size: tuple[int, int], colour: Colour = (126, 92, 62)) -> Image.Image:
    """A wooden table top with its grain."""
    grain = Image.effect_noise((size[0] // 24, size[1] // 3), 40).resize(size, Image.Resampling.BICUBIC)
    return Image.merge(
        "RGB", [grain.point(lambda v, part=part: max(0, min(255, part + (v - 128) // 4))) for part in colour]
    )


def on_a_table(
    paper: Image.Image,
    share: float = 0.8,
    tilt: float = 4,
    size: tuple[int, int] = (1080, 810),
    colour: Colour = (126, 92, 62),
) -> Image.Image:
    """The paper on a table, `share` of the picture's width wide, turned by `tilt` degrees, with a camera's noise."""
    scene = table(size, colour).copy()
    width = int(size[0] * share)
    laid = paper.resize((width, round(width * paper.height / paper.width)), Image.Resampling.LANCZOS).convert("RGBA")
    laid = laid.rotate(tilt, Image.Resampling.BICUBIC, expand=True)
    scene.paste(laid, ((size[0] - laid.width) // 2, (size[1] - laid.height) // 2), laid)
    return noisy(scene.filter(ImageFilter.GaussianBlur(0.7)), 4)


def noisy(image: Image.Image, strength: float) -> Image.Image:
    grain = Image.effect_noise(image.size, strength)
    return Image.merge("RGB", [_added(part, grain) for part in image.split()])


def _added(part: Image.Image, grain: Image.Image) -> Image.Image:
    return ImageChops.add(part, grain, scale=1, offset=-128)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def shaken(image: Image.Image, length: int) -> Image.Image:
    """Motion blur: the hand moved sideways by `length` pixels."""
    total = image.convert("RGB")
    for step in range(1, length):
        moved = image.transform(image.size, Image.Transform.AFFINE, (1, 0, step, 0, 1, 0))
        total = Image.blend(total, moved, 1 / (step + 1))
    return total


def dimmed(image: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(factor)


def washed_out(image: Image.Image, share: float) -> Image.Image:
    return Image.blend(image, Image.new("RGB", image.size, (255, 255, 255)), share)


def with_glare(image: Image.Image, share: float = 0.3) -> Image.Image:
    """A lamp mirrored in the middle of the paper, `share` of the width wide, soft at its edge."""
    spot = Image.new("L", image.size, 0)
    radius = image.width * share / 2
    x, y = image.width * 0.45, image.height * 0.5
    ImageDraw.Draw(spot).ellipse((x - radius, y - radius * 0.8, x + radius, y + radius * 0.8), fill=255)
    spot = spot.filter(ImageFilter.GaussianBlur(image.width / 40))
    return Image.composite(Image.new("RGB", image.size, (255, 255, 255)), image, spot)


def jpeg(image: Image.Image, quality: int = 88, **options: object) -> bytes:
    return encoded(image, "JPEG", quality=quality, **options)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    kept = io.BytesIO()
    fast = {"compress_level": 1} if format == "PNG" else {"method": 0} if format == "WEBP" else {}
    image.save(kept, format, **{**fast, **options})
    return kept.getvalue()


def turned(image: Image.Image, orientation: int) -> bytes:
    """A JPEG as a phone held sideways writes it: pixels turned, EXIF telling how to turn them back."""
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return jpeg(image.transpose(back), exif=exif)
