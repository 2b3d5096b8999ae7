"""Words that work everywhere, however they are typed."""

import re

from dialogs.normal import bare

WORDS: dict[str, tuple[str, ...]] = {
    "help": ("帮助", "使用帮助", "怎么用", "help", "?"),
    "menu": ("菜单", "主菜单", "首页", "menu", "主页"),
    "back": ("上一步", "上一题", "返回", "后退", "0", "返回上一步"),
    "skip": ("跳过", "略过", "没有就跳过", "跳过这一项", "跳过这一题"),
    "edit": ("修改", "改", "更改"),
    "status": ("进度", "查进度", "查询进度", "我的进度", "办到哪了", "查询", "同步审批结果"),
    "materials": ("材料", "要带什么", "材料清单", "要带什么材料", "资料"),
    "offices": ("网点", "经办网点", "电话", "查网点", "找网点", "查网点和电话"),
    "pause": ("暂停", "停", "先停", "等一下", "稍后", "以后再填"),
    "resume": ("继续", "接着填", "继续填", "恢复", "接着来", "继续申领"),
    "cancel": ("取消", "不填了", "算了", "取消申领"),
    "withdraw_claim": ("撤回申领", "撤回", "撤回申请", "撤销申领", "撤销申请", "我要撤回", "我要撤回申领"),
    "restart": ("重新开始", "重来", "从头来", "重新填", "重新申领"),
    "human": ("人工", "9", "人工客服", "转人工", "找人", "客服", "人工服务"),
    "verify": ("实名认证", "实名", "去实名认证", "做实名认证", "重新实名认证", "重做实名认证"),
    "ask_help": (
        "请人帮忙",
        "请家人帮忙",
        "让家人拍",
        "让家人帮忙",
        "让家人帮我拍",
        "帮我拍",
        "找人帮我拍",
        "请人帮我拍",
        "家人帮我拍",
        "协助拍照",
    ),
    "stop_help": ("停止帮忙", "结束帮忙", "取消帮忙", "不用帮忙了", "不帮了", "帮完了"),
    "my_data": ("我的信息", "我的资料", "查看我的资料", "查看我的信息"),
    "export": ("导出", "导出我的信息", "导出我的资料"),
    "correct": ("更正", "更正信息", "更正我的信息", "更正我的资料"),
    "withdraw": ("撤回同意", "撤回我的同意", "取消同意", "撤销同意"),
    "erase": ("删除我的信息", "删除我的资料", "注销", "清除我的信息"),
    "why": ("为什么", "为啥", "为什么问", "为什么要问", "问这个干嘛", "为什么要这个"),
    "start": ("申领", "开始申领", "我要申领", "申请", "我要申请", "申领失业金", "办理", "开始", "准备申领", "领失业金"),
    "submit": ("提交", "确认提交", "确认", "确定提交", "保存提交", "上报", "确认无误"),
    "keep": ("不变", "不改", "保留", "不用改", "一样"),
    "board": ("材料进度", "照片", "照片清单", "我的材料", "我的照片", "材料状态"),
    "sheet": ("看照片", "核对照片", "照片拼图", "看一下照片", "看看照片"),
    "guide": ("步骤", "办理步骤", "指南", "流程", "怎么办理"),
    "faq": ("常见问题", "问题"),
    "eligibility": ("我能领吗", "条件", "能不能领", "资格", "申领条件"),
    "app": ("二维码", "app", "app二维码", "吉林掌上社保", "吉林掌上社保app", "下载app"),
    "privacy": ("隐私", "隐私说明"),
}
_BY_WORD = {bare(word): command for command, words in WORDS.items() for word in words}
_EDIT = re.compile(r"^(?:修改|改|更改|更正|重填)第?(\d{1,2})(?:项|条|个|题|行)?$")
_HAN = str.maketrans("一二三四五六七八九", "123456789")


def command(text: str) -> str | None:
    """The command a text is, as a key of WORDS; None when it is something else."""
    return _BY_WORD.get(bare(text))


def line_to_edit(text: str) -> int | None:
    """The line number in "改2", "修改第三项"; None when it is something else."""
    return _number(_EDIT, text)


_PART = re.compile(r"^(隐私|导出)第?(\d{1,2})(?:段|部分|页)?$")
_PART_WORDS = {"隐私": "privacy", "导出": "export"}


def part_asked(text: str) -> tuple[str, int] | None:
    """("privacy", 2) for "隐私2": a part of a long answer; None when it is something else."""
    match = _PART.match(bare(text).translate(_HAN))
    return (_PART_WORDS[match[1]], int(match[2])) if match else None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.match(bare(text).translate(_HAN))
    return int(match[1]) if match else None
