"""The offices' posters: a code made at the console, scanned by a phone."""

from dataclasses import replace

import pytest

from bot.console.posters import SCENE_BYTES, scene_of
from bot.simulator.faults import Fault
from dialogs import engine
from storage.posters import Poster
from tests.bot.console.office import Office
from tests.test_conversations import act
from tests.whole import Bot

GUANDU = "官渡区就业局失业保险科"


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def test_a_code_is_made_once_printed_scanned_and_chooses_the_office(office: Office) -> None:
    operator, bot = office.signed_in("operator"), office.bot
    operator.opens("/console/posters")
    assert "做好了 1 个" in operator.sends("/console/posters/make", office=GUANDU)
    first = office.desk.posters.all()[GUANDU]
    assert first.scene in bot.platform.scenes.all()
    operator.sends("/console/posters/make", office=GUANDU)
    assert office.desk.posters.all() == {GUANDU: first} and len(bot.platform.scenes.all()) == 1
    page = operator.opens(f"/console/posters/print?office={GUANDU}")
    assert page.count('class="poster"') == 1 and GUANDU in page and "data:image/svg+xml" in page
    assert "style=" not in page and "<script>" not in page
    follower = bot.platform.follower("oScan-00000000000000000000001")
    greeted = act(follower, f"[关注 {first.scene}]")
    assert "失业金申领助手" in greeted and f"这是{GUANDU}的二维码" in greeted
    assert "失业保险待遇发放提示" in act(follower, "申领")
    session = bot.world.sessions.load(bot.world.sessions.person_of(follower.openid)).session
    assert session is not None and session.draft is not None
    known = bot.world.knowledge
    programme = known.programmes[session.draft.programme]
    assert engine.office_of(programme, session.draft, known.directory, session.office) == GUANDU
    assert f"这是{GUANDU}的二维码" in act(bot.follower(), f"[扫码 {first.scene}]")


def test_every_office_has_a_scene_of_its_own_that_the_dialogs_understand(office: Office) -> None:
    directory = office.bot.world.knowledge.directory
    scenes = [scene_of(one) for one in directory.offices]
    assert len(set(scenes)) == len(scenes) and max(len(one.encode()) for one in scenes) <= SCENE_BYTES
    for one in (directory.offices[0], max(directory.offices, key=lambda row: len(row.name))):
        follower = office.bot.follower()
        assert f"这是{one.name}的二维码" in act(follower, f"[扫码 {scene_of(one)}]")


def test_all_are_made_in_turns(office: Office) -> None:
    operator = office.signed_in("operator")
    offices = len(office.bot.world.knowledge.directory.offices)
    for _ in range(5):
        operator.opens("/console/posters")
        operator.sends("/console/posters/make")
    assert len(office.desk.posters.all()) == offices and "每个网点都有二维码了" in operator.page
    assert operator.opens("/console/posters/print").count('class="poster"') == offices


def test_an_account_without_the_permission_is_told_what_to_do(office: Office) -> None:
    office.bot.platform.faults.add(
        Fault("errcode", "qrcode/create", errcode=48001, errmsg="api unauthorized", times=-1)
    )
    operator = office.signed_in("operator")
    operator.opens("/console/posters")
    said = operator.sends("/console/posters/make", office=GUANDU)
    assert "没有这个接口的权限" in said and "已认证的公众号" in said and operator.status == 200
    assert not office.desk.posters.all()


def test_strange_offices_have_no_poster(office: Office) -> None:
    operator = office.signed_in("operator")
    operator.opens("/console/posters/print?office=没有")
    assert operator.status == 404
    operator.opens("/console/posters")
    operator.sends("/console/posters/make", office="没有")
    assert operator.status == 404


def test_a_scene_that_means_another_office_by_now_is_on_that_ones_poster(office: Office) -> None:
    old = Poster("旧机构", "kunming-99", "ticket", "http://weixin.qq.com/q/1", office.bot.clock())
    new = replace(old, office="新机构", ticket="another")
    assert office.desk.posters.keep(old) == old and office.desk.posters.keep(replace(old, ticket="later")) == old
    assert office.desk.posters.keep(new) == new and office.desk.posters.all() == {"新机构": new}
