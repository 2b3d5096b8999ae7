"""No password, token or secret of the settings in what the command line or a page says when something is wrong."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from bot.addresses import checked, hosts_of
from bot.cli import main
from tests.whole import AES_KEY, Bot

SECRET = "S3cretpw9"
WECHAT = {"app_id": "wx0000000000000000", "app_secret": "x", "token": "testtoken", "encoding_aes_key": AES_KEY,
          "api_base_url": "http://127.0.0.1:1"}  # fmt: skip
NOWHERE = "127.0.0.1:1"
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("wechat", {**WECHAT, "token": f"{SECRET}!!"}),
    ("wechat", {**WECHAT, "encoding_aes_key": SECRET}),
    ("wechat", {**WECHAT, "app_secret": [SECRET]}),
    *(("redis", {"url": url}) for url in (
        f"redis://:{SECRET}@{NOWHERE}/0", f"redis://:{SECRET}/x@{NOWHERE}/0", f"redis://u:{SECRET}#x@{NOWHERE}/0",
        f"http://u:{SECRET}@{NOWHERE}/0", SECRET, f"redis://u:x@127.0.0.1:{SECRET}/0",
        f"redis://{NOWHERE}/0?password={SECRET}",
    )),
    *(("database", {"url": url}) for url in (
        f"postgresql+psycopg://u:{SECRET}@{NOWHERE}/x", f"postgresql+psycopg://u:{SECRET}/a@{NOWHERE}/x",
        f"nosuch://u:{SECRET}@{NOWHERE}/x", f"u:{SECRET}@{NOWHERE}/x", f"postgresql+psycopg://u:x@127.0.0.1:x{SECRET}/x",
        f"postgresql+psycopg://{NOWHERE}/x?password={SECRET}",
    )),
    ("jobs", {"broker_url": f"amqp://u:{SECRET}/x@127.0.0.1:x//"}),
    ("agency", {"url": f"https://u:{SECRET}@x/", "key_id": "a", "secret": SECRET}),
    ("agency", {"url": "https://127.0.0.1:1/", "key_id": "a", "secret": SECRET}),
    ("photos", {"url": "s3://x?y", "secret_access_key": SECRET}),
]  # fmt: skip


def said_by(folder: Path, command: str, **parts: dict[str, Any]) -> str:
    """What a command prints with these settings, the traceback of what it did not expect included."""
    path = folder / "config.toml"
    tables = {"wechat": WECHAT, "paths": {"data_dir": str(folder)}, **parts}
    lines = (f"[{name}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
             for name, table in tables.items())  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    if command == "serve":  # it forks before the photo store is used, which this process has done
        started = subprocess.run(
            [sys.executable, "-m", "bot.cli", "--config", str(path), command], capture_output=True, text=True, check=False
        )
        assert started.returncode in (1, 2)
        return started.stdout + started.stderr
    ended = CliRunner().invoke(main, ["--config", str(path), command])
    assert ended.exit_code in (1, 2) and isinstance(ended.exception, SystemExit), repr(ended.exception)
    return ended.output


@pytest.mark.parametrize(("part", "table"), WRONG, ids=lambda value: str(value)[:40])
def test_check_names_what_is_wrong_and_no_secret(tmp_path: Path, part: str, table: dict[str, Any]) -> None:
    said = said_by(tmp_path, "check", **{part: table})
    assert f"[{part}]" in said and SECRET not in said and SECRET[:8] not in said


@pytest.mark.parametrize("url", [f"redis://:{SECRET}@{NOWHERE}/0", f"redis://{NOWHERE}/0?socket_timeout={SECRET}"])
def test_a_start_that_fails_says_no_secret(tmp_path: Path, url: str) -> None:
    said = said_by(tmp_path, "serve", redis={"url": url}, server={"port": 18765})
    assert NOWHERE in said and SECRET not in said


@pytest.mark.parametrize("name", ["CLAIMBOT_WECHAT", "CLAIMBOT_REDIS", "CLAIMBOT_WECHAT__TOKEN"])
def test_a_variable_that_is_wrong_is_named_not_quoted(name: str) -> None:
    ended = CliRunner().invoke(main, ["check"], env={name: "{" + SECRET})
    assert ended.exit_code == 2 and SECRET not in ended.output and "CLAIMBOT_" in ended.output


@pytest.mark.parametrize("url", [
    "", "redis://127.0.0.1:6379/0", "redis://:p%2Fw@10.0.0.1:6379/0", "rediss://u:p@r-1.example.com:6380", "unix:///var/run/x.sock?db=1",
    "redis://[::1]:6379", "redis+socket:///var/x.sock", "amqp://u:p@mq:5672//", "sqlite:////var/lib/claim bot/x.db",
    "postgresql+psycopg://u:p@db/claims?sslmode=verify-full&sslkey=/etc/k", "redis+sentinel://:p@a:26379,b:26379/main",
])  # fmt: skip
def test_usual_addresses_are_taken(url: str) -> None:
    assert checked(url) == url and "p@" not in hosts_of(url)


PAGES = ("/metrics", "/healthz", "/readyz", "/nowhere", "/wechat", "/wechat?signature=x", "/export/x", "/console/login",
         "/console/nowhere", "/privacy", "/agency/callback")  # fmt: skip


def test_no_page_tells_a_secret_or_how_it_is_made(bot: Bot) -> None:
    for method, path in product(("GET", "POST", "PUT"), PAGES):
        answer = requests.request(method, bot.address + path, timeout=20, allow_redirects=False)
        told = answer.text + str(answer.headers)
        assert answer.status_code < 500
        for secret in ("testtoken", "test-secret", AES_KEY, "Traceback", "SECRET", str(bot.settings.paths.data_dir)):
            assert secret not in told, (method, path)
