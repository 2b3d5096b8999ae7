"""The texts people read, edited over HTTP and heard on the phone."""

import re
from html import unescape

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from bot import published
from bot.app import build_live
from bot.cli import main
from bot.console.fault_words import in_chinese
from dialogs.programme import read_programme
from dialogs.programmes import shipped
from handlers.rehearsal import rehearse
from storage.sessions import REVISION_BYTES
from tests.bot.console.office import Browser, Office
from tests.bot.desk import Desk
from tests.bot.test_office_file import replaced, with_file
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, running

GREETING = "你好，这里是{operator}。\n1 申领失业金\n2 查网点和电话\n3 看办理步骤"


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def hidden(browser: Browser, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', browser.page)
    assert found is not None, (name, browser.page)
    return found[1]


def publishes(browser: Browser, item: str, text: str) -> str:
    """Edit, preview, publish; the last page."""
    browser.opens(f"/console/content/{item}")
    seen = browser.sends(f"/console/content/{item}/preview", text=text, over=hidden(browser, "over"), of="0")
    if "发布</button>" not in seen:
        return seen
    return browser.sends(f"/console/content/{item}/publish", text=text, over=hidden(browser, "over"),
                         of=hidden(browser, "of"), previewed=hidden(browser, "previewed"))  # fmt: skip


def test_a_greeting_is_edited_heard_and_taken_back(office: Office) -> None:
    operator, bot = office.signed_in("operator"), office.bot
    before = act(bot.follower(), "[关注]")
    assert "已发布" in publishes(operator, "greeting/greeting", GREETING)
    assert "这里是本公众号运营方" in act(bot.follower("oNew-0000000000000000000001"), "[关注]")
    assert "已发布" in publishes(operator, "greeting/greeting", GREETING.replace("你好", "您好"))
    page = operator.opens("/console/content/greeting/greeting")
    assert page.count(operator.name) >= 3 and "第 1 版" in page and "正在用" in page
    operator.sends("/console/content/greeting/greeting/preview", over="2", of="1")
    text = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", operator.page, re.S)[1])  # type: ignore[index]
    assert text == GREETING
    said = operator.sends("/console/content/greeting/greeting/publish", text=text, over="2", of="1",
                          previewed=hidden(operator, "previewed"))  # fmt: skip
    assert "已恢复" in said and "恢复自第 1 版" in said
    operator.sends("/console/content/greeting/greeting/preview", over="3", shipped="1")
    text = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", operator.page, re.S)[1])  # type: ignore[index]
    operator.sends("/console/content/greeting/greeting/publish", text=text, over="3", of="0",
                   previewed=hidden(operator, "previewed"))  # fmt: skip
    assert act(bot.follower("oNext-000000000000000000001"), "[关注]") == before
    assert {one.deed for one in office.desk.audit.newest()} >= {"published", "rolled_back"}


def test_an_answer_is_edited_with_the_office_filled_in(office: Office) -> None:
    operator, bot = office.signed_in("operator"), office.bot
    item = next(one for one in published.items(bot.world.knowledge) if one.name == "6.answer" or one.kind == "faq")
    number = item.name.partition(".")[0]
    seen = publishes(operator, f"faq/{item.name}", "新的说法，问{office}。")
    assert "已发布" in seen
    assert "新的说法，问" in bot.world.knowledge.guide.faq(int(number), directory=bot.world.knowledge.directory)
    assert "{office}" not in bot.world.knowledge.guide.faq(int(number), directory=bot.world.knowledge.directory)


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "内容是空的"), ("写{name}", "不认识 {name}"), ("长" * 600, "太长"), ("坏\x01", "控制字符"),
     ("{phone 没有的局}", "名录里没有")],
)  # fmt: skip
def test_what_must_not_go_live_is_named_and_does_not(office: Office, text: str, fault: str) -> None:
    operator = office.signed_in("operator")
    item = next(one for one in published.items(office.bot.world.knowledge) if one.kind == "faq")
    assert fault in publishes(operator, f"faq/{item.name}", text)
    # neither for who goes round the preview
    operator.sends(f"/console/content/faq/{item.name}/publish", text=text, over="0", of="0",
                   previewed=hidden(operator, "previewed"))  # fmt: skip
    assert office.desk.contents.revision() == 0


def test_two_editors_do_not_overwrite_each_other(office: Office) -> None:
    one, other = office.signed_in("operator"), office.signed_in("operator")
    other.opens("/console/content/greeting/greeting")
    other.sends("/console/content/greeting/greeting/preview", text=GREETING + "!", over="0", of="0")
    assert "已发布" in publishes(one, "greeting/greeting", GREETING)
    said = other.sends("/console/content/greeting/greeting/publish", text=GREETING + "!", over="0", of="0",
                       previewed=hidden(other, "previewed"))  # fmt: skip
    assert "别人发布了新的版本" in said and office.desk.contents.revision() == 1


def test_what_was_changed_after_the_preview_is_previewed_first(office: Office) -> None:
    operator = office.signed_in("operator")
    operator.opens("/console/content/greeting/greeting")
    operator.sends("/console/content/greeting/greeting/preview", text=GREETING, over="0", of="0")
    said = operator.sends("/console/content/greeting/greeting/publish", text=GREETING + "另", over="0", of="0",
                          previewed=hidden(operator, "previewed"))  # fmt: skip
    assert "预览" in said and office.desk.contents.revision() == 0


def test_offices_are_uploaded_checked_and_shown_as_a_difference(office: Office) -> None:
    operator, bot = office.signed_in("operator"), office.bot
    csv = shipped("offices.csv")
    new = "\n".join(line for line in csv.splitlines() if "五华区" not in line).replace("0433-2706070", "0433-2706071")
    operator.opens("/console/content/offices/offices")
    token = hidden(operator, "csrf_token")
    answer = operator.http.post(
        f"{operator.address}/console/content/offices/offices/preview",
        data={"csrf_token": token, "over": "0", "of": "0", "text": ""},
        files={"file": ("新名录.csv", new.encode("utf-8-sig"))}, timeout=20,
    )  # fmt: skip
    page = unescape(answer.text)
    assert "删除：五华区就业局失业保险科" in page and "0433-2706070 → 0433-2706071" in page
    assert "已发布" in publishes(operator, "offices/offices", new)
    assert "0433-2706071" in act(bot.follower(), "延吉")
    bad = publishes(operator, "offices/offices", new.replace("0433-2706071", "打不通"))
    assert re.search(r"第 \d+ 行：“打不通”不像电话号码", bad)
    gbk = operator.http.post(
        f"{operator.address}/console/content/offices/offices/preview",
        data={"csrf_token": token, "over": "1", "of": "0"}, files={"file": ("x.csv", new.encode("gbk"))}, timeout=20,
    )  # fmt: skip
    assert "另存为“CSV UTF-8”" in gbk.text


def test_a_list_kept_as_a_file_is_not_published_here(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    replaced(tmp_path / "list.csv", shipped("offices.csv"))
    with running(with_file(settings, tmp_path / "list.csv")) as bot:
        operator = Office.of(bot).signed_in("operator")
        assert "服务器上的文件" in publishes(
            operator, "offices/offices", shipped("offices.csv").replace("2706070", "2706071")
        )


def test_a_programme_is_rehearsed_on_the_claims_in_progress(office: Office) -> None:
    operator, bot = office.signed_in("operator"), office.bot
    for name, lines in (
        ("oEarly-00000000000000000001", WHOLE_CLAIM[:3]),
        ("oLater-00000000000000000001", WHOLE_CLAIM[:9]),
    ):
        for line in lines:
            act(bot.follower(name), line)
    toml = shipped("kunming.toml")
    live = bot.world.knowledge.programmes["kunming"]
    assert rehearse(bot.world, live, live).unchanged == 2
    more = (
        toml
        + '\n[[steps]]\nid = "remark"\nkind = "text"\nlabel = "备注"\nprompt = "还有什么要说的？"\nwhy = "经办人员想知道的都写在这里。"\nrequired = false\n'
    )
    assert rehearse(bot.world, live, read_programme(more)).new_question == 2
    other = re.sub(r'id = "agent"', 'id = "agency_pays"', toml)
    redone = rehearse(bot.world, live, read_programme(other))
    assert (redone.unchanged, redone.redo) == (1, 1)
    assert "version 也要改" in publishes(operator, "programme/kunming", more)
    assert "只能放“kunming”" in publishes(
        operator, "programme/kunming", more.replace('id = "kunming"', 'id = "other"', 1)
    )
    fresh = more.replace('version = "2026-11-22"', 'version = "2026-12-01"')
    operator.opens("/console/content/programme/kunming")
    seen = operator.sends("/console/content/programme/kunming/preview", text=fresh, over="0", of="0")
    assert re.search(r"会多问新的题</th><td>2 份", seen) and "新增：备注" in seen and "还有什么要说的？" in seen
    assert "6222000000000001234" not in seen and "1号2栋" not in seen
    assert "已发布" in publishes(operator, "programme/kunming", fresh)
    assert bot.world.knowledge.programmes["kunming"].version == "2026-12-01"
    session = bot.world.sessions.load(bot.world.sessions.person_of("oLater-00000000000000000001")).session
    assert session is not None and session.draft is not None and "home_address" in session.draft.answers


def test_faults_of_a_programme_are_told_in_chinese(office: Office) -> None:
    operator = office.signed_in("operator")
    said = publishes(operator, "programme/kunming", shipped("kunming.toml").replace('kind = "phone"', 'kind = "fax"'))
    assert "不认识的题型 fax" in said
    assert "文件格式（TOML）有错" in publishes(operator, "programme/kunming", "= nonsense")
    assert in_chinese("row 3: phones is empty") == "第 3 行：phones 是空的"
    assert in_chinese("something new") == "something new"


def test_another_process_hears_of_it_and_what_it_cannot_use_changes_nothing(office: Office) -> None:
    other = build_live(office.bot.settings, office.desk.contents)
    publishes(office.signed_in("operator"), "greeting/greeting", GREETING)
    assert other.known().greeting == ""
    other.look()
    assert other.known().greeting == GREETING
    office.desk.contents.publish("programme", "kunming", "broken", "x", office.bot.clock(), over=0)
    other.look()
    assert other.known().greeting == GREETING and "kunming" in other.known().programmes
    assert build_live(office.bot.settings, office.desk.contents).known().programmes


def test_strange_names_are_not_there(office: Office) -> None:
    operator = office.signed_in("operator")
    for path in ("faq/99.answer", "programme/nowhere", "offices/x", "greeting/../x", "x/y"):
        operator.opens(f"/console/content/{path}")
        assert operator.status == 404


def test_who_waits_to_be_filed_or_cannot_be_read_is_counted_as_blocked_and_parked_drafts_too(office: Office) -> None:
    bot = office.bot
    names = [f"oDraft-00000000000000000000{number}" for number in range(3)]
    for name in names:
        for line in WHOLE_CLAIM[:5]:
            act(bot.follower(name), line)
    waiting, broken, parked = (bot.world.sessions.person_of(name) for name in names)
    person = bot.world.sessions.load(waiting)
    assert person.session is not None and person.session.draft is not None
    confirmed = replace(person.session, draft=replace(person.session.draft, filing=True))
    assert bot.world.sessions.commit(person, confirmed, None, 0)
    value = bot.redis.get(f"{{p:{parked}}}")
    assert isinstance(value, bytes)
    bot.world.parked.park(parked, value[REVISION_BYTES:], bot.clock())
    bot.redis.delete(f"{{p:{parked}}}")
    bot.redis.set(f"{{p:{broken}}}", b"x" * 200)
    live = bot.world.knowledge.programmes["kunming"]
    found = rehearse(bot.world, live, live)
    assert (found.unchanged, found.blocked, found.whole) == (1, 2, True)
    assert not rehearse(bot.world, live, live, most_s=-1).whole
    config = Desk.of(bot).config
    told = CliRunner().invoke(main, ["--config", str(config), "programme", "rehearse", "kunming"])
    assert told.exit_code == 0 and "blocked: 2" in told.stdout and "unchanged: 1" in told.stdout
    wrong = CliRunner().invoke(main, ["--config", str(config), "programme", "rehearse", "nowhere"])
    assert wrong.exit_code == 2 and "no such programme" in wrong.output
