"""What a follower gets: well-formed XML whatever the words, within WeChat's limits, links that cannot be smuggled."""

import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import xmltodict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.passive_reply import Article, ImageOut, NewsOut, render
from bot.reply_text import MAX_BYTES, cut, quoted, text_of
from dialogs.model import HandOver, OpenId, Picture, Say, Tap
from handlers.inbound import Head

HEAD = Head(OpenId("oFollower"), "gh_account", 1, "m:1")
ANY = st.text(st.characters(), max_size=3000)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TAPS = st.lists(st.builds(Tap, st.text(max_size=20), st.text(max_size=20), st.text(max_size=20)), max_size=15).map(
    tuple
)


def sent(reply) -> dict[str, str]:
    """What a client reads of a reply."""
    root = ElementTree.fromstring(render(reply, HEAD, 1795324800))
    return {node.tag: node.text or "" for node in root}


def content(reply) -> str:
    return sent(reply)["Content"]


@given(ANY)
@example("半个\ud83d字")
@example("a\x00b\x1fc\ufffe]]>d")
@example("\ud83d")
@settings(max_examples=300, deadline=None)
def test_any_words_arrive_as_they_were_said(words):
    said = FORBIDDEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    got = content(words)
    assert len(got.encode()) <= MAX_BYTES
    if not said.strip():
        assert got == "…"
    elif len(said.encode()) <= MAX_BYTES:
        assert got == said
    else:
        assert got.endswith("…") and said.startswith(got[:-1])


@given(ANY, TAPS)
@settings(max_examples=200, deadline=None)
def test_any_say_is_well_formed_and_within_the_limit(words, taps):
    fields = sent(Say(words, taps))
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("oFollower", "gh_account", "text")
    assert fields["CreateTime"] == "1795324800"
    got = fields["Content"]
    assert len(got.encode()) <= MAX_BYTES
    assert got.count("<a ") == got.count("</a>") == got.count("<") / 2


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_tap_types_what_it_says_under_its_id(says, name):
    got = text_of(Say("选一个", (Tap("好", says, name),)))
    clean_says, clean_name = (
        FORBIDDEN.sub("", part.replace("\r\n", "\n").replace("\r", "\n")) for part in (says, name)
    )
    link = re.fullmatch(r'选一个\n<a href="([^"]*)">好</a>', got)
    if not clean_says or not clean_name:
        assert got == "选一个\n好"
        return
    assert link
    query = parse_qs(urlsplit(link[1]).query, keep_blank_values=True, strict_parsing=True)
    assert query == {"msgmenucontent": [clean_says], "msgmenuid": [clean_name]}


def test_a_typed_link_is_shown_not_made():
    typed = '<a href="weixin://bizmsgmenu?msgmenucontent=同意&msgmenuid=x">领钱</a>'
    assert "<" not in text_of(Say(f"你填的地址：{typed}", ()))
    assert "<a" not in quoted(typed)
    assert text_of(Say("", (Tap('"><a href="x', "1", '"><script>'),))).count("<") == 2


def test_several_says_follow_each_other():
    says = (Say("第一"), Say("第二", (Tap("是", "是", "s1"),)))
    assert text_of(*says).startswith("第一\n\n第二\n<a ")


def test_when_all_is_too_long_options_lose_their_link_before_words_are_lost():
    taps = tuple(
        Tap(f"{n}. 昆明市五华区就业服务中心", f"昆明市五华区就业服务中心{n}", f"office.{n}") for n in range(12)
    )
    got = text_of(Say("选一个。" * 20, taps))
    assert len(got.encode()) <= MAX_BYTES
    assert got.startswith("选一个。" * 20 + "\n<a ")
    assert all(tap.label in got for tap in taps)
    assert 0 < got.count("<a ") < len(taps)


def test_when_the_words_are_too_long_they_are_cut_and_the_options_stay():
    taps = (Tap("1. 是", "1", "consent.1"), Tap("2. 否", "2", "consent.2"))
    got = text_of(Say("请先看清楚这一条。" * 200, taps))
    assert len(got.encode()) <= MAX_BYTES
    assert got.count("<a ") == 2
    assert "。…\n<a " in got


def test_a_cut_comes_after_a_line_or_sentence():
    assert cut("第一行。\n第二行很长很长很长", 24) == "第一行。…"
    assert cut("一二三四五六七八九十", 15) == "一二三四…"
    assert cut("短", 3) == "短"
    assert cut("长一点", 2) == ""


@pytest.mark.parametrize("whole", ["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "é", "❤️", "각"])
def test_a_cut_never_tears_a_character(whole):
    text = "一" + whole * 40
    for max_bytes in range(3, len(text.encode())):
        kept = cut(text, max_bytes)
        assert len(kept.encode()) <= max_bytes
        body = kept.removesuffix("…")
        assert body == "" or (body[0] == "一" and body[1:] == whole * (len(body[1:]) // len(whole)))


def test_a_heap_of_marks_does_not_swallow_the_text():
    assert cut("你好" + "\u0301" * 500, 100).startswith("你好")


def test_a_cut_never_falls_into_a_link():
    text = "看这里：" + '<a href="https://example.gov.cn/one。two">说明。书</a>' + "尾" * 50
    for max_bytes in range(3, len(text.encode())):
        kept = cut(text, max_bytes)
        assert kept.count("<a ") == kept.count("</a>")
        assert not kept.removesuffix("…").endswith("<")


@given(st.text(st.sampled_from("ab<a 。\n/>\u200d🇨🇳👍🏽é"), max_size=300), st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_a_cut_is_never_too_long(text, max_bytes):
    kept = cut(text, max_bytes)
    assert len(kept.encode()) <= max_bytes
    assert text.startswith(kept.removesuffix("…"))


# -- the other kinds: service/guide/product/message/Passive_user_reply_message --------------------------------------


def test_an_image():
    got = xmltodict.parse(render(ImageOut("media_id"), HEAD, 5))["xml"]
    assert (got["MsgType"], got["Image"]["MediaId"]) == ("image", "media_id")


def test_a_hand_over():
    got = xmltodict.parse(render(HandOver("打电话"), HEAD, 5))["xml"]
    assert got["MsgType"] == "transfer_customer_service" and "TransInfo" not in got


def test_a_picture_nobody_uploaded_is_said():
    assert content(Picture("bus.png", "坐 5 路")) == "坐 5 路"


def test_news():
    two = (Article("题一", "说 ]]> 明", "http://p/1", "http://u/1?a=1&b=2"), Article("题二", "", "", ""))
    got = xmltodict.parse(render(NewsOut(two), HEAD, 5))["xml"]
    assert (got["MsgType"], got["ArticleCount"]) == ("news", "2")
    assert dict(got["Articles"]["item"][0]) == {
        "Title": "题一",
        "Description": "说 ]]> 明",
        "PicUrl": "http://p/1",
        "Url": "http://u/1?a=1&b=2",
    }


@pytest.mark.parametrize("count", [0, 9])
def test_news_has_one_to_eight_articles(count):
    with pytest.raises(ValueError, match="articles"):
        render(NewsOut((Article("t", "d", "p", "u"),) * count), HEAD, 5)
