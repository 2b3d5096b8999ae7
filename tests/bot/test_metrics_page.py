"""What /metrics offers, its names by Prometheus' conventions, and docs/operations.md tell of the same."""

import re
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.app import create_app
from storage.meter import Meter
from tests.test_conversations import act
from tests.whole import Bot

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
LABELS = {
    "reason": 20, "way": 5, "end": 10, "part": 6, "status": 9, "le": 20,
}  # fmt: skip
"""Every label there is, and how many values it may have at most: none grows with people, claims or time."""


@pytest.fixture
def families(bot: Bot) -> dict[str, Metric]:
    """Of an app that has everything switched on and has answered."""
    from handlers.photo_audit import audit

    audit(bot.world)
    Meter(bot.redis).record_backup(1)
    bot.world.telling.board.set_stalled(0)
    bot.world.telling.board.count("custom", "accepted")
    act(bot.follower(), "菜单")
    bot.world.media.check_token()  # type: ignore[attr-defined]
    agency = bot.settings.agency.model_copy(update={"url": "http://127.0.0.1:9", "key_id": "k"})
    app = create_app(bot.settings.model_copy(update={"agency": agency}), bot.world)
    client = app.test_client()
    client.get("/wechat")
    text = client.get("/metrics").get_data(as_text=True)
    found = list(text_string_to_metric_families(text))
    assert len({one.name for one in found}) == len(found)
    return {one.name + ("_total" if one.type == "counter" else ""): one for one in found}


def test_every_metric_stands_in_the_operations_page_and_the_page_names_no_other(families: dict[str, Metric]) -> None:
    table = PAGE.read_text("utf-8").split("## Metrics")[1].split("## Logs")[0]
    told = re.findall(r"^\| `(claimbot_\w+)` \|", table, re.M)
    assert sorted(told) == sorted(name for name in families if not name.endswith("_created"))


def test_names_and_help_texts_follow_the_conventions(families: dict[str, Metric]) -> None:
    for name, family in families.items():
        assert re.fullmatch(r"claimbot_[a-z]+(_[a-z]+)*", name) and family.documentation, name
        assert family.type in ("counter", "gauge", "histogram"), name
        assert name.endswith("_total") == (family.type == "counter"), name
        if family.type == "histogram" or "oldest" in name or "timestamp" in name:
            assert name.endswith("_seconds"), name
        assert not re.search(r"_(ms|minutes|hours|kb|mb|percent)(_|$)", name), name


def test_no_label_grows_or_names_anybody(families: dict[str, Metric]) -> None:
    for name, family in families.items():
        for sample in family.samples:
            assert set(sample.labels) <= set(LABELS), name
            assert all(re.fullmatch(r"[a-z_ ]{1,24}|[0-9.]+|\+Inf", value) for value in sample.labels.values()), sample
        for label, most in LABELS.items():
            assert len({sample.labels[label] for sample in family.samples if label in sample.labels}) <= most, name


def test_the_page_is_linked_from_the_readme() -> None:
    assert "docs/operations.md" in (PAGE.parents[1] / "README.md").read_text("utf-8")
