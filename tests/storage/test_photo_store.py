import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.keyring import Keyring
from storage.photos import PhotoStore

ANN, BEN = "annAnnannAnnannAnnann_", "-enBenbenBenbenBenbenB"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "keyring.json", create=True)


@pytest.fixture
def store(tmp_path: Path, keyring: Keyring) -> PhotoStore:
    return PhotoStore.open("", tmp_path, keyring)


def files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "photos").rglob("*") if path.is_file())


def test_a_photo_comes_back_byte_for_byte(store: PhotoStore) -> None:
    assert store.get(ANN, store.put(ANN, PHOTO)) == PHOTO


def test_the_same_photo_sent_again_is_kept_once(store: PhotoStore, tmp_path: Path) -> None:
    assert len({store.put(ANN, PHOTO) for _ in range(3)}) == 1
    assert len(files(tmp_path)) == 1


def test_equal_photos_of_two_people_cannot_be_linked(store: PhotoStore, tmp_path: Path) -> None:
    assert store.put(ANN, PHOTO) != store.put(BEN, PHOTO)
    first, second = (path.read_bytes() for path in files(tmp_path))
    assert first != second


def test_nothing_of_the_photo_lies_on_the_disk_in_clear(store: PhotoStore, tmp_path: Path) -> None:
    store.put(ANN, PHOTO)
    assert PHOTO[:16] not in files(tmp_path)[0].read_bytes()


def test_a_photo_put_in_the_place_of_another_does_not_open(store: PhotoStore, tmp_path: Path) -> None:
    own, other = store.put(ANN, PHOTO), store.put(BEN, b"other")
    (tmp_path / "photos" / ANN / own).write_bytes((tmp_path / "photos" / BEN / other).read_bytes())
    with pytest.raises(Unreadable):
        store.get(ANN, own)


def test_sending_a_damaged_photo_again_mends_it(store: PhotoStore, tmp_path: Path) -> None:
    key = store.put(ANN, PHOTO)
    files(tmp_path)[0].write_bytes(b"half")
    with pytest.raises(Unreadable):
        store.get(ANN, key)
    assert store.get(ANN, store.put(ANN, PHOTO)) == PHOTO


def test_a_deleted_photo_is_gone_and_deleting_it_again_is_fine(store: PhotoStore) -> None:
    key = store.put(ANN, PHOTO)
    assert store.holds(ANN, key)
    for _ in range(2):
        store.delete(ANN, key)
        assert not store.holds(ANN, key)
    with pytest.raises(Missing):
        store.get(ANN, key)


def test_deleting_a_person_leaves_no_byte_and_touches_nobody_else(store: PhotoStore, tmp_path: Path) -> None:
    for number in range(20):
        store.put(ANN, PHOTO + bytes([number]))
    half = tmp_path / "photos" / ANN / ("0" * 40 + "#1")
    half.write_bytes(b"half")
    kept = store.put(BEN, PHOTO)
    assert store.delete_person(ANN) == 20
    assert store.keys_of(ANN) == []
    assert not half.exists()
    assert store.keys_of(BEN) == [kept]
    assert store.delete_person(ANN) == 0


def test_the_sweeper_sees_every_photo_and_no_half_written_one(store: PhotoStore, tmp_path: Path) -> None:
    expected = {(person, store.put(person, PHOTO + bytes([number]))) for number in range(3) for person in (ANN, BEN)}
    half = tmp_path / "photos" / ANN / ("0" * 40 + "#1")
    half.write_bytes(b"half")
    (tmp_path / "photos" / "stray.txt").write_bytes(b"not ours")
    seen = list(store.everything())
    assert {(one.person, one.key) for one in seen} == expected
    assert {one.bytes for one in seen} == {len(PHOTO) + 1 + 33}
    assert (store.clear_halves(older_than_s=3600), store.clear_halves(older_than_s=0)) == (0, 1)
    assert not half.exists()


def test_after_a_rotation_photos_are_sealed_anew_one_by_one(store: PhotoStore, keyring: Keyring) -> None:
    key = store.put(ANN, PHOTO)
    assert not store.renew(ANN, key)
    keyring.add_key()
    assert store.get(ANN, key) == PHOTO
    assert store.renew(ANN, key)
    assert not store.renew(ANN, key)
    assert (store.get(ANN, key), store.keys_of(ANN)) == (PHOTO, [key])


def test_many_at_once_all_arrive(store: PhotoStore) -> None:
    photos = [PHOTO + bytes([number % 20]) for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda photo: store.put(ANN, photo), photos))
    assert [store.get(ANN, key) for key in keys] == photos
    assert len(store.keys_of(ANN)) == 20


@pytest.mark.parametrize("person", ["", "../x", "a/b", ".", "张", "a" * 65])
def test_no_name_leads_out_of_the_store(store: PhotoStore, person: str) -> None:
    for deed in (lambda: store.put(person, PHOTO), lambda: store.keys_of(person), lambda: store.get(person, "0" * 40)):
        with pytest.raises(ValueError, match="pseudonym"):
            deed()


def test_no_key_leads_out_of_the_store(store: PhotoStore) -> None:
    with pytest.raises(ValueError, match="key"):
        store.delete(ANN, "../../keyring.json")


def test_another_folder_can_be_named_by_url(tmp_path: Path, keyring: Keyring) -> None:
    store = PhotoStore.open((tmp_path / "a b").as_uri(), tmp_path, keyring)
    key = store.put(ANN, PHOTO)
    assert (tmp_path / "a b" / ANN / key).is_file()


@pytest.mark.parametrize("url", ["http://x/y", "/just/a/path", "file://host/x", "s4://b"])
def test_a_url_that_cannot_be_is_named(url: str, tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(ValueError, match=url):
        PhotoStore.open(url, tmp_path, keyring)


def test_an_unknown_s3_option_is_named(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        PhotoStore.open("s3://bucket/prefix", tmp_path, keyring, {"nonsense": "1"})


def test_a_server_that_is_away_is_a_store_unavailable(tmp_path: Path, keyring: Keyring) -> None:
    options = {"endpoint": "http://127.0.0.1:9", "access_key_id": "a", "secret_access_key": "b", "region": "x"}
    store = PhotoStore.open("s3://bucket/prefix", tmp_path, keyring, options)
    with pytest.raises(StoreUnavailable):
        store.put(ANN, PHOTO)


def test_a_folder_that_cannot_be_made_is_a_store_unavailable(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="file"):
        PhotoStore.open("", tmp_path / "file", keyring)


def in_another_process(lines: str, *arguments: str) -> str:
    command = [sys.executable, "-c", lines, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


OPEN = """
import os, resource, sys
from pathlib import Path
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.photos import PhotoStore
home = Path(sys.argv[1])
store = PhotoStore.open("", home, Keyring.open(home / "keyring.json"))
"""


def test_no_room_on_the_disk_is_a_store_unavailable_and_leaves_no_half(store: PhotoStore, tmp_path: Path) -> None:
    key = store.put(ANN, PHOTO)
    said = in_another_process(
        OPEN
        + """
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    store.put(sys.argv[2], b"x" * 100_000)
except StoreUnavailable as trouble:
    print("unavailable", store.keys_of(sys.argv[2]))
""",
        str(tmp_path),
        ANN,
    )
    assert said.strip() == f"unavailable {[key]!r}"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_child_forked_after_first_use_fails_loudly_instead_of_hanging(store: PhotoStore, tmp_path: Path) -> None:
    said = in_another_process(
        OPEN
        + """
key = store.put(sys.argv[2], b"x")
if os.fork() == 0:
    try:
        store.get(sys.argv[2], key)
    except RuntimeError as defect:
        print(defect, flush=True)
    os._exit(0)
os.wait()
""",
        str(tmp_path),
        ANN,
    )
    assert "forked" in said


def test_a_process_killed_while_writing_leaves_whole_photos_only(store: PhotoStore, tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            OPEN
            + """
for number in range(10_000):
    store.put(sys.argv[2], number.to_bytes(2) * 200_000)
    print(number, flush=True)
""",
            str(tmp_path),
            ANN,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    for _ in range(10):
        writer.stdout.readline()
    os.kill(writer.pid, 9)
    writer.wait()
    writer.stdout.close()
    found = [store.get(ANN, key) for key in store.keys_of(ANN)]
    assert len(found) >= 10
    assert all(len(photo) == 400_000 and len(set(photo)) <= 2 for photo in found)
