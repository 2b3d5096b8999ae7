"""`claimbot check` and the start name what several machines must share and what an engine is set up wrongly for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import connect_redis
from bot.checks import faults, notes
from bot.config import Address, JobsPart, RedisPart, Server, Settings
from storage.keyring import Keyring
from storage.same_keys import SameKeys
from tests import valkeys
from tests.test_processes import refused, written_config
from tests.valkeys import started
from tests.whole import settings_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[valkeys.Server]:
    made = valkeys.Server(tmp_path / "redis")
    with started(made):
        yield made


@pytest.fixture
def ours(server: valkeys.Server, tmp_path: Path) -> Settings:
    (tmp_path / "var").mkdir()
    made = settings_for(f"redis://{server.address}/0", tmp_path / "var")
    Keyring.open(made.keyring_path, create=True)
    wechat = made.wechat.model_copy(update={"api_base_url": "http://127.0.0.1:9"})
    return made.model_copy(update={"server": Server(port=valkeys.free_port()), "wechat": wechat})


def about(settings: Settings, start: str) -> list[str]:
    return [line for line in faults(settings) if line.startswith(start)]


def test_a_redis_that_would_lose_answers_is_named(ours: Settings, server: valkeys.Server) -> None:
    assert about(ours, "[redis]") == []
    server.client.config_set("maxmemory-policy", "allkeys-lru")
    server.client.config_set("appendonly", "no")
    wanting = ours.model_copy(update={"redis": RedisPart(url=ours.redis.url, wait_replicas=1)})
    policy, file, replicas = about(wanting, "[redis]")
    assert "allkeys-lru" in policy and "appendonly yes" in file and "a primary has 0" in replicas


def test_a_broker_that_is_away_is_named_without_its_password(ours: Settings) -> None:
    away = ours.model_copy(update={"jobs": JobsPart(broker_url="amqp://me:secret@127.0.0.1:9//")})
    (line,) = about(away, "[jobs] broker_url")
    assert "cannot be reached" in line and "127.0.0.1:9" in line and "secret" not in line
    there = ours.model_copy(update={"jobs": JobsPart(broker_url=ours.redis.url)})
    assert about(there, "[jobs]") == []


def test_a_machine_with_another_key_file_does_not_start(ours: Settings, tmp_path: Path) -> None:
    for _ in range(2):  # the same machine again
        assert SameKeys(connect_redis(ours), Keyring.open(ours.keyring_path)).agreed()
    rest = f'[redis]\nurl = "{ours.redis.url}"\n'
    said = refused(written_config(tmp_path, "http://127.0.0.1:9", valkeys.free_port(), rest=rest, data_dir=f'"{tmp_path}/b"'))
    assert "[paths] keyring" in said and "is not the key file of the other machines" in said
    other = ours.model_copy(update={"paths": ours.paths.model_copy(update={"data_dir": tmp_path / "b"})})
    assert about(other, "[paths] keyring") and not about(ours, "[paths] keyring")


def test_what_a_second_machine_needs_is_told(ours: Settings) -> None:
    assert not [line for line in notes(ours) if line.startswith(("[paths]", "[photos]"))]
    shared = ours.model_copy(update={"database": Address(url="postgresql+psycopg://nobody@127.0.0.1:9/x")})
    told = "\n".join(notes(shared))
    assert "a second machine needs this very file" in told and "[photos] url: is a folder" in told
