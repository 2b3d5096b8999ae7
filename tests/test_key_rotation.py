"""`claimbot keys …` on a bot that people are talking to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage.keyring import Keyring
from storage.rotation import SETTLE_S
from tests.storage.test_rotation import contents, every_seal
from tests.test_conversations import act
from tests.test_processes import written_config
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.whole import Bot, paper


@pytest.fixture
def config(bot: Bot, tmp_path: Path) -> Path:
    """The running bot's own settings as a file."""
    return written_config(
        tmp_path, bot.settings.wechat.api_base_url, 1, data_dir=f'"{bot.settings.paths.data_dir}"',
        rest=f'[redis]\nurl = "{bot.settings.redis.url}"\n',
    )  # fmt: skip


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def older(bot: Bot) -> None:
    """As if the newest key had come a while ago."""
    path = bot.settings.keyring_path
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "rotated_at": content["rotated_at"] - SETTLE_S}))


def test_keys_are_rotated_and_the_old_one_dropped_while_people_talk_and_send(bot: Bot, config: Path) -> None:
    followers = [bot.follower(f"oTalking-{number:012}") for number in range(4)]

    def claim(number: int) -> str:
        return whole_claim(followers[number])[-1]

    with ThreadPoolExecutor(4) as pool:
        talks = [pool.submit(claim, number) for number in range(4)]
        rotations = []
        while not all(talk.done() for talk in talks):
            rotations.append(run(config, "keys", "rotate"))
        assert all("回执号" in talk.result() for talk in talks)
    for job in bot.jobs.threads:
        job.join()
    assert rotations and {ended.exit_code for ended in rotations} == {0}, rotations[0].output
    assert run(config, "keys", "rotate", "--no-new-key").exit_code == 0
    newest = Keyring.open(bot.settings.keyring_path).ids()[-1]
    assert set(every_seal(bot)) == {newest}
    older(bot)
    ended = run(config, "keys", "drop-old")
    assert ended.exit_code == 0, ended.output
    assert ended.output.count("removed") == len(rotations)
    for follower in followers:
        (filed,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        assert filed.answers["bank_account"] == "6222000000000001234" and filed.openid == follower.openid
        sent = {paper(line[4:-1]) for line in WHOLE_CLAIM if line.startswith("[照片")}
        assert {bot.world.photos.get(filed.person, key) for key in filed.papers.values()} == sent
        assert "回执号" in act(follower, "进度")


def test_a_rotation_killed_in_the_middle_loses_nothing_and_goes_on(bot: Bot, config: Path) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:13]:
        act(follower, line)
    for number in range(400):
        bot.world.photos.put("many", number.to_bytes(2))
    before = contents(bot)
    command = [sys.executable, "-u", "-m", "bot.cli", "--config", str(config), "keys", "rotate"]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.startswith("photographs: 100"):
            break
    killed.kill()
    killed.wait()
    killed.stdout.close()
    assert len(set(every_seal(bot))) == 2  # some are sealed anew, some are not
    assert contents(bot) == before
    assert "rotation is not finished" in run(config, "keys", "list").output
    refused = run(config, "keys", "drop-old")
    assert refused.exit_code == 2 and "not finished" in refused.output
    ended = run(config, "keys", "rotate")
    assert "going on" in ended.output and ended.exit_code == 0
    assert contents(bot) == before and len(set(every_seal(bot))) == 1
    assert len(Keyring.open(bot.settings.keyring_path).ids()) == 2


SEALING = """
import sys
from pathlib import Path
from storage.keyring import Keyring, key_id_of
keyring = Keyring.open(Path(sys.argv[1]))
for _ in sys.stdin:
    print(key_id_of(keyring.seal(b"x", b"")), flush=True)
"""


@pytest.fixture
def other_process(bot: Bot) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [sys.executable, "-c", SEALING, str(bot.settings.keyring_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    yield process
    process.communicate()


def test_another_process_that_is_running_takes_the_new_key(
    bot: Bot, config: Path, other_process: "subprocess.Popen[str]"
) -> None:
    def sealed_with() -> str:
        assert other_process.stdin is not None and other_process.stdout is not None
        other_process.stdin.write("\n")
        other_process.stdin.flush()
        return other_process.stdout.readline().strip()

    before = sealed_with()
    assert run(config, "keys", "rotate").exit_code == 0
    ids = Keyring.open(bot.settings.keyring_path).ids()
    assert (before, sealed_with()) == tuple(ids)


def test_the_list_shows_ids_and_no_secret(bot: Bot, config: Path) -> None:
    first = run(config, "keys", "list").output
    assert first.split()[0] == Keyring.open(bot.settings.keyring_path).ids()[0]
    run(config, "keys", "rotate")
    listed = run(config, "keys", "list").output
    old, newest = Keyring.open(bot.settings.keyring_path).ids()
    assert listed.index(old) < listed.index(newest) and "drop-old" in listed
    held = json.loads(bot.settings.keyring_path.read_text())
    assert not any(secret in listed for secret in (held["naming"], *held["sealing"]))


def test_a_key_too_young_and_stores_that_are_away_are_said_in_one_line(bot: Bot, config: Path) -> None:
    run(config, "keys", "rotate")
    young = run(config, "keys", "drop-old")
    assert young.exit_code == 2 and "wait" in young.output
    away = config.with_name("away.toml")
    away.write_text(config.read_text().replace(bot.settings.redis.url, "redis://127.0.0.1:1/0"))
    for words in (("keys", "drop-old"), ("keys", "rotate"), ("photos", "audit")):
        older(bot)
        ended = run(away, *words)
        assert ended.exit_code == 2 and "cannot be reached" in ended.output, ended.output
    assert run(config, "keys", "rotate").exit_code == 0  # goes on with what the run above had begun
    bot.settings.keyring_path.unlink()
    for words in (("keys", "list"), ("keys", "rotate"), ("photos", "audit")):
        ended = run(config, *words)
        assert ended.exit_code == 2 and "[paths] keyring" in ended.output, ended.output


def test_the_audit_by_hand_says_what_it_found(bot: Bot, config: Path) -> None:
    follower = bot.follower()
    whole_claim(follower)
    person = bot.world.sessions.person_of(follower.openid)
    (filed,) = bot.world.claims.of(person)
    ended = run(config, "photos", "audit")
    assert ended.exit_code == 0 and "7 photographs stored, 7 needed, 7 read and opened" in ended.output, ended.output
    bot.world.photos.delete(person, filed.papers["portrait"])
    ended = run(config, "photos", "audit")
    assert ended.exit_code == 1 and f"claim {filed.id}: portrait is not in the store" in ended.output
    assert follower.openid not in ended.output
