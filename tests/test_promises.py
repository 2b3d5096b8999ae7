"""What holds for the whole app: repeats, races, round trips, limits, secrets."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import requests
from sqlalchemy import Engine, event

from bot.simulator.follower import Follower
from dialogs.programmes import shipped
from storage import embedded
from tests.test_conversations import act
from tests.whole import Bot, paper, running, settings_for

WHOLE_CLAIM = [
    "申领", "昆明", "我已阅读", "1", "A1234567", "昆明市五华区样例路1号2栋", "同意", "6222000000000001234",
    "13800138000", "同意", "同意",
    "[照片 id_portrait]", "[照片 id_emblem]", "[照片 hukou_issue]", "[照片 hukou_own]", "[照片 portrait]",
    "[照片 bank_card]", "[照片 social_card]", "跳过", "提交",
]  # fmt: skip


@contextmanager
def commands_counted(client: "redis.Redis") -> Iterator[dict[str, int]]:
    """Commands the server has seen meanwhile, by name."""
    client.config_resetstat()
    seen: dict[str, int] = {}
    yield seen
    for name, numbers in client.info("commandstats").items():
        seen[name.removeprefix("cmdstat_")] = int(numbers["calls"])


@contextmanager
def turn_watched(bot: Bot) -> Iterator[tuple[dict[str, int], list[str]]]:
    """What a turn asks meanwhile: Redis commands by name, and SQL statements."""
    statements: list[str] = []

    def on_sql(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", on_sql)
    try:
        with commands_counted(bot.redis) as seen:
            yield seen, statements
    finally:
        event.remove(Engine, "before_cursor_execute", on_sql)


def whole_claim(follower: Follower) -> list[str]:
    return [act(follower, line) for line in WHOLE_CLAIM]


def test_a_whole_claim_takes_at_most_30_messages_and_ends_with_a_receipt(bot: Bot) -> None:
    replies = whole_claim(bot.follower())
    assert len(WHOLE_CLAIM) <= 30
    assert re.search(r"回执号，请记下来：\n\d{4} \d{4} \d{4} \d", replies[-1])


def test_questions_are_short(bot: Bot) -> None:
    links = re.compile(r"<a href=[^>]*>[^<]*</a>")
    for reply in whole_claim(bot.follower())[:-2]:
        assert len(links.sub("", reply)) <= 110, reply  # about 80, with the progress mark and the news before it


def test_the_same_message_three_times_at_once_is_one_step_and_one_reply(bot: Bot) -> None:
    follower = bot.follower()
    for text in ("申领", "昆明", "我已阅读"):
        act(follower, text)
    nodes = (("MsgType", "text"), ("Content", "1"), ("MsgId", str(follower.new_msg_id())))
    answers = follower.copies(nodes, 3)
    bodies = {answer.body for answer in answers if answer is not None}
    assert len(answers) == 3 and len(bodies) == 1
    again = follower.copies(nodes, 1)[0]
    assert again is not None and again.body in bodies
    person = bot.world.sessions.load(bot.world.sessions.person_of(follower.openid))
    assert person.session is not None and person.session.draft is not None
    assert person.session.draft.answers == {"notice": "read", "medical_way": "agent"}


def test_two_messages_at_the_same_moment_are_both_counted(bot: Bot) -> None:
    follower = bot.follower()
    for text in ("申领", "昆明", "我已阅读", "2", "昆明市五华区样例路1号", "同意"):
        act(follower, text)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(follower.say, ["6222000000000001234", "13800138000"]))
    person = bot.world.sessions.load(bot.world.sessions.person_of(follower.openid))
    assert person.session is not None and person.session.draft is not None
    answers = person.session.draft.answers
    # whichever came first: the card is either recorded or refused with words, never both lost or doubled
    assert answers.get("bank_account") in (None, "6222000000000001234")
    assert answers.get("bank_account") or person.session.refusals


def test_a_text_turn_is_two_commands_and_no_sql(bot: Bot) -> None:
    follower = bot.follower()
    for text in ("申领", "昆明", "我已阅读"):
        act(follower, text)
    with turn_watched(bot) as (seen, statements):
        act(follower, "2")
    sent = {
        name: calls
        for name, calls in seen.items()
        if name not in ("config|resetstat", "info", "set", "getrange")  # the last two inside the script
    }
    assert sent == {"get": 1, "evalsha": 1}
    assert statements == []


def test_redis_holds_nothing_in_clear(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    held = b"".join(
        key + (bot.redis.get(key) if bot.redis.type(key) == b"string" else b"") for key in bot.redis.scan_iter()
    )
    for secret in (follower.openid, "6222000000000001234", "13800138000", "A1234567", "样例路"):
        assert secret.encode() not in held


def test_a_dead_worker_loses_no_photo(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    bot.jobs.stopped = True
    reply = act(follower, "[照片 id_portrait]")
    assert "正在检查" in reply
    bot.jobs.stopped = False
    bot.clock.shift_by = lambda: timedelta(minutes=1)
    from handlers.photo_job import sweep

    assert sweep(bot.world) == 1
    for job in bot.jobs.threads:
        job.join()
    assert "✓ 身份证人像面已收到（1/7）" in act(follower, "帮助")
    assert bot.world.pending.count() == 0


def test_a_burst_of_photos_fills_the_slots_without_loss(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    names = ["id_portrait", "id_emblem", "hukou_issue", "hukou_own"]
    exchanges = follower.send_photos([paper(name) for name in names])
    assert [exchange for exchange in exchanges if exchange.failed or not exchange.text] == []
    act(follower, "帮助")
    person = bot.world.sessions.person_of(follower.openid)
    session = bot.world.sessions.load(person).session
    assert session is not None and session.draft is not None
    photos = session.draft.photos
    assert {photo.state for photo in photos.values()} <= {"good", "advised"}
    assert {bot.world.photos.get(person, photo.key) for photo in photos.values()} == {paper(name) for name in names}


def test_what_was_stored_is_what_was_sent(bot: Bot) -> None:
    follower = bot.follower()
    whole_claim(follower)
    name = bot.world.sessions.person_of(follower.openid)
    (claim,) = bot.world.claims.of(name)
    assert bot.world.photos.get(name, claim.papers["id_portrait"]) == paper("id_portrait")
    assert claim.answers["bank_account"] == "6222000000000001234"
    assert claim.openid == follower.openid


@pytest.mark.parametrize(
    "said", ["]]>", "\x00\x1b[31m", "👨‍👩‍👧" * 200, "<a href='x'>y</a>", "&amp;&#0;", "𬭎䶮" * 300, "\ufeff \u200b"]
)
def test_anything_typed_is_answered_with_valid_xml(bot: Bot, said: str) -> None:
    follower = bot.follower()
    assert act(follower, said)
    act(follower, "申领")
    assert act(follower, said)


def test_the_menu_that_ships_is_offered_by_the_dialogs() -> None:
    from importlib.resources import files

    from bot.menu import read_menu
    from bot.menu_limits import check
    from dialogs.conversation import MENU_KEYS

    assert check(read_menu(files("bot").joinpath("menu.toml").read_text("utf-8")), MENU_KEYS) == []


def test_every_menu_key_works(bot: Bot) -> None:
    from dialogs.conversation import MENU_KEYS

    follower = bot.follower()
    for key in MENU_KEYS:
        assert act(follower, f"[菜单 {key}]"), key


def test_offices_are_the_guides_own(bot: Bot) -> None:
    assert len(bot.world.knowledge.directory.offices) == len(shipped("offices.csv").strip().splitlines()) - 1 == 69


def test_a_defect_of_ours_becomes_an_apology_not_an_error(bot: Bot) -> None:
    follower = bot.follower()
    act(follower, "申领")

    def broken() -> timedelta:
        raise RuntimeError("a defect")

    bot.clock.shift_by = broken
    assert "之前填的都在" in act(follower, "昆明")
    bot.clock.shift_by = timedelta
    assert "失业保险待遇发放提示" in act(follower, "昆明")


def test_redis_away_is_told_within_the_deadline_and_mends_itself(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    with running(settings_for(server.url, tmp_path)) as bot:
        follower = bot.follower()
        act(follower, "申领")
        act(follower, "昆明")
        server.stop()
        exchange = follower.say("我已阅读")
        assert not exchange.failed and exchange.attempts == 1
        assert "之前填的都在" in exchange.text
        server = embedded.start(tmp_path)
        assert "缴纳医保的方式" in act(follower, "我已阅读")
    server.stop()


def test_an_endless_body_is_refused(bot: Bot) -> None:
    request = bot.follower().request((("MsgType", "text"), ("Content", "x"), ("MsgId", "1")))
    answered = requests.post(request.url, data=(b"x" * 1024 for _ in range(100)), timeout=10)
    assert 400 <= answered.status_code < 500


def test_who_unfollows_leaves_no_draft_and_no_photograph_but_keeps_what_was_filed(bot: Bot) -> None:
    follower = bot.follower()
    whole_claim(follower)
    for line in WHOLE_CLAIM[:12]:
        act(follower, line)
    name = bot.world.sessions.person_of(follower.openid)
    (claim,) = bot.world.claims.of(name)
    assert follower.unfollow().answer is not None
    session = bot.world.sessions.load(name).session
    assert session is not None and session.draft is None and session.receipts
    assert set(bot.world.photos.keys_of(name)) == set(claim.papers.values())
    follower.follow()
    assert "回执号" in act(follower, "进度")
