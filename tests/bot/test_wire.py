"""Every push WeChat documents, in WeChat's own samples; each group names its page (developers.weixin.qq.com/doc/)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wechatpy import parse_message

from bot.callback_xml import MAX_NODES
from bot.wire import Malformed, parse
from handlers.inbound import (
    AccountIn,
    AgentIn,
    ClickIn,
    DeliveryIn,
    FollowIn,
    ImageIn,
    LocationIn,
    OtherIn,
    PhotosAnnouncedIn,
    PrivacyIn,
    ScanCodeIn,
    ScanIn,
    SilentIn,
    SubscriptionIn,
    TextIn,
    UnfollowIn,
)

# -- service/guide/product/message/Receiving_standard_messages ------------------------------------------------------

TEXT = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1348831860</CreateTime>
  <MsgType><![CDATA[text]]></MsgType>
  <Content><![CDATA[this is a test]]></Content>
  <MsgId>1234567890123456</MsgId>
  <MsgDataId>xxxx</MsgDataId>
  <Idx>xxxx</Idx>
</xml>"""

IMAGE = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1348831860</CreateTime>
  <MsgType><![CDATA[image]]></MsgType>
  <PicUrl><![CDATA[this is a url]]></PicUrl>
  <MediaId><![CDATA[media_id]]></MediaId>
  <MsgId>1234567890123456</MsgId>
</xml>"""

VOICE = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1357290913</CreateTime>
  <MsgType><![CDATA[voice]]></MsgType>
  <MediaId><![CDATA[media_id]]></MediaId>
  <Format><![CDATA[Format]]></Format>
  <MsgId>1234567890123456</MsgId>
  <MediaId16K><![CDATA[media_id_16k]]></MediaId16K>
</xml>"""

VIDEO = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1357290913</CreateTime>
  <MsgType><![CDATA[video]]></MsgType>
  <MediaId><![CDATA[media_id]]></MediaId>
  <ThumbMediaId><![CDATA[thumb_media_id]]></ThumbMediaId>
  <MsgId>1234567890123456</MsgId>
</xml>"""

LOCATION = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1351776360</CreateTime>
  <MsgType><![CDATA[location]]></MsgType>
  <Location_X>23.134521</Location_X>
  <Location_Y>113.358803</Location_Y>
  <Scale>20</Scale>
  <Label><![CDATA[位置信息]]></Label>
  <MsgId>1234567890123456</MsgId>
</xml>"""

LINK = """<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[fromUser]]></FromUserName>
  <CreateTime>1351776360</CreateTime>
  <MsgType><![CDATA[link]]></MsgType>
  <Title><![CDATA[公众平台官网链接]]></Title>
  <Description><![CDATA[公众平台官网链接]]></Description>
  <Url><![CDATA[url]]></Url>
  <MsgId>1234567890123456</MsgId>
</xml>"""


def event(name: str, inner: str = "", openid: str = "FromUser", created: int = 123456789) -> str:
    """An event push as the pages have them: the common nodes, then those of the event."""
    return f"""<xml>
  <ToUserName><![CDATA[toUser]]></ToUserName>
  <FromUserName><![CDATA[{openid}]]></FromUserName>
  <CreateTime>{created}</CreateTime>
  <MsgType><![CDATA[event]]></MsgType>
  <Event><![CDATA[{name}]]></Event>
  {inner}
</xml>"""


def read(xml: str):
    return parse(xml.encode())


def without_head(inbound) -> tuple[object, ...]:
    return (type(inbound), *(getattr(inbound, name) for name in inbound.__slots__ if name != "head"))


def test_a_text_is_read_whole():
    got = read(TEXT)
    assert without_head(got) == (TextIn, "this is a test", "")
    head = got.head
    assert (head.openid, head.account, head.created, head.key) == (
        "fromUser",
        "toUser",
        1348831860,
        "m:1234567890123456",
    )


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (IMAGE, (ImageIn, "media_id", "this is a url")),
        (VOICE, (OtherIn, "voice")),
        (VIDEO, (OtherIn, "video")),
        (VIDEO.replace("[video]", "[shortvideo]"), (OtherIn, "shortvideo")),
        (LOCATION, (LocationIn, 23.134521, 113.358803, "位置信息")),
        (LINK, (OtherIn, "link")),
        (LINK.replace("[link]", "[file]"), (OtherIn, "file")),
        (LINK.replace("[link]", "[hologram]"), (OtherIn, "unknown")),
        (TEXT.replace("this is a test", "【收到不支持的消息类型，暂无法显示】"), (OtherIn, "sticker")),
        (TEXT.replace("this is a test", "[收到不支持的消息类型，暂无法显示]"), (OtherIn, "sticker")),
        (TEXT.replace("[text]", "[TEXT]"), (TextIn, "this is a test", "")),
        (IMAGE.replace("media_id", ""), (ImageIn, "", "this is a url")),
        (IMAGE.replace("this is a url", ""), (ImageIn, "media_id", "")),
        (IMAGE.replace("media_id", "").replace("this is a url", ""), (OtherIn, "unknown")),
    ],
)
def test_each_message_type(xml, expected):
    assert without_head(read(xml)) == expected


def test_a_tap_on_an_option_carries_its_id():
    """bizmsgmenuid follows MsgId: service/api/customer/message/api_sendcustommessage."""
    xml = TEXT.replace("</MsgId>", "</MsgId><bizmsgmenuid>step.3</bizmsgmenuid>")
    assert without_head(read(xml)) == (TextIn, "this is a test", "step.3")


@pytest.mark.parametrize("content", ["", "  ", " 前后 空格 ", "一\n二", "/::D", "😀👨‍👩‍👧", "a]]&gt;b", "１２３"])
def test_a_text_is_not_trimmed(content):
    plain = content.replace("&gt;", ">")
    xml = TEXT.replace("<![CDATA[this is a test]]>", content)
    assert read(xml).text == plain


def test_a_text_without_content_is_an_empty_text():
    xml = TEXT.replace("<Content><![CDATA[this is a test]]></Content>", "")
    assert without_head(read(xml)) == (TextIn, "", "")


@pytest.mark.parametrize(("lat", "lng"), [("", "1"), ("x", "1"), ("nan", "1"), ("91", "1"), ("1", "181"), ("1", "inf")])
def test_a_location_without_sensible_degrees_is_not_one(lat, lng):
    xml = LOCATION.replace("23.134521", lat).replace("113.358803", lng)
    assert without_head(read(xml)) == (OtherIn, "unknown")


# -- service/guide/product/message/Receiving_event_pushes -----------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (event("subscribe"), (FollowIn, "")),
        (event("subscribe", "<EventKey></EventKey>"), (FollowIn, "")),
        (
            event(
                "subscribe",
                "<EventKey><![CDATA[qrscene_123123]]></EventKey><Ticket><![CDATA[TICKET]]></Ticket>",
            ),
            (FollowIn, "123123"),
        ),
        (event("subscribe", "<EventKey><![CDATA[last_trade_no_4007]]></EventKey>"), (FollowIn, "")),
        (event("SCAN", "<EventKey><![CDATA[SCENE_VALUE]]></EventKey><Ticket>T</Ticket>"), (ScanIn, "SCENE_VALUE")),
        (event("unsubscribe"), (UnfollowIn,)),
        (event("CLICK", "<EventKey><![CDATA[EVENTKEY]]></EventKey>"), (ClickIn, "EVENTKEY")),
        (event("click", "<EventKey><![CDATA[EVENTKEY]]></EventKey>"), (ClickIn, "EVENTKEY")),
        (
            event(
                "LOCATION",
                "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.385040</Precision>",
            ),
            (SilentIn, "location"),
        ),
        (event("VIEW", "<EventKey><![CDATA[www.qq.com]]></EventKey>"), (SilentIn, "view")),
    ],
)
def test_follow_scan_and_click_events(xml, expected):
    assert without_head(read(xml)) == expected


# -- service/guide/product/menu/Custom_Menu_Push_Events -------------------------------------------------------------

SCAN_INFO = """<EventKey><![CDATA[6]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>
<ScanResult><![CDATA[2]]></ScanResult></ScanCodeInfo>"""

PICS_INFO = """<EventKey><![CDATA[6]]></EventKey>
<SendPicsInfo><Count>1</Count>
<PicList><item><PicMd5Sum><![CDATA[1b5f7c23b5bf75682a53e7b6d163e185]]></PicMd5Sum></item></PicList>
</SendPicsInfo>"""

PLACE_INFO = """<EventKey><![CDATA[6]]></EventKey>
<SendLocationInfo><Location_X><![CDATA[23]]></Location_X><Location_Y><![CDATA[113]]></Location_Y>
<Scale><![CDATA[15]]></Scale><Label><![CDATA[ 广州市海珠区客村艺苑路 106号]]></Label>
<Poiname><![CDATA[]]></Poiname></SendLocationInfo>"""


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (event("scancode_push", SCAN_INFO), (SilentIn, "scancode_push")),
        (event("scancode_waitmsg", SCAN_INFO), (ScanCodeIn, "6", "2")),
        (event("pic_sysphoto", PICS_INFO), (PhotosAnnouncedIn, "6", 1, ("1b5f7c23b5bf75682a53e7b6d163e185",))),
        (event("pic_photo_or_album", PICS_INFO), (PhotosAnnouncedIn, "6", 1, ("1b5f7c23b5bf75682a53e7b6d163e185",))),
        (event("pic_weixin", PICS_INFO), (PhotosAnnouncedIn, "6", 1, ("1b5f7c23b5bf75682a53e7b6d163e185",))),
        (event("pic_weixin", "<EventKey>6</EventKey>"), (PhotosAnnouncedIn, "6", 0, ())),
        (
            event(
                "pic_weixin",
                "<EventKey>6</EventKey><SendPicsInfo><Count>x</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item>"
                "<item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>",
            ),
            (PhotosAnnouncedIn, "6", 2, ("a", "b")),
        ),
        (event("location_select", PLACE_INFO), (LocationIn, 23.0, 113.0, "广州市海珠区客村艺苑路 106号")),
        (event("location_select", "<EventKey>6</EventKey>"), (OtherIn, "unknown")),
        (
            event("view_miniprogram", "<EventKey>pages/index</EventKey><MenuId>1</MenuId>"),
            (SilentIn, "view_miniprogram"),
        ),
    ],
)
def test_menu_events(xml, expected):
    assert without_head(read(xml)) == expected


# -- service/guide/product/template_message; subscription/…/subscription_message ------------------------------------

POPUP = """<SubscribeMsgPopupEvent><List>
<TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>
<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List>{more}
</SubscribeMsgPopupEvent>"""
SECOND = """<List><TemplateId><![CDATA[9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI]]></TemplateId>
<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene>2</PopupScene></List>"""
SENT = """<SubscribeMsgSentEvent><List><TemplateId><![CDATA[VRR0]]></TemplateId><MsgID>1700827132819554304</MsgID>
<ErrorCode>{code}</ErrorCode><ErrorStatus><![CDATA[{words}]]></ErrorStatus></List></SubscribeMsgSentEvent>"""


@pytest.mark.parametrize("status", ["success", "failed:user block", "failed: system failed"])
@pytest.mark.parametrize("name", ["TEMPLATESENDJOBFINISH", "templatesendjobfinish"])
def test_the_receipt_of_a_template_message(name, status):
    xml = event(name, f"<MsgID>200163840</MsgID><Status><![CDATA[{status}]]></Status>")
    assert without_head(read(xml)) == (DeliveryIn, (("200163840", status),), "template")


def test_a_subscription_popup_with_one_and_with_two_templates():
    first = ("VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "accept")
    one = read(event("subscribe_msg_popup_event", POPUP.format(more="")))
    two = read(event("subscribe_msg_popup_event", POPUP.format(more=SECOND)))
    assert without_head(one) == (SubscriptionIn, (first,))
    assert two.choices == (first, ("9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI", "reject"))


def test_a_withdrawn_subscription():
    inner = f"<SubscribeMsgChangeEvent>{SECOND}</SubscribeMsgChangeEvent>"
    got = read(event("subscribe_msg_change_event", inner))
    assert got.choices == (("9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI", "reject"),)


def test_the_receipt_of_a_subscription_notice():
    sent = read(event("subscribe_msg_sent_event", SENT.format(code=0, words="success")))
    assert sent.deliveries == (("1700827132819554304", "success"),)
    failed = read(event("subscribe_msg_sent_event", SENT.format(code=43101, words="user refuse")))
    assert failed.deliveries == (("1700827132819554304", "43101 user refuse"),)


def test_a_mass_send_report_is_silent():
    xml = event("MASSSENDJOBFINISH", "<MsgID>1000001625</MsgID><Status>send success</Status>", openid="fromUser")
    assert without_head(read(xml)) == (SilentIn, "masssendjobfinish")


# -- service/en/guide/h5/authorization_change -----------------------------------------------------------------------

PRIVACY = """<OpenID><![CDATA[oTheFollower]]></OpenID><UnionID><![CDATA[U]]></UnionID>
<AppID><![CDATA[wx13974bf780d3dc89]]></AppID><RevokeInfo><![CDATA[{revoked}]]></RevokeInfo>"""


@pytest.mark.parametrize("name", ["user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"])
def test_privacy_events_are_about_their_openid_not_their_sender(name):
    got = read(event(name, PRIVACY.format(revoked="205"), openid="gh_870882ca4b1"))
    assert without_head(got) == (PrivacyIn, name, "oTheFollower", ("205",))


def test_several_revoked_kinds_and_none():
    assert read(event("user_authorization_revoke", PRIVACY.format(revoked="201,207"))).revoked == ("201", "207")
    assert read(event("user_info_modified", PRIVACY.format(revoked=""))).revoked == ()


def test_a_privacy_event_without_subject_concerns_nobody():
    assert without_head(read(event("user_info_modified"))) == (SilentIn, "user_info_modified")


# -- offiaccount/Customer_Service/Session_control; offiaccount/Account_Management/Wechat_Certification --------------


@pytest.mark.parametrize("name", ["kf_create_session", "kf_close_session", "kf_switch_session"])
def test_an_agent_takes_or_leaves_the_chat(name):
    got = read(event(name, "<KfAccount><![CDATA[test1@test]]></KfAccount>"))
    assert without_head(got) == (AgentIn, name)


@pytest.mark.parametrize(
    "name",
    [
        "qualification_verify_success",
        "qualification_verify_fail",
        "naming_verify_success",
        "naming_verify_fail",
        "annual_renew",
        "verify_expired",
    ],
)
def test_certification_events_reach_the_operators(name):
    got = read(event(name, "<FailTime>1442401061</FailTime><FailReason><![CDATA[by time]]></FailReason>"))
    assert without_head(got) == (AccountIn, name, {"FailTime": "1442401061", "FailReason": "by time"})


def test_an_event_nobody_knows_is_silent():
    assert without_head(read(event("user_enter_metaverse"))) == (SilentIn, "user_enter_metaverse")


# -- the key that tells repeats apart -------------------------------------------------------------------------------


def test_the_same_push_has_the_same_key_and_any_other_another():
    pushes = [
        TEXT,
        TEXT.replace("<MsgId>1234567890123456</MsgId>", "<MsgId>2</MsgId>"),
        TEXT.replace("<MsgId>1234567890123456</MsgId>", ""),
        TEXT.replace("<MsgId>1234567890123456</MsgId>", "").replace("test", "toast"),
        TEXT.replace("<MsgId>1234567890123456</MsgId>", "<MsgId>x</MsgId>"),
        TEXT.replace("<MsgId>1234567890123456</MsgId>", f"<MsgId>{2**64}</MsgId>"),
        event("CLICK", "<EventKey>a</EventKey>"),
        event("CLICK", "<EventKey>b</EventKey>"),
        event("VIEW", "<EventKey>a</EventKey>"),
        event("CLICK", "<EventKey>a</EventKey>", created=123456790),
        event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
        event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
        event("subscribe_msg_sent_event", SENT.format(code=0, words="")),
        event("subscribe_msg_sent_event", SENT.format(code=1, words="")),
    ]
    keys = [read(xml).head.key for xml in pushes]
    assert keys == [read(xml).head.key for xml in pushes]
    assert len(set(keys)) == len(pushes)
    assert all(len(key) <= 24 and key.isascii() for key in keys)


def test_a_message_number_that_no_integer_of_64_bits_holds_orders_nothing():
    """It would not go into the session, and every message like it would end in an apology."""
    xml = "<MsgId>1234567890123456</MsgId>"
    assert read(TEXT.replace(xml, f"<MsgId>{2**64 - 1}</MsgId>")).head.order == 2**64 - 1
    assert read(TEXT.replace(xml, f"<MsgId>{2**64}</MsgId>")).head.order == 0


# -- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "text",
        "<xml/>",
        "<xml></xml><xml></xml>",
        TEXT.replace("xml>", "html>"),
        TEXT.replace("<![CDATA[fromUser]]>", ""),
        TEXT.replace("<![CDATA[toUser]]>", ""),
        TEXT.replace("fromUser", "x" * 200),
        TEXT.replace("1348831860", "yesterday"),
        TEXT.replace("1348831860", ""),
        TEXT.replace("1348831860", "9" * 30),
        TEXT.replace("1348831860", "²"),
        TEXT.replace("[text]", "[]"),
        TEXT.replace("<![CDATA[this is a test]]>", "&nbsp;"),
        '<!DOCTYPE xml [<!ENTITY e "x">]>' + TEXT.replace("<![CDATA[this is a test]]>", "&e;"),
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd">' + TEXT,
        TEXT.replace("<Idx>", "<a>" * 20 + "</a>" * 20 + "<Idx>"),
        TEXT.replace("<Idx>", "<a/>" * (MAX_NODES + 1) + "<Idx>"),
        TEXT.replace("this is a test", "x" * 70_000),
    ],
)
def test_what_is_no_push_is_malformed(xml):
    with pytest.raises(Malformed):
        read(xml)


def test_no_declared_encoding_changes_what_is_read():
    for name in ("utf-16", "gbk", "utf-7", "rot13", "no-such-encoding"):
        assert read(f'<?xml version="1.0" encoding="{name}"?>{TEXT}').text == "this is a test"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_malformed(body):
    try:
        parse(body)
    except Malformed as error:
        assert str(error)


NODES = st.sampled_from(
    (
        *("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content", "MsgId", "Status"),
        *("Location_X", "Location_Y", "List", "Count", "SendPicsInfo", "PicMd5Sum", "OpenID", "RevokeInfo", "MsgID"),
        *("ErrorCode", "ScanCodeInfo", "SendLocationInfo"),
    )
)
WORDS = st.sampled_from(["", "0", "text", "event", "location", "pic_weixin", "scancode_waitmsg", "<a>", "9" * 20, "好"])


@given(st.lists(st.tuples(NODES, WORDS | st.text(max_size=20)), max_size=15))
@example([("MsgType", "event"), ("Event", "user_info_modified"), ("OpenID", " ")])
@settings(max_examples=300, deadline=None)
def test_any_nodes_are_read_or_malformed(nodes):
    inner = "".join(f"<{name}>{words}</{name}>" for name, words in nodes)
    head = "<ToUserName>g</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime>"
    try:
        assert parse(f"<xml>{head}{inner}</xml>".encode("utf-8", "replace")).head.created == 1
    except Malformed as error:
        assert str(error)


def test_wechatpy_reads_the_same_in_what_it_knows():
    for xml in (TEXT, IMAGE, LOCATION, event("CLICK", "<EventKey>k</EventKey>")):
        theirs, ours = parse_message(xml), read(xml)
        assert (theirs.source, theirs.target) == (ours.head.openid, ours.head.account)
    assert parse_message(TEXT).content == read(TEXT).text
    assert parse_message(IMAGE).media_id == read(IMAGE).media_id
    assert parse_message(LOCATION).location_x == str(read(LOCATION).lat)
