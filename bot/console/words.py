"""What the staff read that no page owns."""

from collections.abc import Mapping

from bot.console.permissions import Right

WRONG = (
    "用户名、密码或验证码不对，或者连续输错太多次，已锁定 15 分钟。验证码每 30 秒换一次，请用最新的。"
    "一直进不去，请联系管理员。"
)
WRONG_CODE = "验证码不对。请看认证器里最新的 6 位数字，再试一次。"
IDLE = "您有一会儿没有操作，已自动退出。请重新登录。"
FAULTS: Mapping[int, str] = {
    400: "这一页已经过期。请返回，刷新后再做一次。",
    403: "您的账号不能做这件事。需要时请联系管理员。",
    404: "找不到这一页，或不归您的经办机构管。",
    405: "这一页不能这样打开。请从菜单进入。",
    413: "提交的内容太大。",
    429: "操作太频繁。请等一分钟再试。",
    503: "数据库暂时连不上，刚才的操作没有做成。请稍后再试。",
}
NAVIGATION: tuple[tuple[Right, str, str], ...] = (
    ("claims", "console.claims", "申领审核"),
    ("menu", "console.menus", "菜单"),
    ("content", "console.content", "内容"),
    ("posters", "console.posters", "海报"),
    ("numbers", "console.numbers", "数据"),
    ("staff", "console.staff", "账号"),
    ("audit", "console.audit", "审计"),
)
ROLES: Mapping[str, str] = {
    "operator": "运营人员", "reviewer": "经办人员", "auditor": "审计员", "administrator": "管理员",
}  # fmt: skip
STATUS: Mapping[str, str] = {
    "submitted": "已提交", "received": "已收件", "reviewing": "审核中", "needs_materials": "待补材料",
    "approved": "已通过", "paying": "待发放", "paid": "已发放", "rejected": "未通过", "withdrawn": "已撤回",
}  # fmt: skip
NAME_TAKEN = "这个用户名已经有人用了，请换一个。"
NAME_WRONG = "用户名只能用字母、数字、汉字、点、横线和下划线，最多 64 个字。"
STAFF_ADDED = "已加上 {name}。请把密码当面告诉本人，第一次登录时绑定认证器。"
STAFF_CHANGED = "{name} 的账号已更改，原来的登录已失效。"
NOT_YOURSELF = "不能停用自己的账号。请让另一位管理员来做。"
AUDIT: Mapping[str, str] = {
    "signed_in": "登录", "signed_out": "退出", "refused_at_the_door": "登录被拒", "set_up_second_factor": "绑定认证器",
    "saw_claim": "查看申领", "saw_paper": "查看材料", "showed_numbers": "显示完整号码", "exported_claim": "导出申领",
    "took": "接手",
    "put_back": "放回待办",
    "receive": "收件", "review": "开始审核", "approve": "通过", "refuse": "不通过", "retake": "请重拍", "pay": "报发放",
    "paid": "已发放", "added_staff": "加账号", "disabled_staff": "停用账号", "enabled_staff": "启用账号",
    "renewed_staff": "重设密码和认证器", "saved_menu": "保存菜单", "published_menu": "发布菜单",
    "rolled_back_menu": "退回菜单", "exported_numbers": "下载数据", "published": "发布内容", "rolled_back": "恢复内容",
    "rehearsed": "演练流程改动", "made_poster": "做海报二维码",
}  # fmt: skip
