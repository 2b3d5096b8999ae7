"""The reader on our fictional papers, as they are and as phones spoil them. Needs the extra [vision]: it is in the lock."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from pictures import blurred, dimmed, encoded, jpeg, on_a_table, page, portrait, table, turned
from PIL import Image, ImageDraw

from dialogs.papers import NAMES, PAPERS, Paper, Seen, remarks
from dialogs.photo_words import Reason
from handlers.picture_file import PhotoLimits, PhotoRefused
from handlers.vision import PaperReader, available

SIMULATED = Path(__file__).parents[2] / "bot" / "simulator" / "papers"
FILES: dict[Paper, str] = {"household_issuer": "hukou_issue", "household_own": "hukou_own"}
ID, OTHER_ID, CARD = "990101198503150017", "99010119900101006X", "6222000000000001234"
WITH_ID = {"id_portrait", "household_own", "social_card", "employment_cert"}
WITH_CARD = {"bank_card", "passbook"}


@pytest.fixture(scope="module")
def reader() -> PaperReader:
    return PaperReader()


@lru_cache
def paper(name: Paper) -> bytes:
    return (SIMULATED / f"{FILES.get(name, name)}.jpg").read_bytes()


def picture(name: Paper) -> Image.Image:
    return Image.open(SIMULATED / f"{FILES.get(name, name)}.jpg").convert("RGB")


@pytest.fixture(scope="module")
def seen(reader: PaperReader) -> dict[Paper, Seen]:
    """Each paper read once, without telling which it is."""
    return {name: reader.read(paper(name), None) for name in PAPERS}


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


# --- as they are


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_recognised_and_good_in_its_own_slot(seen: dict[Paper, Seen], name: Paper) -> None:
    found = seen[name]
    assert found.paper == name
    assert found.text_found
    assert found.id_numbers == ((ID,) if name in WITH_ID else ())
    assert found.card_numbers == ((CARD,) if name in WITH_CARD else ())
    assert len(found.faces) == (name == "portrait")
    assert remarks(name, found, {"bank_card": CARD, "id_number": ID}, {ID}) == ()


@pytest.mark.parametrize("wanted", PAPERS)
def test_every_paper_in_a_wrong_slot_is_called_by_its_name(seen: dict[Paper, Seen], wanted: Paper) -> None:
    for name in PAPERS:
        if name != wanted:
            (reason,) = remarks(wanted, seen[name], {"bank_card": CARD}, {ID})
            assert (reason.code, reason.about, reason.strength) == ("wrong_paper", NAMES[name], "advise")


def test_another_persons_card_and_number_are_noticed(seen: dict[Paper, Seen]) -> None:
    assert codes(remarks("bank_card", seen["bank_card"], {"bank_card": "6222000000000009997"}, ())) == [
        "other_card_number"
    ]
    assert codes(remarks("id_portrait", seen["id_portrait"], {}, {OTHER_ID})) == ["other_id_number"]


# --- as phones spoil them


def in_perspective(image: Image.Image) -> Image.Image:
    """Taken from below: the far side is a fifth shorter."""
    wide, high = image.size
    quad = (-0.12 * wide, 0, 0, high, wide, high, 1.12 * wide, 0)
    whole = Image.new("L", image.size, 255).transform(image.size, Image.Transform.QUAD, quad)
    slanted = image.transform(image.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    return Image.composite(slanted, table(image.size, (126, 92, 62)), whole)


SPOILT: dict[str, Callable[[Image.Image], bytes]] = {
    "lying": lambda image: jpeg(image.rotate(90, expand=True)),
    "upside down": lambda image: jpeg(image.rotate(180)),
    "lying, and EXIF says so": lambda image: turned(image, 6),
    "dim": lambda image: jpeg(dimmed(image, 0.4)),
    "pressed hard": lambda image: jpeg(image, 20),
    "from below": lambda image: jpeg(in_perspective(image)),
    "small on a table, askew": lambda image: jpeg(on_a_table(image, 0.7, 8)),
    "a little blurred": lambda image: jpeg(blurred(image, 1.5)),
    "without colour": lambda image: encoded(image.convert("L"), "PNG"),
}


@pytest.mark.parametrize(
    ("name", "how"), [*(("id_portrait", how) for how in SPOILT), ("id_emblem", "lying"), ("id_emblem", "dim")]
)
def test_the_sides_of_a_spoilt_card_are_still_told_apart(reader: PaperReader, name: Paper, how: str) -> None:
    found = reader.read(SPOILT[how](picture(name)), name)
    assert found.paper == name
    assert found.id_numbers == ((ID,) if name in WITH_ID else ())


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("bank_card", "lying"), ("bank_card", "from below"), ("social_card", "upside down"), ("household_own", "lying"),
        ("household_issuer", "dim"), ("passbook", "small on a table, askew"),
    ],
)  # fmt: skip
def test_other_spoilt_papers_get_no_wrong_name_and_no_wrong_number(reader: PaperReader, name: Paper, how: str) -> None:
    found = reader.read(SPOILT[how](picture(name)), name)
    assert found.paper == name
    assert remarks(name, found, {"bank_card": CARD, "id_number": ID}, {ID}) == ()


def test_print_too_blurred_to_read_is_not_held_against_anybody(reader: PaperReader) -> None:
    found = reader.read(jpeg(blurred(picture("social_card"), 12)), "social_card")
    assert found.paper is None
    assert remarks("social_card", found, {"id_number": ID}, {ID}) == ()


def test_a_page_of_foreign_print_is_no_paper(reader: PaperReader) -> None:
    found = reader.read(jpeg(page(lines=12)), "household_own")
    assert (found.paper, found.id_numbers, found.text_found) == (None, (), True)
    assert remarks("household_own", found, {}, {ID}) == ()


# --- portraits


def a_portrait_slot(reader: PaperReader, image: Image.Image) -> list[tuple[str, str]]:
    return [(reason.code, reason.about) for reason in remarks("portrait", reader.read(jpeg(image), "portrait"), {}, ())]


def pasted(*places: tuple[int, int, int]) -> Image.Image:
    """Portraits of this width, at these places of a picture of 840 × 1176 pixels."""
    image = Image.new("RGB", (840, 1176), (90, 140, 210))
    for left, top, width in places:
        image.paste(portrait((90, 140, 210)).resize((width, width * 7 // 5)), (left, top))
    return image


@pytest.mark.parametrize("how", ["dim", "pressed hard", "a little blurred", "without colour"])
def test_a_spoilt_portrait_is_still_one(reader: PaperReader, how: str) -> None:
    assert remarks("portrait", reader.read(SPOILT[how](picture("portrait")), "portrait"), {}, ()) == ()


def test_a_portrait_held_askew_is_still_one(reader: PaperReader) -> None:
    for degrees in (-15, 15):
        assert a_portrait_slot(reader, picture("portrait").rotate(degrees, fillcolor=(86, 140, 206))) == []


def test_a_portrait_shows_one_face_in_its_middle(reader: PaperReader) -> None:
    assert a_portrait_slot(reader, pasted((0, 0, 840))) == []
    assert a_portrait_slot(reader, pasted((0, 200, 420), (420, 200, 420))) == [("several_faces", "")]
    assert a_portrait_slot(reader, pasted((270, 380, 300))) == [("face_place", "small")]
    assert a_portrait_slot(reader, pasted((300, 200, 540))) == [("face_place", "aside")]


def test_a_portrait_without_a_face_is_advised_against(reader: PaperReader) -> None:
    faceless = portrait((90, 140, 210)).copy()
    ImageDraw.Draw(faceless).ellipse((110, 100, 370, 500), fill=(40, 36, 34))
    assert a_portrait_slot(reader, faceless) == [("no_face", "")]
    assert a_portrait_slot(reader, table((600, 840), (126, 92, 62))) == [("no_face", "")]


def test_faces_are_not_looked_for_where_the_print_says_what_it_is(reader: PaperReader, seen: dict[Paper, Seen]) -> None:
    assert seen["id_portrait"].faces == ()
    assert reader.read(paper("id_portrait"), "portrait").faces != ()


# --- what else comes


def odd_pictures() -> Iterator[Image.Image]:
    for size in ((1, 1), (31, 40), (33, 33), (2, 3000), (3000, 2), (2400, 40), (40, 2400)):
        yield Image.new("RGB", size, (200, 190, 180))
        yield Image.effect_noise(size, 90).convert("RGB")
    yield Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    yield Image.effect_noise((900, 700), 120)


def test_nothing_is_seen_on_odd_pictures_and_nothing_breaks(reader: PaperReader) -> None:
    for image in odd_pictures():
        found = reader.read(encoded(image, "PNG"), "portrait")
        assert (found.paper, found.id_numbers, found.card_numbers) == (None, (), ()), image.size


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<xml/>" * 9, "format"),
        (b"\xff\xd8\xff" + b"\0" * 400, "broken"),
        (paper("id_emblem")[:60_000], "truncated"),
        (encoded(Image.new("L", (7000, 7000)), "PNG"), "too_many_pixels"),
    ],
)
def test_what_is_no_photograph_is_refused_as_everywhere(reader: PaperReader, data: bytes, code: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        reader.read(data, None)
    assert refused.value.reason.code == code


def test_the_callers_limits_hold() -> None:
    with pytest.raises(PhotoRefused):
        PaperReader(PhotoLimits(max_bytes=1000)).read(paper("portrait"), None)


def test_several_threads_may_share_a_reader(reader: PaperReader) -> None:
    found: dict[Paper, Paper | None] = {}
    names: tuple[Paper, ...] = ("id_emblem", "portrait")
    threads = [
        threading.Thread(target=lambda name=name: found.update({name: reader.read(paper(name), name).paper}))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: name for name in names}


OFFLINE = """
import sys
from pathlib import Path
import handlers.vision as vision
assert vision.available() and not {"numpy", "cv2", "rapidocr", "onnxruntime"} & sys.modules.keys()
def refuse(event, args):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.sendto")):
        raise RuntimeError("the reader went to the network")
sys.addaudithook(refuse)
seen = vision.PaperReader().read(Path(sys.argv[1]).read_bytes(), None)
assert seen.paper == "id_emblem" and vision.available(), seen
"""
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(["cv2", "numpy", "onnxruntime", "rapidocr"]))
import handlers.vision as vision
assert not vision.available()
try:
    vision.PaperReader()
except ModuleNotFoundError as missing:
    assert "claimbot[vision]" in str(missing)
else:
    raise AssertionError("a reader without its packages")
"""


@pytest.mark.parametrize("program", [OFFLINE, WITHOUT], ids=["offline and silent", "without the extra"])
def test_a_fresh_process_needs_no_network_says_nothing_and_can_do_without_the_extra(program: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", program, str(SIMULATED / "id_emblem.jpg")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_extra_is_installed_where_the_tests_run() -> None:
    assert available()
