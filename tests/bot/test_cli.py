"""The commands other tools rely on, by their names and formats."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from dialogs.programmes import shipped


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=said)


def lines(*words: str, said: list[object]) -> list[dict[str, object]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in said)
    ended = run(*words, "--jsonl", said=text)
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_read_jsonl_gives_value_and_why() -> None:
    good, bad, choice, day = lines(
        "read",
        said=[
            {"kind": "id_number", "text": "我的身份证号是 990101198503150017"},
            {"kind": "phone", "text": "1380013800"},
            {"kind": "choice", "text": "第二个", "options": ["代缴医保", "其他"]},
            {"kind": "date", "text": "昨天", "today": "2026-11-22"},
        ],
    )
    assert good["value"] == "990101198503150017" and good["text"] == "我的身份证号是 990101198503150017"
    assert bad["value"] is None and "11" in str(bad["why"])
    assert choice["value"] == "其他"
    assert day["value"] == "2026-11-21"


def test_a_line_that_cannot_be_read_is_answered_and_the_rest_goes_on() -> None:
    broken, unknown, good = lines(
        "read", said=["{", {"kind": "shoe", "text": "42"}, {"kind": "phone", "text": "13800138000"}]
    )
    assert "error" in broken and "error" in unknown
    assert good["value"] == "13800138000"


def test_office_jsonl() -> None:
    one, ask, none, place = lines(
        "office",
        said=[
            {"q": "我在五华区失业了去哪里领钱"},
            {"q": "吉林"},
            {"q": "北京朝阳区"},
            {"lat": 25.0436, "lng": 102.7073},
        ],
    )
    assert (one["answer_mode"], one["offices"]) == ("one", ["五华区就业局失业保险科"])
    assert ask["answer_mode"] == "ask" and ask["offices"]
    assert (none["answer_mode"], none["offices"]) == ("none", [])
    assert place["offices"] == ["五华区就业局失业保险科"]


def test_ask_jsonl() -> None:
    own, papers = lines(
        "ask", said=[{"q": "自己辞职能领吗"}, {"q": "要准备什么材料", "context": {"province": "云南省"}}]
    )
    assert (own["kind"], own["faq"]) == ("faq", 1)
    assert papers["kind"] == "materials" and "户口册" in str(papers["reply"])


def test_the_shipped_programmes_are_sound_and_drawn() -> None:
    assert run("programme", "check").exit_code == 0
    drawn = run("programme", "draw", "kunming")
    assert drawn.stdout.startswith("flowchart TD") and "medical_way = agent" in drawn.stdout


STEP = '[[steps]]\nid = "{id}"\nkind = "text"\nlabel = "x"\nprompt = "x"\n'


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('equal = ["medical_way", "agent"]', 'equal = ["medical_wey", "agent"]', "unknown step 'medical_wey'"),
        ('equal = ["medical_way", "agent"]', 'equal = ["medical_way", "agnet"]', "no option of medical_way"),
        ('relevant = { equal = ["medical_way", "agent"] }', "relevant = { any = [] }", "does not understand"),
        (
            'relevant = { equal = ["medical_way", "agent"] }',
            'relevant = { all = [{ equal = ["medical_way", "agent"] }, { equal = ["medical_way", "other"] }] }',
            "medical_card: unreachable",
        ),
        (
            '  { id = "other", label = "页面上的其他方式", also = ["不代缴", "自己缴", "其他", "另一种"] },\n',
            "",
            "dead end",
        ),
        ("昆明市就业局失业保险中心", "昆明市没有的中心", "not in the directory"),
        ('prompt = "请发你的联系电话。"', f'prompt = "{"长" * 700}"', "text too long"),
        ('id = "phone"', 'id = "home_address"', "used 2 times"),
        ('kind = "phone"', 'kind = "telephone"', "unknown kind"),
        ('label = "领取人联系电话"', 'lable = "领取人联系电话"', "unknown key 'lable'"),
        ('version = "2026-11-22"', "", "'version' is missing"),
        ("[[steps]]", "[[steps", "not TOML"),
    ],
)
def test_a_broken_programme_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = shipped("kunming.toml")
    assert old in text
    path = tmp_path / "broken.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    ended = run("programme", "check", str(path))
    assert ended.exit_code == 1
    assert complaint in ended.output


def test_the_shipped_menu_can_be_published() -> None:
    assert run("menu", "check").exit_code == 0


def test_a_menu_key_nobody_offers_is_named(tmp_path: Path) -> None:
    path = tmp_path / "menu.toml"
    path.write_text('[[button]]\nname = "坏"\ntype = "click"\nkey = "NOWHERE"\n', encoding="utf-8")
    ended = run("menu", "check", str(path))
    assert ended.exit_code == 1 and "NOWHERE" in ended.output


def test_a_missing_configuration_is_named() -> None:
    ended = run("--config", "nowhere.toml", "serve")
    assert ended.exit_code == 2 and "nowhere.toml" in ended.output and "Traceback" not in ended.output
