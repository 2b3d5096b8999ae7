"""What a person in mid-claim takes in Redis, and whether many of them slow the others.

    python -m benchmarks.memory [--drafts 1000 100000 1000000] [--seconds 5]

One person answers ten questions and sends seven photographs to a real bot, all at once and once more with a minute
between messages; the bytes of the hasty one's value are those of everybody. Then so many drafts lie in the Redis of
`claimbot serve`, and strangers' messages are answered as in benchmarks/webhook.py, a bare Flask view beside it each
time: the ratio tells the drafts' weight from the machine's mood. Needs wrk, and 2 GB of memory for a million.
"""

import argparse
import os
import statistics
import tempfile
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import partial
from pathlib import Path

import redis

from benchmarks.webhook import App, loaded, under_granian
from storage import embedded
from tests.storm import ANSWERS
from tests.test_processes import free_port, served, written_config
from tests.whole import Bot, paper, running, settings_for

PAPERS = ("id_portrait", "id_emblem", "hukou_issue", "hukou_own", "portrait", "bank_card", "social_card")
PAGE = 5000
CONNECTIONS = 8


def one_value(folder: Path, pause_s: int = 0) -> tuple[bytes, int]:
    """The value of a person with ten answers and seven papers as it lies in Redis, and what Redis says it takes with
    its key. pause_s: by the bot's clock, between one message and the next."""
    server = embedded.start(folder / "valkey")
    try:
        with running(settings_for(server.url, folder)) as bot:
            return _walked(bot, pause_s)
    finally:
        server.stop()


def _walked(bot: Bot, pause_s: int) -> tuple[bytes, int]:
    follower, sent = bot.follower(), 0
    bot.clock.shift_by = lambda: timedelta(seconds=sent * pause_s)
    for deed in (*(partial(follower.say, text) for text in ANSWERS),
                 *(partial(follower.send_photo, paper(name)) for name in PAPERS)):  # fmt: skip
        sent += 1
        deed()
        bot.jobs.settle()
    (key,) = bot.redis.keys("{p:*")
    value = bot.redis.get(key)
    takes = bot.redis.execute_command("MEMORY", "USAGE", key)
    assert isinstance(value, bytes)
    return value, int(takes)


def filled(store: "redis.Redis", value: bytes, upto: int, have: int) -> None:
    """More drafts, until there are so many; each under a name of its own."""
    for start in range(have, upto, PAGE):
        with store.pipeline(transaction=False) as pipe:
            for _ in range(min(PAGE, upto - start)):
                pipe.set(f"{{p:{urlsafe_b64encode(os.urandom(16)).rstrip(b'=').decode()}}}", value)
            pipe.execute()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--drafts", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for how, pause_s in (("a minute between messages", 60), ("all at once", 0)):
            value, takes = one_value(folder / how, pause_s)
            print(f"ten answers, {len(PAPERS)} papers, {how}: value {len(value)} bytes, with its key {takes} bytes")
        port, bare_port = free_port(), free_port()
        rest = '[reply]\nphotos_waiting = 0\n[log]\nlevel = "error"\n'
        config = written_config(folder, "http://127.0.0.1:1", port, rest=rest, data_dir=f'"{folder / "serve"}"')
        text = config.read_text("utf-8").replace("[server]\n", "[server]\nworkers = 1\nthreads = 1\n")
        config.write_text(text, "utf-8")
        with under_granian("bare_app", 1, 1, bare_port, {}) as bare, served(config, port) as full:
            store = redis.Redis(unix_socket_path=str(embedded.socket_path(folder / "serve")), socket_timeout=60)
            apps = App("full", port, full.pid, store), App("bare", bare_port, bare, None)
            for app in apps:
                loaded(app, folder, 5, 4000, CONNECTIONS)
            empty, first = int(store.info("memory")["used_memory"]), 0.0
            have = 0
            for drafts in given.drafts:
                filled(store, value, drafts, have)
                have = drafts
                used = int(store.info("memory")["used_memory"]) - empty
                while store.info("persistence")["aof_rewrite_in_progress"]:
                    time.sleep(0.2)
                ratios, rates = [], []
                for _ in range(given.rounds):
                    one, other = (loaded(app, folder, given.seconds, 8000, CONNECTIONS) for app in apps)
                    ratios.append(one.rps / other.rps)
                    rates.append(one.rps)
                ratio = statistics.median(ratios)
                first = first or ratio
                print(
                    f"{drafts:>9} drafts: {used / drafts:6.0f} bytes each, {statistics.median(rates):6.0f} req/s, "
                    f"{ratio:.3f} of the bare view, {ratio / first:.2f} of that at {given.drafts[0]}"
                )


if __name__ == "__main__":
    main()
