"""`claimbot serve` told to stop under load: turns in hand are finished, everything ends in order, nothing is lost."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import redis

from bot.simulator.follower import Follower
from storage import embedded
from storage.keyring import Keyring
from storage.sessions import Sessions
from tests.leaks import leaks
from tests.test_processes import account, answered, free_port, wait_until_ready, written_config
from tests.test_promises import WHOLE_CLAIM
from tests.whole import paper

ADDRESS = WHOLE_CLAIM.index("昆明市五华区样例路1号2栋")


class Talker(threading.Thread):
    """Somebody who changes an answer again and again and remembers what was acknowledged; until the server is gone."""

    def __init__(self, follower: Follower) -> None:
        super().__init__(daemon=True)
        self.follower = follower
        self.acknowledged = 0
        self.begun, self.pace = threading.Event(), threading.Event()

    def run(self) -> None:
        for number in range(1, 10_000):
            self.pace.wait(0.05)  # a person takes longer still
            if self.follower.say("上一步").failed:
                return
            exchange = self.follower.say(f"昆明市五华区样例路{number}号")
            if exchange.failed:
                return
            if "【" in exchange.text:
                self.acknowledged = number
                self.begun.set()


def started(config: Path, port: int) -> "subprocess.Popen[bytes]":
    """Without a worker a photograph's turn waits for its whole four seconds."""
    command = [sys.executable, "-m", "bot.cli", "--config", str(config), "serve", "--no-worker"]
    with (config.parent / "serve.log").open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    wait_until_ready(port, process, config)
    return process


def test_told_to_stop_it_finishes_what_it_has_in_hand_and_has_saved_it(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port)
        talkers = [Talker(platform.follower(f"oStopping-0000000000000000000{n}", following=True)) for n in range(3)]
        sender = platform.follower("oSender-00000000000000000000001", following=True)
        log = config.parent / "serve.log"
        process = started(config, port)
        for line in WHOLE_CLAIM[:11]:
            answered(sender, line)
        for talker in talkers:
            for line in WHOLE_CLAIM[: ADDRESS + 1]:
                answered(talker.follower, line)
            talker.start()
        waits = threading.Thread(target=sender.send_photo, args=(paper("id_portrait"),))
        waits.start()
        for talker in talkers:
            assert talker.begun.wait(30)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        waits.join(30)
        photo = sender.exchanges[-1]
        assert photo.attempts == 1 and "正在检查" in photo.text
        assert not embedded.runs(tmp_path / "var")
        for line in log.read_text().splitlines():
            assert "event" in json.loads(line), line
        assert not leaks(log.read_text())
        server = embedded.start(tmp_path / "var")  # what it has saved
        try:
            client = redis.Redis.from_url(server.url)
            sessions = Sessions(client, Keyring.open(tmp_path / "var" / "keyring.json"))
            for talker in talkers:
                talker.join(60)
                session = sessions.load(sessions.person_of(talker.follower.openid)).session
                assert session is not None and session.draft is not None
                kept = int(session.draft.answers["home_address"].split("样例路")[1].split("号")[0])
                # the last one may have been taken in and its answer cut off: WeChat's repeats fell into the pause
                assert kept in (talker.acknowledged, talker.acknowledged + 1)
        finally:
            server.stop()
