"""What is sent: WeChat's own samples (corpus/), words people say at every step, and what hostile people put there."""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dialogs.commands import WORDS
from dialogs.conversation import MENU_KEYS

CORPUS = Path(__file__).parent / "corpus"
BROKEN = Path(__file__).parent / "broken"


@cache
def messages() -> tuple[bytes, ...]:
    """The samples as bytes: one push each, as WeChat's pages have them."""
    return tuple(path.read_bytes() for path in sorted(CORPUS.glob("*.xml")))


SENSIBLE = (
    "申领", "昆明", "吉林", "我已阅读", "1", "2", "3", "A1234567", "昆明市五华区样例路1号2栋", "同意", "不同意",
    "6222000000000001234", "13800138000", "提交", "确认", "重拍2", "2和3对调", "改2", "删除我的信息", "1",
    "五华区电话是多少", "要带什么材料", "能领几个月", "隐私2", "导出1", "12345678", "延吉市",
    *(word for words in WORDS.values() for word in words),
)  # fmt: skip
ODD = (
    "", " ", "\n", "\t", "\u3000", "⁹", "²", "①", "Ⅸ", "٣", "९", "𝟗", "1\u0301", "１", "一", "百亿", "-1", "+1", "1e9",
    "9" * 400, "0" * 300, "改" + "9" * 9, "改⁹", "改²", "重拍⁹", "重拍0", "重拍-1", "2和²对调", "2和2对调", "0和99对调",
    "隐私²", "导出⁹", "第³项", "2026-02-30", "九月三十一", "公元前3年1月1日", "0000-00-00", "9999-99-99", "今天" * 300,
    "<script>alert(1)</script>", "]]>", "]]]]><![CDATA[>", "<a href=\"http://x\">", "&lt;", "&#0;", "</xml>", "<xml>",
    "{0}", "{office}", "%s%n", "{{7*7}}", "${x}", "' or 1=1 --", "\\u0000", "../../etc/passwd", "=cmd|' /C calc'!A0",
    "\u202eabc", "\u200b\u200d", "\ufeff", "\ufffd", "\u2028", "e\u0301" * 200, "👨‍👩‍👧‍👦" * 60, "🇨🇳" * 99, "a\u0300" * 500,
    "一" * 700, "昆" * 20000, "昆明" * 3000, "？" * 999, "申领" * 500, "(" * 2000, "[" * 2000, "a" * 60000, "1 " * 9000,
    "、" * 3000, "１２" * 700, "㍿", "ﷺ" * 300, "ß", "İ", "ſ", "ﬁ", "㎏", "Ǆ", "\U000e0041", "\U0010ffff", "\ud83d",
)  # fmt: skip
"""Each of these was thought of because some code somewhere trips over it."""

KINDS = (
    "text",
    "image",
    "voice",
    "video",
    "shortvideo",
    "location",
    "link",
    "file",
    "TEXT",
    "event",
    "",
    "\u0130",
    "x" * 300,
)
EVENTS = (
    "subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "view_miniprogram", "scancode_push",
    "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "TEMPLATESENDJOBFINISH",
    "MASSSENDJOBFINISH", "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event",
    "user_info_modified", "user_authorization_revoke", "user_authorization_cancellation", "kf_create_session",
    "kf_close_session", "kf_switch_session", "qualification_verify_fail", "naming_verify_success", "annual_renew",
    "verify_expired", "unheard_of",
)  # fmt: skip
KEYS = (*MENU_KEYS, "", "6", "qrscene_office:昆明市社会保险局", "office:", "qrscene_", "A1-1", "x" * 9000)
NUMBERS = (
    "0", "1", "-1", "4294967296", "9999999999", "999999999999", "1700000000", "18446744073709551615",
    "18446744073709551616", "9223372036854775808", "1e3", "١٢", "²", "", " 7 ", "0x10", "1_000", "９",
)  # fmt: skip
DEGREES = (
    "25.04",
    "102.71",
    "90",
    "-90",
    "180",
    "1e308",
    "-0",
    "nan",
    "inf",
    "1_0.5",
    "٢٥",
    "",
    "²",
    "43.9",
    "91",
    "0e0",
)


def a_text(rng: random.Random) -> str:
    """Something typed."""
    dice = rng.random()
    if dice < 0.55:
        return rng.choice(SENSIBLE)
    if dice < 0.75:
        return rng.choice(ODD)
    if dice < 0.85:
        return rng.choice(SENSIBLE) + rng.choice(ODD)
    if dice < 0.95:
        return "".join(chr(_code(rng)) for _ in range(rng.randrange(1, 40)))
    return mixed(rng, rng.choice(SENSIBLE), rng.choice(SENSIBLE))


def mixed(rng: random.Random, one: str, other: str) -> str:
    """Two texts, torn and joined."""
    return one[: rng.randrange(len(one) + 1)] + other[rng.randrange(len(other) + 1) :]


def _code(rng: random.Random) -> int:
    low, high = rng.choice(((0x20, 0x7F), (0x4E00, 0x9FFF), (0, 0x2FF), (0x2000, 0x2BFF), (0x3000, 0x33FF),
                            (0x1F000, 0x1FAFF), (0xFF00, 0xFFEF), (1, 0x10FFFF)))  # fmt: skip
    code = rng.randrange(low, high)
    return 0x20 if 0xD800 <= code <= 0xDFFF else code


def node(name: str, text: str, rng: random.Random) -> str:
    """One element, its text in CDATA, escaped, or as it is."""
    dice = rng.random()
    if dice < 0.8:
        return f"<{name}><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    if dice < 0.95:
        return f"<{name}>{text.replace('&', '&amp;').replace('<', '&lt;')}</{name}>"
    return f"<{name}>{text}</{name}>"


def a_push(rng: random.Random, openid: str) -> bytes:
    """A message or event, well-formed for the most part, with all that can stand in one."""
    kind = rng.choice(KINDS) if rng.random() < 0.5 else rng.choice(("text", "text", "image", "event"))
    said = [("ToUserName", "gh_fuzzed000000"), ("FromUserName", openid), ("MsgType", kind)]
    said.append(("CreateTime", _created(rng)))
    if kind == "event":
        said += [("Event", rng.choice(EVENTS)), ("EventKey", rng.choice(KEYS))]
        said += rng.sample(_EVENT_NODES(rng), rng.randrange(4))
    else:
        said.append(("MsgId", rng.choice(NUMBERS) if rng.random() < 0.1 else str(rng.randrange(2**63))))
        said += _MESSAGE_NODES(rng)
    if rng.random() < 0.05:
        said.append(rng.choice(said))
    if rng.random() < 0.05:
        said.pop(rng.randrange(len(said)))
    if rng.random() < 0.1:
        rng.shuffle(said)
    inner = "".join(node(name, text, rng) for name, text in said)
    if kind == "event" and rng.random() < 0.6:
        inner += _nested(rng)
    return f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass")


def _created(rng: random.Random) -> str:
    return rng.choice(NUMBERS) if rng.random() < 0.1 else str(1790000000 + rng.randrange(10**6))


def _MESSAGE_NODES(rng: random.Random) -> list[tuple[str, str]]:
    long = rng.random() < 0.02
    return [
        ("Content", a_text(rng)),
        ("bizmsgmenuid", rng.choice(("", "", "", "step.3", "." * 50, "d.notice.0", rng.choice(ODD)))),
        ("MediaId", "m" * 30000 if long else rng.choice(("media_id", "", "../../x", "a?b&c=d", str(rng.random())))),
        ("PicUrl", rng.choice(("http://mmbiz.qpic.cn/x/0", "http://169.254.169.254/", "", "file:///etc/passwd", "h" * 9000))),
        ("Location_X", rng.choice(DEGREES)), ("Location_Y", rng.choice(DEGREES)), ("Scale", "20"),
        ("Label", a_text(rng)),
    ]  # fmt: skip


def _EVENT_NODES(rng: random.Random) -> list[tuple[str, str]]:
    return [
        ("Ticket", "T"), ("MsgID", rng.choice(NUMBERS)), ("Status", rng.choice(("success", "failed:user block", ""))),
        ("OpenID", f"oFuzzed-{rng.randrange(50):020d}"), ("RevokeInfo", rng.choice(("201,207", "1", "", "²", "," * 900))),
        ("KfAccount", "a@b"), ("FailTime", rng.choice(NUMBERS)), ("FailReason", a_text(rng)),
    ]  # fmt: skip


def _nested(rng: random.Random) -> str:
    def one(name: str, values: Sequence[str]) -> str:
        return node(name, rng.choice(values), rng)

    item = f"<item>{one('PicMd5Sum', ('1b5f7c23b5bf75682a53e7b6d163e185', '', 'z' * 5000))}</item>"
    listed = (
        f"<List>{one('TemplateId', ('VRR0', '', 'T' * 3000))}{one('SubscribeStatusString', ('accept', 'reject', ''))}"
        f"{one('MsgID', NUMBERS)}{one('ErrorCode', NUMBERS)}{one('ErrorStatus', ('success', 'x' * 999))}</List>"
    )
    place = one("Location_X", DEGREES) + one("Location_Y", DEGREES) + one("Label", ODD) + one("Poiname", SENSIBLE)
    return rng.choice((
        f"<SendPicsInfo>{one('Count', NUMBERS)}<PicList>{item * rng.randrange(30)}</PicList></SendPicsInfo>",
        f"<SubscribeMsgPopupEvent>{listed * rng.randrange(20)}</SubscribeMsgPopupEvent>",
        f"<SubscribeMsgSentEvent>{listed * rng.randrange(5)}</SubscribeMsgSentEvent>",
        f"<SendLocationInfo>{place}</SendLocationInfo>",
        f"<ScanCodeInfo>{one('ScanType', ('qrcode', ''))}{one('ScanResult', (*ODD, *SENSIBLE))}</ScanCodeInfo>",
    ))  # fmt: skip
