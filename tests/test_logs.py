"""What a log line may hold: private things are masked even when a library quotes them; and the suite's own watch sees."""

import json
import logging
import subprocess
import sys

import pytest

from tests.leaks import leaks

SAYS = """
import logging
from bot.logs import configure, logger
configure("info")
try:
    raise ValueError("cannot read 990101199003070012 of o6_bmjrPTlm6_2sgVt7hMZOPfL2M at http://h/p?access_token=90_x&a=1")
except ValueError:
    logger().exception("defect", phones=["13900000000"])
    logging.getLogger("library").exception("quoted 6222000000000000")
logging.getLogger("library").warning("receipt %s", "1234567890123")
"""


def test_libraries_and_exceptions_are_masked_and_every_line_is_json() -> None:
    ended = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert len(lines) == 3 and not leaks(ended.stderr), ended.stderr
    assert ended.stderr.count("***") == 8 and "1234567890123" in ended.stderr
    assert lines[0]["exception"][0]["exc_value"] == "cannot read *** of *** at http://h/p?access_token=***&a=1"


CHILD_DIES = """
from billiard import Process
from celery import Celery
from bot.logs import configure
from bot.working import streams_to_log
configure("info")
streams_to_log(Celery())
def die():
    raise BrokenPipeError("cannot read 990101199003070012")
child = Process(target=die)
child.start()
child.join()
print("good-bye")
"""


def test_a_pools_child_that_dies_says_so_in_json_too() -> None:
    ended = subprocess.run([sys.executable, "-c", CHILD_DIES], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    said = "\n".join(line["event"] for line in lines)
    assert "BrokenPipeError" in said and "good-bye" in said and not ended.stdout and not leaks(ended.stderr), ended.stderr


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("who: 990101199003070012", "ID number"),
        ("6222 0000 0000 0001 234", "card number"),
        ("call 13900000000 now", "mobile number"),
        ("o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "openid"),
        ("oFollower-000000000000000001", "openid"),
        ("https://api/x?access_token=abc", "access token"),
        ("token=testtoken", "secret"),
    ],
)
def test_the_watch_over_the_suites_logs_sees(text: str, kind: str) -> None:
    assert [leak.partition(" in:")[0] for leak in leaks(f"first\n{text}\nlast")] == [kind]


def test_what_is_not_private_is_let_through() -> None:
    logging.getLogger("x").info("ticket 9f3ac1d2e4b5a697 receipt 1234567890123 office 五华区 0871-63588129")
    assert not leaks(
        "ticket 9f3ac1d2e4b5a697 receipt 1234567890123 office 五华区 0871-63588129 openapi-schema-validation"
    )
