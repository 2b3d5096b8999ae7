"""What real processes have counted is kept when they end, and published texts reach every one of them."""

import time
from datetime import timedelta
from pathlib import Path

from handlers.world import china_now
from storage import embedded
from storage.contents import Contents
from storage.database import open_engine
from storage.tally import Tally
from tests.test_processes import account, answered, free_port, served, written_config

GREETING = "您好，这里办失业金。"


def test_counts_outlive_the_processes_and_a_published_greeting_is_said(tmp_path: Path) -> None:
    port = free_port()
    with account(port) as platform:
        config = written_config(tmp_path, platform.url, port)
        with served(config, port):
            contents = Contents(open_engine("", tmp_path / "var"))
            contents.publish("greeting", "greeting", GREETING, "zhang.li", china_now(), over=0)
            name, until = 0, time.monotonic() + 20
            while True:  # the process looks every 3 s: follow anew until it has looked
                name += 1
                said = platform.follower(f"oNew-{name:024}").follow("").text
                if GREETING in said:
                    break
                assert time.monotonic() < until, said
                time.sleep(0.5)
            follower = platform.follower("oCounted-00000000000000000001", following=True)
            for text in ("申领", "昆明", "帮助"):
                answered(follower, text)
        # the last answers are younger than a flush: they came to Redis as the process ended
        valkey = embedded.start(tmp_path / "var")
        try:
            tally = Tally(embedded._client(valkey.socket))
            days = [tally.day(china_now().date() - timedelta(days=back)) for back in (0, 1)]
        finally:
            valkey.stop()
        assert sum(day.counts.get(("turns", ""), 0) for day in days) == name + 3
        assert sum(day.counts.get(("begun", "kunming"), 0) for day in days) == 1
