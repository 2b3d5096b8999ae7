"""The contact sheet: what a person sees of all papers at once."""

import io
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

from bot.app import PROGRAMMES
from dialogs.programme import read_programme
from dialogs.programmes import shipped
from handlers.contact_sheet import MAX_BYTES, MAX_SIDE_PX, MOST_PAPERS, Paper, sheet
from handlers.picture_file import PhotoLimits
from storage.errors import Missing, StoreUnavailable, Unreadable
from tests.whole import paper

LIMITS = PhotoLimits()
NINE = [
    "身份证人像面", "身份证国徽面", "户口册（发证机关页）", "户口册（本人页）", "近期1寸免冠彩色照片", "申领人本人银行卡", "社会保障卡",
    "就业创业证第2页（选填）", "就业创业证第3页（选填）",
]  # fmt: skip


def drawn(papers: list[Paper], heading: str = "") -> Image.Image:
    """The sheet, opened; its caps hold always."""
    data = sheet(papers, LIMITS, heading)
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG" and len(data) <= MAX_BYTES and max(picture.size) <= MAX_SIDE_PX
    assert not picture.getexif() and set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    return picture.convert("RGB")


def a_photo(size: tuple[int, int] = (800, 600), colour: str = "blue", kind: str = "JPEG", **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, kind, **options)  # type: ignore[arg-type]
    return kept.getvalue()


def is_blue(picture: Image.Image, x: float, y: float) -> bool:
    red, _, blue = picture.getpixel((int(picture.width * x), int(picture.height * y)))  # type: ignore[misc]
    return blue > 180 and red < 80


def test_nine_papers_as_they_are_sent_fit_on_one_sheet() -> None:
    names = ["id_portrait", "id_emblem", "hukou_issue", "hukou_own", "portrait", "bank_card", "social_card"]
    papers = [Paper(label, "已收到", lambda name=name: paper(name)) for label, name in zip(NINE, names, strict=False)]
    papers += [Paper(label, "跳过") for label in NINE[7:]]
    picture = drawn(papers, "请核对：还没有提交")
    assert picture.height > picture.width > 1000


@pytest.mark.parametrize("count", [1, 2, 3, 9, MOST_PAPERS])
def test_two_columns_in_order_and_empty_boxes_for_what_is_not_there(count: int) -> None:
    full = drawn([Paper("纸", "已收到", a_photo)] * count)
    empty = drawn([Paper("纸", "未交")] * count)
    assert full.size == empty.size
    row = 1 / -(-count // 2)
    for place in range(count):
        x, y = 0.25 + 0.5 * (place % 2), (place // 2 + 0.3) * row
        assert is_blue(full, x, y) and not is_blue(empty, x, y)


@pytest.mark.parametrize("papers", [[], [Paper("纸", "未交")] * (MOST_PAPERS + 1)])
def test_no_papers_or_too_many_are_refused(papers: list[Paper]) -> None:
    with pytest.raises(ValueError, match="papers"):
        sheet(papers, LIMITS)


def test_a_photo_taken_sideways_stands_upright() -> None:
    lying = Image.new("RGB", (800, 400), "white")
    lying.paste("blue", (0, 0, 100, 400))  # the left edge as the sensor saw it
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    exif[0x010E] = "taken at home"
    kept = io.BytesIO()
    lying.save(kept, "JPEG", exif=exif)
    picture = drawn([Paper("纸", "已收到", kept.getvalue)])
    assert is_blue(picture, 0.25, 0.09) and not is_blue(picture, 0.25, 0.5)


@pytest.mark.parametrize("trouble", [Missing("gone"), Unreadable("damaged"), None])
def test_a_picture_that_does_not_open_is_an_empty_box_that_says_so(trouble: Exception | None) -> None:
    def read() -> bytes:
        if trouble is not None:
            raise trouble
        return a_photo()[:300]

    broken = drawn([Paper("身份证人像面", "已收到", read)])
    told = drawn([Paper("身份证人像面", "照片打不开", alarm=True)])
    assert ImageChops.difference(broken, told).getbbox() is None


def test_a_store_that_is_away_is_not_drawn_as_a_missing_paper() -> None:
    def read() -> bytes:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        sheet([Paper("纸", "已收到", read)], LIMITS)


def test_any_state_and_label_is_drawn_within_its_column() -> None:
    long = drawn([Paper("很长的名字" * 30, "很长的状态" * 30), Paper("𬭎䶮\n\x00👨‍👩‍👧", "")])
    middle = long.crop((long.width // 2 - 8, 0, long.width // 2 + 8, long.height))
    assert min(middle.convert("L").getextrema()) > 200  # type: ignore[type-var]


def test_pictures_full_of_detail_stay_below_the_cap() -> None:
    noise = io.BytesIO()
    Image.effect_noise((1300, 1000), 120).convert("RGB").save(noise, "JPEG", quality=95)
    drawn([Paper("纸", "已收到", noise.getvalue)] * 9)


PEAK = """
import io, resource, sys
from PIL import Image
from handlers.contact_sheet import Paper, sheet
from handlers.picture_file import PhotoLimits
kept = io.BytesIO()
Image.new("RGB", (4000, 3000), "blue").save(kept, "PNG")
sheet([Paper("纸", "已收到", kept.getvalue)] * int(sys.argv[1]), PhotoLimits())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_nine_big_pictures_take_no_more_memory_than_two() -> None:
    def peak_kib(count: int) -> int:
        return int(subprocess.run([sys.executable, "-c", PEAK, str(count)], capture_output=True, check=True).stdout)

    assert peak_kib(9) - peak_kib(2) < 40_000  # one of them is 36 MB decoded; the page grows by 5 MB


def glyphs() -> set[int]:
    return set(TTFont(io.BytesIO(files("handlers.fonts").joinpath("sheet.otf").read_bytes())).getBestCmap())


def test_the_font_has_every_label_and_sentence_of_ours() -> None:
    there = glyphs()
    for name in PROGRAMMES:
        for step in read_programme(shipped(f"{name}.toml")).steps:
            assert {ord(character) for character in step.label} <= there, step.label
    dialogs = Path(__file__).parents[2] / "dialogs"
    for source in (*dialogs.rglob("*.py"), *dialogs.rglob("*.toml")):
        han = set(re.findall(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef✓]", source.read_text(encoding="utf-8")))
        lacking = {character for character in han if ord(character) not in there}
        assert not lacking, f"{source}: {lacking}; run .ci/font"


def test_the_font_has_the_most_used_characters_and_its_licence_beside_it() -> None:
    there = glyphs()
    level_1 = bytes(byte for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    assert {ord(character) for character in level_1.decode("gb2312")} <= there
    assert files("handlers.fonts").joinpath("sheet.otf").read_bytes().__len__() < 1_200_000
    assert "SIL OPEN FONT LICENSE" in files("handlers.fonts").joinpath("OFL.txt").read_text("utf-8")
