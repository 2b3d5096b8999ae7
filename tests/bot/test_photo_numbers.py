"""Numbers that must read zero, in /metrics and in `claimbot check`: the same whichever process is asked."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bot.app import create_app
from bot.checks import faults, notes
from bot.config import Settings
from handlers.photo_audit import audit
from storage import embedded
from storage.meter import KEY, Meter
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, running, settings_for


def gauges(app: Flask) -> dict[str, float]:
    lines = app.test_client().get("/metrics").get_data(as_text=True).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}


PHOTOS = ("missing", "unreadable", "pending", "pending_too_long", "set_aside")


def photos(app: Flask) -> tuple[float, ...]:
    found = gauges(app)
    return tuple(found[f"claimbot_photos_{name}"] for name in PHOTOS)


def test_all_is_zero_when_all_is_well_and_the_audits_time_is_shown(bot: Bot) -> None:
    app = create_app(bot.settings, bot.world)
    assert photos(app) == (0, 0, 0, 0, 0) and gauges(app)["claimbot_meter_up"] == 1
    assert "claimbot_photos_audited_timestamp_seconds" not in gauges(app)
    audit(bot.world)
    assert abs(gauges(app)["claimbot_photos_audited_timestamp_seconds"] - time.time()) < 60


def test_every_process_shows_what_one_has_found(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:13]:
        act(follower, line)
    person = bot.world.sessions.person_of(follower.openid)
    bot.world.photos.delete_person(person)
    audit(bot.world)
    for shift_s in (0, 700):  # pending too long after ten minutes
        now = int(bot.world.clock().timestamp())
        bot.world.pending.add(person, f"{shift_s:016x}", now - shift_s, now)
    assert photos(create_app(bot.settings, bot.world)) == (2, 0, 2, 1, 0)
    assert photos(create_app(bot.settings)) == (2, 0, 2, 1, 0)


def test_with_redis_away_metrics_answer_and_say_so(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    with running(settings_for(server.url, tmp_path)) as bot:
        app = create_app(bot.settings, bot.world)
        server.stop()
        found = gauges(app)
        assert found["claimbot_meter_up"] == 0
        assert not [name for name in found if name.startswith("claimbot_photos")]
        assert "claimbot_turn_seconds_count" in found
        server = embedded.start(tmp_path)
        assert gauges(app)["claimbot_meter_up"] == 1
    server.stop()


@pytest.fixture
def meter(bot: Bot) -> Iterator[Meter]:
    yield bot.world.meter
    bot.redis.delete(KEY)


def lines_about_photos(settings: Settings) -> list[str]:
    return [fault for fault in faults(settings) if fault.startswith("photographs")]


def test_check_says_each_number_that_is_not_zero_and_what_to_do(bot: Bot, meter: Meter) -> None:
    assert lines_about_photos(bot.settings) == []
    assert "not audited yet" in notes(bot.settings)[0]
    now = int(time.time())
    meter.record_photos(3, 2, (0, 1), now - 720)
    bot.world.pending.add("p", "t", now - 3600, now)
    missing, damaged, waiting = lines_about_photos(bot.settings)
    assert "3 are not in the store" in missing and "2 do not open" in damaged and "1 have been on their way" in waiting
    assert "claimbot photos audit" in missing and "claimbot work" in waiting
    assert re.fullmatch(r"photographs: last audited 12 minutes ago, 1 on their way", notes(bot.settings)[0])


def test_check_misses_an_audit_that_has_not_run_for_days(bot: Bot, meter: Meter) -> None:
    meter.record_photos(0, 0, (0, 1), int(time.time()) - 3 * 86400)
    (late,) = lines_about_photos(bot.settings)
    assert "3 days ago" in late


def test_what_was_set_aside_is_counted_until_somebody_has_seen_to_it(bot: Bot) -> None:
    bot.world.pending.add("p", "t", 0, 0)
    bot.world.pending.set_aside("p", "t", int(time.time()))
    app = create_app(bot.settings, bot.world)
    assert photos(app) == (0, 0, 0, 0, 1)
    (aside,) = lines_about_photos(bot.settings)
    assert "given up after every try" in aside
    assert bot.world.pending.seen_to() == 1
    assert photos(app) == (0, 0, 0, 0, 0)
