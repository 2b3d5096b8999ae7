"""What an operator reads about the menu."""

import re
from collections.abc import Mapping

TYPES: Mapping[str, str] = {
    "": "有子菜单（点了展开）", "click": "让助手回答", "view": "打开网页", "miniprogram": "打开小程序",
    "pic_photo_or_album": "拍照或选照片", "pic_sysphoto": "只拍照", "pic_weixin": "只从相册选",
    "location_select": "发位置", "scancode_push": "扫一扫，打开结果", "scancode_waitmsg": "扫一扫，等助手回答",
    "media_id": "发素材", "view_limited": "打开图文素材", "article_id": "发文章", "article_view_limited": "打开文章",
}  # fmt: skip
KEYS: Mapping[str, str] = {
    "CLAIM_START": "开始申领", "CLAIM_STATUS": "申领进度", "CLAIM_RESUME": "继续或修改", "ELIGIBILITY": "我能领吗",
    "MATERIALS": "要带什么材料", "GUIDE": "办理步骤", "FAQ": "常见问题", "OFFICES": "经办网点", "HUMAN": "人工",
    "MY_DATA": "我的信息", "HELP": "使用帮助", "PHOTOS": "材料照片", "OFFICE_NEAR": "附近网点", "MENU": "文字菜单",
    "PAUSE": "暂停填写", "PRIVACY": "隐私说明",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "type": "点了做什么", "key": "助手回答什么", "url": "网址", "appid": "小程序 AppID", "pagepath": "小程序页面",
    "media_id": "素材或文章编号", "article_id": "素材或文章编号", "media": "素材或文章编号",
}  # fmt: skip
FIELD_HELP: Mapping[str, str] = {
    "key": "让助手回答、拍照、发位置、扫一扫时选",
    "url": "打开网页时填；小程序也要填，给打不开小程序的手机用",
    "appid": "打开小程序时填，以 wx 开头",
    "pagepath": "打开小程序时填，例如 pages/index",
    "media": "发素材、发文章时填，编号在公众号后台看",
}
NO_TYPE = "请选“点了做什么”"
PLEASE_SAVE = "还没有存。检查过没有问题，再点“存成新版”。"
SOUND = "没有问题，可以存成新版。"
SAVED = "已存成第 {number} 版，还没有发布。请看下面会改什么，再点“发布”。"
SAVED_FAULTY = "已存成第 {number} 版。还有问题，改好再存一次才能发布。"
OVERTAKEN = (
    "您改的时候，{who} 在 {when} 存了第 {number} 版，您的还没有存。"
    "和那一版比，您的改动在下面；看过后可以点“仍然存我的”。"
)
PUBLISH_OVERTAKEN = "刚刚有人发布过菜单，或正在发布。请看最新的情况，再决定。"
PUBLISHED = "已发布第 {number} 版。手机重新打开公众号就能看到，最多等 5 分钟。"
ROLLED_BACK = "已退回到第 {old} 版（存为第 {number} 版）。手机重新打开公众号就能看到，最多等 5 分钟。"
NOT_ALL = "没有全部发布。{why} 可以再发布一次，或退回以前的一版。"
UNFIT = "这一版有问题，不能发布。请按下面的提示改好，存成新版。"
UNREADABLE = "这一版读不出来：{why}"
NOTE_BACK = "退回到第 {number} 版"
NOTE_DEFAULT = "随程序带的默认菜单"
LIVE_AWAY = "现在读不到公众号上的菜单：{why} 下面的内容照样可以改、可以存。"
OUTCOMES: Mapping[str, str] = {"done": "已发布", "stopped": "没有全部发布", "begun": "没有做完"}
DIED = "上次发布第 {number} 版做到一半断了，不知道做到哪一步。请看“线上现在”，再发布一次就好。"
UNDER_WAY = "{who} 正在发布第 {number} 版，请过几分钟再看。"

_ENGLISH = re.compile(r"“[^”]*”|\b[A-Za-z_]+\b|标签 [0-9]+")


def key_label(key: str) -> str:
    """What a key stands for; the key itself when nothing is known of it."""
    return KEYS.get(key, key)


def plain(text: str, tags: Mapping[str, str] | None = None) -> str:
    """A sentence of bot/menu*.py without the file's words: what operators of the page read.

    tags   number to name
    """
    if text.startswith("type “"):
        return NO_TYPE

    def said(found: re.Match[str]) -> str:
        word = found[0]
        if word.startswith("“"):
            return word
        if word.startswith("标签 "):
            name = (tags or {}).get(word[3:])
            return f"标签“{name}”" if name else word
        if word in TYPES:
            return f"“{TYPES[word]}”"
        return f"“{FIELDS[word]}”" if word in FIELDS else KEYS.get(word, word)

    told = _ENGLISH.sub(said, text)
    return told.replace("” 按钮缺少 “", "”的按钮，还要填“").replace("” 按钮不用 “", "”的按钮，不用填“")
