"""Whole claims and the staff's pages on a real PostgreSQL; it is restarted, killed and away under the running bot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import claim_news
from storage.embedded import EmbeddedValkey
from tests.bot.console.office import Office
from tests.postgres import Postgres
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper, running, settings_for


@pytest.fixture
def on_postgres(valkey: EmbeddedValkey, postgres: Postgres, tmp_path: Path) -> Iterator[Bot]:
    with running(settings_for(valkey.url, tmp_path, postgres.migrated())) as bot:
        yield bot


def test_a_whole_claim_from_hello_through_the_desk_to_the_news(on_postgres: Bot) -> None:
    bot, follower = on_postgres, on_postgres.follower()
    assert "回执号" in whole_claim(follower)[-1]
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    sent = {paper(line[4:-1]) for line in WHOLE_CLAIM if line.startswith("[照片")}
    assert {bot.world.photos.get(claim.person, key) for key in claim.papers.values()} == sent
    office = Office.of(bot)
    reviewer = office.signed_in("reviewer", claim.office)
    assert claim.receipt[-4:] in reviewer.opens("/console/claims")
    page = f"/console/claims/{claim.receipt}"
    reviewer.opens(page)
    reviewer.sends(f"{page}/hand")
    reviewer.opens(page)
    reviewer.sends(f"{page}/deeds/receive", seen="1", confirmed="1")
    assert bot.world.claims.of(claim.person)[0].status == "received"
    claim_news.tell_all(bot.world)
    assert "经办机构已收到" in act(follower, "进度")
    administrator = office.signed_in("administrator")
    administrator.opens("/console/staff")
    assert administrator.status == 200
    operator = office.signed_in("operator")
    for page in ("/console/numbers", "/console/menu", "/console/content"):
        operator.opens(page)
        assert operator.status == 200, page
    assert f"{reviewer.name}" in office.signed_in("auditor").opens("/console/audit")
    assert office.desk.audit.broken_at() is None


def test_restarted_under_the_running_bot_nobody_notices(on_postgres: Bot, postgres: Postgres) -> None:
    bot, follower = on_postgres, on_postgres.follower()
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    act(follower, "进度")  # the pool holds connections now
    postgres.stop()
    postgres.start()
    assert "回执号" in act(follower, "提交")
    postgres.kill()
    postgres.start()
    assert "回执号" in act(follower, "进度")
    assert len(bot.world.claims.of(bot.world.sessions.person_of(follower.openid))) == 1


def test_while_it_is_away_the_answers_are_safe_and_the_claim_is_filed_afterwards(
    on_postgres: Bot, postgres: Postgres
) -> None:
    bot, follower = on_postgres, on_postgres.follower()
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    postgres.kill()
    try:
        exchange = follower.say("提交")
        assert "回执号" not in exchange.text and exchange.text and exchange.attempts == 1
    finally:
        postgres.start()
    assert "回执号" in act(follower, "提交")
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    assert claim.answers["home_address"] == WHOLE_CLAIM[5]
