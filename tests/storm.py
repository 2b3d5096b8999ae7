"""A storm of photographs: bursts, out of order and repeated, while workers are killed and WeChat fails in every way.

    python -m tests.storm --people 100 --kills 10

The judge is a model of its own: what each person sent to which paper, in the order of sending. At the end every paper
must lie in its slot, byte for byte, or have been asked for again (and then sent again).
"""

import argparse
import hashlib
import io
import os
import random
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.app import build_world
from bot.config import read_settings
from bot.simulator.faults import Fault
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from tests.test_processes import account, children, free_port, served, written_config

ANSWERS = (
    "申领", "昆明", "我已阅读", "1", "A1234567", "昆明市五华区样例路1号2栋", "同意", "6222000000000001234", "13800138000",
    "同意", "同意",
)  # fmt: skip
SLOTS = (
    "id_portrait", "id_emblem", "household_issuer", "household_own", "portrait", "bank_card_photo", "social_card_photo",
    "employment_cert_2", "employment_cert_3",
)  # fmt: skip
BURSTS = (SLOTS[:5], SLOTS[5:])
PER_PERSON = len(SLOTS) + 1
SETTLED_WITHIN_S = 240
AT_ONCE = 20
FAULTS_WAITING = 3
"""So many are on order at the same time: calls fail often, not always."""
FAULTS = (
    Fault("errcode", "media/get", errcode=-1),
    Fault("errcode", "media/get", errcode=40001),
    Fault("errcode", "media/get", errcode=42001),
    Fault("errcode", "media/get", errcode=40007),
    Fault("errcode", "media/get", errcode=45009),
    Fault("errcode_as_text", "media/get", errcode=-1),
    Fault("status", "media/get", status=502),
    Fault("html", "media/get"),
    Fault("empty", "media/get"),
    Fault("garbage", "media/get"),
    Fault("wrong_type", "media/get"),
    Fault("truncated", "media/get"),
    Fault("cut", "media/get"),
    Fault("video", "media/get"),
    Fault("drop", "media/get"),
    Fault("redirect", "media/get"),
    Fault("drip", "media/get", delay_s=2),
    Fault("delay", "media/get", delay_s=7),
    Fault("errcode", "stable_token", errcode=-1),
    Fault("drop", "stable_token"),
    Fault("status", "mmbiz_jpg", status=503),
    Fault("html", "mmbiz_jpg"),
    Fault("empty", "mmbiz_jpg"),
)


@dataclass
class Report:
    """What the storm did, and what the judge found. The last four must be empty or zero."""

    people: int = 0
    sent: int = 0
    pushes: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    asked_again: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    unanswered: int = 0
    wrong_bytes: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unfiled: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.people} people, {self.sent} photographs in {self.pushes} pushes, {self.kills} kills, "
            f"{sum(self.faults.values())} faults of {len(self.faults)} kinds, {self.seconds:.0f} s\n"
            f"slowest reply {self.slowest_s:.1f} s, pushes given up after three tries {self.unanswered}, "
            f"asked again {self.asked_again}\n"
            f"not byte-identical in the right slot {len(self.wrong_bytes)}, stuck {len(self.stuck)}, "
            f"without a receipt {len(self.unfiled)}"
        )


def drawn(seed: int, *, portrait: bool) -> bytes:
    """A picture unlike any other: blocks, and its number in letters."""
    chance = random.Random(seed)
    size = (420, 588) if portrait else (960, 640)
    image = Image.new("RGB", size, tuple(chance.randint(150, 235) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randint(0, size[0] - 60), chance.randint(0, size[1] - 60)
        fill = tuple(chance.randint(0, 255) for _ in range(3))
        draw.rectangle((x, y, x + chance.randint(30, 200), y + chance.randint(20, 140)), fill=fill)
    for row in range(6):
        draw.text(
            (30, 20 + row * size[1] // 6), f"{seed} TEST PAPER", font=ImageFont.load_default(40), fill=(10, 10, 20)
        )
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=85)
    return kept.getvalue()


class Walker:
    """One person: sends, reads the board, sends again what is asked for."""

    def __init__(self, number: int, platform: Platform, report: Report, lock: threading.Lock) -> None:
        self.follower: Follower = platform.follower(f"oStorm-{number:021d}", following=True)
        self.chance = random.Random(number)
        self.number = number
        self.sent: dict[str, bytes] = {}
        self.report = report
        self.lock = lock
        self.made = 0

    def walk(self) -> None:
        for text in ANSWERS:
            self.says(text)
        for burst in BURSTS:
            self.burst(burst)
            self.settle()
        self.retake("household_issuer")
        self.settle()
        if "回执号" not in self.says("提交"):
            self.report.unfiled.append(self.follower.openid)

    def says(self, text: str) -> str:
        exchange = self.follower.say(text)
        self.count([exchange.answer.elapsed_s if exchange.answer else 15.0], failed=exchange.failed)
        return exchange.text

    def picture(self, slot: str) -> bytes:
        self.made += 1
        content = drawn(self.number * 100 + self.made, portrait=slot == "portrait")
        self.sent[slot] = content
        return content

    def burst(self, slots: Sequence[str]) -> None:
        """All at once, in any order, some of them two or three times; by their clock one after the other."""
        now = int(time.time())
        pushes = []
        for at, slot in enumerate(slots):
            nodes, created = self.follower.photo(self.picture(slot)), now + at // 3
            pushes += [(nodes, created)] * self.chance.choice((1, 1, 1, 2, 3))
        self.chance.shuffle(pushes)
        with ThreadPoolExecutor(len(pushes)) as pool:
            exchanges = list(pool.map(lambda push: self.follower.send(push[0], "message", push[1]), pushes))
        with self.lock:
            self.report.sent += len(slots)
            self.report.pushes += len(pushes)
        for exchange in exchanges:
            self.count([exchange.answer.elapsed_s if exchange.answer else 15.0], failed=exchange.failed)

    def settle(self) -> None:
        """Ask for the board until nothing is under way; what is to be retaken is sent again."""
        until = time.monotonic() + SETTLED_WITHIN_S
        while time.monotonic() < until:
            board = self.says("照片")
            if "检查中" in board or not board:
                threading.Event().wait(0.5)  # a person looks again after a while
                continue
            again = [int(number) for number in re.findall(r"(\d+) [^\n]*：需重拍", board)]
            reached = [number for number, slot in enumerate(SLOTS, 1) if slot in self.sent]
            again += [number for number in reached if re.search(rf"^{number} [^\n]*：未交", board, re.M)]
            if not again:
                return
            for number in sorted(set(again)):
                with self.lock:
                    self.report.asked_again += 1
                self.retake(SLOTS[number - 1])
        self.report.stuck.append(self.follower.openid)

    def retake(self, slot: str) -> None:
        self.says(f"重拍{SLOTS.index(slot) + 1}")
        exchange = self.follower.send_photo(self.picture(slot))
        with self.lock:
            self.report.sent += 1
            self.report.pushes += 1
        self.count([exchange.answer.elapsed_s if exchange.answer else 15.0], failed=exchange.failed)

    def count(self, seconds: Sequence[float], *, failed: bool) -> None:
        with self.lock:
            self.report.slowest_s = max(self.report.slowest_s, *seconds)
            self.report.unanswered += failed


def kill_a_worker(serve_pid: int, chance: random.Random) -> bool:
    """-9 for the worker, or for one of its children only."""
    workers = [pid for pid, line in children(serve_pid) if " work " in line]
    if not workers:
        return False
    victim = workers[0]
    pool = [pid for pid, _ in children(victim)]
    if pool and chance.random() < 0.4:
        victim = chance.choice(pool)
    os.kill(victim, signal.SIGKILL)
    return True


def storm(people: int, kills: int, folder: Path, seed: int = 1, *, kill_every_s: float = 4.0) -> Report:
    """Let it rage, then judge."""
    report, lock, chance = Report(people=people), threading.Lock(), random.Random(seed)
    port = free_port()
    with account(port) as platform:
        config = written_config(folder, platform.url, port)
        with served(config, port) as process:
            began = time.monotonic()
            over = threading.Event()

            def rage() -> None:
                for _ in range(kills):
                    if over.wait(kill_every_s * chance.uniform(0.5, 1.5)):
                        return
                    report.kills += kill_a_worker(process.pid, chance)

            def fail() -> None:
                order = list(FAULTS)
                while not over.wait(0.15):
                    if not order:
                        order = list(FAULTS)
                    if len(platform.faults.waiting()) < FAULTS_WAITING:
                        platform.faults.add(order.pop(chance.randrange(len(order))))

            threads = [threading.Thread(target=deed, daemon=True) for deed in (rage, fail)]
            for thread in threads:
                thread.start()
            walkers = [Walker(number, platform, report, lock) for number in range(people)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(Walker.walk, walkers))
            over.set()
            for thread in threads:
                thread.join()
            report.seconds = time.monotonic() - began
            report.faults = Counter(f"{path} {kind}" for path, kind in platform.faults.met)
            world = build_world(read_settings(config))
            for walker in walkers:
                name = world.sessions.person_of(walker.follower.openid)
                claims = world.claims.of(name)
                papers = claims[0].papers if len(claims) == 1 else {}
                for slot, content in walker.sent.items():
                    stored = world.photos.get(name, papers[slot]) if slot in papers else b""
                    if hashlib.sha256(stored).digest() != hashlib.sha256(content).digest():
                        report.wrong_bytes.append(f"{walker.number} {slot}")
            assert world.pending.count() == 0
    return report


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=100)
    words.add_argument("--kills", type=int, default=10)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = storm(given.people, given.kills, Path(folder), given.seed)
    print(report)
    for kind, count in sorted(report.faults.items()):
        print(f"  {kind}: {count}")
    if report.wrong_bytes or report.stuck or report.unfiled or report.unanswered:
        raise SystemExit(f"{report.wrong_bytes} {report.stuck} {report.unfiled}")


if __name__ == "__main__":
    main()
