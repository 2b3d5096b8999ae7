"""One run: the bot, WeChat and the agency, the people, the troubles, and the judge."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.simulator.agency import SimulatedAgency
from bot.simulator.platform import Platform
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings
from tests.chaos.house import House
from tests.chaos.judge import Report, judge, look_through, silent
from tests.chaos.person import Person
from tests.chaos.tally import Storm, Tally
from tests.chaos.troubles import Troubles, planned
from tests.storm import drawn
from tests.test_processes import free_port, written_config
from tests.whole import AES_KEY

PICTURES = 24
STEPS = 45
"""About so many times a person thinks on the way to the receipt."""
WALKING = 0.75
"""The share of the time in which a person walks; they begin one after the other in the rest of it."""
FINISHED_WITHIN_S = 300.0
"""After everything is back."""
SECRET = "a secret of both sides"
REST = """
[jobs]
reading = false
[agency]
url = "http://127.0.0.1:{port}/agency"
key_id = "k1"
secret = "{secret}"
poll_after_s = 10
"""


@contextmanager
def played(folder: Path, chance: random.Random) -> Iterator[tuple[House, Platform]]:
    """Everything that is not a person."""
    port, agency_port = free_port(), free_port()
    agency = SimulatedAgency("k1", SECRET.encode(), f"http://127.0.0.1:{port}/agency/callback")
    platform = Platform(SimulatorSettings(
        bot_url=f"http://127.0.0.1:{port}/wechat", app_id="wx0000000000000000", app_secret="test-secret",
        token="testtoken", aes_key=AES_KEY, mode="safe", repeat_s=5.0,
    ))  # fmt: skip
    house = House(folder, port, agency, agency_port, chance)
    try:
        with serving(platform):
            written_config(folder, platform.url, port, rest=REST.format(port=agency_port, secret=SECRET))
            house.open()
            try:
                yield house, platform
            finally:
                house.close()
    finally:
        house.unmount()


def chaos(
    people: int, kills: int, outages: int, lasts_s: float, folder: Path, seed: int = 1,
    say: Callable[[str], None] = lambda text: None,
) -> Report:  # fmt: skip
    """Let it rage for about `lasts_s`, let everybody finish, then judge."""
    plan = planned(kills, outages, lasts_s, random.Random(seed))
    say(f"seed {seed}\n" + "\n".join(str(one) for one in plan))
    pictures = [drawn(number, portrait=number == 0) for number in range(PICTURES)]
    report, tally = Report(people), Tally()
    with played(folder, random.Random(seed + 1)) as (house, platform):
        began, calm, over = time.monotonic(), threading.Event(), threading.Event()
        end = [began + lasts_s + FINISHED_WITHIN_S]
        think = lasts_s * WALKING / STEPS

        def thinks(chance: random.Random) -> float:
            return min(4 * think, chance.expovariate(1 / think)) * (0.3 if calm.is_set() else 1.0)

        storm = Storm(calm, thinks, lambda: end[0])
        walkers = [Person(number, platform, tally, storm, seed, pictures) for number in range(people)]
        troubles = Troubles(house, platform, random.Random(seed + 2))

        def lives(person: Person) -> None:
            over.wait(person.chance.uniform(0, lasts_s * (1 - WALKING)))
            try:
                person.walk()
            except Exception as defect:  # of the test itself: never passed over in silence
                person.stuck = f"{type(defect).__name__}: {defect}"
                raise

        threads = [threading.Thread(target=lives, args=(person,), daemon=True) for person in walkers]
        for thread in threads:
            thread.start()
        troubles.rage(plan, over)
        house.wait_until_ready()
        platform.faults.clear()
        platform.roads.clear()
        calm.set()
        end[0] = time.monotonic() + max(FINISHED_WITHIN_S, began + lasts_s - time.monotonic() + FINISHED_WITHIN_S)
        for thread in threads:
            thread.join()
        _settle(house, walkers, end[0])
        report.seconds = time.monotonic() - began
        report.tally, report.kills, report.outages = tally, troubles.kills, troubles.outages
        report.roads, report.api_faults = Counter(platform.roads.met), len(platform.faults.met)
        report.disk, report.starts = house.how_full, house.starts
        judge(report, walkers, house.config, house.agency)
        silent(report, troubles.web_down)
    _write_trails(folder, walkers, report)
    look_through(report, folder / "serve.log")
    return report


def _settle(house: House, walkers: list[Person], until: float) -> None:
    """Wait until every filed claim has reached the agency, or the time is over."""
    wanted = {number for one in walkers if one.erased != "filed" for number in one.model.receipts}
    while time.monotonic() < until and not wanted <= set(house.agency.book.claims):
        threading.Event().wait(0.5)


def _write_trails(folder: Path, walkers: list[Person], report: Report) -> None:
    """For who looks into what was found: the whole chats of those it befell. Fictional people, but not for a log."""
    befallen = {line.partition(":")[0] for line in (*report.losses, *report.doubles, *report.stuck, *report.refused)}
    for walker in walkers:
        if str(walker.number) in befallen:
            said = "\n".join(
                f"{one.at:.2f} {one.side} {one.kind} {one.text}" for one in walker.follower.conversation.after()
            )
            (folder / f"chat-{walker.number}.txt").write_text(said, "utf-8")
