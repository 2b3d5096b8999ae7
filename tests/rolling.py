"""Machines are restarted one after the other, and a programme gets another question, while people are in mid-claim.

    python -m tests.rolling --people 40

The judge is a model of its own: which question each reply asked, as its programme's file words it, and what was
answered to it. Every answer must stand in the filed claim, every picture byte for byte, nothing may be asked for twice.
"""

import argparse
import re
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import build_world
from bot.config import read_settings
from bot.simulator.follower import Follower
from handlers.world import World, china_now
from storage.contents import Contents
from storage.database import open_engine
from tests.machines import Farm, Machine, farm
from tests.postgres import server
from tests.s3 import moto
from tests.valkeys import Server, started, wait_for
from tests.whole import paper

SHIPPED = (Path(__file__).parent.parent / "dialogs" / "programmes" / "kunming.toml").read_text("utf-8")
NEW_QUESTION = """[[steps]]
id = "hours"
kind = "choice"
label = "方便接电话的时间"
prompt = "你什么时候方便接电话？"
why = "经办人员可能会打电话问你。"
options = [
  { id = "morning", label = "上午" },
  { id = "afternoon", label = "下午" },
]

"""
BEFORE = '[[steps]]\nid = "consent_papers"'
NEWER = SHIPPED.replace('version = "2026-11-22"', 'version = "2026-11-25"', 1).replace(BEFORE, NEW_QUESTION + BEFORE, 1)
GIVEN = {  # step: what is typed, what must stand in the claim
    "notice": ("我已阅读", "read"), "medical_way": ("1", "agent"), "medical_card": ("A{n:07d}", "A{n:07d}"),
    "home_address": ("昆明市五华区样例路{n}号2栋", "昆明市五华区样例路{n}号2栋"), "consent_bank": ("同意", "yes"),
    "bank_account": ("6222000000000001234", "6222000000000001234"), "phone": ("13800138000", "13800138000"),
    "hours": ("2", "afternoon"), "consent_papers": ("同意", "yes"), "consent_portrait": ("同意", "yes"),
    "employment_cert_2": ("跳过", ""), "employment_cert_3": ("跳过", ""),
}  # fmt: skip
SENT = {
    "id_portrait": "id_portrait", "id_emblem": "id_emblem", "household_issuer": "hukou_issue",
    "household_own": "hukou_own", "portrait": "portrait", "bank_card_photo": "bank_card", "social_card_photo": "social_card",
}  # fmt: skip
MOST_TURNS = 120


def prompts_of(toml: str) -> Mapping[str, str]:
    """Step to the words in which it asks."""
    return {step["id"]: step["prompt"] for step in tomllib.loads(toml)["steps"] if "prompt" in step}


@dataclass
class Walker:
    """A person who answers what is asked, and remembers it."""

    number: int
    follower: Follower
    until: threading.Event
    answered: dict[str, int] = field(default_factory=dict)
    receipt: str = ""
    trouble: list[str] = field(default_factory=list)

    def walk(self) -> "Walker":
        prompts = prompts_of(NEWER)
        self.says("申领")
        reply = self.says("昆明")
        for turn in range(MOST_TURNS):
            asked = max(prompts, key=lambda step: reply.rfind(prompts[step]))
            if found := re.search(r"回执号，请记下来：\n(\d{4} \d{4} \d{4} \d)", reply):
                self.receipt = found[1].replace(" ", "")
                return self
            if reply.rfind(prompts[asked]) >= 0:
                reply = self.answers(asked)
            elif "发“提交”" in reply or "提交" in (reply.splitlines() or [""])[-1]:
                self.until.wait(60)  # everybody is still in mid-claim while the machines go
                reply = self.says("提交")
            else:
                time.sleep(0.1)  # as a person does who looks again
                reply = self.says("继续")
            if turn % 4 == 0:
                time.sleep(0.15)
        self.trouble.append(f"stuck at: {reply}")
        return self

    def answers(self, asked: str) -> str:
        self.answered[asked] = self.answered.get(asked, 0) + 1
        if asked in SENT:
            exchange = self.follower.send_photo(paper(SENT[asked]))
            if exchange.failed:
                self.trouble.append(f"no reply to the picture {asked}")
            return self.unless_overtaken(asked, exchange.text)
        return self.unless_overtaken(asked, self.says(GIVEN[asked][0].format(n=self.number)))

    def unless_overtaken(self, asked: str, reply: str) -> str:
        """The new question came first and is asked instead: what was just said was not taken, and is asked for again."""
        if asked not in ("phone", "hours") and prompts_of(NEWER)["hours"] in reply:
            self.answered[asked] -= 1
        return reply

    def says(self, text: str) -> str:
        exchange = self.follower.say(text)
        if exchange.failed:
            self.trouble.append(f"no reply to {text}")
        return exchange.text


def publish(machines: Farm) -> None:
    settings = read_settings(machines.webs[0].config)
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    Contents(engine).publish("programme", "kunming", NEWER, "zhang.li", china_now(), over=0)
    engine.dispose()


def rolled(machines: Farm, people: int, restarted: Sequence[Machine]) -> list[str]:
    """Restart these one after the other while so many people walk; all that was lost, doubled or stuck."""
    done = threading.Event()
    walkers = [Walker(number, machines.follower(number), done) for number in range(1, people + 1)]
    with ThreadPoolExecutor(people) as pool:
        walking = [pool.submit(walker.walk) for walker in walkers]
        wait_for(lambda: all(len(walker.answered) > 4 for walker in walkers))
        publish(machines)
        for machine in restarted:
            machine.stop()
            machine.start()
        done.set()
        for one in walking:
            one.result()
    world = build_world(read_settings(machines.webs[0].config))
    return [fault for walker in walkers for fault in judged(world, walker)]


def judged(world: World, walker: Walker) -> Iterator[str]:
    """What is not as this person was told."""
    yield from walker.trouble
    claims = world.claims.of(world.sessions.person_of(walker.follower.openid))
    if [claim.receipt for claim in claims] != [walker.receipt]:
        yield f"{walker.number}: told of {walker.receipt}, filed are {len(claims)}"
        return
    (claim,) = claims
    said = {step: GIVEN[step][1].format(n=walker.number) for step in walker.answered if step in GIVEN}
    for step in {step for step, value in said.items() if value} | set(claim.answers):
        if said.get(step) != claim.answers.get(step):
            yield f"{walker.number}: {step} is not what was answered"
    for slot, name in SENT.items():
        if slot not in claim.papers or world.photos.get(claim.person, claim.papers[slot]) != paper(name):
            yield f"{walker.number}: {slot} is not what was sent"
    for step, times in walker.answered.items():
        if times > 1:
            yield f"{walker.number}: {step} was asked {times} times"
    if "hours" not in walker.answered:
        yield f"{walker.number}: the new question was never asked"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=40)
    people = words.parse_args().people
    with tempfile.TemporaryDirectory() as folder, server() as postgres, moto() as s3:
        redis = Server(Path(folder) / "redis")
        with started(redis), farm(Path(folder), address := f"redis://{redis.address}/0", postgres.empty(), address, s3) as it:
            began = time.monotonic()
            faults = rolled(it, people, (*it.webs, *it.workers))
            print(f"{people} people, 4 restarts, one new question, {time.monotonic() - began:.0f} s; "
                  f"served by {sorted(it.front.served.values())}; lost, doubled or stuck: {len(faults)}")  # fmt: skip
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
