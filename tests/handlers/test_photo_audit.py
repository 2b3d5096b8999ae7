"""Bytes nobody needs go, bytes somebody needs stay and are missed when they are gone: beside all traffic."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.app import build_photos
from bot.config import Photos, Settings
from bot.simulator.follower import Follower
from dialogs.session import Session
from handlers.photo_audit import ALL, Audited, Lost, audit, still_lost
from handlers.photo_job import fetch_photo
from handlers.photo_removal import tidy
from handlers.world import World
from storage.errors import Missing, StoreUnavailable
from storage.keyring import Keyring
from storage.photos import PhotoStore
from storage.sessions import REVISION_BYTES
from tests.s3 import S3Server
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper, running

UP_TO_PAPERS = WHOLE_CLAIM[:11]
AT_ONCE = -60.0
"""A grace that has passed for everything."""


@pytest.fixture(params=["folder", "s3"])
def somewhere(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Bot]:
    """A bot whose photographs lie in a folder, and one whose lie in a bucket."""
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3")
        photos = Photos(url=f"s3://{server.new_bucket()}/papers", **server.options)  # type: ignore[arg-type]
        settings = settings.model_copy(update={"photos": photos})
    with running(settings) as bot:
        yield bot


@dataclass
class Claimant:
    """A follower in the middle of a claim, and their name in the stores."""

    bot: Bot
    follower: Follower
    person: str

    @property
    def session(self) -> Session:
        session = self.bot.world.sessions.load(self.person).session
        assert session is not None
        return session

    def keys(self) -> dict[str, str]:
        draft = self.session.draft
        return {slot: photo.key for slot, photo in draft.photos.items()} if draft is not None else {}

    def stored(self) -> list[str]:
        return self.bot.world.photos.keys_of(self.person)


def a_claimant(bot: Bot, *papers: str, name: str = "oAudited-00000000000000000001") -> Claimant:
    follower = bot.follower(name)
    for line in (*UP_TO_PAPERS, *(f"[照片 {one}]" for one in papers)):
        act(follower, line)
    return Claimant(bot, follower, bot.world.sessions.person_of(follower.openid))


def park(claimant: Claimant) -> None:
    """What parking will do: the sealed session into SQL, then out of Redis."""
    bot = claimant.bot
    value = bot.redis.get("{p:" + claimant.person + "}")
    bot.world.parked.park(claimant.person, value[REVISION_BYTES:], bot.world.clock())
    bot.redis.delete("{p:" + claimant.person + "}")


def damage(bot: Bot, person: str, key: str) -> None:
    """Turn one bit of a stored photograph."""
    sealed = bot.world.photos.take_out(person, key)
    assert sealed is not None
    bot.world.photos.put_back(person, key, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_an_orphan_goes_after_its_grace_and_nothing_else_does(somewhere: Bot) -> None:
    bot = somewhere
    ann, ben = a_claimant(bot, "id_portrait"), a_claimant(bot, "id_portrait", "id_emblem", name="oBen-0000000001")
    cat = bot.follower("oCat-00000001")
    whole_claim(cat)
    park(ben)
    orphans = {(person, bot.world.photos.put(person, b"orphan")) for person in (ann.person, "nobody", ben.person)}
    kept = {(stored.person, stored.key) for stored in bot.world.photos.everything()} - orphans
    young = audit(bot.world)
    assert (young.orphans, young.stored, young.missing) == (0, len(kept) + 3, 0)
    bot.clock.shift_by = lambda: timedelta(hours=2)
    found = audit(bot.world)
    assert (found.orphans, found.missing, found.unreadable, found.unsure, found.foreign) == (3, 0, 0, 0, 0)
    assert found.referred == found.read == len(kept) == 1 + 2 + 7
    assert {(stored.person, stored.key) for stored in bot.world.photos.everything()} == kept
    assert audit(bot.world).orphans == 0


def test_what_a_killed_process_left_half_written_goes(bot: Bot) -> None:
    bot.world.photos.put("nobody", b"x")
    half = bot.settings.paths.data_dir / "photos" / "nobody" / ("0" * 40 + "#1")
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    assert audit(bot.world).halves == 1
    assert not half.exists()


def test_photos_of_another_installation_in_the_same_place_are_left_alone(bot: Bot) -> None:
    other = Keyring.open(bot.settings.paths.data_dir / "other.json", create=True)
    key = build_photos(bot.settings, other).put("nobody", b"theirs")
    found = audit(bot.world, orphan_after_s=AT_ONCE)
    assert (found.orphans, found.foreign) == (0, 1)
    assert build_photos(bot.settings, other).get("nobody", key) == b"theirs"


def test_a_person_whose_session_does_not_open_keeps_every_byte(bot: Bot) -> None:
    ann = a_claimant(bot, "id_portrait")
    bot.redis.set("{p:" + ann.person + "}", b"revision" + b"damaged beyond repair" * 3)
    found = audit(bot.world, orphan_after_s=AT_ONCE)
    assert found.unsure == 2 and found.orphans == 0  # met once among the sessions, once among the photographs
    assert len(ann.stored()) == 1


def test_missing_and_damaged_pictures_are_named_and_measured(somewhere: Bot) -> None:
    bot = somewhere
    ann = a_claimant(bot, "id_portrait", "id_emblem", "hukou_issue")
    ben = a_claimant(bot, "id_portrait", "id_emblem", name="oBen-0000000001")
    cat = bot.follower("oCat-00000001")
    whole_claim(cat)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(cat.openid))
    keys, bens = ann.keys(), ben.keys()
    bot.world.photos.delete(ann.person, keys["id_portrait"])
    damage(bot, ann.person, keys["id_emblem"])
    bot.world.photos.delete(ben.person, bens["id_emblem"])
    damage(bot, claim.person, claim.papers["portrait"])
    park(ben)
    found = audit(bot.world)
    asked = {
        Lost("draft", ann.person, "id_portrait", keys["id_portrait"], damaged=False),
        Lost("draft", ann.person, "id_emblem", keys["id_emblem"], damaged=True),
    }
    assert set(found.to_ask_again) == asked and all(still_lost(bot.world, lost) for lost in asked)
    assert set(found.lost) - asked == {
        Lost("parked", ben.person, "id_emblem", bens["id_emblem"], damaged=False),
        Lost("claim", claim.person, "portrait", claim.papers["portrait"], damaged=True, claim_id=claim.id),
    }
    assert (found.missing, found.unreadable) == (2, 2)
    readings = bot.world.meter.photos()
    assert (readings.missing, readings.unreadable) == (2, 2)
    for name in ("id_portrait", "id_emblem"):
        bot.world.photos.put(ann.person, paper(name))  # as when they are sent again
    assert not any(still_lost(bot.world, lost) for lost in asked)
    assert audit(bot.world).to_ask_again == ()


def test_a_paper_that_the_office_asked_for_again_is_not_missed(bot: Bot) -> None:
    follower = bot.follower()
    whole_claim(follower)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    bot.world.photos.delete(claim.person, claim.papers["portrait"])
    assert audit(bot.world).missing == 1
    bot.world.claims.set_paper(claim.id, "portrait", "retake")
    assert audit(bot.world).missing == 0


def test_a_store_that_is_empty_as_a_whole_makes_nobody_send_again(bot: Bot) -> None:
    people = [a_claimant(bot, "id_portrait", "id_emblem", name=f"oMany-{number:014}") for number in range(6)]
    for one in people[:4]:
        bot.world.photos.delete_person(one.person)
    few = audit(bot.world)
    assert few.missing == 8 and len(few.to_ask_again) == 8
    for one in people:
        bot.world.photos.delete_person(one.person)
    found = audit(bot.world)
    assert found.missing == 12 and not found.believable and found.to_ask_again == ()
    assert bot.world.meter.photos().missing == 12


def test_each_photo_is_read_in_one_part_of_the_day(bot: Bot) -> None:
    ann = a_claimant(bot, "id_portrait", "id_emblem", "hukou_issue", "hukou_own")
    damage(bot, ann.person, ann.keys()["id_emblem"])
    parts = [audit(bot.world, read_part=(part, 5)) for part in range(5)]
    assert sum(part.read for part in parts) == 4 and sum(part.unreadable for part in parts) == 1
    assert bot.world.meter.photos().unreadable == 1


class Interrupted(PhotoStore):
    """A store beside which something happens at the worst moment: after the audit found nobody to need a photo, and
    before it takes the photo out."""

    deed: Callable[[], object] = staticmethod(lambda: None)

    def take_out(self, person: str, key: str) -> bytes | None:
        deed, self.deed = self.deed, lambda: None
        deed()
        return super().take_out(person, key)


def interrupted(bot: Bot, deed: Callable[[], object]) -> World:
    world = bot.world
    store = Interrupted(world.photos._store, world.photos._keyring, world.photos._folder)
    store.deed = deed
    return replace(world, photos=store)


def test_a_photo_sent_again_while_its_orphan_is_removed_stays(bot: Bot) -> None:
    ann = a_claimant(bot)
    bot.world.photos.put(ann.person, paper("id_portrait"))
    world = interrupted(bot, lambda: act(ann.follower, "[照片 id_portrait]"))
    assert audit(world, orphan_after_s=AT_ONCE).orphans == 0
    assert bot.world.photos.get(ann.person, ann.keys()["id_portrait"]) == paper("id_portrait")


def test_a_photo_stored_a_moment_before_its_verdict_is_committed_stays(bot: Bot) -> None:
    ann = a_claimant(bot)
    bot.world.photos.put(ann.person, paper("id_portrait"))
    bot.jobs.stopped = True

    def stored_and_not_yet_committed() -> None:
        assert "正在检查" in act(ann.follower, "[照片 id_portrait]")
        bot.world.photos.put(ann.person, paper("id_portrait"))

    world = interrupted(bot, stored_and_not_yet_committed)
    assert audit(world, orphan_after_s=AT_ONCE).orphans == 0
    assert audit(world, orphan_after_s=AT_ONCE).orphans == 0
    ((_, ticket),) = bot.world.pending.claim_due(2**40, 2**40)
    fetch_photo(bot.world, ann.person, ticket)
    assert bot.world.photos.get(ann.person, ann.keys()["id_portrait"]) == paper("id_portrait")


def test_a_draft_that_is_filed_meanwhile_keeps_its_papers(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    person = bot.world.sessions.person_of(follower.openid)
    bot.world.photos.put(person, b"orphan")
    world = interrupted(bot, lambda: act(follower, "提交"))
    assert audit(world, orphan_after_s=AT_ONCE).orphans <= 1
    (claim,) = bot.world.claims.of(person)
    assert all(bot.world.photos.holds(person, key) for key in claim.papers.values())


def test_audits_at_the_same_time_remove_each_orphan_once(somewhere: Bot) -> None:
    bot = somewhere
    ann = a_claimant(bot, "id_portrait")
    for number in range(40):
        bot.world.photos.put(f"nobody{number % 5}", number.to_bytes(2))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: audit(bot.world, orphan_after_s=AT_ONCE), range(3)))
    assert 40 <= sum(one.orphans for one in found) <= 120  # several may take out the same one; none is left or revived
    assert [one.key for one in bot.world.photos.everything()] == list(ann.keys().values())
    assert all(one.missing == 0 for one in found)


def test_audits_beside_people_who_send_cancel_and_send_again_take_nothing(bot: Bot) -> None:
    papers = ["id_portrait", "id_emblem"]
    people = [a_claimant(bot, name=f"oBusy-{number:014}") for number in range(3)]
    busy = [True]

    def talk(one: Claimant) -> None:
        for _ in range(4):
            for name in papers:
                act(one.follower, f"[照片 {name}]")
            act(one.follower, "重新开始")
            for line in ("1", *UP_TO_PAPERS[2:]):
                act(one.follower, line)
        for name in papers:
            act(one.follower, f"[照片 {name}]")

    def sweep() -> list[Audited]:
        found = []
        while busy[0]:
            found.append(audit(bot.world, orphan_after_s=AT_ONCE))
        return found

    with ThreadPoolExecutor(5) as pool:
        sweeps = [pool.submit(sweep) for _ in range(2)]
        for talking in [pool.submit(talk, one) for one in people]:
            talking.result()
        busy[0] = False
        results = [found for one in sweeps for found in one.result()]
    for job in bot.jobs.threads:
        job.join()
    assert len(results) >= 2 and sum(found.missing + found.unreadable for found in results) == 0
    for one in people:
        stored = {slot: bot.world.photos.get(one.person, key) for slot, key in one.keys().items()}
        assert stored == {name: paper(name) for name in papers}


CANCEL, RESTART, ERASE, FILE = ("取消", "2"), ("重新开始", "1"), ("删除我的信息", "1"), ("提交",)


@pytest.mark.parametrize("ending", [CANCEL, RESTART, ERASE, FILE], ids=["cancel", "restart", "erase", "file"])
def test_when_a_draft_ends_no_byte_is_left_that_nothing_needs(somewhere: Bot, ending: tuple[str, ...]) -> None:
    bot = somewhere
    follower = bot.follower()
    for line in WHOLE_CLAIM[: -1 if ending == FILE else 14]:
        act(follower, line)
    person = bot.world.sessions.person_of(follower.openid)
    bot.world.photos.put(person, b"replaced by a retake")
    for line in ending:
        act(follower, line)
    claims = bot.world.claims.of(person)
    assert len(claims) == (ending == FILE)
    assert set(bot.world.photos.keys_of(person)) == {key for claim in claims for key in claim.papers.values()}


def test_erasing_also_takes_what_was_parked(bot: Bot) -> None:
    ann = a_claimant(bot, "id_portrait")
    value = bot.redis.get("{p:" + ann.person + "}")
    bot.world.parked.park(ann.person, value[REVISION_BYTES:], bot.world.clock())
    for line in ERASE:
        act(ann.follower, line)
    assert bot.world.parked.parked(ann.person) is None and ann.stored() == []


def test_the_same_photo_in_a_filed_claim_survives_the_next_draft(bot: Bot) -> None:
    follower = bot.follower()
    whole_claim(follower)
    person = bot.world.sessions.person_of(follower.openid)
    before = bot.world.photos.keys_of(person)
    for line in (*UP_TO_PAPERS, "[照片 id_portrait]", *CANCEL):
        act(follower, line)
    assert bot.world.photos.keys_of(person) == before


def test_a_store_that_is_away_stops_the_audit_and_records_nothing(settings: Settings, s3: S3Server) -> None:
    photos = Photos(url="s3://no-such-bucket/papers", **s3.options)  # type: ignore[arg-type]
    with running(settings.model_copy(update={"photos": photos})) as bot:
        with pytest.raises(StoreUnavailable):
            audit(bot.world, read_part=ALL)
        assert bot.world.meter.photos().audited_at is None


def test_tidying_a_person_nobody_knows_is_fine(bot: Bot) -> None:
    key = bot.world.photos.put("nobody", b"x")
    assert tidy(bot.world, "nobody").gone == 1
    with pytest.raises(Missing):
        bot.world.photos.get("nobody", key)
