"""A gallery: each picture is made here or lies among the simulator's papers, and has one right verdict."""

import io
import struct
import time
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pictures import (
    blurred,
    card,
    dimmed,
    encoded,
    jpeg,
    noisy,
    on_a_table,
    page,
    portrait,
    shaken,
    sparse_card,
    turned,
    washed_out,
    with_glare,
)
from PIL import Image

from dialogs import photo_words
from dialogs.photo_words import Reason
from handlers.photos import Fingerprint, Judged, PhotoLimits, PhotoRefused, Wanted, judge, preview

CARD, PORTRAIT, PAGE = Wanted("card", True), Wanted("portrait", True), Wanted("page")
SIMULATED = Path(__file__).parents[2] / "bot" / "simulator" / "papers"

Making = Callable[[], Image.Image]
GOOD: dict[str, tuple[Making, Wanted]] = {
    "card that fills the picture": (card, CARD),
    "card on a table": (lambda: on_a_table(card()), CARD),
    "small card on a table, turned": (lambda: on_a_table(card(), 0.45, 10), CARD),
    "card turned by 15 degrees": (lambda: on_a_table(card(), 0.7, 15), CARD),
    "white card on a white table": (lambda: on_a_table(card((250, 250, 250)), 0.7, 3, colour=(240, 240, 240)), CARD),
    "pure white card on wood": (lambda: on_a_table(card((255, 255, 255)), 0.7, 2), CARD),
    "card on a black table": (lambda: on_a_table(card(), 0.7, 3, colour=(30, 28, 26)), CARD),
    "black card": (lambda: card((28, 28, 30), ink=(210, 200, 160)), CARD),
    "card with little on it": (sparse_card, CARD),
    "card with little on it, on a table": (lambda: on_a_table(sparse_card(), 0.6, -8), CARD),
    "full page": (page, PAGE),
    "nearly empty page": (lambda: page(5), PAGE),
    "page on a table, upright": (lambda: on_a_table(page(), 0.8, 2, (810, 1080)), PAGE),
    "portrait before blue": (portrait, PORTRAIT),
    "portrait before white": (lambda: portrait((255, 255, 255)), PORTRAIT),
    "portrait before red, of the social card's size": (lambda: portrait((200, 30, 40), (358, 441)), PORTRAIT),
    "portrait of exactly one inch at 300 dpi": (lambda: portrait(size=(295, 413)), PORTRAIT),
}
UNSPOILT: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": jpeg,
    "strongly compressed": lambda image: jpeg(image, 12),
    "noisy": lambda image: jpeg(noisy(image, 12)),
    "a little soft": lambda image: jpeg(blurred(image, max(image.size) / 800)),
    "paled": lambda image: jpeg(washed_out(image, 0.4)),
    "evening light": lambda image: jpeg(dimmed(image, 0.65)),
    "overexposed a little": lambda image: jpeg(dimmed(image, 1.3)),
    "PNG": lambda image: encoded(image, "PNG"),
    "WebP": lambda image: encoded(image, "WEBP", quality=80),
    "progressive": lambda image: jpeg(image, progressive=True),
}


@lru_cache
def made(name: str) -> Image.Image:
    return GOOD[name][0]()


def codes(judged: Judged) -> list[str]:
    return [reason.code for reason in judged.reasons]


@pytest.mark.parametrize("how", UNSPOILT)
@pytest.mark.parametrize("name", GOOD)
def test_a_good_picture_is_good(name: str, how: str) -> None:
    judged = judge(UNSPOILT[how](made(name)), GOOD[name][1])
    assert (judged.strength, judged.reasons, judged.says) == ("good", (), "")


@pytest.mark.parametrize("path", sorted(SIMULATED.glob("*.jpg")), ids=lambda path: path.stem)
def test_every_paper_of_the_simulator_is_good_for_its_slot(path: Path) -> None:
    wanted = PORTRAIT if path.stem == "portrait" else PAGE if path.stem.startswith("hukou") else CARD
    assert judge(path.read_bytes(), wanted).reasons == ()


def test_the_simulator_has_papers_and_no_two_of_them_look_the_same() -> None:
    seen: dict[str, Fingerprint] = {}
    for path in sorted(SIMULATED.glob("*.jpg")):
        judged = judge(path.read_bytes(), Wanted(), others=seen)
        assert judged.reasons == ()
        seen[path.stem] = judged.fingerprint
    assert len(seen) >= 8


def of_800(radius: float) -> Callable[[Image.Image], Image.Image]:
    """Blur by a radius in pixels of a picture whose long side is 800."""
    return lambda image: blurred(image, radius * max(image.size) / 800)


def by(share: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: shaken(image, int(share * max(image.size)))


SPOILT: dict[str, tuple[Callable[[Image.Image], Image.Image], str, str]] = {
    "blurred by 2": (of_800(2), "blurred", "advise"),
    "blurred by 3": (of_800(3), "blurred", "advise"),
    "blurred by 6": (of_800(6), "blurred", "refuse"),
    "blurred by 10": (of_800(10), "blurred", "refuse"),
    "blurred by 25": (of_800(25), "blurred", "refuse"),
    "blurred by 8 and noisy": (lambda image: noisy(of_800(8)(image), 5), "blurred", "refuse"),
    "the hand moved": (by(0.02), "shaken", "advise"),
    "by candlelight": (lambda image: dimmed(image, 0.25), "dark", "advise"),
    "nearly black": (lambda image: dimmed(image, 0.1), "dark", "refuse"),
    "washed out": (lambda image: washed_out(image, 0.8), "bright", "advise"),
    "nearly white": (lambda image: washed_out(image, 0.93), "bright", "refuse"),
    "white": (lambda image: washed_out(image, 0.98), "flat", "refuse"),
}
PAPERS = ("card that fills the picture", "card on a table", "page on a table, upright")


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_paper_is_found_out(name: str, how: str) -> None:
    spoil, code, strength = SPOILT[how]
    judged = judge(jpeg(spoil(made(name))), GOOD[name][1])
    assert (judged.strength, judged.reasons[0].code) == (strength, code)
    assert judged.says


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda image: blurred(image, 0.5), "good"),
        (lambda image: blurred(image, 2), "advise"),
        (lambda image: blurred(image, 4), "refuse"),
        (lambda image: dimmed(image, 0.25), "advise"),
        (lambda image: dimmed(image, 0.1), "refuse"),
    ],
)
def test_a_small_portrait_is_judged_by_its_own_measure(
    spoil: Callable[[Image.Image], Image.Image], expected: str
) -> None:
    assert judge(jpeg(spoil(portrait(size=(295, 413)))), PORTRAIT).strength == expected


def test_a_sharp_card_before_a_soft_background_is_good() -> None:
    scene = blurred(on_a_table(page(), 0.9, 0, (1440, 1080)), 25)
    scene.paste(card().resize((640, 404), Image.Resampling.LANCZOS), (400, 340))
    assert judge(jpeg(scene), CARD).reasons == ()


@pytest.mark.parametrize("name", ["card that fills the picture", "card on a table", "card with little on it"])
def test_a_mirrored_lamp_is_advised_against(name: str) -> None:
    judged = judge(jpeg(with_glare(made(name))), GOOD[name][1])
    assert (judged.strength, codes(judged)) == ("advise", ["glare"])


def test_one_colour_all_over_shows_nothing() -> None:
    judged = judge(jpeg(Image.new("RGB", (1200, 900), (120, 110, 100))), CARD)
    assert (judged.strength, codes(judged)) == ("refuse", ["flat"])


# colour


@pytest.mark.parametrize(
    ("wanted", "expected"), [(PORTRAIT, "refuse"), (Wanted("portrait"), "good"), (CARD, "advise"), (PAGE, "good")]
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_black_and_white_matters_where_colour_is_asked(wanted: Wanted, expected: str, mode: str) -> None:
    image = portrait() if wanted.kind == "portrait" else card()
    judged = judge(jpeg(image.convert("L").convert(mode)), wanted)
    assert (judged.strength, codes(judged)) == (expected, [] if expected == "good" else ["grey"])


# size and shape


@pytest.mark.parametrize(
    ("size", "wanted", "expected"),
    [
        ((800, 505), CARD, []),
        ((799, 504), CARD, [("too_small", "advise")]),
        ((400, 252), CARD, [("too_small", "advise")]),
        ((399, 252), CARD, [("too_small", "refuse")]),
        ((295, 413), PORTRAIT, []),
        ((260, 378), PORTRAIT, [("too_small", "advise")]),
        ((120, 168), PORTRAIT, [("too_small", "refuse")]),
        ((600, 600), PORTRAIT, [("shape", "advise")]),
        ((480, 800), PORTRAIT, [("shape", "advise")]),
        ((672, 480), PORTRAIT, [("lying", "advise")]),
        ((1440, 1080), CARD, []),
        ((1080, 2400), CARD, []),
        ((3000, 900), CARD, [("shape", "advise")]),
    ],
)
def test_size_and_shape(size: tuple[int, int], wanted: Wanted, expected: list[tuple[str, str]]) -> None:
    image = (portrait() if wanted.kind == "portrait" else card()).resize(size, Image.Resampling.LANCZOS)
    found = judge(jpeg(image, 95), wanted).reasons
    about_size = [(one.code, one.strength) for one in found if one.code in ("too_small", "shape", "lying")]
    assert about_size == expected


@pytest.mark.parametrize(("orientation", "degrees"), [(3, 180), (6, 270), (8, 90)])
def test_a_phone_held_sideways_is_turned_back(orientation: int, degrees: int) -> None:
    straight = judge(jpeg(portrait()), PORTRAIT)
    judged = judge(turned(portrait(), orientation), PORTRAIT, others={"1寸照片": straight.fingerprint})
    assert (judged.width, judged.height, judged.rotation) == (480, 672, degrees)
    assert codes(judged) == ["same"]
    shown = Image.open(io.BytesIO(preview(turned(portrait(), orientation), 300)))
    assert shown.getpixel((5, 5)) == pytest.approx((90, 140, 210), abs=12)
    assert (shown.size, dict(shown.getexif())) == ((214, 300), {})


# the same picture in another slot


@pytest.mark.parametrize(
    "copy",
    [
        lambda image: jpeg(image, 30),
        lambda image: jpeg(image.resize((image.width // 2, image.height // 2)), 80),
        lambda image: jpeg(image.resize((1280, round(1280 * image.height / image.width))), 70),
        lambda image: encoded(image, "PNG"),
        lambda image: encoded(image, "WEBP", quality=60),
        lambda image: jpeg(Image.open(io.BytesIO(jpeg(image, 50))), 50),
    ],
)
@pytest.mark.parametrize("name", ["card on a table", "page on a table, upright", "card with little on it, on a table"])
def test_the_same_picture_in_another_slot_is_noticed(name: str, copy: Callable[[Image.Image], bytes]) -> None:
    image, wanted = made(name), GOOD[name][1]
    others = {"户口册": judge(jpeg(page(9, 5)), PAGE).fingerprint, "社保卡": judge(jpeg(image), wanted).fingerprint}
    judged = judge(copy(image), wanted, others=others)
    assert judged.strength == "advise" and "same" in codes(judged)
    assert [reason.about for reason in judged.reasons if reason.code == "same"] == ["社保卡"]


def test_pages_of_one_form_with_other_words_are_not_the_same() -> None:
    seen: dict[str, Fingerprint] = {}
    for seed in range(6):
        judged = judge(jpeg(on_a_table(page(26, seed), 0.8, 2, (810, 1080))), PAGE, others=seen)
        assert judged.reasons == ()
        seen[str(seed)] = judged.fingerprint


def test_a_card_is_no_portrait() -> None:
    before = judge(jpeg(portrait()), PORTRAIT).fingerprint
    assert judge(jpeg(portrait()), PORTRAIT, others={"身份证人像面": before}).strength == "refuse"


def test_a_fingerprint_that_is_not_known_is_like_nothing() -> None:
    assert judge(jpeg(card()), CARD, others={"身份证": Fingerprint("")}).strength == "good"


# files that are no pictures, not whole, or too large


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a" + bytes(50), "GIF"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
        (b"\0\0\0\x18ftypmif1" + bytes(50), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(50), "AVIF"),
        (b"\0\0\0\x18ftypisom" + bytes(50), "视频"),
        (b"%PDF-1.7\n", "PDF"),
        (b"BM" + bytes(50), "BMP"),
        (b"II*\0" + bytes(50), "TIFF"),
        (b"PK\x03\x04" + bytes(50), "Word"),
        (b"<!DOCTYPE html><html>", "网页"),
        (b'{"errcode":40007,"errmsg":"invalid media_id"}', ""),
        (b"\0" * 100, ""),
    ],
)
def test_other_formats_are_named_and_a_jpeg_asked_for(data: bytes, name: str) -> None:
    judged = judge(data, CARD)
    assert (judged.strength, codes(judged)) == ("refuse", ["format"])
    assert name in judged.says and "请用 JPG 照片" in judged.says


@pytest.mark.parametrize("cut", [2, 100, 0.5, 0.95])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_file_that_stops_too_early_is_truncated(cut: float, progressive: bool) -> None:
    whole = jpeg(on_a_table(card()), progressive=progressive)
    kept = len(whole) - int(cut if cut > 1 else cut * len(whole))
    judged = judge(whole[:kept], CARD)
    assert (judged.strength, codes(judged)) == ("refuse", ["truncated"])


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_truncated_png_and_webp_are_refused(format: str) -> None:
    whole = encoded(on_a_table(card()), format)
    judged = judge(whole[: len(whole) // 2], CARD)
    assert judged.strength == "refuse" and codes(judged)[0] in ("truncated", "broken")


def test_what_a_phone_appends_after_the_picture_does_no_harm() -> None:
    assert judge(jpeg(card()) + b"SEFT" + bytes(5000), CARD).strength == "good"


def test_an_empty_file_says_so() -> None:
    assert codes(judge(b"", CARD)) == ["empty"]


def test_a_file_over_the_cap_is_not_opened() -> None:
    judged = judge(jpeg(card()) + bytes(2000), CARD, PhotoLimits(max_bytes=2000))
    assert codes(judged) == ["too_many_bytes"]


def test_animations_are_refused() -> None:
    frames = [card(), card((200, 200, 100))]
    for format in ("PNG", "WEBP"):
        data = encoded(frames[0], format, save_all=True, append_images=frames[1:])
        assert codes(judge(data, CARD)) == ["animated"]


def test_a_jpeg_with_a_depth_map_beside_it_is_a_plain_photo() -> None:
    """Many phones write such files (MPO); only their first picture counts."""
    data = encoded(on_a_table(card()), "MPO", save_all=True, append_images=[card().resize((100, 63))])
    judged = judge(data, CARD)
    assert (judged.strength, judged.format) == ("good", "JPEG")


def png_header(width: int, height: int) -> bytes:
    """A PNG of so many pixels that is a few hundred bytes long."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
        for name, part in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


def webp_header(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def big_jpeg(**options: object) -> bytes:
    return jpeg(Image.new("L", (9000, 8000), 200), 50, **options)


@pytest.mark.parametrize(
    "data",
    [png_header(20_000, 20_000), png_header(9_000, 9_000), png_header(60_000, 60_000), webp_header(16_000, 16_000),
     big_jpeg(), jpeg(Image.new("L", (7000, 6500), 200), 50, progressive=True)],
    ids=["png", "smaller png", "huge png", "webp", "jpeg", "progressive jpeg"],
)  # fmt: skip
def test_bombs_are_refused_before_they_are_decoded(data: bytes) -> None:
    start = time.process_time()
    judged = judge(data, CARD)
    assert codes(judged) == ["too_many_pixels"]
    assert time.process_time() - start < 0.3


def test_a_photo_of_fifty_million_pixels_is_taken() -> None:
    data = jpeg(card().resize((8160, 5149)), 60)
    assert judge(data, CARD).strength == "good"


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"]))
def test_no_bytes_make_it_fail(data: bytes, magic: bytes) -> None:
    assert judge(magic + data, CARD).strength == "refuse"


WHOLE = jpeg(on_a_table(card(), size=(480, 360)), exif=Image.Exif().tobytes())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=20))
@example([(2, 0)])
def test_no_damaged_photo_makes_it_fail(damage: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in damage:
        data[place] = value
    judged = judge(bytes(data), CARD)
    assert judged.strength in ("good", "advise", "refuse")
    assert bool(judged.says) == (judged.strength != "good")


# unusual but good


def sixteen_bit(image: Image.Image) -> Image.Image:
    levels = image.convert("L").tobytes()
    return Image.frombytes("I;16", image.size, b"".join(struct.pack("<H", level * 257) for level in levels))


def test_unusual_kinds_of_good_pictures_are_good() -> None:
    paper = card()
    clear = paper.convert("RGBA")
    clear.putalpha(Image.new("L", paper.size, 255))
    kinds = {
        "CMYK JPEG": jpeg(paper.convert("CMYK")),
        "palette PNG": encoded(paper.quantize(128), "PNG"),
        "transparent PNG": encoded(clear, "PNG"),
        "16-bit grey PNG": encoded(sixteen_bit(paper), "PNG"),
        "black and white scan": encoded(page().convert("1"), "PNG"),
        "broken EXIF": jpeg(paper, exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
    }
    assert {name: judge(data, Wanted("card")).strength for name, data in kinds.items()} == dict.fromkeys(kinds, "good")


# previews


def test_a_preview_is_small_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (25.0, 2.0, 3.0)}
    exif[0x010F] = "PhoneMaker"
    data = jpeg(on_a_table(card()), exif=exif, comment=b"at home", icc_profile=b"profile")
    assert b"PhoneMaker" in data
    shown = preview(data, 320)
    assert len(shown) < len(data) // 4
    image = Image.open(io.BytesIO(shown))
    assert (image.format, image.size) == ("JPEG", (320, 240))
    assert dict(image.getexif()) == {} and image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not [word for word in (b"PhoneMaker", b"at home", b"profile", b"Exif") if word in shown]


def test_a_preview_never_enlarges_and_refuses_what_cannot_be_opened() -> None:
    assert Image.open(io.BytesIO(preview(jpeg(portrait()), 4000))).size == (480, 672)
    with pytest.raises(PhotoRefused):
        preview(b"%PDF", 300)


# words


def every_reason() -> list[Reason]:
    refused = [Reason(code, "refuse", 12e6, 10e6, "x") for code in photo_words._REFUSED]  # type: ignore[arg-type]
    advised = [Reason(code, "advise", 12e6, 10e6, "x") for code in photo_words._ADVISED]  # type: ignore[arg-type]
    formats = [Reason("format", "refuse", about=name) for name in ("", "PDF", "HEIC", "GIF", "BMP", "视频")]
    return [*refused, *advised, *formats, Reason("shape", "advise", about="portrait")]


@pytest.mark.parametrize("reason", every_reason(), ids=lambda reason: f"{reason.code}-{reason.strength}")
def test_every_finding_says_what_to_do_in_few_words(reason: Reason) -> None:
    said = photo_words.says((reason,))
    assert 10 < len(said) <= 60
    assert "{" not in said and "您" not in said and said.endswith("。")
    assert any(word in said for word in ("请", "最好"))


def test_the_worst_finding_is_said_first_and_alone() -> None:
    small_and_blurred = jpeg(blurred(card(), 12).resize((700, 442)))
    judged = judge(small_and_blurred, CARD)
    assert (judged.strength, codes(judged)) == ("refuse", ["blurred", "too_small"])
    assert "模糊" in judged.says and "太小" not in judged.says


def test_judging_a_phone_photo_costs_less_than_decoding_it() -> None:
    data = jpeg(on_a_table(card(), size=(4000, 3000)))

    def seconds(deed: Callable[[], object]) -> float:
        start = time.thread_time()
        deed()
        return time.thread_time() - start

    decoding = min(seconds(lambda: Image.open(io.BytesIO(data)).load()) for _ in range(5))
    judging = min(seconds(lambda: judge(data, CARD)) for _ in range(5))
    assert judging < decoding
