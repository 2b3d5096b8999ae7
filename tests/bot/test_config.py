"""A wrong or missing key stops the start with its name and how to mend it."""

import re
from pathlib import Path

import pytest

from bot.config import BadSettings, Settings, read_settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def written(tmp_path: Path, old: str, new: str) -> Path:
    """The example with one thing changed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "config.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_example_is_complete_and_valid() -> None:
    read_settings(EXAMPLE)
    shown = set(re.findall(r"^#? ?([a-z_]+) = ", EXAMPLE.read_text(encoding="utf-8"), re.M))
    known = {
        name
        for part in Settings.model_fields.values()
        for name in part.annotation.model_fields  # type: ignore[union-attr]
    }
    assert shown == known


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('token = "changeme"', 'token = "a b"', "[wechat] token"),
        ('token = "changeme"', "", "[wechat] token: is missing"),
        ('encoding_aes_key = ""', 'encoding_aes_key = "short"', "[wechat] encoding_aes_key"),
        ('mode = "plain" ', 'mode = "safe" ', "[wechat] encoding_aes_key: is missing"),
        ('mode = "plain" ', 'mode = "open" ', "[wechat] mode"),
        ("port = 8000", "port = 99999", "[server] port"),
        ("port = 8000", "prot = 1", "[server] prot: is no setting"),
        ("budget_ms = 4000", "budget_ms = 9000", "[reply] budget_ms"),
        ("[log]", "[lgo]", "[lgo]"),
        ("[log]", "[log", "is not TOML"),
    ],
)
def test_a_bad_key_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(named)):
        read_settings(written(tmp_path, old, new))


def test_the_secret_is_in_no_error(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as told:
        read_settings(written(tmp_path, 'token = "changeme"', 'token = "very secret value"'))
    assert "very secret" not in str(told.value)


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMBOT_WECHAT__TOKEN", "fromoutside")
    assert read_settings(EXAMPLE).wechat.token.get_secret_value() == "fromoutside"
