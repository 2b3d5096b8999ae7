"""A photograph's way: from its message to the verdict's reply, and what judging costs: `python -m benchmarks.photos`.

The bot, its worker and its Valkey are real processes; WeChat is simulated in this one. People send one photograph after
the other; with `--at-once N` so many people do so at the same time.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from handlers.photos import Wanted, judge
from tests.storm import ANSWERS
from tests.test_processes import account, free_port, served, told_of_photo, written_config
from tests.whole import paper

PAPERS = ("id_portrait", "id_emblem", "hukou_issue", "hukou_own", "portrait", "bank_card", "social_card")
MEGAPIXELS_12 = (4000, 3000)


def verdict_s(platform: Platform, people: int, at_once: int) -> list[float]:
    """Seconds from each image message to its reply, in ascending order; every reply must bear a verdict."""

    def one(number: int) -> list[float]:
        follower: Follower = platform.follower(f"oBench-{number:021d}", following=True)
        for text in ANSWERS:
            follower.say(text)
        spent = []
        for name in PAPERS:
            exchange = follower.send_photo(paper(name))
            assert exchange.answer is not None
            spent.append(exchange.answer.elapsed_s if "已收到" in exchange.text else float("inf"))
        return spent

    with ThreadPoolExecutor(at_once) as pool:
        return sorted(second for spent in pool.map(one, range(people)) for second in spent)


def with_reading(reading: bool, people: int, at_once: int) -> list[float]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, account(port) as platform:
        rest = f"[jobs]\nreading = {str(reading).lower()}\n"
        config = written_config(Path(folder), platform.url, port, rest=rest)
        with served(config, port):
            warm = platform.follower("oWarm-0000000000000000000001", following=True)
            for text in ANSWERS:
                warm.say(text)
            told_of_photo(warm, paper("id_portrait"))
            until = time.monotonic() + 15  # the reader says every few seconds that it is there
            while reading and time.monotonic() < until:
                time.sleep(0.5)
            for name in PAPERS[1:4]:
                told_of_photo(warm, paper(name))
            return verdict_s(platform, people, at_once)


def judging_ratio(rounds: int = 9) -> float:
    """Judging a 12-megapixel JPEG by the time of decoding it once at full size; medians of interleaved runs."""
    big = Image.open(io.BytesIO(paper("hukou_own"))).convert("RGB").resize(MEGAPIXELS_12, Image.Resampling.BICUBIC)
    kept = io.BytesIO()
    big.save(kept, "JPEG", quality=90)
    data = kept.getvalue()
    decoding, judging = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        Image.open(io.BytesIO(data)).load()
        decoding.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        judge(data, Wanted("page"))
        judging.append(time.perf_counter() - begun)
    return statistics.median(judging) / statistics.median(decoding)


def _line(name: str, spent: Sequence[float]) -> str:
    late = sum(second == float("inf") for second in spent)
    told = [second for second in spent if second != float("inf")]
    middle, most = statistics.median(told), told[int(len(told) * 0.95)]
    return f"{name}: p50 {middle:.3f} s, p95 {most:.3f} s, {len(spent)} photographs, verdict on a later reply {late}"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=10)
    words.add_argument("--at-once", type=int, default=1)
    given = words.parse_args()
    for reading, name in ((False, "without reading"), (True, "with reading")):
        print(_line(name, with_reading(reading, given.people, given.at_once)), flush=True)
    print(f"judging 12 megapixels: {judging_ratio():.2f} of decoding them once")


if __name__ == "__main__":
    main()
