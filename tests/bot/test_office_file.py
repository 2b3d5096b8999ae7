"""The office list as a file that is replaced while people talk: through the real webhook."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app import build_knowledge, build_offices
from bot.cli import main
from bot.config import Settings
from bot.office_file import OfficeFile, OfficesUnusable
from dialogs.knowledge import Account
from dialogs.programmes import shipped
from tests.test_conversations import act
from tests.whole import Bot, running

CSV = shipped("offices.csv")
YANJI = "0433-2706070"


def replaced(path: Path, text: str) -> None:
    """Put another file in place, as old as one that is no longer being written."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    long_ago = fresh.stat().st_mtime_ns - 60_000_000_000
    os.utime(fresh, ns=(long_ago, long_ago))
    fresh.replace(path)


def with_file(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"paths": settings.paths.model_copy(update={"offices": path})})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    replaced(path, CSV)
    return path


def without(name: str) -> str:
    return "\n".join(line for line in CSV.splitlines() if name not in line) + "\n"


def test_a_new_number_is_told_without_a_restart_and_a_bad_file_changes_nothing(
    settings: Settings, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(with_file(settings, path)) as bot:
        follower = bot.follower()
        assert YANJI in act(follower, "延吉")
        replaced(path, CSV.replace(YANJI, "0433-2706071"))
        assert "0433-2706071" in act(follower, "延吉")
        replaced(path, CSV.replace(YANJI, "not a number"))
        assert "0433-2706071" in act(follower, "延吉")
        replaced(path, CSV)
        assert YANJI in act(follower, "延吉")
    assert caplog.text.count("office list refused") == 1


def test_a_claim_goes_on_and_an_office_that_is_gone_is_asked_again(settings: Settings, path: Path) -> None:
    with running(with_file(settings, path)) as bot:
        follower = bot.follower()
        for words in ("申领", "吉林省", "延吉市"):
            act(follower, words)
        replaced(path, CSV.replace(YANJI, "0433-2706071"))
        assert "满 1 年" in act(follower, "网点") and bot.world.knowledge.office("延吉市社会保险局").phones[0].endswith(
            "71"
        )
        replaced(path, without("延吉市"))
        told = act(follower, "1")
        assert "延吉市社会保险局" in told and "再选一次" in told and "最后一次交失业保险" in told
        assert "满 1 年" in act(follower, "图们市")


def test_a_file_that_is_still_being_written_is_left_alone(path: Path) -> None:
    moment = [0.0]
    offices = OfficeFile(path, lambda text: build_knowledge(Account(), text), now=lambda: moment[0])
    path.write_text(CSV.replace(YANJI, "0433-2706071"), encoding="utf-8")
    moment[0] = path.stat().st_mtime
    assert offices.knowledge().directory.named("延吉市社会保险局").phones == (YANJI,)  # type: ignore[union-attr]
    moment[0] += 2
    assert offices.knowledge().directory.named("延吉市社会保险局").phones == ("0433-2706071",)  # type: ignore[union-attr]


def test_a_file_that_disappears_leaves_the_list_as_it_was(path: Path) -> None:
    offices = OfficeFile(path, lambda text: build_knowledge(Account(), text))
    path.unlink()
    assert len(offices.knowledge().directory.offices) == 69


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the columns"),
        (CSV.replace("63588129", "12"), "12"),
        (without("昆明市就业局失业保险中心"), "default_office"),
    ],
)
def test_an_unusable_file_stops_the_start(settings: Settings, path: Path, text: str, why: str) -> None:
    replaced(path, text)
    with pytest.raises(OfficesUnusable, match=why):
        build_offices(with_file(settings, path))


def test_a_file_in_another_encoding_is_named(settings: Settings, path: Path) -> None:
    path.write_bytes(CSV.encode("gb18030"))
    with pytest.raises(OfficesUnusable, match="UTF-8"):
        build_offices(with_file(settings, path))


def test_the_command_checks_a_file(path: Path) -> None:
    assert "usable: 69" in CliRunner().invoke(main, ["office", "check", str(path)]).output
    replaced(path, CSV.replace("63588129", "65615362"))
    told = CliRunner().invoke(main, ["office", "check", str(path)])
    assert told.exit_code == 1 and "row 4" in told.output and "65615362" in told.output
    assert CliRunner().invoke(main, ["office", "check", "no-such-file"]).exit_code == 1


def test_a_place_needs_no_word_before_it() -> None:
    for args in (["office", "五华区"], ["office", "find", "五华区"], ["office", "--province", "云南省", "五华区"]):
        told = CliRunner().invoke(main, args)
        assert told.exit_code == 0 and "63588129" in told.output
    assert CliRunner().invoke(main, ["office"]).exit_code == 2


def test_a_tap_puts_the_number_on_the_operators_list(bot: Bot) -> None:
    follower = bot.follower()
    for _ in range(2):
        act(follower, "五华区电话")
        assert "0871-63362528" in act(follower, "[点 号码打不通]")
    for thread in bot.jobs.threads:
        thread.join()
    today = bot.world.clock().date()
    assert [(one.office, one.times) for one in bot.world.numbers.since(today)] == [("五华区就业局失业保险科", 1)]


def test_the_list_is_printed(bot: Bot, tmp_path: Path) -> None:
    act(bot.follower(), "五华区电话打不通")
    for thread in bot.jobs.threads:
        thread.join()
    config = tmp_path / "config.toml"
    config.write_text(
        '[wechat]\napp_id = "x"\napp_secret = "x"\ntoken = "abc"\nmode = "plain"\n'
        f'[paths]\ndata_dir = "{bot.settings.paths.data_dir}"\n'
    )
    told = CliRunner().invoke(main, ["--config", str(config), "office", "reports"])
    assert told.exit_code == 0 and "1 × 五华区就业局失业保险科 63588129" in told.output


def test_a_report_is_thanked_when_sql_is_away(settings: Settings) -> None:
    settings = settings.model_copy(
        update={"database": settings.database.model_copy(update={"url": "postgresql+psycopg://nobody@127.0.0.1:1/x"})}
    )
    with running(settings) as bot:
        bot.jobs.stopped = True
        assert "谢谢" in act(bot.follower(), "五华区电话打不通")
        assert [report[1] for report in bot.jobs.reports] == ["五华区就业局失业保险科"]
