"""A wrong or missing key stops the start with its name and how to mend it."""

import re
from pathlib import Path
from typing import Any

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
    assert shown == keys(Settings)


def keys(part: Any) -> set[str]:
    """The names of the values in a table and its tables."""
    found: set[str] = set()
    for name, field in part.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        found |= {name} if inner is None else keys(field.annotation)
    return found


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
        ('[redis]\nurl = ""', '[redis]\nurl = "redis+cluster://a:1,b:2"', "[jobs] broker_url: is missing, and [redis] url is a"),
        ('[redis]\nurl = ""', '[redis]\nurl = "redis+sentinel://a:1,b:2"', "[redis] url: must be redis+cluster://"),
        ('[redis]\nurl = ""', '[redis]\nurl = "redis+farm://a:1"', "[redis] url: must be redis://"),
        ('broker_url = ""', 'broker_url = "redis+cluster://a:1"', "[jobs] broker_url: the job queue cannot run on a Redis"),
        ("[log]", "[lgo]", "[lgo]"),
        ("[log]", "[log", "is not TOML"),
    ],
)
def test_a_bad_key_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(named)):
        read_settings(written(tmp_path, old, new))


S3 = """[photos]
url = "s3://papers/claimbot"
endpoint = "https://cos.ap-guangzhou.myqcloud.com"
region = "ap-guangzhou"
access_key_id = "AKID"
secret_access_key = "very secret value"
virtual_hosted_style = true
"""


def with_photos(tmp_path: Path, table: str) -> Path:
    """The example with another [photos]."""
    whole = re.sub(r"\[photos\]\n.*?\n\n", lambda _: table + "\n", EXAMPLE.read_text(encoding="utf-8"), flags=re.S)
    path = tmp_path / "config.toml"
    path.write_text(whole, encoding="utf-8")
    return path


def test_a_bucket_can_be_set_and_its_secret_does_not_show(tmp_path: Path) -> None:
    photos = read_settings(with_photos(tmp_path, S3)).photos
    assert photos.in_bucket and photos.secret_access_key.get_secret_value() == "very secret value"
    assert "very secret" not in repr(photos) + str(photos)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("s3://papers/claimbot", "s3:/papers", "[photos] url: must be"),
        ("s3://papers/claimbot", "cos://papers", "[photos] url: must be"),
        ("s3://papers/claimbot", "", "[photos] endpoint: is only for url"),
        ("https://cos.ap-guangzhou", "cos.ap-guangzhou", "[photos] endpoint: must be"),
        ('region = "ap-guangzhou"', "", "[photos] region: is missing"),
        ('access_key_id = "AKID"', "", "[photos] access_key_id: is missing"),
        ('secret_access_key = "very secret value"', "", "CLAIMBOT_PHOTOS__SECRET_ACCESS_KEY"),
        ("virtual_hosted_style = true", 'virtual_hosted_style = "sometimes"', "[photos] virtual_hosted_style"),
        ("access_key_id", "access_key", "[photos] access_key: is no setting"),
    ],
)
def test_a_bad_key_of_the_photo_store_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in S3
    with pytest.raises(BadSettings, match=re.escape(named)) as told:
        read_settings(with_photos(tmp_path, S3.replace(old, new, 1)))
    assert "very secret" not in str(told.value)


def test_the_secret_is_in_no_error(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as told:
        read_settings(written(tmp_path, 'token = "changeme"', 'token = "very secret value"'))
    assert "very secret" not in str(told.value)


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMBOT_WECHAT__TOKEN", "fromoutside")
    assert read_settings(EXAMPLE).wechat.token.get_secret_value() == "fromoutside"


AGENCY = '[agency]\nurl = "https://agency.example/api"\nkey_id = "k1"\nsecret = "sixteen letters or more"\n'


def with_agency(tmp_path: Path, old: str, new: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    start, end = text.index("[agency]"), text.index("[reply]")
    path = tmp_path / "config.toml"
    path.write_text(text[:start] + AGENCY.replace(old, new) + text[end:], encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('key_id = "k1"', "", "[agency] key_id: is missing"),
        ('secret = "sixteen letters or more"', "", "[agency] secret: is missing"),
        ("sixteen letters or more", "short", "[agency] secret: must be at least 16"),
        ("https://agency.example", "http://agency.example", "[agency] url: must be https"),
        ("https://agency.example/api", "https://user:pw@agency.example", "[agency] url: must be https"),
        ('key_id = "k1"', 'key_id = "k 1"', "[agency] key_id: must be"),
        ('key_id = "k1"', 'key_id = "k1"\nnext_key_id = "k2"', "[agency] next_secret: and next_key_id go together"),
    ],
)
def test_a_bad_agency_key_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(named)) as refused:
        read_settings(with_agency(tmp_path, old, new))
    assert "sixteen letters" not in str(refused.value)


def test_an_agency_is_set_with_an_address_and_a_key(tmp_path: Path) -> None:
    agency = read_settings(with_agency(tmp_path, "k1", "k1")).agency
    assert agency.secrets == {"k1": b"sixteen letters or more"} and "sixteen" not in repr(agency)
