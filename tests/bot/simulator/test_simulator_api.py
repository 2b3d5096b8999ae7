"""WeChat's HTTP API, over a real socket, called with requests as the bot does."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from echo_bot import Clock, EchoBot

from bot.simulator.faults import Fault
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform

JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 8
CREDENTIAL = {"grant_type": "client_credential", "appid": "wx0000000000000000", "secret": "simulated-secret"}
Call = Callable[..., Any]


@pytest.fixture
def stable(url: str) -> Callable[..., dict[str, Any]]:
    def fetch(**more: Any) -> dict[str, Any]:
        return dict(requests.post(f"{url}/cgi-bin/stable_token", json={**CREDENTIAL, **more}, timeout=9).json())

    return fetch


@pytest.fixture
def post(url: str, stable: Callable[..., dict[str, Any]]) -> Call:
    """POST as real UTF-8 with a fresh token."""

    def call(path: str, body: Any) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        token = stable()["access_token"]
        answer = requests.post(f"{url}/cgi-bin/{path}", params={"access_token": token}, data=raw, timeout=9)
        assert answer.status_code == 200
        return dict(answer.json())

    return call


@pytest.fixture
def get(url: str, stable: Callable[..., dict[str, Any]]) -> Call:
    def call(path: str, **query: str) -> requests.Response:
        query = {"access_token": stable()["access_token"], **query}
        return requests.get(f"{url}/cgi-bin/{path}", params=query, timeout=9)

    return call


# tokens


def test_stable_token_stays_until_five_minutes_before_its_end(stable: Call, clock: Clock) -> None:
    first = stable()
    assert first["expires_in"] == 7200 and len(first["access_token"]) > 130
    clock.passes(6855)
    assert stable() == {"access_token": first["access_token"], "expires_in": 345}
    clock.passes(45)
    assert stable()["access_token"] != first["access_token"]


def test_a_forced_refresh_kills_the_old_token_and_is_rationed(stable: Call, get: Call, clock: Clock) -> None:
    old = stable()["access_token"]
    stable(force_refresh=True)
    assert get("getcallbackip", access_token=old).json()["errcode"] == 40001
    assert stable(force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        clock.passes(30)
        assert "access_token" in stable(force_refresh=True)
    clock.passes(30)
    assert stable(force_refresh=True)["errcode"] == 45009


def test_the_old_family_gives_a_new_token_each_time_and_the_last_one_five_minutes(
    url: str, get: Call, stable: Call, clock: Clock
) -> None:
    one, two = (requests.get(f"{url}/cgi-bin/token", params=CREDENTIAL, timeout=9).json() for _ in range(2))
    assert one["access_token"] != two["access_token"]
    assert "ip_list" in get("getcallbackip", access_token=one["access_token"]).json()
    stable_one = stable()["access_token"]
    clock.passes(301)
    assert get("getcallbackip", access_token=one["access_token"]).json()["errcode"] == 40001
    assert "ip_list" in get("getcallbackip", access_token=two["access_token"]).json()
    assert "ip_list" in get("getcallbackip", access_token=stable_one).json()


def test_token_errors(stable: Call, get: Call, clock: Clock) -> None:
    assert stable(appid="wx1")["errcode"] == 40013
    assert stable(secret="wrong")["errcode"] == 40125
    assert stable(grant_type="x")["errcode"] == 40002
    assert get("getcallbackip", access_token="").json()["errcode"] == 41001
    assert get("getcallbackip", access_token="short").json()["errcode"] == 40014
    assert get("getcallbackip", access_token="x" * 120).json()["errcode"] == 40001
    token = stable()["access_token"]
    clock.passes(7201)
    assert get("getcallbackip", access_token=token).json()["errcode"] == 42001
    assert get("getcallbackip", access_token=token).json()["errcode"] == 42001


# media


def test_media_comes_back_as_sent_and_dies_after_three_days(
    platform: Platform, phone: Follower, bot: EchoBot, get: Call, clock: Clock
) -> None:
    phone.send_photo(JPEG)
    image = bot.seen[0]
    answer = get("media/get", media_id=image.media_id)
    assert answer.content == JPEG
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-disposition"] == f'attachment; filename="{image.media_id}.jpg"'
    assert requests.get(image.image, timeout=9).content == JPEG
    clock.passes(3 * 24 * 3600)
    dead = get("media/get", media_id=image.media_id)
    assert (dead.status_code, dead.json()["errcode"]) == (200, 40007)
    assert requests.get(image.image, timeout=9).content == JPEG
    assert get("media/get").json()["errcode"] == 41006


def test_an_uploaded_image_can_be_sent_and_replied(url: str, stable: Call, phone: Follower, bot: EchoBot) -> None:
    def upload(kind: str, content: bytes) -> dict[str, Any]:
        query = {"access_token": stable()["access_token"], "type": kind}
        files = {"media": ("a.jpg", content, "image/jpeg")}
        return dict(requests.post(f"{url}/cgi-bin/media/upload", params=query, files=files, timeout=9).json())

    media_id = upload("image", JPEG)["media_id"]
    bot.answer = lambda message: bot.seal(
        f"<xml><ToUserName>{message.source}</ToUserName><FromUserName>{message.target}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>image</MsgType><Image><MediaId>{media_id}</MediaId></Image></xml>"
    )
    assert phone.say("码").reply is not None
    assert phone.conversation.after()[-1].media_id == media_id
    assert "thumb_media_id" in upload("thumb", JPEG)
    assert upload("poster", JPEG)["errcode"] == 40004
    assert upload("image", b"text")["errcode"] == 40005
    assert upload("thumb", JPEG * 40)["errcode"] == 45001


# customer-service messages


def _text(content: str = "好", touser: str = "o-test") -> dict[str, Any]:
    return {"touser": touser, "msgtype": "text", "text": {"content": content}}


@pytest.mark.parametrize(
    ("deed", "count", "lasts_s"),
    [
        (lambda phone: phone.say("你好"), 5, 48 * 3600),
        (lambda phone: phone.click("k"), 3, 60),
        (lambda phone: phone.say("一", menuid="1"), 3, 60),
        (lambda phone: phone.scan("s"), 3, 60),
        (lambda phone: phone.follow(), 3, 60),
    ],
    ids=["message", "click", "option", "scan", "follow"],
)
def test_each_trigger_allows_its_count_for_its_time(
    deed: Callable[[Follower], Any], count: int, lasts_s: int, phone: Follower, post: Call, clock: Clock
) -> None:
    assert post("message/custom/send", _text())["errcode"] == 45015
    deed(phone)
    sent = [post("message/custom/send", _text())["errcode"] for _ in range(count + 1)]
    assert sent == [0] * count + [45047]
    deed(phone)
    clock.passes(lasts_s)
    assert post("message/custom/send", _text())["errcode"] == 45015


def test_pictures_and_views_earn_nothing_and_unfollowing_ends_all(phone: Follower, post: Call) -> None:
    phone.view("https://example.org")
    assert phone.quota_left() == 0
    phone.say("你好")
    phone.unfollow()
    assert post("message/custom/send", _text())["errcode"] == 45015


def test_what_custom_send_refuses(phone: Follower, post: Call) -> None:
    phone.say("你好")
    for body, errcode in (
        (_text(touser="o-nobody"), 40003),
        (_text(""), 44004),
        (_text("汉" * 683), 45002),
        ({"touser": "o-test", "msgtype": "card"}, 40008),
        ({"touser": "o-test", "msgtype": "image", "image": {"media_id": "x"}}, 40007),
        ({"touser": "o-test", "msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        (b"{", 47001),
        (b"", 44002),
    ):
        assert post("message/custom/send", body)["errcode"] == errcode
    assert phone.quota_left() == 5


def test_a_menu_message_can_be_tapped(phone: Follower, post: Call, bot: EchoBot) -> None:
    phone.say("你好")
    options = {"head_content": "选一个", "list": [{"id": "s1&2", "content": "要 & 不要"}], "tail_content": "谢谢"}
    assert post("message/custom/send", {"touser": "o-test", "msgtype": "msgmenu", "msgmenu": options})["errcode"] == 0
    phone.tap("要 & 不要")
    assert (bot.seen[-1].content, bot.seen[-1]._data["bizmsgmenuid"]) == ("要 & 不要", "s1&2")


def test_escaped_json_is_shown_to_people_as_escapes(platform: Platform, phone: Follower, post: Call) -> None:
    phone.say("你好")
    post("message/custom/send", json.dumps(_text("好\n1")).encode())
    assert phone.conversation.after()[-1].text == "\\u597d\n1"
    assert len(platform.violations) == 1


def test_typing(phone: Follower, post: Call, clock: Clock) -> None:
    def typing(command: str) -> int:
        return int(post("message/custom/typing", {"touser": "o-test", "command": command})["errcode"])

    assert typing("Typing") == 45080
    phone.say("你好")
    assert [typing("Sing"), typing("Typing"), typing("Typing"), typing("CancelTyping")] == [45072, 0, 45081, 0]
    clock.passes(31)
    assert typing("Typing") == 45080


# notices


def _template(**more: Any) -> dict[str, Any]:
    return {"touser": "o-test", "template_id": "t1", "data": {"thing1": {"value": "申领已受理"}}, **more}


def test_a_template_is_sent_once_per_client_msg_id_and_receipted(
    platform: Platform, phone: Follower, post: Call, bot: EchoBot, clock: Clock
) -> None:
    one, two = (post("message/template/send", _template(client_msg_id="c1")) for _ in range(2))
    assert one["errcode"] == two["errcode"] == 0 and one["msgid"] == two["msgid"]
    clock.passes(601)
    assert post("message/template/send", _template(client_msg_id="c1"))["msgid"] != one["msgid"]
    platform.settle()
    assert [line.via for line in phone.conversation.after()] == ["template", "template"]
    assert sorted(int(message._data["MsgID"]) for message in bot.seen)[0] == one["msgid"]
    assert {message._data["Status"] for message in bot.seen} == {"success"}


def test_a_person_who_blocks_templates_is_reported(
    platform: Platform, phone: Follower, post: Call, bot: EchoBot
) -> None:
    phone.blocks_templates = True
    assert post("message/template/send", _template())["errcode"] == 0
    platform.settle()
    assert bot.seen[-1]._data["Status"] == "failed:user block"
    assert phone.conversation.after() == ()


@pytest.mark.parametrize(
    ("keyword", "value", "fits"),
    [
        ("thing1", "二" * 20, True), ("thing1", "二" * 21, False), ("thing1", "两\n行", False),
        ("character_string2", "AB-12", True), ("character_string2", "汉", False),
        ("phrase3", "已受理", True), ("phrase3", "OK", False), ("phrase3", "六个汉字太长", False),
        ("name4", "张测试", True), ("time5", "2026年11月22日 09:30", True), ("time5", "明天", False),
        ("amount6", "¥1200.00元", True), ("phone_number7", "0871-63362528", True), ("const8", "", True),
    ],
)  # fmt: skip
def test_template_values_must_fit_their_keyword(
    keyword: str, value: str, fits: bool, phone: Follower, post: Call
) -> None:
    said = post("message/template/send", _template(data={keyword: {"value": value}}))
    assert said["errcode"] == (0 if fits else 47003)
    assert fits or keyword in said["errmsg"]


def test_templates_need_a_follower(phone: Follower, post: Call) -> None:
    phone.following = False
    assert post("message/template/send", _template())["errcode"] == 43004


def test_one_accept_is_one_subscription_notice(platform: Platform, phone: Follower, post: Call, bot: EchoBot) -> None:
    assert post("message/subscribe/bizsend", _template())["errcode"] == 43101
    phone.accept_notices("t1")
    assert [post("message/subscribe/bizsend", _template())["errcode"] for _ in range(2)] == [0, 43101]
    platform.settle()
    assert bot.seen[-1]._data["Event"] == "subscribe_msg_sent_event"
    phone.accept_notices("t1")
    phone.withdraw_notices("t1")
    assert post("message/subscribe/bizsend", _template())["errcode"] == 43101


# menus


def _click(name: str = "进度", key: str = "k") -> dict[str, Any]:
    return {"type": "click", "name": name, "key": key}


BAD_MENUS = [
    ([], 40016), ([_click()] * 4, 40016), ([{"name": "长", "sub_button": [_click()] * 6}], 40023),
    ([_click("一二三四五六")], 40018), ([_click("")], 40018), ([_click(key="k" * 129)], 40019),
    ([{"type": "jump", "name": "跳"}], 40015),
    ([{"type": "view", "name": "看", "url": "https://" + "a" * 1020}], 40020),
    ([{"type": "view", "name": "看", "url": "ftp://a"}], 40055),
    ([{"name": "上", "sub_button": [_click("汉" * 21)]}], 40025),
    ([{"name": "上", "sub_button": [_click(key="")]}], 40026),
    ([{"name": "上", "sub_button": [{"name": "下", "type": "jump"}]}], 40024),
    ([{"name": "上", "sub_button": [{"name": "下", "sub_button": [_click()]}]}], 40022),
    ([{"name": "上", "sub_button": [{"name": "下", "type": "view", "url": ""}]}], 40027),
]  # fmt: skip


@pytest.mark.parametrize(("buttons", "errcode"), BAD_MENUS)
def test_a_menu_outside_the_limits_is_refused(buttons: list[Any], errcode: int, post: Call) -> None:
    assert post("menu/create", {"button": buttons})["errcode"] == errcode


def test_a_menu_of_the_largest_size_comes_back(post: Call, get: Call, phone: Follower, platform: Platform) -> None:
    assert get("menu/get").json()["errcode"] == 46003
    assert get("get_current_selfmenu_info").json() == {"is_menu_open": 0}
    menu = {"button": [{"name": "一二三四五", "sub_button": [_click("汉" * 20, "k" * 128)] * 5}] * 3}
    assert post("menu/create", menu)["errcode"] == 0
    shown = get("menu/get").json()["menu"]["button"]
    assert [len(each["sub_button"]) for each in shown] == [5, 5, 5]
    assert len(get("get_current_selfmenu_info").json()["selfmenu_info"]["button"][0]["sub_button"]["list"]) == 5


def test_escapes_in_a_menu_are_refused(post: Call) -> None:
    assert post("menu/create", json.dumps({"button": [_click()]}).encode())["errcode"] == 40033
    escaped_backslash = {"button": [_click("a\\u4f60")]}  # a name that holds a backslash is no escape
    assert post("menu/create", escaped_backslash)["errcode"] == 0


def test_conditional_menus(post: Call, get: Call, phone: Follower, platform: Platform) -> None:
    special = {"button": [_click("特别")], "matchrule": {"tag_id": "101"}}
    assert post("menu/addconditional", special)["errcode"] == 65303
    post("menu/create", {"button": [_click("普通")]})
    assert post("menu/addconditional", {**special, "matchrule": {}})["errcode"] == 65304
    assert post("menu/addconditional", {**special, "matchrule": {"sex": "1"}})["errcode"] == 65320
    menuid = post("menu/addconditional", special)["menuid"]
    assert platform.menus.seen_by(())[0]["name"] == "普通"
    phone.tags = (101,)
    assert post("menu/trymatch", {"user_id": "o-test"})["button"][0]["name"] == "特别"
    assert post("menu/delconditional", {"menuid": menuid})["errcode"] == 0
    assert post("menu/delconditional", {"menuid": menuid})["errcode"] == 65301
    post("menu/addconditional", special)
    assert get("menu/delete").json()["errcode"] == 0
    assert get("menu/get").json()["errcode"] == 46003


def test_conditional_menus_lead_to_three_sites_at_most(post: Call, platform: Platform) -> None:
    post("menu/create", {"button": [_click("普通")]})
    for at, expected in enumerate((None, None, None, 65316)):
        button = {"name": "去", "type": "view", "url": f"https://site{at}.example/"}
        assert post("menu/addconditional", {"button": [button], "matchrule": {"tag_id": at}}).get("errcode") == expected


def test_tags_are_made_put_on_and_listed(post: Call, get: Call, phone: Follower) -> None:
    number = post("tags/create", {"tag": {"name": "已提交"}})["tag"]["id"]
    for name, errcode in (("已提交", 45157), ("", 45158), ("长" * 11, 45158), (None, 45158)):
        assert post("tags/create", {"tag": {"name": name}})["errcode"] == errcode
    assert post("tags/members/batchtagging", {"tagid": 7, "openid_list": ["o-test"]})["errcode"] == 45159
    assert post("tags/members/batchtagging", {"tagid": number, "openid_list": ["nobody"]})["errcode"] == 40003
    assert post("tags/members/batchtagging", {"tagid": number, "openid_list": []})["errcode"] == 40032
    for _ in range(2):
        assert post("tags/members/batchtagging", {"tagid": number, "openid_list": ["o-test"]})["errcode"] == 0
    assert phone.tags == (number,)
    assert get("tags/get").json() == {"tags": [{"id": number, "name": "已提交", "count": 1}]}


# codes, people, quotas


def test_a_scene_code_is_made_shown_and_scanned(
    platform: Platform, url: str, post: Call, bot: EchoBot, clock: Clock
) -> None:
    order = {"action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": {"scene": {"scene_str": "office-7"}}}
    made = post("qrcode/create", order)
    assert made["expire_seconds"] == 60
    shown = requests.get(f"{url}/cgi-bin/showqrcode", params={"ticket": made["ticket"]}, timeout=9)
    assert shown.content[:3] == b"\xff\xd8\xff"
    phone = platform.follower()
    phone.scan("office-7")
    phone.scan("office-7")
    first, second = bot.seen
    assert (first.event, first.scene_id, first.ticket) == ("subscribe_scan", "office-7", made["ticket"])
    assert (second.event, second.scene_id, second.ticket) == ("scan", "office-7", made["ticket"])
    clock.passes(61)
    assert requests.get(f"{url}/cgi-bin/showqrcode", params={"ticket": made["ticket"]}, timeout=9).status_code == 404
    assert post("qrcode/create", {"action_name": "QR_ANY"})["errcode"] == 40052
    long_one = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "x" * 65}}}
    assert post("qrcode/create", long_one)["errcode"] == 40053


def test_user_info_has_no_name(platform: Platform, get: Call) -> None:
    phone = platform.follower("o-new")
    assert get("user/info", openid="o-new").json() == {"subscribe": 0, "openid": "o-new"}
    phone.follow("office-7")
    info = get("user/info", openid="o-new").json()
    assert (info["subscribe"], info["qr_scene_str"]) == (1, "office-7") and "nickname" not in info
    assert get("user/info", openid="o-nobody").json()["errcode"] == 40003


def test_clear_quota_works_ten_times_a_month(post: Call) -> None:
    said = [post("clear_quota", {"appid": CREDENTIAL["appid"]})["errcode"] for _ in range(11)]
    assert said == [0] * 10 + [48006]


def test_posts_must_be_posts(get: Call) -> None:
    assert get("message/custom/send").json()["errcode"] == 43002


# faults


def _fetched(get: Call, media_id: str) -> requests.Response:
    answer = get("media/get", media_id=media_id)
    assert isinstance(answer, requests.Response)
    return answer


@pytest.mark.parametrize("kind", ["empty", "garbage", "html", "cut", "wrong_type", "video", "errcode", "status"])
def test_a_spoiled_download_and_then_the_right_one(kind: Any, platform: Platform, get: Call) -> None:
    media_id = platform.media.keep("image", JPEG).media_id
    platform.faults.add(Fault(kind, path="media/get", errcode=40007))
    spoiled, right = _fetched(get, media_id), _fetched(get, media_id)
    assert right.content == JPEG and right.headers["Content-Type"] == "image/jpeg"
    match kind:
        case "status":
            assert spoiled.status_code == 502
        case "wrong_type":
            assert spoiled.content == JPEG and spoiled.headers["Content-Type"] == "text/plain"
        case "errcode":
            assert (spoiled.status_code, spoiled.json()["errcode"]) == (200, 40007)
        case _:
            assert spoiled.status_code == 200 and spoiled.content != JPEG


@pytest.mark.parametrize("kind", ["drop", "truncated"])
def test_a_line_that_drops(kind: Any, platform: Platform, get: Call) -> None:
    media_id = platform.media.keep("image", JPEG * 50).media_id
    platform.faults.add(Fault(kind, path="media/get"))
    with pytest.raises(requests.RequestException):
        _fetched(get, media_id)
    assert _fetched(get, media_id).content == JPEG * 50


def test_a_slow_answer_runs_into_the_callers_time_out(platform: Platform, url: str) -> None:
    platform.faults.add(Fault("delay", path="token", delay_s=2.0))
    with pytest.raises(requests.Timeout):
        requests.get(f"{url}/cgi-bin/token", params=CREDENTIAL, timeout=0.2)


def test_faults_by_http(platform: Platform, url: str, get: Call, stable: Call) -> None:
    media = [platform.media.keep("image", JPEG).media_id for _ in range(2)]
    order = {"kind": "errcode", "path": "media/get", "match": media[1], "errcode": -1, "times": 2, "skip": 1}
    assert requests.post(f"{url}/_faults", json=order, timeout=9).json()[0]["match"] == media[1]
    assert requests.post(f"{url}/_faults", json={"kind": "nonsense"}, timeout=9).status_code == 400
    assert _fetched(get, media[0]).content == JPEG
    codes = [_fetched(get, media[1]).content == JPEG for _ in range(4)]
    assert codes == [True, False, False, True]
    token = stable()["access_token"]
    requests.post(f"{url}/_faults", json={"kind": "expire_tokens"}, timeout=9)
    assert get("getcallbackip", access_token=token).json()["errcode"] == 42001
    token = stable()["access_token"]
    requests.post(f"{url}/_faults", json={"kind": "revoke_tokens"}, timeout=9)
    assert get("getcallbackip", access_token=token).json()["errcode"] == 40001
    requests.post(f"{url}/_faults", json={"kind": "drop", "times": -1}, timeout=9)
    assert requests.delete(f"{url}/_faults", timeout=9).json() == []
    assert "ip_list" in get("getcallbackip").json()
