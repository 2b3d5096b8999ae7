"""The console with ten thousand claims: queue, search, one claim, numbers; in milliseconds.

python -m benchmarks.console [--claims 10000] [--database postgresql+psycopg://…]
"""

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.menu_file import menu_text
from handlers.world import china_now
from storage import embedded
from storage.claims import context_of
from storage.daily_counts import UNANSWERED
from storage.database import open_engine
from storage.keyring import Keyring
from storage.migrations import upgrade
from storage.receipts import new_receipt
from storage.schema import CLAIM_EVENTS, CLAIMS, PAPERS
from storage.tally import TEXTS_A_DAY
from tests.bot.console.office import Browser, Office
from tests.whole import running, settings_for

STATUSES = ("submitted", "received", "reviewing", "needs_materials", "reviewing", "approved", "paying", "paid")
OFFICES = ("五华区就业局失业保险科", "官渡区就业局失业保险科", "盘龙区就业局失业保险科", "西山区就业局失业保险科")
SLOTS = ("id_portrait", "id_emblem", "household_issuer", "household_own", "portrait", "bank_card", "social_card")


def fill(office: Office, count: int) -> str:
    """So many claims with their events and papers; a receipt number of one in the middle."""
    keyring = Keyring.open(office.bot.settings.keyring_path)
    engine = open_engine(office.bot.settings.database.url, office.bot.settings.paths.data_dir)
    now, middle = china_now(), ""
    upgrade(engine)
    with engine.begin() as connection:
        for number in range(1, count + 1):
            draft, at = f"bench-{number}", now - timedelta(minutes=count - number)
            receipt = new_receipt()
            middle = receipt if number == count // 2 else middle
            sealed = {
                column: keyring.seal(text, context_of(column.encode(), draft))
                for column, text in (("openid", b"o"), ("answers", b'{"phone": "13800138000"}'))
            }
            row = {
                "id": number, "draft_id": draft, "person": f"person-{number}"[:22], "programme": "kunming",
                "version": "1", "office": OFFICES[number % 4], "receipt": receipt, "filed_at": at,
            }  # fmt: skip
            connection.execute(insert(CLAIMS).values(row | sealed))
            steps = enumerate(STATUSES[: 1 + number % len(STATUSES)], 1)
            same = {"claim_id": number, "actor": "bench", "reason": ""}
            rows = [same | {"seq": seq, "status": status, "at": at + timedelta(minutes=seq)} for seq, status in steps]
            connection.execute(insert(CLAIM_EVENTS), rows)
            paper = {"claim_id": number, "photo_key": "0" * 40, "fingerprint": "", "state": "kept"}
            connection.execute(insert(PAPERS), [paper | {"slot": slot} for slot in SLOTS])
    return middle


def fill_menus(office: Office, count: int) -> None:
    """So many versions of the menu, each published."""
    versions, at = office.desk.menus.versions, china_now()
    for number in range(count):
        versions.add(menu_text(), "bench", "bench", at, seen=number)
        versions.end(versions.begin(number + 1, "bench", at, seen=number).id, "done")


def count_days(office: Office) -> None:
    """What 90 days of ten thousand claims leave in the table of counts."""
    world = office.bot.world
    steps = [(id, step.id) for id, one in world.knowledge.programmes.items() for step in one.asked]
    whats = ("reached", "answered", "refused")
    counts = {(what, f"{id}/{step}"): 100 for id, step in steps for what in whats}
    counts |= {("minutes", f"kunming/{minutes}"): 3 for minutes in range(1, 100)}
    counts |= {("photo", f"kunming/refuse/{code}"): 9 for code in ("dark", "blurred", "shape", "glare")}
    counts |= {("turns", ""): 3000, ("people", "1"): 300, ("people", "90"): 9000}
    texts = {(UNANSWERED, f"question {number}"): 1 + number % 5 for number in range(TEXTS_A_DAY)}
    for back in range(90):
        world.counts.set(china_now().date() - timedelta(days=back), counts | texts)


def timed(browser: Browser, path: str, rounds: int = 15) -> tuple[float, float]:
    """Milliseconds: median and 95th percentile."""
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        browser.opens(path)
        spent.append((time.perf_counter() - begun) * 1000)
        assert browser.status == 200, (path, browser.status)
    return statistics.median(spent), sorted(spent)[int(len(spent) * 0.95)]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    server = embedded.start(folder / "valkey")
    try:
        with running(settings_for(server.url, folder, given.database)) as bot:
            office = Office.of(bot)
            middle = fill(office, given.claims)
            reviewer, one_office = office.signed_in("reviewer"), office.signed_in("reviewer", office=OFFICES[1])
            auditor, operator = office.signed_in("auditor"), office.signed_in("operator")
            fill_menus(office, 300)
            count_days(office)
            pages = [
                ("queue", reviewer, "/console/claims"),
                ("queue, paid", reviewer, "/console/claims?state=paid"),
                ("queue of one office", one_office, "/console/claims"),
                ("what nobody has", reviewer, "/console/claims?hand=free"),
                ("search by receipt, and the claim", reviewer, f"/console/claims?receipt={middle}"),
                ("audit", auditor, "/console/audit"),
                ("menu, 300 versions", operator, "/console/menu"),
                ("menu, editing", operator, "/console/menu/edit"),
                ("menu, one version", operator, "/console/menu/versions/300"),
                ("numbers, 90 days", auditor, "/console/numbers?days=90"),
                ("numbers, a chart", auditor, "/console/numbers/charts/kunming.svg?days=90"),
                ("numbers, CSV", auditor, "/console/numbers.csv?days=90"),
                ("contents", operator, "/console/content"),
                ("one text", operator, "/console/content/faq/1.answer"),
                ("posters", operator, "/console/posters"),
            ]
            print(f"{given.claims} claims, {given.database.partition('+')[0] or 'sqlite'}")
            print(f"{'page':36}{'p50 ms':>8}{'p95 ms':>8}")
            for name, browser, path in pages:
                median, slow = timed(browser, path)
                print(f"{name:36}{median:8.0f}{slow:8.0f}")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
