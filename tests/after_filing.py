"""From the receipt to the money, whole: agency away and back, prefilled fields, a paper again, an approval; news by every
way; while web and worker are killed.

    python -m tests.after_filing --people 8 --kills 12

The bot is real processes; WeChat, the agency and the real-name check are simulated in this one. The judge looks only at
what the agency has and what stands on the phones.
"""

import argparse
import os
import random
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import requests
from werkzeug.serving import make_server

from bot.simulator.agency import SimulatedAgency
from bot.simulator.bubbles import segments
from bot.simulator.errors import WeChatSays
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.server import Quiet, serving
from bot.simulator.settings import SimulatorSettings
from tests.test_processes import children, free_port, served, written_config
from tests.test_promises import WHOLE_CLAIM
from tests.whole import AES_KEY, paper

WAYS = ("passive", "custom", "template", "subscription")
"""How a person hears of news: they write all the time; they say nothing and may be written to; they say nothing and the
quota is spent, so that a template or a notice they accepted points to the news, which then ride on their next reply."""
REPEATED = "（下面的话可能已经发过一次。）"
STAGES = {
    "handed over": "已转交，等待经办机构接收", "received": "经办机构已收到。接下来", "reviewing": "正在审核。接下来",
    "paper": "需要你补一张：身份证国徽面（照片模糊）", "handed in": "身份证国徽面已补交", "approved": "审批通过。",
}  # fmt: skip
"""What is told, by the words that tell it apart."""
AGENCY_DOWN_S = 6.0
TOLD_WITHIN_S = 240.0
LOOKS_EVERY_S = 1.0
SECRET = "a secret of both sides"
FIELDS = {"unemployed_on": "2026-10-31", "reason": "合同期满"}


@dataclass
class Report:
    """What was done, and what the judge found; the last three must be empty."""

    people: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    told: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    filed_not_once: list[str] = field(default_factory=list)
    seen_not_once: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ways = ", ".join(f"{way} {count}" for way, count in sorted(self.told.items()))
        kills = ", ".join(f"{what} {count}" for what, count in sorted(self.kills.items())) or "none"
        return (
            f"{self.people} people, killed: {kills}, {self.seconds:.0f} s; told by {ways}; "
            f"said again as a repeat {self.repeats}\n"
            f"not exactly once at the agency {len(self.filed_not_once)}, news not seen exactly once "
            f"{len(self.seen_not_once)}, stuck {len(self.stuck)}"
        )


class Stuck(Exception):
    """Something that should have happened did not."""


class Claimant:
    """One person and their phone."""

    def __init__(self, number: int, platform: Platform) -> None:
        self.way = WAYS[number % len(WAYS)]
        self.follower: Follower = platform.follower(f"oAfter-{number:021d}", following=True)
        self.receipt = ""

    def files(self) -> None:
        """Walk the claim to its receipt; the real name is checked on the way."""
        for line in WHOLE_CLAIM:
            text = self.sends(line)
            if "点这里做实名认证" in text:
                self.passes_the_check()
        until = time.monotonic() + TOLD_WITHIN_S
        while "回执号" not in text:  # an answer may have been an apology while something was down
            if time.monotonic() > until:
                raise Stuck(f"{self.way}: no receipt: {text}")
            time.sleep(LOOKS_EVERY_S)
            text = self.says("提交")
        self.receipt = re.findall(r"\d{4} \d{4} \d{4} \d", text)[0].replace(" ", "")
        if "等待转交" not in text:  # the reply that said so was lost with its process
            text = self.says("进度")
        if "等待转交" not in text:
            raise Stuck(f"{self.way}: not told that it waits: {text}")

    def passes_the_check(self) -> None:
        links = {one.text: one.href for one in segments(self.follower.exchanges[-1].text) if one.kind == "link"}
        link = links["点这里做实名认证"]
        action = unescape(re.findall(r'action="verify([^"]+)"', requests.get(link, timeout=10).text)[0])
        base = link.partition("/verify?")[0]
        requests.post(f"{base}/verify{action}", data={"outcome": "verified"}, timeout=10)

    def sends(self, line: str) -> str:
        """A line of WHOLE_CLAIM, again until it is answered; a photograph until its paper is in."""
        name = re.findall(r"\[照片 (\w+)\]", line)
        return self.says(line) if not name else self.photographs(name[0])

    def photographs(self, name: str) -> str:
        """Until the board has it: what did not reach the bot, or is wanted again, is sent again."""
        number = 1 + [line for line in WHOLE_CLAIM if "照片" in line].index(f"[照片 {name}]")
        until = time.monotonic() + TOLD_WITHIN_S
        text = self.follower.send_photo(paper(name)).text
        while f"已收到（{number}/" not in text:
            if time.monotonic() > until:
                raise Stuck(f"{self.way}: {name}")
            time.sleep(LOOKS_EVERY_S)  # as a person does who looks again
            text = self.says("照片")
            if re.search(rf"^{number} [^\n]*：已收到", text, re.M):
                return text
            if re.search(rf"^{number} [^\n]*：(未交|需重拍)", text, re.M):
                text = self.follower.send_photo(paper(name)).text
        return text

    def says(self, text: str) -> str:
        until = time.monotonic() + TOLD_WITHIN_S
        exchange = self.follower.say(text)
        while exchange.failed or "忙" in exchange.text:  # WeChat gave up: a person says it again
            if time.monotonic() > until:
                raise Stuck(f"{self.way}: no answer")
            time.sleep(LOOKS_EVERY_S)
            exchange = self.follower.say(text)
        return exchange.text

    def falls_silent(self) -> None:
        """Nothing more may be pushed to who shall hear by a template or a notice, which is accepted once each time."""
        if self.way == "subscription":
            self.follower.accept_notices("SUB-1")
        if self.way in ("template", "subscription"):
            try:
                while True:
                    self.follower.spend_quota()
            except WeChatSays:
                return

    def hears(self, stage: str) -> str:
        """Wait for a piece of news as this person does; the way it came."""
        words = STAGES[stage]
        pointed = self.pointers()
        until = time.monotonic() + TOLD_WITHIN_S
        while self.seen(words) == 0:
            if time.monotonic() > until:
                raise Stuck(f"{self.way}: {stage}")
            if self.way == "passive":
                self.says("你好")
            elif self.way != "custom" and self.pointers() > pointed:
                self.says("你好")
                self.falls_silent()
            time.sleep(LOOKS_EVERY_S)
        return next(line.via for line in self.lines() if words in line.text)

    def lines(self) -> list:  # type: ignore[type-arg]
        return [line for line in self.follower.conversation.after() if line.side == "account"]

    def seen(self, words: str) -> int:
        """How often these words stand on the phone, marked repeats left out."""
        return sum(line.text.count(words) for line in self.lines() if REPEATED not in line.text)

    def pointers(self) -> int:
        return sum(line.via in ("template", "subscription") for line in self.lines())


@contextmanager
def simulated(port: int, agency: SimulatedAgency, agency_port: int) -> Iterator[tuple[Platform, Callable[[], None]]]:
    """WeChat and the real-name check now; the agency when the second is called."""
    settings = SimulatorSettings(
        bot_url=f"http://127.0.0.1:{port}/wechat", app_id="wx0000000000000000", app_secret="test-secret",
        token="testtoken", aes_key=AES_KEY, mode="safe", template_ids=("TPL-1", "SUB-1"), verifier_key_id="v1",
        verifier_secret=SECRET, verifier_callback=f"http://127.0.0.1:{port}/verifier/callback",
    )  # fmt: skip
    platform = Platform(settings)
    servers = []

    def open_agency() -> None:
        server = make_server("127.0.0.1", agency_port, agency.app, threaded=True, request_handler=Quiet)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    with serving(platform):
        yield platform, open_agency
    agency.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def settings_text(platform: Platform, agency_port: int) -> str:
    """What the bot is told beside WeChat's keys."""
    keywords = '{ thing1 = "what", time2 = "at", phrase3 = "state", character_string4 = "receipt" }'
    return f"""
[jobs]
reading = false
[agency]
url = "http://127.0.0.1:{agency_port}/agency"
key_id = "k1"
secret = "{SECRET}"
poll_after_s = 10
[verifier]
kind = "http"
url = "{platform.url}/verifier"
key_id = "v1"
secret = "{SECRET}"
[telling.template]
id = "TPL-1"
keywords = {keywords}
[telling.subscription]
id = "SUB-1"
keywords = {keywords}
"""


def kill_somebody(serve_pid: int, chance: random.Random) -> str:
    """-9 for a web worker, for the worker, or for one of its children; what it was."""
    below = children(serve_pid)
    web = [pid for pid, line in below if line.rstrip().endswith(" serve")]
    workers = [pid for pid, line in below if " work " in line]
    pool = [pid for worker in workers for pid, _ in children(worker)]
    there = [one for one in (("web", web), ("worker", workers), ("its child", pool)) if one[1]]
    if not there:
        return "nobody was there"
    kind, pids = chance.choice(there)
    os.kill(chance.choice(pids), signal.SIGKILL)
    return kind


def decides(agency: SimulatedAgency, claimant: Claimant, report: Report) -> None:
    """The agency's side of one claim, and the person's."""
    report.told[claimant.hears("handed over")] += 1
    book, receipt = agency.book, claimant.receipt
    for status in ("received", "reviewing"):
        book.decide(receipt, status)
        report.told[claimant.hears(status)] += 1
    book.decide(receipt, "needs_materials", papers=[{"slot": "id_emblem", "reason": "blurred"}])
    report.told[claimant.hears("paper")] += 1
    claimant.follower.send_photo(paper("bank_card"))
    until = time.monotonic() + TOLD_WITHIN_S
    while claimant.seen(STAGES["handed in"]) == 0:
        if time.monotonic() > until:
            raise Stuck(f"{claimant.way}: handed in")
        time.sleep(LOOKS_EVERY_S)
        claimant.says("你好")
    claimant.falls_silent()
    while book.claims[receipt].results[-1]["status"] != "reviewing":
        if time.monotonic() > until:
            raise Stuck(f"{claimant.way}: the paper at the agency")
        time.sleep(LOOKS_EVERY_S)
    book.decide(receipt, "approved", start="2026-12", end="2027-05", amount="1500")
    report.told[claimant.hears("approved")] += 1
    if claimant.seen("2027年5月") == 0 or claimant.seen("1500 元") == 0:
        raise Stuck(f"{claimant.way}: dates and amount")


def run(people: int, kills: int, folder: Path, seed: int = 1, kill_every_s: float = 6.0) -> Report:
    """Let it all happen, then judge."""
    report, chance = Report(people=people), random.Random(seed)
    port, agency_port = free_port(), free_port()
    agency = SimulatedAgency("k1", SECRET.encode(), f"http://127.0.0.1:{port}/agency/callback")
    agency.book.people["990101198503150017"] = dict(FIELDS)
    with simulated(port, agency, agency_port) as (platform, open_agency):
        config = written_config(folder, platform.url, port, rest=settings_text(platform, agency_port))
        with served(config, port) as process:
            began, over = time.monotonic(), threading.Event()
            claimants = [Claimant(number, platform) for number in range(people)]

            def rage() -> None:
                for _ in range(kills):
                    if over.wait(kill_every_s * chance.uniform(0.5, 1.5)):
                        return
                    report.kills[kill_somebody(process.pid, chance)] += 1

            def lives(claimant: Claimant) -> None:
                try:
                    claimant.files()
                    claimant.falls_silent()
                    filed.wait()
                    decides(agency, claimant, report)
                except Stuck as stuck:
                    report.stuck.append(str(stuck))
                except threading.BrokenBarrierError:
                    report.stuck.append(f"{claimant.way}: somebody never filed")

            def then_open() -> None:
                threading.Event().wait(AGENCY_DOWN_S)
                open_agency()

            filed = threading.Barrier(people, action=then_open, timeout=TOLD_WITHIN_S)
            raging = threading.Thread(target=rage, daemon=True)
            raging.start()
            with ThreadPoolExecutor(people) as pool:
                list(pool.map(lives, claimants))
            over.set()
            raging.join()
            judge(report, agency, claimants)
            report.seconds = time.monotonic() - began
    return report


def judge(report: Report, agency: SimulatedAgency, claimants: list[Claimant]) -> None:
    """Everything once, and the prefilled fields on the phone."""
    submitted = Counter(call for call in agency.calls if call.startswith("POST /agency/v1/claims"))
    for claimant in claimants:
        status = claimant.says("进度") if claimant.receipt else ""
        report.told += Counter(line.via for line in claimant.lines() if line.via in ("template", "subscription"))
        report.repeats += sum(line.text.count(REPEATED) for line in claimant.lines())
        if claimant.receipt not in agency.book.claims:
            report.filed_not_once.append(f"{claimant.way} {claimant.receipt}")
        for stage, words in STAGES.items():
            count = claimant.seen(words) - (status.count(words) if stage == "approved" else 0)
            if count != 1:
                report.seen_not_once.append(f"{claimant.way} {stage} {count}")
        if claimant.receipt and "合同期满" not in status:
            report.stuck.append(f"{claimant.way}: prefilled fields")
    if len(agency.book.claims) != len(claimants):
        report.filed_not_once.append(f"{len(agency.book.claims)} claims of {len(claimants)} people: {submitted}")


def main() -> None:
    """Print what came of it."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=8)
    words.add_argument("--kills", type=int, default=12)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(given.people, given.kills, Path(folder), given.seed)
    print(report)
    if report.filed_not_once or report.seen_not_once or report.stuck:
        raise SystemExit(f"{report.filed_not_once} {report.seen_not_once} {report.stuck}")


if __name__ == "__main__":
    main()
