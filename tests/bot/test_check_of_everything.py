"""`claimbot check` says everything that is wrong in one run, each with how to mend it."""

import time
from pathlib import Path

import pytest
import redis
from pydantic import ValidationError

from bot.checks import faults
from bot.config import Settings
from bot.simulator.faults import Fault
from storage import embedded
from storage.meter import Meter
from tests.whole import Bot, settings_for


def line(settings: Settings, about: str) -> str:
    (found,) = [fault for fault in faults(settings) if fault.startswith(about)]
    return found


def broken(tmp_path: Path) -> Settings:
    settings = settings_for("redis://127.0.0.1:1/0", tmp_path, "sqlite:////proc/no/claims.db")
    return settings.model_copy(update={
        "photos": settings.photos.model_copy(update={"url": "file:///proc/no/photos"}),
        "wechat": settings.wechat.model_copy(update={"api_base_url": "http://127.0.0.1:1"}),
        "agency": settings.agency.model_copy(update={"url": "http://127.0.0.1:1", "key_id": "k"}),
        "paths": settings.paths.model_copy(update={"offices": tmp_path / "none.csv", "menu": tmp_path / "none.toml"}),
    })  # fmt: skip


def test_with_everything_broken_each_thing_is_named_once(tmp_path: Path) -> None:
    found = faults(broken(tmp_path))
    for about in ("[paths] offices", "[paths] menu", "[paths] keyring", "[database] url", "[redis] url", "[wechat]",
                  "[agency] url"):  # fmt: skip
        assert len([fault for fault in found if fault.startswith(about)]) == 1, (about, found)


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"redis\.url"):
        settings_for("nonsense", tmp_path)


@pytest.mark.parametrize("errcode", [40164, 40243, 50004, 40125, 45009])
def test_a_refused_token_is_said_with_its_code_and_its_remedy(bot: Bot, errcode: int) -> None:
    bot.platform.faults.add(Fault("errcode", path="stable_token", errcode=errcode, errmsg="no", times=-1))
    said = line(bot.settings, "[wechat]")
    assert str(errcode) in said and "docs/operations.md" in said
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    assert str(errcode) in page.split("| WeChat says |")[1].split("## Metrics")[0]


def test_a_redis_that_answers_and_takes_nothing_is_named(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    client = redis.Redis.from_url(server.url)
    settings = settings_for(server.url, tmp_path)
    try:
        client.config_set("maxmemory", 1)
        assert "is full" in line(settings, "[redis] url")
        client.config_set("maxmemory", 0)
        client.replicaof("127.0.0.1", 1)
        assert "name the primary" in line(settings, "[redis] url")
        client.replicaof("NO", "ONE")
        assert not [fault for fault in faults(settings) if fault.startswith("[redis]")]
    finally:
        server.stop()


def test_an_old_backup_is_named(bot: Bot) -> None:
    Meter(bot.redis).record_backup(int(time.time()) - 3 * 86400)
    assert "3 days ago" in line(bot.settings, "backup")
