"""The agency's client against the simulated agency: every trouble becomes one of two errors, and nothing is sent twice."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis

from bot.agency import HttpAgency
from bot.agency_http import AgencyHttp, Patience
from bot.simulator.agency import SimulatedAgency
from dialogs.status import Event
from handlers.ports import AgencyRefused, AgencyUnavailable
from storage.circuit import FAILURES_MOST, OPEN_S, Circuit
from storage.embedded import EmbeddedValkey
from storage.filed import Claim
from tests.bot.agency_house import KEY_ID, SECRET, agency_serving
from tests.build import nobody_listens
from tests.whole import paper

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PATIENCE = Patience(connect_s=1, read_s=0.5, whole_s=1, tries=2)
CLAIM = Claim(
    id=1, draft_id="d" * 32, receipt="3528914603715", person="p", programme="kunming", version="1",
    office="五华区就业局失业保险科", filed_at=NOON, events=(Event(1, "submitted", NOON, "claimant"),),
    papers={"id_portrait": "k", "id_emblem": "k"}, paper_states={}, openid="o", answers={"medical_way": "other"},
)  # fmt: skip
PAPERS = {slot: (lambda name=name: paper(name)) for slot, name in (("id_portrait", "id_portrait"), ("id_emblem", "id_emblem"))}


@pytest.fixture
def circuit(valkey: EmbeddedValkey) -> Circuit:
    client = redis.Redis.from_url(valkey.url)
    client.flushall()
    return Circuit(client, "agency")


@pytest.fixture
def there() -> Iterator[tuple[SimulatedAgency, str]]:
    with agency_serving(slow_s=2.0) as served:
        yield served


def client(url: str, circuit: Circuit, secret: str = SECRET) -> HttpAgency:
    naps: list[float] = []
    return HttpAgency(AgencyHttp(url, KEY_ID, secret.encode(), circuit, patience=PATIENCE, sleep=naps.append))


def test_a_claim_is_given_with_its_papers_and_only_once(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    ours = client(url, circuit)
    first = ours.submit(CLAIM, PAPERS)
    assert ours.submit(CLAIM, PAPERS) == first
    assert agency.book.papers[agency.book.claims[CLAIM.receipt].papers["id_emblem"]] == paper("id_emblem")
    assert [call.split("/")[3] for call in agency.calls] == ["claims", "papers", "papers", "claims", "claims"]


def test_a_broken_try_sends_only_the_rest_again(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    agency.troubles += ["", "", "down", "down"]
    with pytest.raises(AgencyUnavailable):
        client(url, circuit).submit(CLAIM, PAPERS)
    agency.calls.clear()
    client(url, circuit).submit(CLAIM, PAPERS)
    assert sum(call.startswith("PUT /agency/v1/papers") for call in agency.calls) == 1


@pytest.mark.parametrize(
    ("troubles", "code"),
    [(["down"] * 2, "http_503"), (["garbled"], "garbled"), (["slow"] * 2, "too_slow"), (["lost"] * 2, "http_502")],
)
def test_trouble_has_a_code(
    there: tuple[SimulatedAgency, str], circuit: Circuit, troubles: list[str], code: str
) -> None:
    agency, url = there
    agency.troubles += troubles
    with pytest.raises(AgencyUnavailable) as caught:
        client(url, circuit).check()
    assert caught.value.code == code and not agency.troubles


def test_one_trouble_is_tried_again_at_once(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    agency.troubles.append("down")
    client(url, circuit).check()
    assert len(agency.calls) == 2


def test_a_wrong_key_and_nobody_there(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    for address, secret, code in ((there[1], "wrong " * 4, "not_let_in"), ("http://127.0.0.1:1/agency", SECRET, "not_reached")):
        with pytest.raises(AgencyUnavailable) as caught:
            client(address, circuit, secret).check()
        assert caught.value.code == code
    assert there[0].calls == []


def test_a_refusal_names_the_agencys_code(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    agency.troubles.append("refused")
    with pytest.raises(AgencyRefused) as caught:
        client(url, circuit).submit(CLAIM, PAPERS)
    assert (caught.value.code, caught.value.words) == ("not_our_district", "不归本经办机构管")
    with pytest.raises(AgencyRefused, match="unknown_claim"):
        client(url, circuit).result(CLAIM, 0)


def test_results_and_a_withdrawal(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    ours = client(url, circuit)
    ours.submit(CLAIM, PAPERS)
    assert ours.result(CLAIM, 0) is None
    agency.book.decide(CLAIM.receipt, "needs_materials", papers=[{"slot": "id_emblem", "reason": "dark"}])
    found = ours.result(CLAIM, 0)
    assert found is not None and (found.seq, found.status, found.papers[0].slot) == (1, "needs_materials", "id_emblem")
    ours.hand_in(CLAIM, 2, "id_emblem", lambda: paper("bank_card"))
    ours.hand_in(CLAIM, 2, "id_emblem", lambda: paper("bank_card"))
    assert ours.result(CLAIM, 2) is None
    with pytest.raises(AgencyRefused, match="not_asked"):
        ours.hand_in(CLAIM, 3, "id_emblem", lambda: paper("bank_card"))
    for _ in range(2):
        ours.withdraw(CLAIM)
    agency.book.claims[CLAIM.receipt].results[-1]["status"] = "approved"
    agency.book._done.clear()
    with pytest.raises(AgencyRefused, match="already_decided"):
        ours.withdraw(CLAIM)


def test_a_claim_withdrawn_before_it_came_is_not_taken(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    ours = client(there[1], circuit)
    ours.withdraw(CLAIM)
    with pytest.raises(AgencyRefused, match="withdrawn"):
        ours.submit(CLAIM, PAPERS)


def test_what_is_known_of_a_person(there: tuple[SimulatedAgency, str], circuit: Circuit) -> None:
    agency, url = there
    agency.book.people["990101198503150017"] = {"reason": "合同到期", "odd": 1}
    agency.book.cards["99010119900101006X"] = {"卡号": "A1234567"}
    ours = client(url, circuit)
    assert ours.prefill("990101198503150017") == {"reason": "合同到期"} and ours.prefill("99010119900101006X") == {}
    assert ours.sync_social_card("99010119900101006X") == {"卡号": "A1234567"}
    assert not any("9901" in call for call in agency.calls)


def test_the_circuit_opens_lets_one_try_and_closes(circuit: Circuit) -> None:
    now = 1_790_000_000.0
    for _ in range(FAILURES_MOST):
        assert circuit.admits(now) and circuit.state(now) == "closed"
        circuit.failed(now)
    assert circuit.state(now) == "open" and not circuit.admits(now)
    later = now + OPEN_S
    assert circuit.state(later) == "half_open"
    assert [circuit.admits(later) for _ in range(3)] == [True, False, False]
    circuit.failed(later)
    assert not circuit.admits(later + OPEN_S - 1) and circuit.admits(later + OPEN_S)
    circuit.worked()
    assert circuit.state(later) == "closed" and circuit.admits(later)


def test_with_redis_away_the_circuit_is_closed() -> None:
    away = Circuit(nobody_listens(), "agency")
    away.failed(0)
    away.worked()
    assert away.admits(0) and away.state(0) == "closed"
