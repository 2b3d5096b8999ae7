"""`claimbot serve` brings back what is killed below it, also while something else is away."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from bot.simulator.follower import Follower
from storage.database import FILE_NAME
from tests.chaos.house import everybody
from tests.chaos.troubles import exchanged
from tests.test_processes import account, answered, children, free_port, served, written_config

BACK_WITHIN_S = 60.0


def until_said(follower: Follower, text: str, words: str) -> None:
    """Say it, again while WeChat gave up or the bot asks to try again: a person does."""
    until = time.monotonic() + BACK_WITHIN_S
    while words not in (said := follower.say(text).text):
        assert time.monotonic() < until, said
        time.sleep(0.1)


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + BACK_WITHIN_S
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)  # no notice comes from another process: look again


def valkeys(data_dir: Path) -> list[int]:
    return [pid for pid, line in everybody() if "valkey-server" in line and str(data_dir.resolve()) in line]


def test_valkey_and_web_come_back_with_every_answer_also_while_sql_is_away(tmp_path: Path) -> None:
    """Also a Valkey that a killed `serve` left behind: its next start adopts it, and must watch it too."""
    port, data_dir = free_port(), tmp_path / "var"
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port, rest="[jobs]\nreading = false\nconcurrency = 1\n")
        follower = platform.follower("oKilled-000000000000000000002", following=True)
        with served(config, port) as process:
            for text in ("申领", "昆明", "我已阅读"):
                answered(follower, text)
            until_said(follower, "2", "常住地址")
            (valkey,) = valkeys(data_dir)
            os.kill(valkey, signal.SIGKILL)
            until_said(follower, "继续", "常住地址")
            assert valkeys(data_dir) != [valkey]
            with exchanged(data_dir / FILE_NAME):
                (web,) = (pid for pid, line in children(process.pid) if line.rstrip().endswith(" serve"))
                os.kill(web, signal.SIGKILL)
                until_said(follower, "继续", "常住地址")
            # a worker's child that is killed while it comes up says so with a traceback of its library's
            until(lambda: " ready." in (tmp_path / "serve.log").read_text())
            process.kill()
            process.wait()
        until(lambda: follower.say("继续").failed)  # its web workers have ended too
        (left,) = valkeys(data_dir)
        with served(config, port):
            assert valkeys(data_dir) == [left]
            assert "银行账号" in answered(follower, "昆明市五华区样例路1号")
            os.kill(left, signal.SIGKILL)
            until_said(follower, "继续", "银行账号")
        assert valkeys(data_dir) == []
    log = (tmp_path / "serve.log").read_text()
    assert "Traceback" not in log, log
    assert log.count("the embedded Valkey died, another is started") == 2
