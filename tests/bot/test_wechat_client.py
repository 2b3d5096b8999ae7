"""The client against a real HTTP server and a real Valkey: nothing is patched."""

import json
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from api_server import Api, Response, running, says
from redis import Redis

from bot.reply_text import text_of
from bot.wechat_client import Tries, WeChatClient
from bot.wechat_errors import NO_ANSWER, NOT_OK, UNREADABLE
from bot.wechat_http import Timeouts
from dialogs.model import OpenId, Say, Tap
from handlers.ports import Media, MediaGone, MediaUnfit, Messenger, WeChatError
from storage import embedded
from storage.access_token import AccessToken

ANN = OpenId("oAnn")
SECRET = "s3cr3t-of-the-account"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
OLD_TOKEN = {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest rid: 5f8f-1a2b"}
SEND = "/cgi-bin/message/custom/send"
MEDIA = "/cgi-bin/media/get"


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = embedded.start(tmp_path_factory.mktemp("v"))
    with Redis.from_url(server.url) as redis:
        yield redis
    server.stop()


@pytest.fixture
def redis(valkey: Redis) -> Redis:
    valkey.flushall()
    return valkey


@pytest.fixture
def api() -> Iterator[Api]:
    with running() as api:
        yield api


class Waits(list[float]):
    """Records how long the client would have waited between tries."""

    def __call__(self, wait_s: float) -> None:
        self.append(wait_s)


@pytest.fixture
def waits() -> Waits:
    return Waits()


def a_client(api: Api, redis: Redis, waits: Waits, **changes) -> WeChatClient:
    changes = {"media_max_bytes": 20_000} | changes
    return WeChatClient(api.base_url, "wxApp", SECRET, AccessToken(redis, "wxApp"), sleep=waits, **changes)


@pytest.fixture
def client(api: Api, redis: Redis, waits: Waits) -> Iterator[WeChatClient]:
    client = a_client(api, redis, waits)
    yield client
    client.close()


def failing(deed) -> WeChatError:
    with pytest.raises(WeChatError) as caught:
        deed()
    return caught.value


# -- what is sent --------------------------------------------------------------------------------------------------


def test_the_client_meets_the_shells_protocols(client):
    media: Media = client
    messenger: Messenger = client
    assert media is messenger


def test_words_are_sent_as_utf8_and_not_escaped(api, client):
    say = Say("你好", (Tap("好", "好", "s1"),))
    client.send(ANN, say)
    (request,) = api.to(SEND)
    assert "你好".encode() in request.body and b"\\u" not in request.body
    assert request.query == {"access_token": "TOKEN-1"}
    assert request.json == {"touser": "oAnn", "msgtype": "text", "text": {"content": text_of(say)}}


def test_the_token_is_asked_for_with_stable_token(api, client):
    client.check_token()
    (request,) = api.requests
    assert (request.method, request.path, request.query) == ("POST", "/cgi-bin/stable_token", {})
    assert request.json == {"grant_type": "client_credential", "appid": "wxApp", "secret": SECRET}


def test_each_message_has_the_shape_of_its_page(api, client):
    api.on("/cgi-bin/message/template/send", says({"errcode": 0, "errmsg": "ok", "msgid": 200228332}))
    client.send_image(ANN, "M")
    client.send_menu(ANN, "选一个", [("101", "满意"), ("102", "不满意")], "谢谢")
    client.send_typing(ANN)
    client.send_typing(ANN, on=False)
    msgid = client.send_template(ANN, "T", {"thing1": "一\n二"}, url="https://u", client_msg_id="c1")
    client.send_subscription(ANN, "T", {"thing1": "好"}, page="https://p")
    assert msgid == "200228332"
    bodies = [request.json for request in api.requests if request.path.startswith("/cgi-bin/message/")]
    menu = {"head_content": "选一个", "list": [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}]}
    assert bodies == [
        {"touser": "oAnn", "msgtype": "image", "image": {"media_id": "M"}},
        {"touser": "oAnn", "msgtype": "msgmenu", "msgmenu": menu | {"tail_content": "谢谢"}},
        {"touser": "oAnn", "command": "Typing"},
        {"touser": "oAnn", "command": "CancelTyping"},
        {
            "touser": "oAnn",
            "template_id": "T",
            "data": {"thing1": {"value": "一 二"}},
            "url": "https://u",
            "client_msg_id": "c1",
        },
        {"touser": "oAnn", "template_id": "T", "data": {"thing1": {"value": "好"}}, "page": "https://p"},
    ]


def test_an_upload_is_a_form_and_survives_a_second_try(api, client):
    """The body must be there again when the token was refused the first time."""
    api.on("/cgi-bin/media/upload", says(OLD_TOKEN), says({"type": "image", "media_id": "MID", "created_at": 1}))
    assert client.upload_media("image", "a.jpg", JPEG, "image/jpeg") == "MID"
    first, second = api.to("/cgi-bin/media/upload")
    assert second.query == {"access_token": "TOKEN-2", "type": "image"}
    assert JPEG in first.body and JPEG in second.body and b'filename="a.jpg"' in second.body


def test_menu_calls(api, client):
    live = {"menu": {"button": [{"type": "click", "name": "申领", "key": "K", "sub_button": []}]}}
    api.on("/cgi-bin/menu/get", says({"errcode": 46003, "errmsg": "menu no exist"}), says(live))
    api.on("/cgi-bin/menu/addconditional", says({"menuid": "208396938"}))
    client.create_menu({"button": [{"name": "申领"}]})
    assert client.get_menu() is None
    assert client.get_menu() == live
    client.delete_menu()
    assert client.add_conditional_menu({"button": [], "matchrule": {"tag_id": "2"}}) == "208396938"
    assert "申领".encode() in api.to("/cgi-bin/menu/create")[0].body
    assert len(api.to("/cgi-bin/menu/delete")) == 1


def test_qr_codes_for_a_time_and_for_ever(api, client):
    api.on(
        "/cgi-bin/qrcode/create", says({"ticket": "gQH/+=", "expire_seconds": 60, "url": "http://weixin.qq.com/q/k"})
    )
    code = client.create_qrcode("desk-3", 60)
    client.create_qrcode("desk-3")
    assert code.image_url == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH%2F%2B%3D"
    scene = {"action_info": {"scene": {"scene_str": "desk-3"}}}
    assert [request.json for request in api.to("/cgi-bin/qrcode/create")] == [
        scene | {"action_name": "QR_STR_SCENE", "expire_seconds": 60},
        scene | {"action_name": "QR_LIMIT_STR_SCENE"},
    ]


def test_user_info_and_clear_quota(api, client):
    api.on("/cgi-bin/user/info", says({"subscribe": 1, "openid": "oAnn"}))
    assert client.user_info(ANN)["subscribe"] == 1
    client.clear_quota()
    assert api.to("/cgi-bin/clear_quota")[0].json == {"appid": "wxApp"}


# -- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errcode", "remedy", "retryable"),
    [
        (45015, "closed", False),
        (45047, "quota", False),
        (48001, "alarm", False),
        (40003, "unreachable", False),
        (45011, "later", True),
        (43101, "declined", False),
        (47003, "defect", False),
        (99999, "alarm", False),
    ],
)
def test_an_errcode_inside_http_200_is_an_error_and_told_in_words(api, client, errcode, remedy, retryable):
    api.on(SEND, says({"errcode": errcode, "errmsg": "words hint: [x] rid: 61725984-6126f6f9"}))
    error = failing(lambda: client.send(ANN, Say("好")))
    assert (error.errcode, error.remedy, error.retryable) == (errcode, remedy, retryable)
    assert error.rid == "61725984-6126f6f9" and error.meaning
    assert len(api.to(SEND)) == 1


def test_busy_is_tried_again_with_growing_waits(api, client, waits):
    api.on(SEND, says({"errcode": -1, "errmsg": "system error"}), says({"errcode": -1}), says({"errcode": 0}))
    client.send(ANN, Say("好"))
    assert len(api.to(SEND)) == 3
    assert 0.15 <= waits[0] <= 0.45 and 0.3 <= waits[1] <= 0.9


def test_tries_are_bounded(api, client, waits):
    api.on("/cgi-bin/user/info", says({"errcode": -1, "errmsg": "system error"}))
    error = failing(lambda: client.user_info(ANN))
    assert (error.errcode, error.retryable, len(api.to("/cgi-bin/user/info")), len(waits)) == (-1, True, 3, 2)


@pytest.mark.parametrize("response", [Response(b"<html>502</html>", 502), Response(b"", 503), Response(b"<html>")])
def test_a_gateways_page_is_tried_again_where_that_does_no_harm(api, client, response):
    api.on("/cgi-bin/user/info", response, says({"subscribe": 0}))
    assert client.user_info(ANN) == {"subscribe": 0}
    api.on(SEND, response)
    assert failing(lambda: client.send(ANN, Say("好"))).errcode == NOT_OK
    assert len(api.to(SEND)) == 1


def test_a_message_whose_answer_was_lost_is_not_sent_twice(api, client):
    api.on(SEND, Response(hang_up=True))
    error = failing(lambda: client.send(ANN, Say("好")))
    assert (error.errcode, error.retryable, len(api.to(SEND))) == (NO_ANSWER, True, 1)


def test_a_template_with_an_id_of_ours_may_be_sent_again(api, client):
    path = "/cgi-bin/message/template/send"
    api.on(path, Response(hang_up=True), says({"errcode": 0, "msgid": 7}))
    assert client.send_template(ANN, "T", {}, client_msg_id="c1") == "7"
    api.on(path, Response(hang_up=True))
    assert failing(lambda: client.send_template(ANN, "T", {})).errcode == NO_ANSWER
    assert len(api.to(path)) == 3


def test_a_silent_server_is_given_up(api, redis, waits):
    a_client(api, redis, waits).check_token()
    client = a_client(api, redis, waits, tries=Tries(1), timeouts=Timeouts(1, 0.2, 9, 9))
    never = threading.Event()
    api.on("/cgi-bin/user/info", Response(hold=never))
    try:
        assert failing(lambda: client.user_info(ANN)).errcode == NO_ANSWER
    finally:
        never.set()


def test_an_answer_that_drips_is_given_up(api, redis, waits):
    """Each byte comes before the read time-out: only the whole answer's time ends it."""
    a_client(api, redis, waits).check_token()
    client = a_client(api, redis, waits, tries=Tries(1), timeouts=Timeouts(1, 9, 0.2, 0.2))
    api.on("/cgi-bin/user/info", Response(b"{" + b" " * 1000 + b"}", drip_s=0.02))
    api.on(MEDIA, Response(JPEG, drip_s=0.02))
    assert failing(lambda: client.user_info(ANN)).errcode == NO_ANSWER
    assert failing(lambda: client.fetch("MID")).errcode == NO_ANSWER


def test_a_message_is_tried_again_when_nobody_listened(redis, waits):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    redis.set("wechat:token:{wxApp}", "T", ex=100)
    client = WeChatClient(f"http://127.0.0.1:{port}", "wxApp", SECRET, AccessToken(redis, "wxApp"), sleep=waits)
    assert failing(lambda: client.send(ANN, Say("好"))).errcode == NO_ANSWER
    assert len(waits) == 2


@pytest.mark.parametrize("body", [b"ok", b"[]", b"{", b"\xff\xfe", b""])
def test_an_answer_that_is_no_json_is_an_error(api, client, body):
    api.on("/cgi-bin/user/info", Response(body))
    assert failing(lambda: client.user_info(ANN)).errcode == UNREADABLE


def test_an_endless_answer_is_cut(api, client):
    api.on("/cgi-bin/user/info", Response(b'{"a":"' + b"x" * 2_000_000 + b'"}'))
    assert failing(lambda: client.user_info(ANN)).errcode == UNREADABLE


def test_a_redirect_does_not_take_the_token_along(api, client):
    api.on("/cgi-bin/user/info", Response(b"", 302, {"Location": api.base_url + "/elsewhere"}))
    assert failing(lambda: client.user_info(ANN)).errcode == UNREADABLE
    assert not api.to("/elsewhere")


# -- secrets -------------------------------------------------------------------------------------------------------


def test_neither_token_nor_secret_nor_openid_is_in_a_log_or_error(api, client, caplog):
    caplog.set_level(logging.DEBUG)
    responses = [
        Response(hang_up=True),
        Response(b"<html>", 502),
        says({"errcode": 40013, "errmsg": "bad"}),
        says(OLD_TOKEN),
    ]
    told = []
    for response in responses:
        api.on("/cgi-bin/user/info", response)
        with pytest.raises(WeChatError) as caught:
            client.user_info(ANN)
        told.append("".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value))
    told.append(caplog.text)
    everything = "".join(told)
    assert "errcode" in everything
    for secret in ("TOKEN-", SECRET, "oAnn", "access_token="):
        assert secret not in everything


def test_a_pic_url_is_in_no_log_or_error(api, client, caplog):
    caplog.set_level(logging.DEBUG)
    url = f"{api.base_url}/pic?who={ANN}"
    for response in (Response(b"<html>", 502), Response(hang_up=True)):
        api.on("/pic", response)
        with pytest.raises(WeChatError) as caught:
            client.get_picture(url)
        everything = caplog.text + "".join(traceback.format_exception(caught.value))
        assert "who=" + ANN not in everything


# -- the token -----------------------------------------------------------------------------------------------------


def test_the_token_is_shared_through_redis(api, redis, waits):
    for _ in range(3):
        a_client(api, redis, waits).user_info(ANN)
    assert api.tokens == 1
    assert 6600 < redis.ttl("wechat:token:{wxApp}") <= 6900


def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(api, client):
    api.on("/cgi-bin/user/info", says(OLD_TOKEN), says({"subscribe": 1}))
    assert client.user_info(ANN)["subscribe"] == 1
    assert [request.query["access_token"] for request in api.to("/cgi-bin/user/info")] == ["TOKEN-1", "TOKEN-2"]


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_refused_for_ever_ends_after_the_second_try(api, client, errcode):
    api.on("/cgi-bin/user/info", says({"errcode": errcode, "errmsg": "x"}))
    assert failing(lambda: client.user_info(ANN)).errcode == errcode
    assert (len(api.to("/cgi-bin/user/info")), api.tokens) == (2, 2)


def test_when_wechat_insists_on_the_token_nothing_loops(api, client):
    api.on("/cgi-bin/stable_token", says({"access_token": "SAME", "expires_in": 7200}))
    api.on("/cgi-bin/user/info", says(OLD_TOKEN))
    for _ in range(10):
        assert failing(lambda: client.user_info(ANN)).errcode == 40001
    assert len(api.to("/cgi-bin/user/info")) == 10
    assert len(api.to("/cgi-bin/stable_token")) == 2


def test_a_token_somebody_else_renewed_is_taken_without_asking(api, redis, waits):
    client = a_client(api, redis, waits)
    client.check_token()
    redis.set("wechat:token:{wxApp}", "NEWER", ex=1000)
    api.on("/cgi-bin/user/info", lambda r: says({} if r.query["access_token"] == "NEWER" else OLD_TOKEN))
    client.user_info(ANN)
    assert api.tokens == 1


@pytest.mark.parametrize("processes", [1, 4])
def test_sixteen_threads_with_a_refused_token_ask_once(api, redis, waits, processes):
    clients = [a_client(api, redis, waits) for _ in range(processes)]
    for client in clients:
        client.check_token()
    together = threading.Barrier(16)

    def answer(request):
        if request.query["access_token"] == "TOKEN-1":
            together.wait(10)
            return says(OLD_TOKEN)
        return says({"subscribe": 1})

    api.on("/cgi-bin/user/info", answer)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: clients[n % processes].user_info(ANN), range(16)))
    assert found == [{"subscribe": 1}] * 16
    assert api.tokens == 2
    assert len(api.to("/cgi-bin/user/info")) == 32


def test_sixteen_threads_whose_secret_is_wrong_ask_once(api, client):
    api.on("/cgi-bin/stable_token", says({"errcode": 40125, "errmsg": "invalid appsecret rid: 1"}))
    with ThreadPoolExecutor(16) as pool:
        errors = list(pool.map(lambda _: failing(lambda: client.user_info(ANN)).errcode, range(16)))
    assert errors == [40125] * 16
    assert len(api.to("/cgi-bin/stable_token")) == 1
    assert not api.to("/cgi-bin/user/info")


# -- photos --------------------------------------------------------------------------------------------------------


def test_a_photo_comes_as_its_bytes_whatever_type_is_claimed(api, client):
    api.on(MEDIA, Response(JPEG, headers={"Content-Type": "text/plain"}))
    assert client.fetch("MID") == JPEG
    assert api.to(MEDIA)[0].query == {"access_token": "TOKEN-1", "media_id": "MID"}


def test_a_dead_media_id_is_gone(api, client):
    api.on(MEDIA, says({"errcode": 40007, "errmsg": "invalid media_id"}))
    with pytest.raises(MediaGone):
        client.fetch("MID")


def test_a_dead_media_id_is_fetched_from_pic_url(api, client):
    api.on(MEDIA, says({"errcode": 40007, "errmsg": "invalid media_id"}))
    api.on("/mmbiz/1", Response(JPEG))
    assert client.fetch("MID", api.base_url + "/mmbiz/1") == JPEG
    assert client.fetch("", api.base_url + "/mmbiz/1") == JPEG
    assert all("access_token" not in request.query for request in api.to("/mmbiz/1"))


def test_a_token_error_does_not_lose_the_photo(api, client):
    api.on(MEDIA, says(OLD_TOKEN), Response(JPEG))
    assert client.fetch("MID") == JPEG


@pytest.mark.parametrize(
    "answer", [Response(b"<html>", 500), Response(b"", 404), Response(b"", 302), Response(b'{"video_url":"http://v"}')]
)
def test_the_first_error_is_told_when_pic_url_fails_too(api, client, answer):
    api.on(MEDIA, says({"errcode": -1, "errmsg": "system error"}))
    api.on("/mmbiz/1", answer)
    assert failing(lambda: client.fetch("MID", api.base_url + "/mmbiz/1")).retryable
    assert api.to("/mmbiz/1")


def test_a_pic_url_elsewhere_does_not_hide_why_the_photo_did_not_come(api, client):
    api.on(MEDIA, says({"errcode": 40007, "errmsg": "invalid media_id"}))
    with pytest.raises(MediaGone):
        client.fetch("MID", "http://127.0.0.1/x")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(JPEG * 20), MediaUnfit),
        (Response(json.dumps({"video_url": "http://v"}).encode()), MediaUnfit),
        (Response(b"{}"), MediaUnfit),
        (Response(b"<!DOCTYPE html><html>busy</html>"), WeChatError),
        (Response(b""), WeChatError),
        (Response(JPEG, 404), WeChatError),
    ],
)
def test_what_is_no_photo_is_told_apart(api, client, response, error):
    api.on(MEDIA, response)
    with pytest.raises(error):
        client.fetch("MID")


def test_half_a_photo_is_fetched_again(api, client):
    api.on(MEDIA, Response(JPEG[:100], length=len(JPEG)), Response(JPEG))
    assert client.fetch("MID") == JPEG


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:6379/",
        "file:///etc/passwd",
        "gopher://mmbiz.qpic.cn/",
        "http://qpic.cn.evil.example/x",
        "http://evilqpic.cn/x",
        "http://mmbiz.qpic.cn:6379/x",
        "http://mmbiz.qpic.cn@127.0.0.1/x",
        "http://127.0.0.1\\@mmbiz.qpic.cn/x",
        "http://127.0.0.1#@mmbiz.qpic.cn/x",
        "http://127.0.0.1\n.qpic.cn/",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://2130706433/x",
        "http://0x7f.1/x",
        "http://mmbiz.qpic.cn./x",
        "http://qpic.cn/x",
        "http://mmbiz.qpic.cn%2f@127.0.0.1/x",
        "http://mmbiz.qpic.cn%00.evil.example/x",
        "http://evil.example/?.qpic.cn",
        "http://evil.example#.qpic.cn",
        "http://mmbiz。qpic。cn/x",
        "http://mmbiz.qpic.cn:port/",
        "//mmbiz.qpic.cn/x",
        "http:///x",
        "this is a url",
        "",
    ],
)
def test_a_pic_url_elsewhere_is_never_asked(api, client, url):
    with pytest.raises(MediaUnfit, match="host"):
        client.get_picture(url)
    assert not api.requests


def test_a_pic_url_that_leads_elsewhere_is_not_followed(api, client):
    api.on("/pic", Response(b"", 302, {"Location": api.base_url + "/elsewhere"}))
    with pytest.raises(MediaUnfit, match="elsewhere"):
        client.get_picture(api.base_url + "/pic")
    assert not api.to("/elsewhere")


def test_another_picture_host_can_be_allowed(redis, waits):
    with running() as api, running() as pictures:
        pictures.on("/p", Response(JPEG))
        host = pictures.base_url.removeprefix("http://")
        with pytest.raises(MediaUnfit):
            a_client(api, redis, waits).get_picture(pictures.base_url + "/p")
        assert a_client(api, redis, waits, picture_hosts=[host]).get_picture(pictures.base_url + "/p") == JPEG


def test_a_gone_pic_url_is_gone(api, client):
    api.on("/pic", Response(b"", 404))
    with pytest.raises(MediaGone):
        client.get_picture(api.base_url + "/pic")


def test_redis_going_away_does_not_stop_the_client(api, tmp_path: Path, waits):
    server = embedded.start(tmp_path)
    redis = Redis.from_url(server.url)
    client = a_client(api, redis, waits)
    client.user_info(ANN)
    server.stop()
    client.user_info(ANN)
    api.on("/cgi-bin/user/info", says(OLD_TOKEN), says({"subscribe": 1}))
    assert client.user_info(ANN) == {"subscribe": 1}
    fresh = a_client(api, redis, waits)
    for _ in range(5):
        fresh.user_info(ANN)
    assert api.tokens == 3


@pytest.mark.parametrize("media_id", ["../../token", "a?b=c&access_token=x#y", "a/../../b", "%2e%2e%2f", "\r\nHost: evil", "媒体"])
def test_a_media_id_is_one_parameter_whatever_it_holds(api, client, media_id):
    api.on("/cgi-bin/media/get", Response(JPEG))
    assert client.get_media(media_id) == JPEG
    (asked,) = api.to("/cgi-bin/media/get")
    assert asked.query["media_id"] in (media_id, [media_id]) and set(asked.query) == {"access_token", "media_id"}
