"""Every errcode we know: what to do about it, and what it means in an operator's words. The only place that compares.

source   the platform's pages on global return codes and of each call; field notes where those are silent
"""

from typing import Final

from handlers.ports import Remedy, WeChatError

NO_ANSWER: Final = -1001
"""Ours: no connection, a time-out, a connection dropped in the middle."""
NOT_OK: Final = -1002
"""Ours: HTTP 5xx, or an HTML page of some gateway."""
UNREADABLE: Final = -1003
"""Ours: an answer that is neither JSON nor what was asked for, or longer than any answer is."""

_ERRMSG_CHARS: Final = 200

_MEANINGS: dict[int, tuple[Remedy, str]] = {
    NO_ANSWER: ("again", "连不上微信或超时，请检查服务器出网"),
    NOT_OK: ("again", "微信服务器暂时出错"),
    UNREADABLE: ("alarm", "返回内容看不懂，请检查 api_base_url 是否正确"),
    -1: ("again", "微信系统繁忙"),
    # access_token
    40001: ("renew", "AppSecret 错误，或 access_token 已被别处刷新"),
    40014: ("renew", "access_token 不合法"),
    42001: ("renew", "access_token 已过期"),
    42007: ("renew", "授权已失效"),
    41001: ("defect", "缺少 access_token"),
    40002: ("defect", "grant_type 不对"),
    40013: ("alarm", "AppID 不对"),
    40125: ("alarm", "AppSecret 不对"),
    40164: ("alarm", "服务器 IP 不在公众号后台的 IP 白名单里"),
    61004: ("alarm", "服务器 IP 不在公众号后台的 IP 白名单里"),
    40243: ("alarm", "AppSecret 已被冻结，请在公众号后台解冻"),
    41002: ("defect", "缺少 appid"),
    41004: ("defect", "缺少 secret"),
    50002: ("alarm", "账号受限"),
    50004: ("alarm", "禁止使用 token 接口"),
    50007: ("alarm", "账号已冻结"),
    89501: ("alarm", "此 IP 正等管理员确认"),
    89503: ("alarm", "此 IP 调用需要管理员确认"),
    89506: ("alarm", "管理员 24 小时内拒绝过此 IP，请先确认"),
    89507: ("alarm", "管理员 1 小时内拒绝过此 IP，请先确认"),
    # how often
    45009: ("alarm", "接口当日调用次数用完，可用 clear_quota 清零（每月 10 次）"),
    45011: ("later", "调用太频繁，一分钟后再试"),
    48006: ("alarm", "清零次数当月已用完"),
    # who may what
    48001: ("alarm", "公众号没有这个接口的权限（类型或认证）"),
    48004: ("alarm", "接口被封禁"),
    50001: ("alarm", "公众号没有这个接口的权限"),
    # persons
    40003: ("unreachable", "openid 不对，或不属于本公众号"),
    43004: ("unreachable", "对方没有关注公众号"),
    43019: ("unreachable", "对方在黑名单里"),
    43101: ("declined", "对方没有同意或已取消订阅通知"),
    45015: ("closed", "对方超过 48 小时没有来消息，或已取消关注"),
    48002: ("unreachable", "对方拒收消息"),
    70000: ("unreachable", "未成年人保护，不能发送"),
    45047: ("quota", "客服消息条数用完，等对方再来消息"),
    45080: ("unreachable", "30 秒内没有互动，不能显示正在输入"),
    45081: ("defect", "已经在显示正在输入"),
    45072: ("defect", "typing 的 command 不对"),
    40200: ("alarm", "账号类型不能用这个接口"),
    # content
    44002: ("defect", "POST 内容为空"),
    44004: ("defect", "文本内容为空"),
    45002: ("defect", "内容太长"),
    45008: ("defect", "图文超过一条"),
    47001: ("defect", "JSON 格式不对"),
    47003: ("defect", "模板参数不符合要求"),
    40008: ("defect", "消息类型不对"),
    40097: ("defect", "参数不对"),
    45166: ("defect", "内容含违规链接"),
    87014: ("defect", "内容含违法违规信息"),
    # templates
    40036: ("defect", "template_id 长度不对"),
    40037: ("alarm", "template_id 不对，或不属于本公众号"),
    40039: ("defect", "url 长度不对"),
    40246: ("alarm", "模板关键词不对"),
    40247: ("alarm", "旧行业模板已不能添加，请用类目模板"),
    40249: ("alarm", "模板内容涉营销"),
    43116: ("alarm", "模板被限制使用"),
    # media
    40004: ("defect", "媒体类型不对"),
    40005: ("defect", "上传的文件类型不对"),
    40006: ("defect", "上传的文件大小不对"),
    40007: ("gone", "media_id 不对或已过期（3 天）"),
    40009: ("defect", "图片大小不对"),
    41005: ("defect", "缺少媒体文件"),
    41006: ("gone", "缺少 media_id"),
    43003: ("defect", "需要 HTTPS"),
    45001: ("defect", "文件太大"),
    # menus
    40015: ("defect", "菜单类型不对"),
    40016: ("defect", "一级菜单个数不对"),
    40017: ("defect", "菜单按钮个数或类型不对"),
    40018: ("defect", "菜单名字长度不对"),
    40019: ("defect", "菜单 key 长度不对"),
    40020: ("defect", "菜单 url 长度不对"),
    40022: ("defect", "子菜单级数不对"),
    40023: ("defect", "子菜单个数不对"),
    40024: ("defect", "子菜单类型不对"),
    40025: ("defect", "子菜单名字长度不对"),
    40026: ("defect", "子菜单 key 长度不对"),
    40027: ("defect", "子菜单 url 长度不对"),
    40033: ("defect", "内容里有 \\u 转义字符"),
    40054: ("alarm", "子菜单 url 的域名没有登记"),
    40055: ("alarm", "菜单 url 的域名没有登记"),
    46003: ("gone", "还没有菜单"),
    65301: ("gone", "没有这个 menuid"),
    65302: ("unreachable", "没有这个用户"),
    65303: ("alarm", "先要有默认菜单，才能加个性化菜单"),
    65304: ("defect", "个性化菜单的条件为空"),
    65305: ("alarm", "个性化菜单太多"),
    65307: ("defect", "个性化菜单为空"),
    65316: ("alarm", "个性化菜单的外部域名超过 3 个"),
    65317: ("alarm", "菜单 url 不合法"),
    65320: ("alarm", "个性化菜单用了已取消的条件，只能按标签"),
    # QR codes
    40052: ("defect", "二维码 action_name 不对"),
    40053: ("defect", "二维码 scene 不对"),
}


def error_of(errcode: int, errmsg: str = "", rid: str = "") -> WeChatError:
    """The error of one errcode. An unknown one is an alarm: somebody must look, nothing should loop on it."""
    remedy, meaning = _MEANINGS.get(errcode, ("alarm", "未知错误码"))
    return WeChatError(
        errcode, errmsg[:_ERRMSG_CHARS], rid, retryable=remedy in ("again", "later"), remedy=remedy, meaning=meaning
    )
