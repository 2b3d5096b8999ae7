"""Draw the ready-made papers anew: python -m bot.simulator.papers.draw [FOLDER]

Needs a Chinese font (fontconfig finds Noto Sans CJK); the program itself only needs the JPEG files this leaves behind.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from bot.simulator.papers import sheets
from bot.simulator.papers.paint import Fonts
from bot.simulator.papers.scene import on_a_table

MOST_BYTES, LEAST_BYTES = 150_000, 40_000

CARDS: dict[str, Callable[[Fonts], Image.Image]] = {
    "id_portrait": sheets.id_portrait,
    "id_emblem": sheets.id_emblem,
    "bank_card": sheets.bank_card,
    "social_card": sheets.social_card,
}
PAGES: dict[str, Callable[[Fonts], Image.Image]] = {
    "hukou_issue": sheets.hukou_issue,
    "hukou_own": sheets.hukou_own,
    "employment_cert": sheets.employment_cert,
    "passbook": sheets.passbook,
}


def found_fonts() -> Fonts:
    """Paths of a regular and a bold Chinese font. Raises FileNotFoundError when fontconfig knows none."""
    paths = []
    for pattern in ("Noto Sans CJK SC:style=Regular", "Noto Sans CJK SC:style=Bold"):
        said = subprocess.run(
            ["fc-match", "-f", "%{family}\t%{file}", pattern], check=True, capture_output=True, text=True
        ).stdout
        family, _, path = said.partition("\t")
        if "CJK" not in family:
            raise FileNotFoundError("no Noto Sans CJK: install fonts-noto-cjk")
        paths.append(path)
    return Fonts(*paths)


def as_jpeg(picture: Image.Image) -> bytes:
    """The best quality that stays under the size a phone's picture has after WeChat pressed it."""
    for quality in range(92, 40, -3):
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=quality, optimize=True)
        if held.tell() <= MOST_BYTES:
            return held.getvalue()
    raise ValueError("the picture does not fit")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    fonts = found_fonts()
    pictures: dict[str, Image.Image] = {"portrait": sheets.portrait(fonts)}
    for at, (name, draw) in enumerate(CARDS.items()):
        pictures[name] = on_a_table(draw(fonts), (1440, 1080), 0.80, seed=at)
    for at, (name, draw) in enumerate(PAGES.items()):
        sheet = draw(fonts)
        size = (1440, 1080) if sheet.width > sheet.height else (1080, 1440)
        pictures[name] = on_a_table(sheet, size, 0.88, seed=10 + at)
    for name, picture in pictures.items():
        content = as_jpeg(picture)
        if len(content) < LEAST_BYTES:
            raise ValueError(f"{name}: {len(content)} bytes look like a drawing, not a photograph")
        (folder / f"{name}.jpg").write_bytes(content)
        print(name, picture.size, len(content))


if __name__ == "__main__":
    main()
