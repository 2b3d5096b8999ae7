"""Whole claims whose photographs lie in a bucket of a real S3 server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.app import build_rotation
from bot.config import Photos, Settings
from handlers.photo_audit import audit
from handlers.photo_job import fetch_photo, sweep
from storage.rotation import SETTLE_S
from tests.s3 import S3Server, moto
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper, running


@dataclass
class OnS3:
    """A bot and the server that keeps its photographs."""

    bot: Bot
    server: S3Server
    bucket: str


def in_bucket(settings: Settings, server: S3Server, bucket: str) -> Settings:
    """The same settings with photographs in this bucket."""
    return settings.model_copy(update={"photos": Photos(url=f"s3://{bucket}/papers", **server.options)})  # type: ignore[arg-type]


@pytest.fixture
def on_s3(settings: Settings) -> Iterator[OnS3]:
    with moto() as server:
        bucket = server.new_bucket()
        with running(in_bucket(settings, server, bucket)) as bot:
            yield OnS3(bot, server, bucket)


def test_a_whole_claim_is_filed_and_every_paper_is_what_was_sent(settings: Settings, s3: S3Server) -> None:
    with running(in_bucket(settings, s3, s3.new_bucket())) as bot:
        follower = bot.follower()
        assert "回执号" in whole_claim(follower)[-1]
        person = bot.world.sessions.person_of(follower.openid)
        (claim,) = bot.world.claims.of(person)
        sent = {paper(line[4:-1]) for line in WHOLE_CLAIM if line.startswith("[照片")}
        assert {bot.world.photos.get(person, key) for key in claim.papers.values()} == sent
        assert not (bot.settings.paths.data_dir / "photos").exists()


def test_deleting_a_draft_leaves_nothing_in_the_bucket(settings: Settings, s3: S3Server) -> None:
    with running(in_bucket(settings, s3, s3.new_bucket())) as bot:
        follower = bot.follower()
        for line in WHOLE_CLAIM[:14]:
            act(follower, line)
        assert len(list(bot.world.photos.everything())) == 3
        act(follower, "取消")
        act(follower, "2")
        assert list(bot.world.photos.everything()) == []


def test_a_store_that_hangs_holds_up_no_reply(on_s3: OnS3) -> None:
    bot, follower = on_s3.bot, on_s3.bot.follower()
    for line in WHOLE_CLAIM[:14]:
        act(follower, line)
    on_s3.server.freeze()
    bot.jobs.stopped = True  # the worker waits for the store
    try:
        for line in ("取消", "2", "申领", "我的信息"):
            exchange = follower.say(line)
            assert exchange.attempts == 1 and not exchange.failed, line
    finally:
        on_s3.server.thaw()
    bot.jobs.stopped = False
    assert len(list(bot.world.photos.everything())) == 3
    audit(bot.world, orphan_after_s=0)
    assert list(bot.world.photos.everything()) == []


def test_keys_are_changed_in_the_bucket_too(settings: Settings, s3: S3Server) -> None:
    with running(in_bucket(settings, s3, s3.new_bucket())) as bot:
        follower = bot.follower()
        whole_claim(follower)
        (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        rotation = build_rotation(bot.settings)
        (old,) = bot.world.photos._keyring.ids()
        assert rotation.begin(0) and rotation.renew_all(lambda _: None) > len(claim.papers)
        assert {bot.world.photos.key_id(stored) for stored in bot.world.photos.everything()} == set(rotation.used())
        assert rotation.drop_old(SETTLE_S) == [old]
        assert bot.world.photos.get(claim.person, claim.papers["id_portrait"]) == paper("id_portrait")


def test_while_the_store_is_away_the_talk_goes_on_and_no_photo_is_called_received(on_s3: OnS3) -> None:
    bot, follower = on_s3.bot, on_s3.bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    on_s3.server.stop()
    bot.jobs.stopped = True  # its worker fails; the same is asked of the job below, by hand
    assert "正在检查" in act(follower, "[照片 id_portrait]")
    person = bot.world.sessions.person_of(follower.openid)
    ((_, ticket),) = bot.world.pending.claim_due(2**40, 2**40)
    assert fetch_photo(bot.world, person, ticket) == "later"
    assert "已收到" not in act(follower, "帮助")
    assert bot.world.pending.count() == 1
    on_s3.server.start()
    on_s3.server.make_bucket(on_s3.bucket)
    bot.jobs.stopped = False
    bot.clock.shift_by = lambda: timedelta(minutes=1)
    assert sweep(bot.world) == 1
    for job in bot.jobs.threads:
        job.join()
    assert "✓ 身份证人像面已收到（1/7）" in act(follower, "帮助")
    (stored,) = bot.world.photos.everything()
    assert bot.world.photos.get(stored.person, stored.key) == paper("id_portrait")
