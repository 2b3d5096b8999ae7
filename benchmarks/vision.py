"""What reading a paper costs: `python -m benchmarks.vision`. Seconds a picture and peak memory of a fresh process.

The papers are the simulator's nine; beside them a 12-megapixel photograph and a page full of print, the worst case.
"""

import io
import json
import random
import resource
import statistics
import subprocess
import sys
import time

from PIL import Image, ImageDraw, ImageFont

from bot.simulator import papers
from handlers.vision import PaperReader

ROUNDS = 5


def measured() -> dict[str, list[float]]:
    """Seconds by kind of picture, and "MB": before the reader, after the papers, after the worst case."""
    pictures = {name: papers.jpeg(name) for name in papers.LABELS}
    memory = [peak_mb()]
    reader = PaperReader()
    begun = time.perf_counter()
    reader.read(pictures["id_emblem"], None)
    found = {"load and first picture": [time.perf_counter() - begun]}
    for name in (name for _ in range(ROUNDS) for name in pictures):
        found.setdefault(kind_of(name), []).append(timed(reader, pictures[name]))
    found["all nine papers"] = [second for kind in ("card", "page", "portrait") for second in found[kind]]
    memory.append(peak_mb())
    large = jpeg(Image.open(io.BytesIO(pictures["id_portrait"])).resize((4000, 3000), Image.Resampling.BICUBIC))
    found["12 megapixels"] = [timed(reader, large) for _ in range(ROUNDS)]
    found["full of print"] = [timed(reader, jpeg(full_page()))]
    memory.append(peak_mb())
    return {**found, "MB": memory}


def kind_of(name: str) -> str:
    """ "card" | "page" | "portrait"."""
    if name == "portrait":
        return name
    return "card" if name in ("id_portrait", "id_emblem", "bank_card", "social_card") else "page"


def timed(reader: PaperReader, data: bytes) -> float:
    """Seconds of one read."""
    begun = time.perf_counter()
    reader.read(data, None)
    return time.perf_counter() - begun


def jpeg(picture: Image.Image) -> bytes:
    """As a phone sends it."""
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=88)
    return kept.getvalue()


def full_page() -> Image.Image:
    """A newspaper of random letters."""
    page, chance = Image.new("RGB", (1280, 1280), "white"), random.Random(1)
    pen = ImageDraw.Draw(page)
    for top in range(0, page.height, 30):
        pen.text((4, top), "".join(chance.choices("ABCDEFGH 0123456789", k=96)), "black", ImageFont.load_default(24))
    return page


def peak_mb() -> float:
    """Peak resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    if "--here" in sys.argv:
        print(json.dumps(measured()))
        return
    command = [sys.executable, "-m", "benchmarks.vision", "--here"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    before, papers_mb, worst_mb = found.pop("MB")
    for kind, seconds in found.items():
        middle, late = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
        print(f"{kind:24} {len(seconds):3} read: median {middle:.2f} s, 95 % {late:.2f} s")
    print(
        f"peak memory: {before:.0f} MB before, {papers_mb:.0f} MB with the papers, {worst_mb:.0f} MB in the worst case"
    )


if __name__ == "__main__":
    main()
