"""The embedded Valkey: one a data_dir, whatever state it is in."""

import os
import signal
from pathlib import Path

import pytest
import redis
from msgspec.structs import replace

from dialogs.model import OpenId
from dialogs.session import Session
from storage import embedded
from storage.errors import InDoubt, StoreUnavailable
from storage.keyring import Keyring
from storage.sessions import Sessions


def servers_of(data_dir: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if "valkey-server" in line and str(data_dir.resolve()) in line:
                found.append(int(entry.name))
    return found


def test_one_that_refuses_even_a_ping_is_adopted_and_no_second_started(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    client = redis.Redis.from_url(first.url)
    client.set("a", "1")
    client.execute_command("ACL", "SETUSER", "default", "-ping", "-config")  # now it refuses, as with a full disk
    with pytest.raises(redis.ResponseError):
        client.ping()
    second = embedded.start(tmp_path)
    assert second.process is None and second.lives() and len(servers_of(tmp_path)) == 1
    client.execute_command("ACL", "SETUSER", "default", "+@all")
    assert client.get("a") == b"1"
    first.stop()
    assert not first.lives() and servers_of(tmp_path) == []


def test_one_that_is_frozen_is_waited_for_and_no_second_started(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    assert first.process is not None
    os.kill(first.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable):
            embedded.start(tmp_path, wait_s=0.2)
        assert first.lives() and servers_of(tmp_path) == [first.process.pid]
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    first.stop()


def test_what_a_dead_one_left_behind_is_no_server(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    redis.Redis.from_url(first.url).set("a", "1")
    assert first.process is not None
    first.process.kill()
    first.process.wait()
    assert first.socket.exists() and not first.lives()
    second = embedded.start(tmp_path)
    client = redis.Redis.from_url(second.url)
    assert client.get("a") == b"1" and client.config_get("appendfsync") == {"appendfsync": "no"}
    embedded.synced(tmp_path)
    second.stop()


def test_with_a_disk_nearly_full_nothing_is_acknowledged(tmp_path: Path) -> None:
    """Valkey acknowledges the first write to a full disk and refuses the second; a kill in between lost an answer."""
    assert embedded.has_room(tmp_path) and not embedded.has_room(tmp_path, room_bytes=2**62)
    server = embedded.start(tmp_path)
    keyring = Keyring.open(tmp_path / "keyring.json", create=True)
    rooms = iter([True, False, True])
    sessions = Sessions(redis.Redis.from_url(server.url), keyring, has_room=lambda: next(rooms))
    session = Session(OpenId("oRoom"))
    name = sessions.person_of("oRoom")
    assert sessions.commit(sessions.load(name), session, None, 1)
    with pytest.raises(StoreUnavailable) as refused:
        sessions.commit(sessions.load(name), replace(session, province="云南省"), None, 2)
    assert not isinstance(refused.value, InDoubt) and sessions.load(name).session == session
    assert sessions.commit(sessions.load(name), replace(session, province="云南省"), None, 3)
    server.stop()
