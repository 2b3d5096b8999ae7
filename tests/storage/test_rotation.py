"""A change of keys: everything is sealed anew, nothing is lost, whatever happens beside it and in the middle."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.exc import IntegrityError

from bot.app import build_rotation
from dialogs.session import Session
from storage.console_schema import METADATA
from storage.database import open_engine
from storage.errors import NotAllowed, Unreadable
from storage.keyring import Keyring, key_id_of
from storage.rotation import SETTLE_S, Renewed, Rotation
from storage.schema import CLAIM_EVENTS
from storage.sealed_columns import COLUMNS
from storage.sessions import REVISION_BYTES
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper

NOW = 1_790_000_000


def quiet(_: Renewed) -> None:
    """Nobody listens."""


def every_seal(bot: Bot) -> Iterator[str]:
    """The key id of each sealed piece, wherever it lies."""
    for key in bot.redis.scan_iter("{p:*"):
        yield key_id_of(bot.redis.get(key)[REVISION_BYTES:])
    with open_engine("", bot.settings.paths.data_dir).connect() as connection:
        for table in METADATA.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    blobs = connection.scalars(select(column).where(column.is_not(None)))
                    yield from (key_id_of(bytes(blob)) for blob in blobs)
    for path in (bot.settings.paths.data_dir / "photos").rglob("*"):
        if path.is_file():
            yield key_id_of(path.read_bytes())


@pytest.fixture
def lived_in(bot: Bot) -> Bot:
    """A filed claim with an event's detail, a parked draft, a person in mid-claim and one without a draft."""
    cat, ben, ann, dan = (bot.follower(f"oRotated-0000000000{number}") for number in range(4))
    whole_claim(cat)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(cat.openid))
    for status, detail in (("received", {}), ("reviewing", {}), ("needs_materials", {"says": "国徽面看不清"})):
        bot.world.claims.append(claim.id, status, actor="li", at=bot.world.clock(), detail=detail)
    bot.world.system_fields.add(claim.id, {"recipient_id": "990101198503150017"})
    for line in WHOLE_CLAIM[:12]:
        act(ben, line)
    name = bot.world.sessions.person_of(ben.openid)
    bot.world.parked.park(name, bot.redis.get("{p:" + name + "}")[REVISION_BYTES:], bot.world.clock())
    bot.redis.delete("{p:" + name + "}")
    for line in WHOLE_CLAIM[:11]:
        act(ann, line)
    act(dan, "菜单")
    bot.jobs.settle()
    return bot


@pytest.fixture
def rotation(lived_in: Bot) -> Rotation:
    return build_rotation(lived_in.settings)


def contents(bot: Bot) -> list[object]:
    """All that people told us, opened."""
    world = bot.world
    people = [world.sessions.load(name) for name in sorted(world.sessions.names())]
    parked = [(name, world.sessions.session_in(name, blob)) for name, blob in world.parked.everything()]
    photos = sorted((one.person, one.key, world.photos.get(one.person, one.key)) for one in world.photos.everything())
    claims = [world.claims.of(claim.person) for claim in world.papers.everything()]
    return [[(one.name, one.session, one.seen, one.replies) for one in people], parked, photos, claims]


def test_every_sealed_column_of_the_schema_takes_part() -> None:
    sealed = {column for table in METADATA.sorted_tables for column in table.columns
              if isinstance(column.type, LargeBinary)}  # fmt: skip
    assert {one.column for one in COLUMNS} == sealed


def test_everything_is_sealed_anew_and_says_the_same(lived_in: Bot, rotation: Rotation) -> None:
    before, old = contents(lived_in), set(every_seal(lived_in))
    assert rotation.begin(NOW)
    told: dict[str, Renewed] = {}
    renewed = rotation.renew_all(lambda so_far: told.setdefault(f"{so_far.place} {id(so_far)}", so_far) and None)
    assert renewed == len(list(every_seal(lived_in)))
    keyring = Keyring.open(lived_in.settings.keyring_path)
    assert set(every_seal(lived_in)) == {keyring.ids()[-1]} and not old & set(every_seal(lived_in))
    assert contents(lived_in) == before
    assert not keyring.renewing and keyring.rotated_at == NOW
    assert {one.place for one in told.values()} == {"sessions", "database", "photographs"}


def test_a_second_rotation_adds_a_key_and_a_second_run_of_one_does_not(lived_in: Bot, rotation: Rotation) -> None:
    class Killed(Exception):
        pass

    def kill_at(place: str) -> Callable[[Renewed], None]:
        def tell(so_far: Renewed) -> None:
            if so_far.place == place:
                raise Killed

        return tell

    before = contents(lived_in)
    keyring = Keyring.open(lived_in.settings.keyring_path)
    assert rotation.begin(NOW)
    for place in ("sessions", "database", "photographs"):
        with pytest.raises(Killed):
            rotation.renew_all(kill_at(place))
        assert contents(lived_in) == before and keyring.renewing
        again = build_rotation(lived_in.settings)
        assert not again.begin(NOW)
    assert len(keyring.ids()) == 2
    rotation.renew_all(quiet)
    assert set(every_seal(lived_in)) == {keyring.ids()[-1]}
    assert rotation.renew_all(quiet) == 0
    assert rotation.begin(NOW) and len(keyring.ids()) == 3


def test_time_to_live_stays(lived_in: Bot, rotation: Rotation) -> None:
    dan = "{p:" + lived_in.world.sessions.person_of("oRotated-00000000003") + "}"
    ann = "{p:" + lived_in.world.sessions.person_of("oRotated-00000000002") + "}"
    lived_in.redis.expire(dan, 1000)
    rotation.begin(NOW)
    rotation.renew_all(quiet)
    assert 990 < lived_in.redis.ttl(dan) <= 1000 and lived_in.redis.ttl(ann) == -1


def test_a_turn_under_way_is_never_overwritten(lived_in: Bot, rotation: Rotation) -> None:
    sessions = lived_in.world.sessions
    name = sessions.person_of("oRotated-00000000002")
    loaded = sessions.load(name)
    assert loaded.session is not None
    rotation.begin(NOW)
    assert sessions.renew(name)
    assert not sessions.commit(loaded, loaded.session, None, NOW)  # the turn loads again, as after a faster one
    fresh = sessions.load(name)
    assert fresh.session == loaded.session
    assert sessions.commit(fresh, Session(loaded.session.openid), None, NOW)
    assert not sessions.renew(name) and not sessions.renew("nobody")


def test_what_does_not_open_is_counted_left_and_holds_no_key_back(lived_in: Bot, rotation: Rotation) -> None:
    (photo, *_) = lived_in.world.photos.everything()
    path = lived_in.settings.paths.data_dir / "photos" / photo.person / photo.key
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (path.parent / ("0" * 40)).write_bytes(b"")
    name = lived_in.world.sessions.person_of("oRotated-00000000002")
    lived_in.redis.setrange("{p:" + name + "}", 40, b"????")
    rotation.begin(NOW)
    worst: dict[str, int] = {}
    rotation.renew_all(lambda so_far: worst.update({so_far.place: so_far.unreadable}))
    assert worst == {"sessions": 1, "database": 0, "photographs": 2}
    assert path.read_bytes()[-1:] == b"?"
    assert len(rotation.drop_old(NOW + SETTLE_S)) == 1


def test_old_keys_go_only_when_nothing_needs_them(lived_in: Bot, rotation: Rotation) -> None:
    assert rotation.drop_old(NOW) == []
    rotation.begin(NOW)
    with pytest.raises(NotAllowed, match="not finished"):
        rotation.drop_old(NOW + SETTLE_S)
    Keyring.open(lived_in.settings.keyring_path).end_rotation()  # as if all had been renewed
    with pytest.raises(NotAllowed, match="too young"):
        rotation.drop_old(NOW + SETTLE_S - 1)
    with pytest.raises(NotAllowed, match=r"still needed: [0-9a-f]{8} "):
        rotation.drop_old(NOW + SETTLE_S)
    rotation.renew_all(quiet)
    (old,) = rotation.drop_old(NOW + SETTLE_S)
    keyring = Keyring.open(lived_in.settings.keyring_path)
    assert old not in keyring.ids() and len(keyring.ids()) == 1
    assert all(one for one in contents(lived_in))


@pytest.mark.parametrize("where", ["session", "parked", "claim", "event", "system", "photo"])
def test_a_single_old_piece_anywhere_holds_its_key(lived_in: Bot, rotation: Rotation, where: str) -> None:
    world, old = lived_in.world, Keyring.open(lived_in.settings.keyring_path).ids()
    path = lived_in.settings.keyring_path
    stale = path.with_name("stale.json")  # a process that has not seen the new key yet
    stale.write_text(path.read_text())
    stale.chmod(0o600)
    late = Keyring.open(stale)
    rotation.begin(NOW)
    rotation.renew_all(quiet)
    engine = open_engine("", lived_in.settings.paths.data_dir)
    match where:
        case "session":
            name = world.sessions.person_of("oRotated-00000000002")
            value = lived_in.redis.get("{p:" + name + "}")
            plain = world.sessions._keyring.open_sealed(value[REVISION_BYTES:], name.encode())
            lived_in.redis.set("{p:" + name + "}", value[:REVISION_BYTES] + late.seal(plain, name.encode()))
        case "photo":
            (photo, *_) = world.photos.everything()
            whole = world.photos.get(photo.person, photo.key)
            sealed = late.seal(whole, f"photo/{photo.person}/{photo.key}".encode())
            (lived_in.settings.paths.data_dir / "photos" / photo.person / photo.key).write_bytes(sealed)
        case _:
            number = {"claim": 0, "event": 2, "parked": 3, "system": 4}[where]
            column = COLUMNS[number].column
            cell = next(page[0] for page in rotation._columns.pages() if page[0].column is column)
            plain = world.sessions._keyring.open_sealed(cell.blob, cell.context)
            with engine.begin() as connection:
                connection.execute(
                    column.table.update()
                    .where(column == cell.blob)
                    .values({column.name: late.seal(plain, cell.context)})
                )
    assert rotation.used()[old[0]] == 1
    with pytest.raises(NotAllowed, match=f"{old[0]} .1 pieces"):
        rotation.drop_old(NOW + SETTLE_S)
    assert rotation.renew_all(quiet) == 1
    assert rotation.drop_old(NOW + SETTLE_S) == old


def test_events_can_be_sealed_anew_and_nothing_else_of_them_changed(lived_in: Bot, rotation: Rotation) -> None:
    engine = open_engine("", lived_in.settings.paths.data_dir)
    changes = (
        "status = 'paid'", "detail = null", "detail = zeroblob(40)", "actor = 'x', detail = detail",
        "detail = cast(substr(detail, 1, 5) || zeroblob(length(detail) - 5) as blob)",
    )  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(f"update claim_events set {change}"))
    rotation.begin(NOW)
    rotation.renew_all(quiet)
    with engine.connect() as connection:
        (detail,) = connection.scalars(select(CLAIM_EVENTS.c.detail).where(CLAIM_EVENTS.c.detail.is_not(None)))
    assert key_id_of(detail) == Keyring.open(lived_in.settings.keyring_path).ids()[-1]


def test_a_running_process_seals_with_the_new_key_from_the_moment_it_stands_in_the_file(tmp_path: Path) -> None:
    web, worker = (Keyring.open(tmp_path / "keyring.json", create=True) for _ in range(2))
    worker.add_key()
    assert key_id_of(web.seal(b"x", b"")) == worker.ids()[-1] == web.ids()[-1]
    worker.end_rotation()
    (old, _) = worker.ids()
    worker.drop([old, worker.ids()[-1]])
    assert len(web.ids()) == 1
    assert web.open_sealed(worker.seal(b"x", b""), b"") == b"x"


def test_a_key_file_of_another_installation_or_a_damaged_one_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    web = Keyring.open(path, create=True)
    sealed, name = web.seal(b"x", b""), web.pseudonym("o1")
    other = Keyring.open(tmp_path / "other.json", create=True)
    for content in ((tmp_path / "other.json").read_text(), "{}", ""):
        path.write_text(content)
        assert key_id_of(web.seal(b"y", b"")) == key_id_of(sealed) and web.pseudonym("o1") == name
    with pytest.raises(Unreadable):
        web.open_sealed(other.seal(b"x", b""), b"")
    path.unlink()
    assert web.open_sealed(web.seal(b"x", b""), b"") == b"x"


def test_looking_at_the_file_before_each_seal_costs_next_to_nothing(tmp_path: Path) -> None:
    keyring = Keyring.open(tmp_path / "keyring.json", create=True)
    began = time.perf_counter()
    for _ in range(2000):
        keyring.seal(b"x" * 1000, b"")
    assert (time.perf_counter() - began) / 2000 < 0.001  # 8 µs where measured; a loaded machine may be far slower


def test_the_papers_stay_what_they_were(lived_in: Bot, rotation: Rotation) -> None:
    rotation.begin(NOW)
    rotation.renew_all(quiet)
    (filed,) = lived_in.world.papers.everything()
    assert lived_in.world.photos.get(filed.person, filed.keys["id_portrait"]) == paper("id_portrait")
