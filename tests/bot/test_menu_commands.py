"""claimbot menu check | show | diff | push | pull against the simulated account."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app import build_publisher
from bot.cli import main
from bot.simulator import faults
from tests.whole import Bot

OTHER = '[[button]]\nname = "帮助"\ntype = "click"\nkey = "HELP"\n'


@pytest.fixture
def config(bot: Bot, tmp_path: Path) -> str:
    wechat = bot.settings.wechat
    path = tmp_path / "config.toml"
    path.write_text(
        f"""[wechat]
app_id = "{wechat.app_id}"
app_secret = "{wechat.app_secret.get_secret_value()}"
token = "{wechat.token.get_secret_value()}"
encoding_aes_key = "{wechat.encoding_aes_key.get_secret_value()}"
api_base_url = "{wechat.api_base_url}"
[redis]
url = "{bot.settings.redis.url}"
[paths]
data_dir = "{bot.settings.paths.data_dir}"
""",
        encoding="utf-8",
    )
    return str(path)


def run(config: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", config, "menu", *words])


def test_an_operators_whole_way_with_files(bot: Bot, config: str, tmp_path: Path) -> None:
    for words in (("show",), ("pull",)):
        assert "公众号现在没有菜单" in run(config, *words).output
    assert run(config, "diff").output.startswith("新增 “申领”") and run(config, "diff").exit_code == 1
    assert "菜单已发布（第 1 版）" in run(config, "push").output
    assert run(config, "diff").output.strip() == "和线上一样"
    shown = run(config, "show").output
    assert "申领：子菜单" in shown and "    开始申领：click CLAIM_START" in shown
    pulled, other = tmp_path / "pulled.toml", tmp_path / "other.toml"
    assert run(config, "pull", str(pulled)).exit_code == 0
    assert "cannot be written" in run(config, "pull", str(pulled)).output
    assert run(config, "diff", str(pulled)).exit_code == 0
    other.write_text(
        OTHER + '[[tagged]]\ntag = "100"\n[[tagged.button]]\nname = "查"\ntype = "click"\nkey = "FAQ"\n', "utf-8"
    )
    assert "新增 标签 100 的菜单" in run(config, "diff", str(other)).output
    assert "菜单已发布（第 2 版）" in run(config, "push", str(other)).output
    assert "标签 100 的菜单：\n  查：click FAQ" in run(config, "show").output
    assert run(config, "pull").output.count("[[tagged]]") == 1


def test_what_goes_wrong_is_one_line(bot: Bot, config: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[button]]\nname='x'\ntype='click'\nkey='NOBODY'\n", encoding="utf-8")
    assert "NOBODY" in run(config, "push", str(bad)).output
    bad.write_text("[[button", encoding="utf-8")
    for words in (("check", str(bad)), ("diff", str(bad)), ("push", str(bad))):
        ended = run(config, *words)
        assert ended.exit_code == 2 and "TOML" in ended.output, words
    bot.platform.faults.add(faults.from_json({"kind": "errcode", "errcode": 40164, "times": -1}))
    for words in (("show",), ("diff",), ("pull",), ("push",)):
        ended = run(config, *words)
        assert ended.exit_code == 2 and "40164" in ended.output and "IP" in ended.output, words
        assert "Traceback" not in ended.output


def test_check_says_that_the_account_has_no_menu(bot: Bot, config: str) -> None:
    for there in (False, True):
        told = CliRunner().invoke(main, ["--config", config, "check"]).output
        assert ("the account has none" in told) != there
        run(config, "push")


def test_the_configured_menu_is_what_is_pushed_and_offered(bot: Bot, config: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OTHER, encoding="utf-8")
    path = Path(config)
    path.write_text(path.read_text("utf-8").replace("[paths]", f'[paths]\nmenu = "{own}"'), encoding="utf-8")
    run(config, "push")
    assert "帮助：click HELP" in run(config, "show").output
    settings = bot.settings.model_copy(update={"paths": bot.settings.paths.model_copy(update={"menu": own})})
    assert build_publisher(settings).default() == OTHER
    own.unlink()
    assert "cannot be read" in run(config, "push").output
    assert "CLAIM_START" in build_publisher(settings).default()
