"""claimbot person show | export | erase | proof: by openid, which is never shown again."""

import json
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from dialogs.session import Erasing
from storage.receipts import new_receipt
from tests.bot.desk import Desk, Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

OPENID = "oByHand-00000000000000000004"
SECRETS = (OPENID, "6222000000000001234", "13800138000", "样例路")


def run(bot: Bot, *words: str, typed: str = "") -> Result:
    ended = CliRunner().invoke(main, ["--config", str(Desk.of(bot).config), "person", *words], input=typed)
    assert "Traceback" not in ended.output and not any(secret in ended.output for secret in SECRETS)
    return ended


def test_show_counts_and_names_no_value(bot: Bot) -> None:
    ann = Filed.by(bot, OPENID)
    bot.jobs.settle()
    shown = run(bot, "show", OPENID)
    assert shown.exit_code == 0 and "claims 1, photographs 7, answers 3" in shown.output
    assert ann.receipt in shown.output.replace(" ", "")
    assert "drafts 0, parked 0, claims 0" in run(bot, "show", "oSomebodyElse").output


def test_export_writes_a_private_file_once(bot: Bot, tmp_path: Path) -> None:
    Filed.by(bot, OPENID)
    to = tmp_path / "copy.zip"
    assert run(bot, "export", OPENID, "--to", str(to)).exit_code == 0
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    with zipfile.ZipFile(to) as packed:
        assert json.loads(packed.read("我的信息.json"))["openid"] == OPENID
    assert "there already" in run(bot, "export", OPENID, "--to", str(to)).output
    assert "cannot be written" in run(bot, "export", OPENID, "--to", str(tmp_path / "no" / "x.zip")).output


def test_erase_asks_first_and_gives_a_receipt_that_proves_it(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:12]:
        act(follower, line)
    assert run(bot, "erase", OPENID, typed="n\n").exit_code == 2
    person = bot.world.sessions.person_of(OPENID)
    assert bot.world.photos.keys_of(person)
    done = run(bot, "erase", OPENID, "--yes")
    assert done.exit_code == 0 and bot.world.photos.keys_of(person) == []
    receipt = done.output.split("receipt ")[1].strip()
    assert "done" in run(bot, "proof", OPENID, receipt).output
    assert run(bot, "proof", "oSomebodyElse", receipt).exit_code == 1
    assert "nothing is kept" in run(bot, "erase", OPENID, "--yes").output
    assert "没有没填完的申领" in act(follower, "继续")


def test_erase_says_what_stays(bot: Bot) -> None:
    ann, desk = Filed.by(bot, OPENID), Desk.of(bot)
    desk.does("receive", ann.receipt)
    assert "kept: 1 claims" in run(bot, "erase", OPENID, "--yes").output
    assert ann.claim.status == "received"


@pytest.mark.parametrize(
    "odd", ["", "x", "a b c d e f", "../../etc/passwd", "o" * 65, "'; drop table claims;--", "微信用户", "-"]
)
def test_what_is_no_openid_is_refused_in_a_line(bot: Bot, odd: str, tmp_path: Path) -> None:
    for words in (("show",), ("erase", "--yes"), ("export", "--to", str(tmp_path / "x.zip")), ("proof",)):
        ended = run(bot, *words, "--", odd, *((new_receipt(),) if words == ("proof",) else ()))
        assert ended.exit_code == 2 and len(ended.output.strip().splitlines()) == 1 and "no openid" in ended.output
    assert not (tmp_path / "x.zip").exists()


def test_nobody_is_told_with_redis_away(bot: Bot) -> None:
    Filed.by(bot, OPENID)
    config = Desk.of(bot).config
    config.write_text(config.read_text("utf-8").replace(bot.settings.redis.url, "redis://127.0.0.1:1"), "utf-8")
    ended = CliRunner().invoke(main, ["--config", str(config), "person", "erase", OPENID, "--yes"])
    assert ended.exit_code == 2 and "cannot be reached" in ended.output and OPENID not in ended.output


def test_check_names_erasures_that_are_late(bot: Bot) -> None:
    from bot.checks import faults

    at = int(bot.world.clock().timestamp())
    bot.world.erasures.ask("x" * 22, Erasing(new_receipt(), at - 3600, "asked", True))
    assert not [line for line in faults(bot.settings) if line.startswith("erasures")]
    bot.world.erasures.ask("y" * 22, Erasing(new_receipt(), at - 7 * 3600, "asked", True))
    (line,) = [line for line in faults(bot.settings) if line.startswith("erasures")]
    assert line.startswith("erasures: 1 people") and "y" * 22 not in line
