"""`claimbot serve` brings back what is killed below it, also while something else is away."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from bot.simulator.follower import Follower
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


def test_a_killed_valkey_comes_back_with_every_answer_and_a_web_worker_while_sql_is_away(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port, rest="[jobs]\nreading = false\n")
        follower = platform.follower("oKilled-000000000000000000002", following=True)
        with served(config, port) as process:
            for text in ("申领", "昆明", "我已阅读"):
                answered(follower, text)
            for answer, question in (("2", "常住地址"), ("昆明市五华区样例路1号", "银行账号")):
                until_said(follower, answer, question)
                (valkey,) = valkeys(tmp_path / "var")
                os.kill(valkey, signal.SIGKILL)
                until_said(follower, "继续", question)
                assert valkeys(tmp_path / "var") != [valkey]
            with exchanged(tmp_path / "var" / "claimbot.sqlite3"):
                (web,) = (pid for pid, line in children(process.pid) if line.rstrip().endswith(" serve"))
                os.kill(web, signal.SIGKILL)
                until_said(follower, "继续", "银行账号")
            assert "银行卡号" in answered(follower, "同意")
        assert valkeys(tmp_path / "var") == []
    log = (tmp_path / "serve.log").read_text()
    assert "Traceback" not in log, log
    assert log.count("the embedded Valkey died, another is started") == 2


def test_a_valkey_left_by_a_killed_start_is_watched_too(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port, rest="[jobs]\nreading = false\n")
        follower = platform.follower("oKilled-000000000000000000003", following=True)
        with served(config, port) as process:
            answered(follower, "申领")
            answered(follower, "昆明")
            process.kill()
            process.wait()
        until(lambda: follower.say("继续").failed)  # its web workers have ended too
        (left,) = valkeys(tmp_path / "var")
        with served(config, port):
            assert valkeys(tmp_path / "var") == [left]
            os.kill(left, signal.SIGKILL)
            until_said(follower, "继续", "我已阅读")
