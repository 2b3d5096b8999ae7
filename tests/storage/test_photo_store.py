"""The photo store, in a folder and in a bucket of a real S3 server."""

import json
import os
import resource
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, ObjectStore, S3Store

from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.keyring import Keyring
from storage.photos import PhotoStore
from tests.s3 import S3Server, moto

ANN, BEN = "annAnnannAnnannAnnann_", "-enBenbenBenbenBenbenB"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "keyring.json", create=True)


@dataclass
class Place:
    """Where a store of this test keeps its bytes, and those bytes as they lie there."""

    url: str
    options: dict[str, str]
    raw: ObjectStore

    def lying(self) -> dict[str, bytes]:
        found = (one for page in obstore.list(self.raw) for one in page)
        return {one["path"]: bytes(obstore.get(self.raw, one["path"]).bytes()) for one in found}

    def lay(self, path: str, data: bytes) -> None:
        obstore.put(self.raw, path, data, use_multipart=False)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        (tmp_path / "photos").mkdir()
        return Place("", {}, LocalStore(tmp_path / "photos"))
    server: S3Server = request.getfixturevalue("s3")
    url = f"s3://{server.new_bucket()}/some/prefix"
    raw = S3Store.from_url(url, config={**server.options}, client_options={"allow_http": True})  # type: ignore[arg-type]
    return Place(url, server.options, raw)


@pytest.fixture
def store(place: Place, tmp_path: Path, keyring: Keyring) -> PhotoStore:
    return PhotoStore.open(place.url, tmp_path, keyring, place.options)


@pytest.fixture
def in_folder(tmp_path: Path, keyring: Keyring) -> PhotoStore:
    return PhotoStore.open("", tmp_path, keyring)


def test_a_photo_comes_back_byte_for_byte(store: PhotoStore) -> None:
    assert store.get(ANN, store.put(ANN, PHOTO)) == PHOTO


def test_the_same_photo_sent_again_is_kept_once(store: PhotoStore, place: Place) -> None:
    assert len({store.put(ANN, PHOTO) for _ in range(3)}) == 1
    assert len(place.lying()) == 1


def test_equal_photos_of_two_people_cannot_be_linked(store: PhotoStore, place: Place) -> None:
    assert store.put(ANN, PHOTO) != store.put(BEN, PHOTO)
    first, second = place.lying().values()
    assert first != second


def test_nothing_of_the_photo_lies_there_in_clear(store: PhotoStore, place: Place) -> None:
    store.put(ANN, PHOTO)
    (lying,) = place.lying().values()
    assert PHOTO[:16] not in lying


def test_a_photo_put_in_the_place_of_another_does_not_open(store: PhotoStore, place: Place) -> None:
    own, other = store.put(ANN, PHOTO), store.put(BEN, b"other")
    place.lay(f"{ANN}/{own}", place.lying()[f"{BEN}/{other}"])
    with pytest.raises(Unreadable):
        store.get(ANN, own)


def test_sending_a_damaged_photo_again_mends_it(store: PhotoStore, place: Place) -> None:
    key = store.put(ANN, PHOTO)
    place.lay(f"{ANN}/{key}", b"half")
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


def test_deleting_a_person_leaves_no_byte_and_touches_nobody_else(store: PhotoStore) -> None:
    for number in range(20):
        store.put(ANN, PHOTO + bytes([number]))
    kept = store.put(BEN, PHOTO)
    assert store.delete_person(ANN) == 20
    assert store.keys_of(ANN) == []
    assert store.keys_of(BEN) == [kept]
    assert store.delete_person(ANN) == 0


def test_the_sweeper_sees_every_photo_and_nothing_else(store: PhotoStore, place: Place) -> None:
    expected = {(person, store.put(person, PHOTO + bytes([number]))) for number in range(3) for person in (ANN, BEN)}
    place.lay("stray.txt", b"not ours")
    place.lay(f"{ANN}/stray", b"not ours")
    store.check()
    seen = list(store.everything())
    assert {(one.person, one.key) for one in seen} == expected
    assert {one.bytes for one in seen} == {len(PHOTO) + 1 + 33}
    assert all(one.at.tzinfo is not None for one in seen)


def test_more_photos_than_one_page_holds_are_all_seen(store: PhotoStore, place: Place) -> None:
    keys = [f"{number:040x}" for number in range(1100)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: place.lay(f"{ANN}/{key}", b""), keys))
    assert store.keys_of(ANN) == keys


def test_halves_are_looked_for_while_folders_come_and_go(in_folder: PhotoStore, tmp_path: Path) -> None:
    over = threading.Event()

    def come_and_go(number: int) -> None:
        folder = tmp_path / "photos" / f"{ANN[:-1]}{number}"
        while not over.is_set():
            folder.mkdir(parents=True, exist_ok=True)
            folder.rmdir()

    with ThreadPoolExecutor(3) as pool:
        going = [pool.submit(come_and_go, number) for number in range(3)]
        try:
            assert [in_folder.clear_halves(older_than_s=0) for _ in range(300)] == [0] * 300
        finally:
            over.set()
        assert [one.result() for one in going] == [None] * 3


def test_what_was_half_written_is_never_seen_and_cleared(in_folder: PhotoStore, tmp_path: Path) -> None:
    in_folder.put(ANN, PHOTO)
    halves = [tmp_path / "photos" / ANN / ("0" * 40 + f"#{number}") for number in range(2)]
    for half in halves:
        half.write_bytes(b"half")
    assert (len(list(in_folder.everything())), len(in_folder.keys_of(ANN))) == (1, 1)
    assert (in_folder.clear_halves(older_than_s=3600), in_folder.clear_halves(older_than_s=0)) == (0, 2)
    halves[0].write_bytes(b"half")
    in_folder.delete_person(ANN)
    assert not halves[0].exists()


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


def test_a_store_that_goes_away_is_unavailable_and_serves_again_when_it_is_back(
    tmp_path: Path, keyring: Keyring
) -> None:
    with moto() as server:
        bucket = server.new_bucket()
        store = PhotoStore.open(f"s3://{bucket}", tmp_path, keyring, server.options)
        key = store.put(ANN, PHOTO)
        assert store.get(ANN, key) == PHOTO
        server.stop()
        for deed in (
            lambda: store.put(ANN, PHOTO), lambda: store.get(ANN, key), lambda: store.holds(ANN, key),
            lambda: store.delete(ANN, key), lambda: store.keys_of(ANN), lambda: list(store.everything()), store.check,
        ):  # fmt: skip
            with pytest.raises(StoreUnavailable) as away:
                deed()
            assert "\n" not in str(away.value) and len(str(away.value)) < 300
        server.start()  # moto forgets everything: the bucket is gone, and that is not "no such photo"
        for deed in (lambda: store.get(ANN, key), lambda: store.holds(ANN, key), lambda: store.put(ANN, PHOTO)):
            with pytest.raises(StoreUnavailable, match=r"no such bucket|NoSuchBucket"):
                deed()
        server.make_bucket(bucket)
        assert store.get(ANN, store.put(ANN, PHOTO)) == PHOTO


def test_a_bucket_named_by_its_host_as_cos_and_oss_want_it(s3: S3Server, tmp_path: Path, keyring: Keyring) -> None:
    """moto plays AWS's own host names, reached as a proxy."""
    options = {
        **s3.options, "endpoint": "http://s3.us-east-1.amazonaws.com", "virtual_hosted_style_request": "true",
    }  # fmt: skip
    said = in_another_process(
        """
import json, sys
from pathlib import Path
from storage.keyring import Keyring
from storage.photos import PhotoStore
home = Path(sys.argv[1])
store = PhotoStore.open(sys.argv[2], home, Keyring.open(home / "keyring.json"), json.loads(sys.argv[3]))
store.check()
key = store.put(sys.argv[4], b"x")
print(store.get(sys.argv[4], key), len(list(store.everything())))
store.delete(sys.argv[4], key)
print(store.holds(sys.argv[4], key))
""",
        str(tmp_path), f"s3://{s3.new_bucket()}/prefix", json.dumps(options), ANN,
        environment={"HTTP_PROXY": s3.address, "http_proxy": s3.address, "no_proxy": "", "NO_PROXY": ""},
    )  # fmt: skip
    assert said.split("\n")[:2] == ["b'x' 1", "False"]


def test_a_folder_that_cannot_be_made_is_a_store_unavailable(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="file"):
        PhotoStore.open("", tmp_path / "file", keyring)


def in_another_process(lines: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-c", lines, *arguments]
    around = {**os.environ, **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=around).stdout


OPEN = """
import os, resource, sys
from pathlib import Path
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.photos import PhotoStore
home = Path(sys.argv[1])
store = PhotoStore.open("", home, Keyring.open(home / "keyring.json"))
"""


def test_no_room_on_the_disk_is_a_store_unavailable_and_leaves_no_half(in_folder: PhotoStore, tmp_path: Path) -> None:
    key = in_folder.put(ANN, PHOTO)
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


def test_a_child_forked_after_first_use_fails_loudly_instead_of_hanging(in_folder: PhotoStore, tmp_path: Path) -> None:
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


def test_a_process_killed_while_writing_leaves_whole_photos_only(in_folder: PhotoStore, tmp_path: Path) -> None:
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
    found = [in_folder.get(ANN, key) for key in in_folder.keys_of(ANN)]
    assert len(found) >= 10
    assert all(len(photo) == 400_000 and len(set(photo)) <= 2 for photo in found)
