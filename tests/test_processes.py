"""The real processes: `claimbot serve` with its worker and Valkey, killed with -9 in mid-conversation."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings
from storage.keyring import Keyring
from tests.s3 import S3Server
from tests.whole import AES_KEY, paper


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def written_config(tmp_path: Path, api: str, port: int, **changes: str) -> Path:
    """A configuration of our own; `changes` replace a line's value by its key."""
    values = {
        "app_id": '"wx0000000000000000"', "app_secret": '"test-secret"', "token": '"testtoken"',
        "encoding_aes_key": f'"{AES_KEY}"', "mode": '"safe"', "api_base_url": f'"{api}"',
    }  # fmt: skip
    wechat = "\n".join(f"{key} = {changes.get(key, value)}" for key, value in values.items())
    data_dir = changes.get("data_dir", f'"{tmp_path / "var"}"')
    rest = changes.get("rest", "")
    path = tmp_path / "config.toml"
    path.write_text(f"[wechat]\n{wechat}\n[server]\nport = {port}\n[paths]\ndata_dir = {data_dir}\n{rest}", "utf-8")
    return path


@contextmanager
def served(config: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`claimbot serve` until the test is over; its output in serve.log beside the configuration."""
    with (config.parent / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "--config", str(config), "serve"], stdout=log, stderr=log
        )
    try:
        wait_until_ready(port, process, config)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=40)


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]", config: Path) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).ok:
                return
        except requests.RequestException:
            assert process.poll() is None, (config.parent / "serve.log").read_text()
        time.sleep(0.05)  # no notice comes from another process: look again
    raise AssertionError((config.parent / "serve.log").read_text())


def children(pid: int) -> list[tuple[int, str]]:
    """(pid, command line) of a process's children."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found.append((int(child), Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()))
    return found


def answered(follower: Follower, text: str) -> str:
    exchange = follower.say(text)
    assert not exchange.failed, text
    return exchange.text


def told_of_photo(follower: Follower, photo: bytes) -> str:
    """The verdict on a photograph: in its reply, or on a later one while the worker is still starting."""
    text = follower.send_photo(photo).text
    until = time.monotonic() + 40
    while "正在检查" in text or "检查中" in text:
        assert time.monotonic() < until, text
        time.sleep(0.2)  # as a person does who looks again
        text = answered(follower, "照片")
    return text


@contextmanager
def account(port: int) -> Iterator[Platform]:
    settings = SimulatorSettings(
        bot_url=f"http://127.0.0.1:{port}/wechat", app_id="wx0000000000000000", app_secret="test-secret",
        token="testtoken", aes_key=AES_KEY, mode="safe",
    )  # fmt: skip
    platform = Platform(settings)
    with serving(platform):
        yield platform


def test_people_go_on_where_they_were_after_kills(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port)
        follower = platform.follower("oKilled-000000000000000000001", following=True)
        with served(config, port) as process:
            answered(follower, "申领")
            answered(follower, "昆明")
            assert "缴纳医保的方式" in answered(follower, "我已阅读")
            web = [pid for pid, line in children(process.pid) if line.rstrip().endswith(" serve")]
            assert web
            for pid in web:
                os.kill(pid, signal.SIGKILL)
            wait_until_ready(port, process, config)
            assert "常住地址" in answered(follower, "2")
            answered(follower, "昆明市五华区样例路1号")
            process.kill()  # everything at once: the web server, the worker, only Valkey stays
            process.wait(timeout=10)
            wait_until_free(port)
        with served(config, port):
            assert "银行账号" in answered(follower, "继续")
            for text in ("同意", "6222000000000001234", "13800138000", "同意"):
                answered(follower, text)
            assert "身份证人像面" in answered(follower, "同意")
            assert "✓ 身份证人像面已收到（1/7）" in told_of_photo(follower, paper("id_portrait"))
        with served(config, port):
            assert "身份证国徽面" in answered(follower, "继续")
            assert "1 " in answered(follower, "照片清单")
    for line in (tmp_path / "serve.log").read_text().splitlines():
        assert "event" in json.loads(line), line  # of the web server and of the workers too


def wait_until_free(port: int) -> None:
    """The killed server's children have died with it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except OSError:
                time.sleep(0.05)
    raise AssertionError("an orphan holds the port")


def refused(config: Path) -> str:
    """What `claimbot serve` says when it cannot start; it must end by itself, with an error, without a traceback."""
    ended = subprocess.run(  # noqa: PLW1510 - its exit code is what is looked at
        [sys.executable, "-m", "bot.cli", "--config", str(config), "serve"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"token": '"no good"'}, "[wechat] token"),
        ({"encoding_aes_key": '"short"'}, "[wechat] encoding_aes_key"),
        ({"rest": '[redis]\nurl = "redis://127.0.0.1:1/0"\n'}, "[redis] url"),
        ({"rest": 'keyring = "nowhere/keyring.json"\n'}, "[paths] keyring"),
        ({"data_dir": '"/proc/nothing"'}, "[paths] data_dir"),
        ({"rest": '[database]\nurl = "sqlite:////proc/no/claims.db"\n'}, "[database] url"),
        ({"rest": '[photos]\nurl = "file:///proc/no/photos"\n'}, "[photos] url"),
        ({"rest": '[photos]\nurl = "s3://bucket"\n'}, "[photos] region"),
    ],
)
def test_a_start_that_cannot_work_says_why(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    assert named in refused(written_config(tmp_path, "http://127.0.0.1:1", free_port(), **changes))


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        assert "[server] port" in refused(written_config(tmp_path, "http://127.0.0.1:1", port))


BUCKET = """[photos]
url = "s3://nowhere/papers"
endpoint = "{endpoint}"
region = "us-east-1"
access_key_id = "test"
secret_access_key = "very-secret-value"
"""


@pytest.mark.parametrize("command", ["serve", "check"])
@pytest.mark.parametrize(("away", "why"), [(True, "error sending request"), (False, "there is no such bucket")])
def test_a_bucket_that_cannot_be_used_is_said_in_one_line(
    tmp_path: Path, s3: S3Server, away: bool, why: str, command: str
) -> None:
    rest = BUCKET.format(endpoint="http://127.0.0.1:9" if away else s3.address)
    config = written_config(tmp_path, "http://127.0.0.1:1", free_port(), rest=rest)
    Keyring.open(tmp_path / "var" / "keyring.json", create=True)
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--config", str(config), command], capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0 and "Traceback" not in said and "very-secret-value" not in said
    (line,) = [line for line in said.splitlines() if "[photos]" in line]
    assert "s3://nowhere/papers" in line and why in line


def test_an_unreadable_key_file_is_named(tmp_path: Path) -> None:
    key = tmp_path / "keyring.json"
    key.write_text("{}")
    key.chmod(0o600)
    rest = f'keyring = "{key}"\n'
    assert "[paths] keyring" in refused(written_config(tmp_path, "http://127.0.0.1:1", free_port(), rest=rest))
