"""From `claimbot serve` to its first good reply: `python -m benchmarks.start [--runs 5]`.

The clock runs from the start of the process, on empty data (tables and keys are made) and on data that is there; a
signed text message is sent again and again until it is answered with words.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from bot.simulator.delivery import sealed
from bot.simulator.messages import render
from bot.simulator.settings import SimulatorSettings
from tests.test_processes import free_port, written_config
from tests.whole import AES_KEY


def first_reply_s(config: Path, port: int) -> float:
    """Seconds until a follower's text is answered."""
    account = SimulatorSettings(
        bot_url=f"http://127.0.0.1:{port}/wechat", app_id="wx0000000000000000", token="testtoken", aes_key=AES_KEY,
        mode="safe",
    )  # fmt: skip
    began = time.monotonic()
    with (config.parent / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "--config", str(config), "serve"], stdout=log, stderr=log
        )
    try:
        while time.monotonic() - began < 60:
            now = int(time.time())
            nodes = (("MsgType", "text"), ("Content", "申领"), ("MsgId", str(time.time_ns())))
            push = sealed(render(account.account_id, "oStart", now, nodes), "oStart", account, now)
            try:
                reply = requests.post(push.url, data=push.body, timeout=5)
            except requests.ConnectionError:
                time.sleep(0.01)
                continue
            if reply.ok and b"<Encrypt>" in reply.content:
                return time.monotonic() - began
        sys.exit("no reply within a minute; see serve.log")
    finally:
        process.terminate()
        process.wait(timeout=60)


def main() -> None:
    """Print the median of both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    empty, there = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as name:
            port = free_port()
            config = written_config(Path(name), "http://127.0.0.1:1", port, rest='[log]\nlevel = "error"\n')
            empty.append(first_reply_s(config, port))
            there.append(first_reply_s(config, port))
    for how, took in (("on empty data", empty), ("on data that is there", there)):
        print(f"start to first reply, {how}: median {statistics.median(took):.2f} s, worst {max(took):.2f} s")


if __name__ == "__main__":
    main()
