"""How fast the simulated WeChat itself is, so that it is not what is measured: `python -m benchmarks.simulator`.

Followers send texts to a bare view that says nothing; each is signed, sealed, sent over HTTP and shown in a chat.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.webhook import under_granian
from bot.simulator.follower import Follower
from tests.test_processes import account, free_port


def talk(follower: Follower, messages: int) -> None:
    """One after the other."""
    for _ in range(messages):
        follower.say("帮助")


def main() -> None:
    """Print messages a second, from one follower and from eight at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1000)
    messages = parser.parse_args().messages
    port = free_port()
    with under_granian("bare_app", 1, 1, port, {}), account(port) as platform:
        for at_once in (1, 8):
            names = [f"oCeiling-{at_once}-{number:017d}" for number in range(at_once)]
            followers = [platform.follower(name, following=True) for name in names]
            began = time.monotonic()
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(talk, followers, [messages // at_once] * at_once))
            print(f"simulator, {at_once} at once: {messages / (time.monotonic() - began):.0f} messages a second")


if __name__ == "__main__":
    main()
