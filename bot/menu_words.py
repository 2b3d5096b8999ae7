"""What WeChat says about a menu, in words an operator can act on; and how far a publication came."""

from collections.abc import Mapping
from typing import Final

from handlers.ports import Remedy, WeChatError

ADVICE: Final[Mapping[int, str]] = {
    40015: "请看每个一级按钮“点了做什么”是不是都选了，有子菜单的不用选。",
    40016: "一级菜单要有 1 到 3 个，请增减后再发布。",
    40017: "请看每个按钮的类型和个数：一级最多 3 个，子菜单最多 5 个。",
    40018: "一级菜单的名字要有字，最多 16 字节（约 5 个汉字）。请改短。",
    40019: "一级按钮的 key 最多 128 字节。请重新选一次“点了做什么”。",
    40020: "一级按钮的网址要有，最多 1024 字节。请改短，或用短链接。",
    40022: "子菜单下面不能再有子菜单。请移到上一级。",
    40023: "每个一级菜单的子菜单要有 1 到 5 个。请增减后再发布。",
    40024: "请看每个子菜单“点了做什么”是不是都选了。",
    40025: "子菜单的名字要有字，最多 60 字节（约 20 个汉字）。请改短。",
    40026: "子菜单的 key 最多 128 字节。请重新选一次“点了做什么”。",
    40027: "子菜单的网址要有，最多 1024 字节。请改短，或用短链接。",
    40033: "名字或网址里有特殊字符。请删掉，重新用键盘输入。",
    40054: "子菜单的网址不对，或网站没有登记。请核对网址，到公众号后台“设置与开发”里登记域名。",
    40055: "一级按钮的网址不对，或网站没有登记。请核对网址，到公众号后台“设置与开发”里登记域名。",
    40097: "小程序要填网址、AppID 和页面；素材要填编号。请补全。",
    46003: "公众号现在没有菜单，发布一次就有了。",
    65301: "这个按标签的菜单已经不在了。再发布一次就好。",
    65302: "没有这个用户。请核对。",
    65303: "默认菜单还没有发布成功，按标签的菜单要等它。请再发布一次。",
    65304: "按标签的菜单没有选标签。请选一个。",
    65305: "按标签的菜单太多。请删掉几个再发布。",
    65307: "按标签的菜单里没有按钮。请加按钮，或删掉这个菜单。",
    65316: "按标签的菜单加起来最多用 3 个网站。请减少网站。",
    65317: "有一个网址微信不接受。请核对每个网址，以 https:// 开头。",
    65320: "按标签的菜单里有微信已经取消的条件（性别、地区、语言）。请只用标签。",
    45009: "今天调用太多次，明天再发布；着急时管理员可以清零。",
    48001: "公众号没有这个权限：菜单接口要认证过的公众号。请到公众号后台看认证。",
}
"""What to do, by errcode: those of menus, and those an operator meets on the way."""

OF_REMEDY: Final[Mapping[Remedy, str]] = {
    "again": "过一会儿再试。",
    "later": "请等一分钟再试。",
    "renew": "请管理员核对 AppSecret，看看有没有别的程序也在用这个公众号的 access_token。",
    "unreachable": "请核对后再试。",
    "quota": "请稍后再试。",
    "gone": "请刷新这一页，看看现在的情况。",
    "alarm": "请把错误码告诉管理员。",
    "defect": "请检查菜单内容；改不好时把错误码告诉管理员。",
}

CREATING: Final = "发布默认菜单"
READING: Final = "查看现有的按标签菜单"
REMOVING: Final = "撤下旧的按标签菜单"
ADDING: Final = "发布标签 {tag} 的菜单"
STOPPED: Final = "停在“{step}”：{why}{now}"
LIVE_AFTER: Final[Mapping[str, str]] = {
    "nothing": "线上还是原来的菜单，没有变。",
    "default": "默认菜单已经是新的；按标签的菜单还是旧的。",
    "removing": "默认菜单已经是新的；旧的按标签菜单撤下了一部分。",
    "adding": "默认菜单已经是新的；按标签的菜单只发布了 {count} 个，共 {all} 个，其他人先看到默认菜单。",
}


def explained(error: WeChatError) -> str:
    """What happened and what to do, in a line."""
    code = f"（错误码 {error.errcode}）" if error.errcode > -1000 else ""
    return f"{error.meaning or '微信没有接受'}{code}。{ADVICE.get(error.errcode) or OF_REMEDY[error.remedy]}"
