"""The agency's callback: each result is taken once, whatever is repeated, late, forged or broken."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.config import Settings
from handlers import claim_news
from storage import embedded
from tests.bot.agency_house import House, Signed, housed
from tests.bot.desk import Filed
from tests.whole import settings_for

AT = "2026-11-24T09:00:00+08:00"


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with housed(settings) as whole:
        yield whole


def said(ann: Filed, seq: int, status: str, **more: Any) -> bytes:
    return json.dumps({"receipt": ann.receipt, "seq": seq, "status": status, "at": AT, **more}).encode()


def test_a_result_sent_again_or_late_changes_nothing(house: House) -> None:
    ann, post = house.filed(), house.agency.post_back
    reviewing, approved = said(ann, 2, "reviewing"), said(ann, 3, "approved", start="2026-12", end="2027-01", amount="1")
    assert post(approved) == 200
    for _ in range(2):
        assert post(approved, nonce="the-same-nonce") == 200
    assert post(reviewing) == 200
    assert post(said(ann, 3, "rejected", reason="own_will")) == 200  # the same number: known
    statuses = [one.status for one in ann.claim.events]
    assert statuses == ["submitted", "submitted", "received", "reviewing", "approved"]
    assert ann.says("帮助").count("审批通过") == 1 and "审批通过" not in ann.says("帮助")


def test_a_nonce_with_another_body_is_refused(house: House) -> None:
    ann, post = house.filed(), house.agency.post_back
    assert post(said(ann, 1, "received"), nonce="the-same-nonce") == 200
    assert post(said(ann, 2, "reviewing"), nonce="the-same-nonce") == 409
    assert ann.claim.status == "received"


def test_who_forges_or_is_late_is_not_let_in(house: House) -> None:
    ann, agency = house.filed(), house.agency
    body = said(ann, 1, "received")
    assert agency.post_back(body, Signature="0" * 64) == 401
    assert agency.post_back(body, Signature="签名".encode().decode("latin-1")) == 401
    assert agency.post_back(body, Key="k9") == 401
    agency.now = lambda: 1_700_000_000
    assert agency.post_back(body) == 401
    assert requests.post(agency.callback_url, data=body, timeout=5).status_code == 401
    assert requests.get(agency.callback_url, timeout=5).status_code == 405
    assert ann.claim.status == "submitted"


def test_two_keys_are_taken_while_they_change(house: House) -> None:
    ann, agency = house.filed(), house.agency
    agency.key_id, agency.secret = "k2", b"another long secret"
    assert agency.post_back(said(ann, 1, "received")) == 200
    agency.secret = b"a secret of both sides"
    assert agency.post_back(said(ann, 2, "reviewing")) == 401


HOSTILE = [
    b"", b"null", b"[]", b"{", b"\xff\xfe", b'"' + b"x" * 1000, b"[" * 100_000, b'{"receipt": 1}',
    b'{"receipt": "1234567890123\\n", "seq": 1, "status": "paid", "at": "2026-11-24T09:00:00Z"}',
    b'{"receipt": "1234567890123", "seq": 1e999, "status": "paid", "at": "2026-11-24T09:00:00Z"}',
    b'{"receipt": "1234567890123", "seq": 1, "status": "submitted", "at": "2026-11-24T09:00:00Z"}',
    b'{"receipt": "1234567890123", "seq": 1, "status": "paid", "at": "2026-11-24T09:00:00"}',
    b'{"receipt": "1234567890123", "seq": 1, "status": "needs_materials", "at": "2026-11-24T09:00:00Z"}',
    b'{"receipt": "1234567890123", "seq": 1, "status": "paid", "at": "0001-01-01T00:00:00+23:59", "words": "\\ud800"}',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused_in_words(house: House, body: bytes) -> None:
    assert house.agency.post_back(body) == 422


def test_what_cannot_be_is_refused_and_changes_nothing(house: House) -> None:
    ann, post = house.filed(), house.agency.post_back
    stranger = said(ann, 1, "paid").replace(ann.receipt.encode(), b"1234567890123")
    assert post(stranger) == 404
    assert post(said(ann, 1, "needs_materials", papers=[{"slot": "shoe", "ask": 1}])) == 422
    assert post(said(ann, 1, "received", words="x" * (256 * 1024))) == 413
    assert ann.claim.status == "submitted"
    assert post(said(ann, 1, "rejected", reason="own_will", at="0001-01-01T00:00:00+23:59")) == 200
    assert post(said(ann, 2, "approved")) == 409
    assert ann.claim.status == "rejected" and "审批不通过" in ann.says("进度")


def test_who_sends_no_json_is_told(house: House) -> None:
    ann = house.filed()
    body = said(ann, 1, "received")
    assert requests.post(house.agency.callback_url, data=body, auth=Signed(), timeout=5).status_code == 415


@contextmanager
def sql_away(house: House) -> Iterator[None]:
    def breaks(*_: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    engine = house.bot.world.claims._engine
    event.listen(engine, "before_cursor_execute", breaks)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", breaks)


def test_with_the_database_away_the_agency_is_asked_to_repeat(house: House) -> None:
    ann, post = house.filed(), house.agency.post_back
    body = said(ann, 1, "received")
    with sql_away(house):
        assert post(body, nonce="the-same-nonce") == 503
        assert house.metric("claimbot_agency_circuit") == 0
    assert post(body, nonce="the-same-nonce") == 200
    assert ann.claim.status == "received"


def test_with_redis_away_the_agency_is_asked_to_repeat(tmp_path: Any) -> None:
    server = embedded.start(tmp_path)
    try:
        with housed(settings_for(server.url, tmp_path)) as house:
            ann = house.filed()
            body = said(ann, 1, "received")
            server.stop()
            assert house.agency.post_back(body) == 503
            server = embedded.start(tmp_path)
            assert house.agency.post_back(body) == 200
            claim_news.tell_all(house.bot.world)
            assert "经办机构已收到" in ann.says("帮助")
    finally:
        server.stop()
