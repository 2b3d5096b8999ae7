"""What is said to a person outside a reply, and how news that come late are introduced."""

DATED = "{month}月{day}日：{says}"
MAYBE_TOLD = "（下面的话可能已经发过一次。）"
NUDGE = "你的申领填到第 {number} 题，共 {total} 题，还剩 {left} 题。填好的都在。发“继续”接着填。"
NUDGE_READY = "你的申领都填好了，还没有提交。发“继续”核对后提交。"
SUBSCRIBE = "有进展想在微信里收到通知，点开同意：\n{url}"

NOTICES = {
    "progress": {"what": "您的申领有新进展", "state": "有新进展", "next": "打开公众号，发“进度”"},
    "paper": {"what": "请补发一张照片", "state": "需补照片", "next": "打开公众号，发“继续”"},
}
"""Of a template or subscription message, by what it is about. No name, number, place or amount stands in one."""
SERVICE = "失业保险金申领"
