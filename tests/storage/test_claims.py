import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from dialogs.session import Answered, Erasing
from storage import migrations
from storage.claims import Claims, Filed
from storage.consents import Consent, Consents
from storage.database import FILE_NAME, open_engine
from storage.erasures import Erasures
from storage.errors import Missing, NotAllowed, StoreUnavailable, Unreadable
from storage.keyring import Keyring
from storage.parked import ParkedDrafts
from storage.receipts import valid

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN, BEN = "annAnnannAnnannAnnann_", "benBenbenBenbenBenbenB"
ANSWERS = {"phone": "13300000000", "bank_card": "6222000000000001234", "name": "张测试"}
PAPERS = {"id_portrait": "a" * 40, "id_emblem": "b" * 40}


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "keyring.json", create=True)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine("", tmp_path)
    migrations.upgrade(engine)
    return engine


@pytest.fixture
def consents(engine: Engine) -> Consents:
    return Consents(engine)


@pytest.fixture
def claims(engine: Engine, keyring: Keyring) -> Claims:
    return Claims(engine, keyring)


def a_claim(claims: Claims, draft_id: str = "d1", person: str = ANN, now: datetime = NOON) -> Filed:
    return claims.file(
        draft_id=draft_id, person=person, openid="oTestOpenid000000000000000", programme="kunming", version="3",
        office="五华区就业局失业保险科", answers=ANSWERS, papers=PAPERS, now=now,
    )  # fmt: skip


def test_a_filed_claim_is_read_back_whole(claims: Claims) -> None:
    filed = a_claim(claims)
    claim = claims.of(ANN)[0]
    assert (claim.receipt, claim.filed_at, claim.id, filed.new) == (filed.receipt, NOON, filed.claim_id, True)
    assert (claim.answers, claim.papers, claim.openid) == (ANSWERS, PAPERS, "oTestOpenid000000000000000")
    assert (claim.status, claim.since, claim.office) == ("submitted", NOON, "五华区就业局失业保险科")
    assert set(claim.paper_states.values()) == {"kept"}
    assert valid(claim.receipt)
    assert claims.by_receipt(filed.receipt) == claims.by_id(filed.claim_id) == claim
    assert claims.at_office("五华区就业局失业保险科") == [claim]


def test_the_same_draft_again_gives_the_same_receipt(claims: Claims) -> None:
    first = a_claim(claims)
    again = a_claim(claims, now=NOON + timedelta(hours=1))
    assert again == replace(first, new=False)
    assert len(claims.of(ANN)) == 1


def test_a_draft_of_somebody_else_gives_no_receipt_away(claims: Claims) -> None:
    a_claim(claims)
    with pytest.raises(NotAllowed):
        a_claim(claims, person=BEN)
    assert claims.of(BEN) == []


def test_one_draft_filed_by_many_threads_at_once_is_one_claim(claims: Claims) -> None:
    with ThreadPoolExecutor(8) as pool:
        filed = list(pool.map(lambda number: a_claim(claims, f"d{number % 4}"), range(32)))
    assert len({one.receipt for one in filed}) == 4
    assert sum(one.new for one in filed) == 4
    assert [len(claim.events) for claim in claims.of(ANN)] == [1] * 4


FILE_MANY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from storage.claims import Claims
from storage.database import open_engine
from storage.keyring import Keyring
home = Path(sys.argv[1])
claims = Claims(open_engine("", home), Keyring.open(home / "keyring.json"))
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    filed = claims.file(draft_id=f"d{number}", person="annAnnannAnnannAnnann_", openid="o1", programme="kunming",
        version="3", office="x", answers={}, papers={}, now=datetime(2026, 11, 22, tzinfo=UTC))
    print(number, filed.receipt, int(filed.new), flush=True)
"""


def test_two_processes_that_file_the_same_drafts_agree_on_every_receipt(claims: Claims, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FILE_MANY, str(tmp_path)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    first, second = ([line.split() for line in one.communicate(timeout=60)[0].splitlines()] for one in both)
    assert [line[:2] for line in first] == [line[:2] for line in second]
    assert len(first) == len(claims.of(ANN)) == 25
    assert all(int(one[2]) + int(other[2]) == 1 for one, other in zip(first, second, strict=True))


def walk(claims: Claims, claim_id: int, *statuses: str) -> None:
    for number, status in enumerate(statuses, 1):
        claims.append(claim_id, status, actor="agency", at=NOON + timedelta(days=number))


def test_a_claim_goes_its_way_and_every_step_is_remembered(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    walk(claims, claim_id, "received", "reviewing")
    claims.append(claim_id, "needs_materials", actor="li", at=NOON + timedelta(days=3), reason="blurred",
                  detail={"slot": "id_emblem", "says": "国徽面看不清"})  # fmt: skip
    claim = claims.of(ANN)[0]
    assert (claim.status, claim.since, claim.detail["slot"]) == (
        "needs_materials", NOON + timedelta(days=3), "id_emblem"
    )  # fmt: skip
    walk(claims, claim_id, "reviewing", "approved", "paying", "paid")
    claim = claims.of(ANN)[0]
    assert [event.seq for event in claim.events] == list(range(1, 9))
    assert (claim.status, claim.events[3].reason, claim.events[3].actor) == ("paid", "blurred", "li")


def test_a_status_out_of_turn_is_refused_and_leaves_no_trace(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    for status in ("approved", "paid", "nonsense", "rejected"):
        with pytest.raises(NotAllowed):
            claims.append(claim_id, status, actor="agency", at=NOON)
    assert len(claims.of(ANN)[0].events) == 1
    with pytest.raises(Missing):
        claims.append(claim_id + 1, "received", actor="agency", at=NOON)


def test_news_that_arrives_twice_is_one_event(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    events = [claims.append(claim_id, "received", actor="agency", at=NOON + timedelta(hours=n)) for n in (1, 2)]
    assert events[0] == events[1]
    assert len(claims.of(ANN)[0].events) == 2


def test_asking_for_a_second_paper_is_an_event_of_its_own(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    walk(claims, claim_id, "received", "reviewing")
    for slot in ("id_emblem", "id_portrait", "id_portrait"):
        claims.append(claim_id, "needs_materials", actor="li", at=NOON, detail={"slot": slot})
    assert [event.detail.get("slot") for event in claims.of(ANN)[0].events[3:]] == ["id_emblem", "id_portrait"]


def test_events_appended_at_the_same_moment_get_numbers_of_their_own(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    walk(claims, claim_id, "received", "reviewing")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(
            lambda n: claims.append(claim_id, "needs_materials", actor="li", at=NOON, detail={"n": str(n)}), range(16)
        ))  # fmt: skip
    events = claims.of(ANN)[0].events
    assert [event.seq for event in events] == list(range(1, 20))
    assert {event.detail["n"] for event in events[3:]} == {str(n) for n in range(16)}


def test_a_clock_that_runs_back_does_not_turn_history_round(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    assert claims.append(claim_id, "received", actor="agency", at=NOON - timedelta(days=1)).at == NOON


def test_what_happened_cannot_be_changed_even_by_sql(claims: Claims, engine: Engine) -> None:
    a_claim(claims)
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text("update claim_events set status = 'paid'"))


def test_one_paper_is_opened_and_replaced_while_the_rest_stays(claims: Claims) -> None:
    claim_id = a_claim(claims).claim_id
    claims.set_paper(claim_id, "id_emblem", "retake")
    assert claims.of(ANN)[0].paper_states == {"id_emblem": "retake", "id_portrait": "kept"}
    claims.set_paper(claim_id, "id_emblem", "kept", photo_key="c" * 40)
    assert claims.of(ANN)[0].papers == {"id_emblem": "c" * 40, "id_portrait": "a" * 40}
    with pytest.raises(Missing):
        claims.set_paper(claim_id, "nonsense", "retake")


def answered(name: str, answer: str, at: datetime, group: str = "bank") -> Answered:
    return Answered(name, group, answer, "2026-11", "f" * 64, int(at.timestamp()))


def test_every_answer_is_kept_once_with_its_text(consents: Consents) -> None:
    given = answered("a.bank", "yes", NOON)
    taken_back = answered("b.bank", "withdrawn", NOON + timedelta(days=1))
    for answers in ([given], [given, taken_back], [taken_back], []):
        consents.record({ANN: answers})
    assert consents.of(ANN) == [
        Consent("bank", "yes", "2026-11", NOON, "f" * 64),
        Consent("bank", "withdrawn", "2026-11", NOON + timedelta(days=1), "f" * 64),
    ]
    assert consents.of(BEN) == []


def test_two_workers_at_the_same_answer_write_one_row(consents: Consents) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: consents.record({ANN: [answered("a.bank", "yes", NOON)]}), range(8)))
    assert len(consents.of(ANN)) == 1


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(claims: Claims) -> None:
    a_claim(claims, now=NOON.astimezone(timezone(timedelta(hours=8))))
    filed_at = claims.of(ANN)[0].filed_at
    assert (filed_at, filed_at.utcoffset()) == (NOON, timedelta(0))


SECRETS = ("13300000000", "6222000000000001234", "张测试", "oTestOpenid000000000000000", "国徽面")


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(FILE_NAME + "*"))


def test_nothing_personal_lies_in_the_database_in_clear(claims: Claims, tmp_path: Path) -> None:
    claim_id = a_claim(claims).claim_id
    walk(claims, claim_id, "received", "reviewing")
    claims.append(claim_id, "needs_materials", actor="li", at=NOON, detail={"says": "国徽面看不清"})
    written = on_disk(tmp_path)
    assert ANN.encode() in written
    assert [secret for secret in SECRETS if secret.encode() in written] == []
    assert not any(secret in repr(claims.of(ANN)) for secret in SECRETS)


def test_erasing_takes_what_no_office_has_taken_up_and_nothing_of_others(
    claims: Claims, consents: Consents, engine: Engine, keyring: Keyring, tmp_path: Path
) -> None:
    erasures = Erasures(engine, keyring)
    for number, person in enumerate((ANN, ANN, BEN)):
        a_claim(claims, f"d{number}", person)
        consents.record({person: [answered(f"{number}.bank", "yes", NOON)]})
    claims.append(claims.of(ANN)[0].id, "withdrawn", actor="claimant", at=NOON)
    wish = Erasing("3528914603715", int(NOON.timestamp()), "asked", True)
    for _ in range(2):
        erasures.ask(ANN, wish)
    (row,) = erasures.open_of(ANN)
    assert (erasures.forget_claims(ANN), erasures.forget_consents(ANN, row.asked_at)) == (2, 2)
    for _ in range(2):
        erasures.finish(wish.receipt, 0, NOON)
    assert (claims.of(ANN), consents.of(ANN), erasures.open(), erasures.open_of(ANN)) == ([], [], [], [])
    assert len(claims.of(BEN)) == len(consents.of(BEN)) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from claim_events")) == 1
        assert connection.scalar(text("select count(*) from papers")) == 2
    assert ANN.encode() not in on_disk(tmp_path)
    proof = erasures.proof(ANN, wish.receipt)
    assert proof is not None and (proof.done_at, proof.claims_kept) == (NOON, 0)
    assert erasures.proof(BEN, wish.receipt) is None
    assert erasures.drop_before(NOON) == 0 and erasures.drop_before(NOON + timedelta(days=1)) == 1


def test_a_claim_that_an_office_has_taken_up_stays(claims: Claims, engine: Engine, keyring: Keyring) -> None:
    erasures = Erasures(engine, keyring)
    taken, _ = a_claim(claims, "d1"), a_claim(claims, "d2")
    claims.append(taken.claim_id, "received", actor="li", at=NOON)
    assert (erasures.forget_claims(ANN), erasures.forget_claims(ANN), erasures.claims_left(ANN)) == (1, 0, 1)
    assert claims.of(ANN)[0].receipt == taken.receipt


def test_rows_exchanged_behind_our_back_do_not_open(claims: Claims, engine: Engine) -> None:
    a_claim(claims, "d1", ANN)
    a_claim(claims, "d2", BEN)
    with engine.begin() as connection:
        connection.execute(text("update claims set answers = (select answers from claims where draft_id = 'd2')"))
    with pytest.raises(Unreadable):
        claims.of(ANN)


def test_a_locked_database_is_a_store_unavailable(claims: Claims, keyring: Keyring, tmp_path: Path) -> None:
    hasty = Claims(open_engine("", tmp_path, busy_ms=0), keyring)
    with sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreUnavailable, match="locked"):
            a_claim(hasty)
        other.execute("rollback")
    other.close()
    assert a_claim(claims).new


def test_a_disk_that_is_full_is_a_store_unavailable(engine: Engine, keyring: Keyring, tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))"
    script = FILE_MANY.replace("sys.stdin.readline()", limit)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "StoreUnavailable" in done.stderr.splitlines()[-1]
    assert Claims(engine, keyring).of(ANN) == []


def test_a_parked_draft_waits_for_its_person(engine: Engine) -> None:
    parked = ParkedDrafts(engine)
    assert (parked.parked(ANN), parked.drop(ANN)) == (None, False)
    parked.park(ANN, b"first", NOON)
    parked.park(ANN, b"second", NOON + timedelta(days=1))
    parked.park(BEN, b"ben", NOON)
    assert parked.parked(ANN) == b"second"
    assert parked.parked_before(NOON + timedelta(hours=1)) == [BEN]
    assert (parked.drop(ANN), parked.parked(ANN)) == (True, None)
