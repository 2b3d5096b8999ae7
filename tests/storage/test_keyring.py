import base64
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import KeyringError, Unreadable
from storage.keyring import Keyring


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.json"


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.open(tmp_path_factory.mktemp("keys") / "keyring.json", create=True)


@given(plain=st.binary(max_size=2000), context=st.binary(max_size=100))
def test_what_is_sealed_opens_again(keyring: Keyring, plain: bytes, context: bytes) -> None:
    sealed = keyring.seal(plain, context)
    assert keyring.open_sealed(sealed, context) == plain
    assert len(sealed) == len(plain) + 33
    assert len(plain) < 4 or plain not in sealed


@given(plain=st.binary(max_size=60), where=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_turned_bit_anywhere_is_noticed(keyring: Keyring, plain: bytes, where: int, bit: int) -> None:
    sealed = bytearray(keyring.seal(plain, b"here"))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(Unreadable):
        keyring.open_sealed(bytes(sealed), b"here")


@given(st.binary(max_size=80))
def test_foreign_bytes_are_unreadable_and_nothing_worse(keyring: Keyring, blob: bytes) -> None:
    with pytest.raises(Unreadable):
        keyring.open_sealed(blob, b"")


def test_bytes_moved_to_another_place_do_not_open(keyring: Keyring) -> None:
    with pytest.raises(Unreadable):
        keyring.open_sealed(keyring.seal(b"x", b"photo/a"), b"photo/b")


def test_the_same_bytes_never_look_the_same(keyring: Keyring) -> None:
    assert len({keyring.seal(b"x", b"") for _ in range(100)}) == 100


def test_after_a_rotation_the_new_key_seals_and_every_key_opens(path: Path) -> None:
    keyring = Keyring.open(path, create=True)
    old = keyring.seal(b"old", b"")
    keyring.add_key()
    new = keyring.seal(b"new", b"")
    again = Keyring.open(path)
    assert (again.open_sealed(old, b""), again.open_sealed(new, b"")) == (b"old", b"new")
    assert (keyring.is_current(old), keyring.is_current(new)) == (False, True)


def test_a_running_process_opens_what_another_sealed_after_rotating(path: Path) -> None:
    web = Keyring.open(path, create=True)
    worker = Keyring.open(path)
    worker.add_key()
    assert web.open_sealed(worker.seal(b"x", b""), b"") == b"x"


def test_rotations_at_the_same_moment_lose_no_key(path: Path) -> None:
    rings = [Keyring.open(path, create=True) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda ring: ring.add_key(), rings))
    last = Keyring.open(path)
    assert [last.open_sealed(ring.seal(b"x", b""), b"") for ring in rings] == [b"x"] * 4
    assert len(json.loads(path.read_text())["sealing"]) == 5


def test_processes_that_start_together_share_one_new_key(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: Keyring.open(path, create=True), range(8)))
    assert len({ring.pseudonym("o1") for ring in rings}) == 1
    assert os.listdir(path.parent) == [path.name]


def test_a_person_has_one_name_through_rotations_and_restarts(path: Path) -> None:
    keyring = Keyring.open(path, create=True)
    before = keyring.pseudonym("oABC-def_123")
    keyring.add_key()
    assert Keyring.open(path).pseudonym("oABC-def_123") == before


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_are_22_safe_characters_and_differ_with_the_person(keyring: Keyring, one: str, other: str) -> None:
    name = keyring.pseudonym(one)
    assert len(name) == 22
    assert name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    assert (name == keyring.pseudonym(other)) == (one == other)


def test_another_installation_gives_other_names(keyring: Keyring, path: Path) -> None:
    assert keyring.pseudonym("o1") != Keyring.open(path, create=True).pseudonym("o1")


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    Keyring.open(path, create=True).add_key()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_never_show(path: Path) -> None:
    keyring = Keyring.open(path, create=True)
    keys = json.loads(path.read_text())
    shown = repr(keyring) + repr(vars(keyring))
    assert keys["naming"] not in shown and keys["sealing"][0] not in shown
    assert repr(base64.b64decode(keys["naming"])) not in shown


def refusal(path: Path) -> str:
    with pytest.raises(KeyringError) as refused:
        Keyring.open(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_a_missing_file_is_not_replaced_in_silence(path: Path) -> None:
    assert "backup" in refusal(path)
    assert not path.exists()


def test_a_file_others_may_read_is_refused_with_the_remedy(path: Path) -> None:
    Keyring.open(path, create=True)
    path.chmod(0o640)
    assert "chmod 600" in refusal(path)


KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "JSON"),
        (b"\xff\xfe", "not text"),
        (b"[]", "keyring"),
        (b'{"keyring": 2}', "keyring"),
        (b'{"keyring": 1, "sealing": []}', "no key"),
        (json.dumps({"keyring": 1, "sealing": [KEY]}).encode(), "naming"),
        (json.dumps({"keyring": 1, "naming": KEY, "sealing": ["not base64!"]}).encode(), "base64"),
        (json.dumps({"keyring": 1, "naming": KEY, "sealing": [KEY[:20]]}).encode(), "32 bytes"),
        (json.dumps({"keyring": 1, "naming": KEY, "sealing": [7]}).encode(), "32 bytes"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(path: Path, content: bytes, why: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    said = refusal(path)
    assert "damaged" in said and why in said and KEY not in said


def test_a_folder_in_place_of_the_file_is_said_so(path: Path) -> None:
    path.mkdir(parents=True)
    assert "cannot be read" in refusal(path)


def test_a_place_where_nothing_can_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyringError, match="cannot be"):
        Keyring.open(tmp_path / "file" / "keyring.json", create=True)
