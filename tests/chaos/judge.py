"""After the storm: what is kept, read through the product's own readers, against what each phone was told."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import build_world
from bot.config import read_settings
from bot.simulator.agency import SimulatedAgency
from handlers.world import World
from tests.chaos.guides import SKIPPED
from tests.chaos.person import Person
from tests.chaos.tally import Tally
from tests.leaks import leaks

KILLED_CHILD = "WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL)"
"""Celery's own line about a child that was killed, by us."""
REPEAT_S = 5.0
SLACK_S = 1.0
"""The test's own threads may run late by so much."""


@dataclass
class Report:
    """What was done, and what was found. `losses`, `doubles`, `stuck`, `unfiled`, `silent`, `refused` and `logged`
    must be empty."""

    people: int
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    outages: Counter[str] = field(default_factory=Counter)
    roads: Counter[str] = field(default_factory=Counter)
    api_faults: int = 0
    disk: str = ""
    starts: int = 0
    tally: Tally = field(default_factory=Tally)
    filed: int = 0
    at_agency: int = 0
    papers: int = 0
    answers: int = 0
    erased: int = 0
    erased_after_filing: int = 0
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    silent: int = 0
    silent_while_down: int = 0
    web_back: dict[str, float] = field(default_factory=dict)
    """The longest that the web server was away after a kill of this kind, seconds."""
    refused: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        return bool(self.losses or self.doubles or self.stuck or self.silent or self.refused or self.logged)

    def __str__(self) -> str:
        times = sorted(self.tally.elapsed_s) or [0.0]
        at = lambda share: times[min(len(times) - 1, int(len(times) * share))]  # noqa: E731
        rows = (
            ("people", self.people),
            ("seconds", f"{self.seconds:.0f}"),
            ("messages", self.tally.pushes),
            ("of these photographs", self.tally.deeds["photograph"]),
            ("repeats by WeChat", self.tally.repeats),
            ("replies p50 / p95 / max, s", f"{at(0.5):.2f} / {at(0.95):.2f} / {times[-1]:.2f}"),
            ("replies that asked to try again", self.tally.sorry),
            ("kills -9", f"{sum(self.kills.values())}: {_counted(self.kills)}"),
            ("outages", f"{sum(self.outages.values())}: {_counted(self.outages)}"),
            ("disk full by", self.disk),
            ("pushes that met a bad road", f"{sum(self.roads.values())}: {_counted(self.roads)}"),
            ("calls of WeChat's API that failed", self.api_faults),
            ("starts of claimbot serve", self.starts),
            ("claims filed / at the agency", f"{self.filed} / {self.at_agency}"),
            ("answers and papers compared", f"{self.answers} / {self.papers}"),
            ("people erased", self.erased),
            ("given up after 3 attempts while the web was down", self.silent_while_down),
            ("web server back after, at most, s", ", ".join(f"{kind} {s:.1f}" for kind, s in self.web_back.items())),
            ("LOST", len(self.losses)),
            ("DOUBLED", len(self.doubles)),
            ("STUCK", len(self.stuck)),
            ("SILENT while the web was up", self.silent),
            ("REFUSED by WeChat, or two replies", len(self.refused)),
            ("TRACEBACKS OR PRIVATE in the log", len(self.logged)),
        )
        lines = [f"| {name:<50} | {value}" for name, value in rows]
        for kind in ("losses", "doubles", "stuck", "refused", "logged"):
            lines += [f"  {kind}: {one}" for one in getattr(self, kind)[:20]]
        return "\n".join(lines)


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items())) or "none"


def judge(report: Report, people: Sequence[Person], config: Path, agency: SimulatedAgency) -> None:
    """Compare everybody."""
    world = build_world(read_settings(config))
    for person in people:
        report.losses += [f"{person.number}: {one}" for one in person.model.losses]
        report.doubles += [f"{person.number}: {one}" for one in person.model.doubles]
        if person.stuck:
            report.stuck.append(f"{person.number}: {person.stuck}")
        _compare(report, person, world, agency)
    filed_by_people = {number for person in people for number in person.model.receipts}
    if stray := set(agency.book.claims) - filed_by_people:
        report.doubles.append(f"{len(stray)} claims at the agency that nobody was told of")
    references = Counter(claim.submitted.get("receipt") for claim in agency.book.claims.values())
    report.doubles += [f"{number} twice at the agency" for number, count in references.items() if count > 1]
    report.refused += report.tally.refused


def _compare(report: Report, person: Person, world: World, agency: SimulatedAgency) -> None:
    name = world.sessions.person_of(person.follower.openid)
    claims = [claim for claim in world.claims.of(name) if claim.status != "withdrawn"]
    report.erased += bool(person.erased)
    if person.erased == "filed":
        report.erased_after_filing += 1
        if claims and not any(one in agency.book.claims for one in person.model.receipts):
            report.losses.append(f"{person.number}: erased, but {len(claims)} claims stay")
        return
    if person.stuck and not person.model.receipts:
        return
    if len(claims) != 1:
        report.doubles.append(f"{person.number}: {len(claims)} claims")
        return
    claim = claims[0]
    report.filed += 1
    if person.model.receipts != {claim.receipt}:
        report.losses.append(f"{person.number}: told another receipt than kept")
    wanted = person.model.relevant()
    for question in person.model.questions:
        told = wanted.get(question.id)
        if question.kind == "photo":
            _compare_paper(report, person, world, name, question.id, claim.papers.get(question.id))
        elif told not in (None, "?"):
            report.answers += 1
            if claim.answers.get(question.id) != told:
                report.losses.append(f"{person.number}: {question.id} kept otherwise than told")
    at_agency = agency.book.claims.get(claim.receipt)
    if at_agency is None:
        report.stuck.append(f"{person.number}: not at the agency")
        return
    report.at_agency += 1
    for slot, photo in person.model.papers.items():
        if slot in wanted and at_agency.papers.get(slot) != hashlib.sha256(photo).hexdigest():
            report.losses.append(f"{person.number}: {slot} is another at the agency")


def _compare_paper(report: Report, person: Person, world: World, name: str, slot: str, key: str | None) -> None:
    photo = person.model.papers.get(slot)
    if slot not in person.model.relevant() or photo is None:
        if key is not None and person.model.answers.get(slot) == SKIPPED:
            report.doubles.append(f"{person.number}: {slot} was skipped and is there")
        return
    report.papers += 1
    kept = world.photos.get(name, key) if key is not None else b""
    if kept != photo:
        what = f"{person.made.get(kept, 'none of theirs')}, {len(kept)} bytes" if key is not None else "nothing"
        report.losses.append(f"{person.number}: {slot} is {what}; told: {person.made[photo]}")


def look_through(report: Report, log: Path) -> None:
    """Tracebacks and what is private, in everything the processes wrote."""
    lines = log.read_text("utf-8", errors="replace").splitlines()
    text = "\n".join(line for line in lines if KILLED_CHILD not in line)
    report.logged += [f"private: {leak}" for leak in leaks(text)[:10]]
    for part in text.split("Traceback (most recent call last)")[1:]:
        last = re.search(r"^(?!\s)(\w[\w.]*(?:Error|Exception|Timeout|Unavailable|Contended)\b.*)$", part, re.M)
        report.logged.append(f"traceback: {last[1][:200] if last else part[-200:]}")
    report.logged += [f"defect: {line[:300]}" for line in text.splitlines() if '"defect in a turn"' in line]


def silent(report: Report, web_down: Sequence[tuple[float, float, str]]) -> None:
    """Pushes that nobody answered, told apart: each of their three attempts must have met a web server that was down,
    or the first one a bad road."""
    for began, road in report.tally.silent:
        first = 1 if road in ("lost", "cut", "slow") else 0
        attempts = [began + REPEAT_S * at for at in range(first, 3)]
        excused = all(
            any(at - SLACK_S <= up and at + REPEAT_S + SLACK_S >= down for down, up, _ in web_down) for at in attempts
        )
        report.silent_while_down += excused
        report.silent += not excused
    for down, up, kind in web_down:
        report.web_back[kind] = max(report.web_back.get(kind, 0.0), up - down)
