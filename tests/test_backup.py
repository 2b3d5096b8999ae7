"""`claimbot backup` while people talk, `claimbot restore` into an empty place; the judge reads the files by itself."""

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from dialogs.model import OpenId
from handlers import erasing, parking
from storage import embedded
from storage.audit import Audit
from storage.database import FILE_NAME, open_engine
from storage.keyring import Keyring
from storage.staff import StaffRoll
from tests.storage.test_rotation import contents
from tests.test_conversations import act
from tests.test_processes import free_port, written_config
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper, running, settings_for


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def config_of(bot: Bot, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return written_config(
        folder, bot.settings.wechat.api_base_url, free_port(), data_dir=f'"{bot.settings.paths.data_dir}"',
        rest=f'[redis]\nurl = "{bot.settings.redis.url}"\n',
    )  # fmt: skip


@dataclass
class Elsewhere:
    """An empty installation with the same key file and an embedded Valkey of its own."""

    config: Path
    data_dir: Path

    @classmethod
    def like(cls, bot: Bot, folder: Path, *, keys: bool = True) -> "Elsewhere":
        data_dir = folder / "var"
        data_dir.mkdir(parents=True)
        if keys:
            shutil.copy(bot.settings.keyring_path, data_dir / "keyring.json")
        return cls(written_config(folder, bot.settings.wechat.api_base_url, free_port()), data_dir)


@pytest.fixture
def lived_in(bot: Bot) -> Bot:
    cat, ben, ann = (bot.follower(f"oBackedUp-000000000{number}") for number in range(3))
    whole_claim(cat)
    for line in WHOLE_CLAIM[:12]:
        act(ben, line)
    name = bot.world.sessions.person_of(ben.openid)
    bot.jobs.settle()
    bot.clock.shift_by = lambda: timedelta(days=8)
    assert parking.park(bot.world, name, int(bot.world.clock().timestamp()) - 7 * 86400)
    bot.clock.shift_by = timedelta
    for line in WHOLE_CLAIM[:13]:
        act(ann, line)
    bot.jobs.settle()
    engine = open_engine("", bot.settings.paths.data_dir)
    keyring = Keyring.open(bot.settings.keyring_path)
    StaffRoll(engine, keyring).add("li", "reviewer", "", "a-long-pass-word", "JBSWY3DPEHPK3PXP", bot.clock())
    Audit(engine, keyring).note("li", "saw", "claim 1", at=bot.clock())
    return bot


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as it lies there."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(connection.execute(f"select * from {name}"), key=repr) for name in tables}


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_what_was_backed_up_comes_back_whole_and_the_talk_goes_on(lived_in: Bot, tmp_path: Path) -> None:
    before = contents(lived_in)
    (tmp_path / "b.part").mkdir()  # of an earlier, killed run
    (tmp_path / "b.part" / "people.bin").write_bytes(b"half")
    made = run(config_of(lived_in, tmp_path / "a"), "backup", str(tmp_path / "b"))
    assert made.exit_code == 0 and not (tmp_path / "b.part").exists(), made.output
    kept = files(tmp_path / "b")
    manifest = json.loads(kept["manifest.json"])
    assert manifest["keys"] == Keyring.open(lived_in.settings.keyring_path).ids()
    assert abs((datetime.fromisoformat(manifest["made_at"]) - datetime.now(UTC)).total_seconds()) < 600
    assert manifest["counts"] == {"people": 3, "photos": 10, "claims": 1}
    assert not [name for name, content in kept.items() if b"sealing" in content or "keyring" in name]
    there = Elsewhere.like(lived_in, tmp_path / "c")
    done = run(there.config, "restore", str(tmp_path / "b"))
    assert done.exit_code == 0 and "3 people, 1 claims" in done.output, done.output
    old = lived_in.settings.paths.data_dir
    assert rows(there.data_dir / FILE_NAME) == rows(old / FILE_NAME)
    assert files(there.data_dir / "photos") == files(old / "photos")
    server = embedded.start(there.data_dir)
    try:
        with running(settings_for(server.url, there.data_dir), fresh=False) as bot:
            assert contents(bot) == before
            ann = bot.follower("oBackedUp-0000000002")
            assert "户口册" in act(ann, "继续")
            for line in WHOLE_CLAIM[13:]:
                reply = act(ann, line)
            assert "已提交" in reply
            assert "已提交" in act(bot.follower("oBackedUp-0000000000"), "进度")
            assert "身份证国徽面" in act(bot.follower("oBackedUp-0000000001"), "继续")
            assert Audit(open_engine("", there.data_dir), Keyring.open(bot.settings.keyring_path)).broken_at() is None
    finally:
        server.stop()


def test_under_load_everything_acknowledged_before_is_in_it(bot: Bot, tmp_path: Path) -> None:
    followers = [bot.follower(f"oLoaded-000000000000{number:02}") for number in range(6)]
    config = config_of(bot, tmp_path / "a")
    told: dict[int, list[str]] = {number: [] for number in range(6)}

    def claim(number: int) -> None:
        for line in WHOLE_CLAIM:
            told[number].append(act(followers[number], line))

    with ThreadPoolExecutor(6) as pool:
        talks = [pool.submit(claim, number) for number in range(6)]
        backups = []
        while not all(talk.done() for talk in talks):
            acknowledged = {number: len(said) for number, said in told.items()}
            target = tmp_path / f"b{len(backups)}"
            assert run(config, "backup", str(target)).exit_code == 0
            backups.append((target, acknowledged))
        [talk.result() for talk in talks]
    assert backups
    for target, acknowledged in backups[:: max(1, len(backups) // 3)]:
        there = Elsewhere.like(bot, tmp_path / f"c{target.name}")
        assert run(there.config, "restore", str(target)).exit_code == 0
        judge(bot, there, acknowledged, followers_of=[one.openid for one in followers])


STEPS = ("notice", "medical_way", "medical_card", "home_address", "consent_bank", "bank_account", "phone",
         "consent_papers", "consent_portrait")  # fmt: skip
FIRST_ANSWER, LAST_PHOTO = 2, 17


def judge(bot: Bot, there: Elsewhere, acknowledged: dict[int, int], followers_of: list[str]) -> None:
    """A model of its own: the k-th line acknowledged means the answers up to it stand in the draft, or in a claim."""
    server = embedded.start(there.data_dir)
    try:
        with running(settings_for(server.url, there.data_dir), fresh=False) as restored:
            world = restored.world
            for number, openid in enumerate(followers_of):
                name = world.sessions.person_of(OpenId(openid))
                session = world.sessions.load(name).session
                claims = world.claims.of(name)
                draft = session.draft if session is not None else None
                held = dict(claims[0].answers) if claims else dict(draft.answers) if draft is not None else {}
                count = acknowledged[number]
                wanted = STEPS[: max(0, min(count - FIRST_ANSWER, len(STEPS)))]
                assert set(wanted) <= set(held), (number, count, held.keys())
                assert len(claims) <= 1 and (count < len(WHOLE_CLAIM) or claims)
                for claim in claims:
                    for slot, key in claim.papers.items():
                        assert world.photos.get(name, key) == paper(_NAMES.get(slot, slot))
                if draft is not None:
                    for photo in draft.photos.values():
                        assert not photo.key or world.photos.get(name, photo.key)
                        assert photo.state != "fetching" or restored.redis.zscore(
                            "{pending}:photos", f"{name} {photo.ticket}"
                        )
    finally:
        server.stop()


_NAMES = {"household_issuer": "hukou_issue", "household_own": "hukou_own", "bank_card_photo": "bank_card",
          "social_card_photo": "social_card"}  # fmt: skip


def test_a_disk_that_is_full_leaves_nothing_that_looks_like_a_backup(lived_in: Bot, tmp_path: Path) -> None:
    config, target = config_of(lived_in, tmp_path / "a"), tmp_path / "b"
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--config", str(config), "backup", str(target)], capture_output=True,
        text=True, timeout=60, check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )  # fmt: skip
    assert ended.returncode == 2 and "no backup was made" in ended.stderr and "Traceback" not in ended.stderr
    assert not target.exists() and not target.with_name("b.part").exists()


def test_a_backup_is_refused_where_something_lies_and_verify_finds_every_change(lived_in: Bot, tmp_path: Path) -> None:
    config, target = config_of(lived_in, tmp_path / "a"), tmp_path / "b"
    assert run(config, "backup", str(target)).exit_code == 0
    assert "is not empty" in run(config, "backup", str(target)).output
    assert run(config, "backup", "verify", str(target)).output.startswith("whole, made ")
    subprocess.run(["sha256sum", "--quiet", "-c", "files.sha256"], cwd=target, check=True, timeout=60)
    for name in ("people.bin", "database.sqlite3", "files.sha256", next(n for n in files(target) if "photos/" in n)):
        path = target / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert "is not as it was written" in run(config, "backup", "verify", str(target)).output
        path.unlink()
        assert run(config, "restore", "--over", str(target)).exit_code == 2
        path.write_bytes(content)
    (target / "strange").touch()
    assert "do not belong to it" in run(config, "backup", "verify", str(target)).output
    (target / "strange").unlink()
    (target / "manifest.json").unlink()
    assert "there is no backup" in run(config, "backup", "verify", str(target)).output


def test_a_restore_is_refused_over_data_over_a_running_bot_and_without_the_keys(lived_in: Bot, tmp_path: Path) -> None:
    config, target = config_of(lived_in, tmp_path / "a"), tmp_path / "b"
    keys = tmp_path / "keys.json"
    assert run(config, "backup", "--with-keys", str(target / "in.json"), str(target)).exit_code == 2
    assert run(config, "backup", "--with-keys", str(keys), str(target)).exit_code == 0
    assert keys.read_bytes() == lived_in.settings.keyring_path.read_bytes() and keys.stat().st_mode & 0o77 == 0
    refused = run(config, "restore", str(target))
    assert refused.exit_code == 2 and "--over" in refused.output
    there = Elsewhere.like(lived_in, tmp_path / "c", keys=False)
    assert "keyring" in run(there.config, "restore", str(target)).output
    Keyring.open(there.data_dir / "keyring.json", create=True)
    assert "needs keys" in run(there.config, "restore", str(target)).output
    shutil.copy(keys, there.data_dir / "keyring.json")
    server = embedded.start(there.data_dir)
    assert "stop it first" in run(there.config, "restore", str(target)).output
    server.stop()
    manifest = json.loads((target / "manifest.json").read_text())
    (target / "manifest.json").write_text(json.dumps({**manifest, "schema": "9999"}))
    assert "newer claimbot" in run(there.config, "restore", str(target)).output
    (target / "manifest.json").write_text(json.dumps(manifest))
    assert run(there.config, "restore", str(target)).exit_code == 0


def test_who_was_erased_since_does_not_come_back(lived_in: Bot, tmp_path: Path) -> None:
    config, target = config_of(lived_in, tmp_path / "a"), tmp_path / "b"
    assert run(config, "backup", str(target)).exit_code == 0
    cat, ann = (OpenId(f"oBackedUp-000000000{number}") for number in (0, 2))
    lived_in.clock.shift_by = lambda: timedelta(seconds=5)
    for openid in (cat, ann):
        erasing.forget(lived_in.world, openid, "asked")
    done = run(config, "restore", "--over", str(target))
    assert done.exit_code == 0 and "2 people were erased since" in done.output, done.output
    assert erasing.sweep(lived_in.world) == 2
    world = lived_in.world
    for openid in (cat, ann):
        name = world.sessions.person_of(openid)
        assert world.sessions.load(name).session is None
        assert world.claims.of(name) == [] and world.photos.keys_of(name) == []
    ben = world.sessions.person_of(OpenId("oBackedUp-0000000001"))
    assert world.parked.parked(ben) is not None and world.photos.keys_of(ben)
