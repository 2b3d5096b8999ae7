"""Consents recorded exactly once, the pages, WeChat's privacy events: through the whole bot."""

import base64
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.app import connect_redis, create_app, redis_url
from bot.config import Settings
from bot.jobs import PHOTOS, JobQueue, make_celery
from bot.simulator import messages
from handlers import erasing
from storage.errors import StoreUnavailable
from storage.export_links import OPENS
from tests.bot.desk import Desk, Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.valkeys import wait_for
from tests.whole import Bot, paper, running

OPENID = "oRights-00000000000000000009"
UP_TO_PAPERS = WHOLE_CLAIM[:11]


@pytest.fixture
def public_bot(settings: Settings) -> Iterator[Bot]:
    """With a public address, as behind a proxy."""
    with running(
        settings.model_copy(update={"server": settings.server.model_copy(update={"public_url": "https://x.cn"})})
    ) as bot:
        yield bot


def person_of(bot: Bot) -> str:
    return bot.world.sessions.person_of(OPENID)


def groups(bot: Bot) -> list[tuple[str, str]]:
    return [(one.group, one.answer) for one in bot.world.consents.of(person_of(bot))]


ALL_THREE = [("bank", "yes"), ("papers", "yes"), ("portrait", "yes")]


def test_each_answer_is_one_row_and_filing_adds_none(bot: Bot) -> None:
    whole_claim(bot.follower(OPENID))
    bot.jobs.settle()
    assert groups(bot) == ALL_THREE
    one = bot.world.consents.of(person_of(bot))[0]
    assert (
        len(one.text_hash) == 64 and one.notice_version == bot.world.knowledge.notice.version and one.channel == "chat"
    )


def test_a_refusal_is_recorded_too(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in (*WHOLE_CLAIM[:6], "不同意", "继续", "同意"):
        act(follower, line)
    bot.jobs.settle()
    assert groups(bot) == [("bank", "no"), ("bank", "yes")]


def test_a_lost_hint_is_found_again_and_nothing_is_written_twice(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    bot.jobs.stopped = True
    for line in UP_TO_PAPERS:
        act(follower, line)
    assert groups(bot) == []
    assert erasing.find_forgotten(bot.world) == 1 and erasing.find_forgotten(bot.world) == 0
    assert groups(bot) == ALL_THREE
    session = bot.world.sessions.load(person_of(bot)).session
    assert session is not None and session.rights.unrecorded == ()


KILLED_AFTER_WRITING = """
import os, sys
from pathlib import Path
from bot.app import build_world
from bot.config import read_settings
from handlers import erasing
from storage.consents import Consents
world = build_world(read_settings(Path(sys.argv[1])))
class Dies(Consents):
    def record(self, answers):
        if sys.argv[3] == "after":
            super().record(answers)
        os.kill(os.getpid(), 9)
from dataclasses import replace
erasing.see_to(replace(world, consents=Dies(world.consents._engine)), sys.argv[2])
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_at_the_answers_writes_them_once(bot: Bot, when: str) -> None:
    follower = bot.follower(OPENID)
    bot.jobs.stopped = True
    for line in UP_TO_PAPERS:
        act(follower, line)
    command = [sys.executable, "-c", KILLED_AFTER_WRITING, str(Desk.of(bot).config), person_of(bot), when]
    ended = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, check=False, timeout=60)
    assert ended.returncode == -9, ended.stderr.decode()
    assert groups(bot) == (ALL_THREE if when == "after" else [])
    erasing.find_forgotten(bot.world)
    assert groups(bot) == ALL_THREE


def test_an_answer_takes_no_sql_on_the_way_to_its_reply(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:6]:
        act(follower, line)
    bot.jobs.stopped = True
    statements: list[str] = []

    def on_sql(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", on_sql)
    try:
        act(follower, "同意")
        platform = bot.platform.follower("oWeChatItself-00000000000001", following=True)
        platform.send(messages.privacy("user_authorization_revoke", OPENID, "wx0", ["206", "207"]), None)
        platform.send(messages.privacy("user_authorization_cancellation", OPENID, "wx0"), None)
    finally:
        event.remove(Engine, "before_cursor_execute", on_sql)
    assert statements == []
    assert erasing.find_forgotten(bot.world) == 1


def test_what_wechat_revokes_goes_and_the_sender_is_nobody(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in (*UP_TO_PAPERS, "[照片 id_portrait]", "[照片 id_emblem]"):
        act(follower, line)
    platform = bot.platform.follower("oWeChatItself-00000000000001", following=True)
    for _ in range(2):
        exchange = platform.send(messages.privacy("user_authorization_revoke", OPENID, "wx0", ["207"]), None)
        assert exchange.text == ""
    bot.jobs.settle()
    session = bot.world.sessions.load(person_of(bot)).session
    assert session is not None and session.draft is not None and session.draft.photos == {}
    assert session.draft.answers["bank_account"] and bot.world.photos.keys_of(person_of(bot)) == []
    assert ("papers", "withdrawn") in groups(bot) and ("bank", "withdrawn") not in groups(bot)
    assert bot.world.sessions.load(bot.world.sessions.person_of(platform.openid)).session is None
    assert "你同意" in act(follower, "继续")


def test_an_event_about_a_stranger_or_of_another_kind_is_harmless(bot: Bot) -> None:
    platform = bot.platform.follower("oWeChatItself-00000000000001", following=True)
    for subject in ("oNobodyKnown", "x" * 5000, ";--drop", "🙂"):
        for name in ("user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"):
            exchange = platform.send(messages.privacy(name, subject, "wx0", ["207"]), None)  # type: ignore[arg-type]
            assert exchange.answer is not None and exchange.answer.status == 200 and exchange.text == ""
    bot.jobs.settle()
    for key in bot.redis.scan_iter("{p:*"):
        assert 0 < bot.redis.ttl(key) <= 600


def test_taking_a_consent_back_deletes_the_bytes(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in (*UP_TO_PAPERS, "[照片 id_portrait]", "撤回同意", "证件照片"):
        act(follower, line)
    bot.jobs.settle()
    assert bot.world.photos.keys_of(person_of(bot)) == [] and ("papers", "withdrawn") in groups(bot)


def test_a_photograph_that_was_on_its_way_when_the_consent_was_taken_back_is_not_kept(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in UP_TO_PAPERS:
        act(follower, line)
    bot.jobs.stopped = True
    for line in ("[照片 id_portrait]", "撤回同意", "证件照片"):
        act(follower, line)
    bot.jobs.stopped = False
    from handlers.photo_job import fetch_photo

    for member in bot.redis.zrange("{pending}:photos", 0, -1):
        fetch_photo(bot.world, *member.decode().split(" "))
    assert bot.world.photos.keys_of(person_of(bot)) == [] and bot.world.pending.count() == 0


# the pages


def page(bot: Bot, path: str, method: str = "GET") -> requests.Response:
    address = bot.platform.postman.settings.bot_url.removesuffix("/wechat")
    return requests.request(method, f"{address}{path}", timeout=10)


def test_the_notice_is_a_page_that_needs_nothing_from_elsewhere(bot: Bot) -> None:
    found = page(bot, "/privacy")
    assert found.status_code == 200 and found.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in found.headers["Content-Security-Policy"]
    for item in bot.world.knowledge.notice.items:
        assert item.what in found.text and item.purpose in found.text
    assert bot.world.knowledge.notice.version in found.text and "viewport" in found.text
    assert not re.search(r"<script|src=|href=|https?://", found.text)


def link_of(reply: str) -> str:
    found = re.search(r"https://x\.cn(/export/[A-Za-z0-9_-]{43})", reply)
    assert found is not None, reply
    return found[1]


def test_a_copy_of_everything_by_link(public_bot: Bot) -> None:
    bot = public_bot
    follower = bot.follower(OPENID)
    whole_claim(follower)
    for line in (*UP_TO_PAPERS, "[照片 id_emblem]"):
        act(follower, line)
    bot.jobs.settle()
    assert "https://x.cn/privacy" in act(follower, "隐私")
    path = link_of(act(follower, "导出"))
    for _ in range(OPENS + 2):
        looked = page(bot, path)
        assert looked.status_code == 200 and "下载" in looked.text and looked.headers["Cache-Control"] == "no-store"
    fetched = page(bot, path, "POST")
    assert fetched.status_code == 200 and fetched.headers["Cache-Control"] == "no-store"
    assert (
        fetched.headers["X-Robots-Tag"].startswith("noindex") and "attachment" in fetched.headers["Content-Disposition"]
    )
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as packed:
        whole = json.loads(packed.read("我的信息.json"))
        readable = packed.read("我的信息.txt").decode()
        (claim,) = bot.world.claims.of(person_of(bot))
        assert packed.read(f"photos/{claim.receipt}_id_portrait.jpg") == paper("id_portrait")
        assert packed.read("photos/draft1_id_portrait.jpg") == paper("id_emblem")
    assert whole["openid"] == OPENID and whole["claims"][0]["receipt"] == claim.receipt
    assert {"id": "bank_account", "label": "个人银行账号", "value": "6222000000000001234"} in whole["drafts"][0][
        "answers"
    ]
    assert [one["group"] for one in whole["consents"]].count("bank") == 2
    assert "13800138000" in readable and "领取人联系电话" in readable


def test_a_link_is_over_after_a_few_openings_and_guessed_by_nobody(public_bot: Bot) -> None:
    bot = public_bot
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:4]:
        act(follower, line)
    path = link_of(act(follower, "导出"))
    assert [page(bot, path, "POST").status_code for _ in range(OPENS + 1)] == [200] * OPENS + [404]
    assert page(bot, path).status_code == 404 and "再发“导出”" in page(bot, path).text
    for odd in ("x" * 43, "x", "%00" * 10, "..%2f..%2fetc", "a" * 5000):
        assert page(bot, f"/export/{odd}").status_code == 404
        assert page(bot, f"/export/{odd}", "POST").status_code == 404
    other = link_of(act(follower, "导出"))
    (key,) = [key for key in bot.redis.scan_iter("{export}:*") if bot.redis.hget(key, "left") == str(OPENS).encode()]
    assert 0 < bot.redis.ttl(key) <= 15 * 60 and other.rsplit("/", 1)[1].encode() not in key
    bot.redis.delete(key)
    assert page(bot, other, "POST").status_code == 404


def test_a_copy_that_cannot_be_made_now_is_said(public_bot: Bot) -> None:
    bot = public_bot
    follower = bot.follower(OPENID)
    act(follower, "申领")
    act(follower, "昆明")
    act(follower, "我已阅读")
    act(follower, "1")
    path = link_of(act(follower, "导出"))

    class Away:
        def __getattr__(self, name: str) -> object:
            raise StoreUnavailable("away")

    client = create_app(bot.settings, replace(bot.world, parked=Away())).test_client()
    answered = client.post(path)
    assert answered.status_code == 503 and "系统忙" in answered.get_data(as_text=True)


def test_what_stands_in_the_job_queue_names_nobody(bot: Bot) -> None:
    queue = JobQueue(make_celery(bot.settings, redis_url(bot.settings)), connect_redis(bot.settings))
    queue.see_to(person_of(bot))
    queue.flush()
    queue.fetch_photo(person_of(bot), "f" * 16)
    queue.report_number(person_of(bot), "五华区就业局失业保险科", "0871-63588129", "2026-11-22")
    rows: list[bytes] = wait_for(lambda: len(found := bot.redis.lrange(PHOTOS, 0, -1)) == 3 and found)
    for row in rows:
        body = base64.b64decode(json.loads(row)["body"])
        assert OPENID.encode() not in row + body and person_of(bot).encode() in body


def test_the_desk_and_the_person_at_once_either_keep_the_claim_or_erase_it(bot: Bot) -> None:
    ann, desk = Filed.by(bot, OPENID), Desk.of(bot)
    ann.says("删除我的信息")
    bot.jobs.stopped = True
    ann.says("2")
    desk.does("receive", ann.receipt)  # between the wish and the deed
    erasing.find_forgotten(bot.world)
    assert ann.claim.status == "received" and bot.world.erasures.open() == []
    assert set(bot.world.photos.keys_of(ann.person)) == set(ann.claim.papers.values())
    assert "经办机构已收到" in ann.says("进度")
