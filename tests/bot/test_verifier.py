"""The real-name check through HTTP, with the simulated service: offered, never waited for, counted once."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config import BadSettings, Settings, VerifierPart, read_settings
from bot.simulator.bubbles import segments
from bot.simulator.follower import Follower
from bot.simulator.verifier import PERSON, VerifierDesk
from dialogs.session import Identity, Session
from handlers import parking
from tests.bot.test_config import written
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, running

SECRET = "a shared secret"
CARD = "https://card.example.com/si"


def with_verifier(settings: Settings, **more: Any) -> Settings:
    part = VerifierPart(kind="http", url="http://x", key_id="k1", secret=SecretStr(SECRET), page=CARD, **more)
    return settings.model_copy(update={"verifier": part})


@dataclass
class Claimant:
    """Somebody who begins a claim in Kunming."""

    bot: Bot
    follower: Follower

    @property
    def person(self) -> str:
        return self.bot.world.sessions.person_of(self.follower.openid)

    @property
    def session(self) -> Session:
        found = self.bot.world.sessions.load(self.person).session
        assert found is not None
        return found

    @property
    def identity(self) -> Identity | None:
        assert self.session.draft is not None
        return self.session.draft.identity

    @property
    def desk(self) -> VerifierDesk:
        return self.bot.platform.verifier

    def says(self, line: str) -> str:
        return act(self.follower, line)

    def links(self) -> dict[str, str]:
        """Of the last reply: label to address."""
        found = segments(self.follower.exchanges[-1].text)
        return {one.text: one.href for one in found if one.kind == "link"}

    def begins(self) -> str:
        """Begin; the link's reference."""
        self.says("申领")
        assert "先做实名认证" in self.says("昆明")
        return self.reference()

    def reference(self) -> str:
        return re.findall(r"reference=([\w-]+)", self.links()["点这里做实名认证"])[0]

    def presses(self, outcome: str) -> requests.Response:
        """Open the link on the phone and press a button."""
        page = requests.get(self.links()["点这里做实名认证"], timeout=5)
        action = unescape(re.findall(r'action="verify([^"]+)"', page.text)[0])
        return requests.post(f"{self.desk_url}/verify{action}", data={"outcome": outcome}, timeout=5)

    @property
    def desk_url(self) -> str:
        return self.bot.settings.verifier.url

    def posts(self, body: bytes, **headers: str) -> int:
        return requests.post(self.desk.callback_url, data=body, headers=headers, timeout=5).status_code


@pytest.fixture
def ann(settings: Settings) -> Iterator[Claimant]:
    with running(with_verifier(settings)) as bot:
        yield Claimant(bot, bot.follower())


def test_passed_shown_masked_and_in_the_claim(ann: Claimant) -> None:
    ann.begins()
    assert ann.links()["领取电子社保卡"] == CARD
    assert "请回到公众号" in ann.presses("verified").text
    assert ann.desk.told == [204]
    heard = ann.says("我已阅读")
    assert "实名认证通过" in heard and "缴纳医保" in heard
    for line in WHOLE_CLAIM[3:-1]:
        summary = ann.says(line)
    assert "领取人姓名：样**（实名认证）" in summary and "户名：样**（实名认证）" in summary
    assert "领取人证件号码：9901**********0017（实名认证）" in summary
    system = summary.split("系统自动提取")[1].splitlines()[0]
    assert "失业日期" in system and "领取人" not in system and "户名" not in system
    assert "领取人姓名：样**" in ann.says("我的信息")
    assert "没有这个号码" in ann.says("改15")  # read only: these lines have no number
    held = ann.bot.redis.get("{p:" + ann.person + "}") or b""
    assert PERSON["name"].encode() not in held and PERSON["id_number"].encode() not in held
    assert "回执号" in ann.says("提交")
    (claim,) = ann.bot.world.claims.of(ann.person)
    assert {key: claim.answers[key] for key in ("recipient_name", "recipient_id", "account_name", "recipient_source")} == {
        "recipient_name": PERSON["name"], "recipient_id": PERSON["id_number"], "account_name": PERSON["name"],
        "recipient_source": "verified",
    }  # fmt: skip


def test_not_passed_is_no_dead_end(ann: Claimant) -> None:
    ann.begins()
    ann.presses("failed")
    heard = ann.says("我已阅读")
    assert "没有通过（人脸和证件照片不符）" in heard and "缴纳医保" in heard
    assert "请点下面重新做" in ann.says("实名认证")
    ann.presses("verified")
    assert "实名认证通过" in ann.says("帮助")
    assert "已经通过" in ann.says("实名认证")


def test_never_done_the_claim_is_filed_all_the_same(ann: Claimant) -> None:
    ann.begins()
    for line in WHOLE_CLAIM[2:]:
        last = ann.says(line)
    assert "回执号" in last
    (claim,) = ann.bot.world.claims.of(ann.person)
    assert "recipient_id" not in claim.answers and "recipient_source" not in claim.answers


def test_a_callback_that_was_lost_is_asked_for_with_continue(ann: Claimant) -> None:
    reference = ann.begins()
    assert "还没有结果" in ann.says("继续")
    ann.desk.loses_callbacks = True
    ann.desk.decide(reference, "verified")
    assert ann.identity is not None and ann.identity.state == "begun"
    heard = ann.says("继续")
    assert "实名认证通过" in heard and "我已阅读" in heard
    assert "实名认证" not in ann.says("继续")


def test_the_service_away_while_it_is_asked(ann: Claimant) -> None:
    ann.begins()
    ann.desk.secret = "another"
    assert "还没有结果" in ann.says("继续")
    assert "缴纳医保" in ann.says("我已阅读")


def test_an_expired_link(ann: Claimant) -> None:
    reference = ann.begins()
    ann.desk.now = lambda: ann.bot.clock().timestamp() + 3600
    assert requests.get(ann.links()["点这里做实名认证"], timeout=5).status_code == 410
    ann.desk.now = lambda: ann.bot.clock().timestamp()
    ann.desk.decide(reference, "expired")
    assert "链接过时了" in ann.says("继续")
    forged = re.sub(r"reference=[\w-]+", "reference=abc", ann.desk_url + "/verify?reference=x&key=k1&at=1")
    assert requests.get(forged, timeout=5).status_code == 410


def test_a_callback_twice_and_an_older_one_late(ann: Claimant) -> None:
    first = ann.begins()
    ann.bot.clock.shift_by = lambda: timedelta(seconds=5)
    ann.says("实名认证")
    second = ann.reference()
    ann.desk.decide(first, "failed")
    assert "没有通过" not in ann.says("帮助")  # an earlier attempt's
    ann.desk.decide(second, "verified")
    ann.desk.call_back(second)
    assert ann.says("帮助").count("实名认证通过") == 1
    ann.desk.decide(second, "failed")
    assert set(ann.desk.told) == {204}
    assert ann.identity is not None and ann.identity.state == "verified"


def test_late_for_a_draft_that_is_gone_or_filed(ann: Claimant) -> None:
    reference = ann.begins()
    ann.says("取消")
    ann.says("2")
    ann.desk.decide(reference, "verified")
    assert ann.desk.told == [204] and ann.session.draft is None
    assert "实名认证" not in ann.says("帮助")
    reference = ann.begins()
    assert ann.identity is not None and ann.identity.state == "begun"
    for line in WHOLE_CLAIM[2:]:
        ann.says(line)
    ann.desk.decide(reference, "verified")
    assert ann.desk.told == [204, 204] and ann.session.draft is None


def test_of_a_parked_draft(ann: Claimant) -> None:
    reference = ann.begins()
    ann.bot.clock.shift_by = lambda: timedelta(days=8)
    assert parking.park_idle(ann.bot.world).parked == 1
    ann.bot.clock.shift_by = timedelta
    ann.desk.decide(reference, "verified")
    assert ann.desk.told == [204]
    assert "实名认证通过" in ann.says("继续")


def test_forged_and_malformed_callbacks(ann: Claimant) -> None:
    reference = ann.begins()
    body = json.dumps({"reference": reference, "status": "verified", **PERSON}).encode()
    ann.desk.results[reference] = json.loads(body)
    assert ann.posts(body) == 401
    now = ann.bot.clock().timestamp()
    assert ann.desk.call_back(reference, secret="wrong") == 401
    assert ann.desk.call_back(reference, at=now - 400) == 401
    path = "/verifier/callback"
    assert ann.posts(body + b" ", **ann.desk.headers("POST", path, body, now)) == 401
    for wrong in (
        b"", b"[]", b"{}", b"[" * 5000, b'{"reference":' + b"[" * 5000, b"\xff\xfe", b'{"reference":1,"status":"verified"}',
        b'{"reference":"x","status":"perhaps"}', b'{"reference":"x","status":"verified","more":[[[[]]]]}',
    ):  # fmt: skip
        assert ann.posts(wrong, **ann.desk.headers("POST", path, wrong, now)) == 400, wrong[:40]
    for unknown in ("x", "", "A" * 116, "样", reference[:-2] + "AA", reference + "A", "=" * 8):
        body = json.dumps({"reference": unknown, "status": "verified", **PERSON}).encode()
        assert ann.posts(body, **ann.desk.headers("POST", path, body, now)) == 404, unknown
    assert ann.posts(b"x" * 9000) == 413
    endless = requests.post(ann.desk.callback_url, data=(b"x" * 1024 for _ in range(100)), timeout=10)
    assert endless.status_code == 413
    assert ann.identity is not None and ann.identity.state == "begun"


@given(st.binary(max_size=200), st.text(max_size=30))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_body_is_a_fault_of_ours(ann: Claimant, body: bytes, words: str) -> None:
    for hostile in (body, json.dumps({"reference": words, "status": "failed", "words": words}).encode()):
        signed = ann.desk.headers("POST", "/verifier/callback", hostile, ann.bot.clock().timestamp())
        assert 400 <= ann.posts(hostile, **signed) < 500


def test_with_the_store_away_it_is_told_again(settings: Settings, tmp_path: Any) -> None:
    from storage import embedded
    from tests.whole import settings_for

    server = embedded.start(tmp_path)
    with running(with_verifier(settings_for(server.url, tmp_path))) as bot:
        ann = Claimant(bot, bot.follower())
        reference = ann.begins()
        server.stop()
        ann.desk.decide(reference, "verified")
        server = embedded.start(tmp_path)
        assert ann.desk.call_back(reference) == 204
        assert ann.desk.told == [503, 204]
        assert "实名认证通过" in ann.says("继续")
    server.stop()


@pytest.mark.parametrize("person", [{"name": "", "id_number": PERSON["id_number"]}, {"name": "样例", "id_number": "1"}])
def test_a_result_that_cannot_be_is_not_taken(ann: Claimant, person: dict[str, str]) -> None:
    reference = ann.begins()
    ann.desk.person = person
    ann.desk.decide(reference, "verified")
    assert "没有通过" in ann.says("继续")


@pytest.mark.parametrize(("id_number", "stays"), [("990101201011240010", True), ("990101201503150011", False)])
def test_under_sixteen_the_claim_stops_and_refers(ann: Claimant, id_number: str, stays: bool) -> None:
    reference = ann.begins()
    for line in WHOLE_CLAIM[2:13]:
        ann.says(line)
    ann.desk.person = {"name": "样例", "id_number": id_number}
    ann.desk.decide(reference, "verified")
    heard = ann.says("帮助")
    ann.bot.jobs.settle()
    assert (ann.session.draft is not None) is stays
    if not stays:
        assert "未满 16 周岁" in heard and "0871-63588129" in heard
        assert list(ann.bot.world.photos.keys_of(ann.person)) == []


def test_jilin_has_no_such_step(ann: Claimant) -> None:
    ann.says("申领")
    assert "实名认证" not in ann.says("吉林")
    assert "没有写实名认证" in ann.says("实名认证")


def test_switched_off_it_is_explained(bot: Bot) -> None:
    ann = Claimant(bot, bot.follower())
    ann.says("申领")
    ann.says("昆明")
    assert "发“实名认证”看怎么做" in ann.says("我已阅读")
    heard = ann.says("实名认证")
    assert "就业彩云南" in heard and "缴纳医保" in heard and ann.identity is None
    assert requests.post(bot.platform.verifier.callback_url, data=b"{}", timeout=5).status_code == 404


def test_a_mini_program_is_linked_with_the_page_for_older_phones(settings: Settings) -> None:
    with running(with_verifier(settings, mini_program_appid="wxcard", mini_program_path="pages/a?b=1")) as bot:
        ann = Claimant(bot, bot.follower())
        ann.begins()
        text = ann.follower.exchanges[-1].text
        assert f'<a href="{CARD}" data-miniprogram-appid="wxcard" data-miniprogram-path="pages/a?b=1">' in text
        assert not ann.follower.violations


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "off"', 'kind = "http"', "[verifier] url: is missing"),
        ('kind = "off"', 'kind = "ftp"', "[verifier] kind"),
        ('page = ""', 'page = "card.example.com"', "[verifier] page"),
        ('mini_program_appid = ""', 'mini_program_appid = "wx1"', "[verifier] page: is missing"),
    ],
)
def test_a_bad_key_is_named(tmp_path: Any, old: str, new: str, named: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(named)):
        read_settings(written(tmp_path, old, new))
