"""What the pages of contents say."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "greeting": "问候", "notice": "须知", "faq": "常见问题", "programme": "申领流程", "offices": "网点名录",
}  # fmt: skip
WHOM: Mapping[str, str] = {
    "answer": "所有人", "yunnan": "云南", "jilin": "吉林", "unknown": "还不知道在哪", "helper": "代办号",
    "agency": "经办机构号",
}  # fmt: skip
OFFICES = "经办网点和电话"
PUBLISHED = "已发布。几秒后所有进程都会用新的内容。"
RESTORED = "已恢复。几秒后所有进程都会用这份内容。"
MOVED_ON = "您编辑的时候，别人发布了新的版本。请先看新的版本，再改。"
SAME = "和现在用的一样，没有要发布的。"
NOT_UTF8 = "文件不是 UTF-8。在表格软件里请另存为“CSV UTF-8”。"
IS_A_FILE = "名录由服务器上的文件管理（[paths] offices），不能在这里发布。"
SAME_VERSION = "题目、选项或条件改了，version 也要改，否则正在填的人不会按新的问。"
OTHER_ID = "这份文件的 id 是“{found}”，这里只能放“{wanted}”。"
NOTICE_KEPT = "已经看过旧内容的人不会再看一遍。"
REHEARSED: Mapping[str, str] = {
    "unchanged": "照常，什么都不用做", "new_question": "会多问新的题", "redo": "有答案要重填",
    "blocked": "会卡住（已确认待提交，或读不出来），要人工处理",
}  # fmt: skip
