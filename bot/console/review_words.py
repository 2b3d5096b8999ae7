"""What a reviewer reads."""

from collections.abc import Mapping

from handlers.review_desk import Why

NO_RECEIPT = "没有这样的回执号。回执号是 13 位数字，请核对后再输一次。"
SOURCE, VERIFIED = "姓名和证件号码来自", "实名认证"
CANNOT_OPEN = "照片打不开"
LOOKS_GOOD = "自动检查：清楚"
IN_HAND = "{staff} 正在办这一件。需要时可以点“接过来”。"
AT_PLATFORM = "这一件由经办机构自己的平台办理，结果会自动传回来。"
TAKE_FIRST = "请先点“由我来办”，再做决定。"
MOVED_ON = "这一件刚刚有变化，请看过最新情况再决定。"
REFUSED: Mapping[Why, str] = {
    "unknown": "没有这个回执号。",
    "months": "开始、结束月份要写成 2026-12 这样，结束不能早于开始，最长 24 个月。",
    "amount": "金额只写数字，例如 1500 或 1500.50。",
    "reason": "请选一个原因。",
    "paper": "请选这件申领里的一份材料。",
    "moved_on": MOVED_ON,
    "erased": "这件申领已经删除。",
}
DEEDS: Mapping[str, str] = {
    "receive": "收件", "review": "开始审核", "approve": "通过", "refuse": "不通过", "retake": "请申请人重拍一份",
    "pay": "已报银行发放", "paid": "银行已发放",
}  # fmt: skip
DONE: Mapping[str, str] = {
    "receive": "已收件。", "review": "已开始审核。", "approve": "已通过，结果会告诉申请人。",
    "refuse": "已记为不通过，原因会告诉申请人。", "retake": "已请申请人重拍，拍好后自动回到审核。",
    "pay": "已记为待发放。", "paid": "已记为已发放。",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "start": "开始月份", "end": "结束月份", "amount": "金额（元）", "reason": "原因", "paper": "材料",
}  # fmt: skip
PAPER_STATE: Mapping[str, str] = {"kept": "已收到", "retake": "已请申请人重拍"}
