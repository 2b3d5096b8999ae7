"""What a claimant reads of a claim's way to the agency's own platform, and of taking a claim back."""

FILED = (
    "已提交，等待转交。你的回执号，请记下来：\n{receipt}\n"
    "转交给：{office}，电话 {phone}。\n转交好了会告诉你。发“进度”随时查看。"
)
WAITING = "已提交，等待转交。材料都存好了，会自动转交，你不用再交。"
HANDED_OVER = "已转交，等待经办机构接收。{next}"
NOT_TAKEN = "没有转交成功，你的材料都在。请打下面的电话，问怎么办理。"
BEING_WITHDRAWN = "你要撤回，正在转告经办机构。撤回好了会告诉你。"
WITHDRAWN_TOO_LATE = "你要撤回时，经办机构已经办结，没有撤回。"
SYSTEM_TOP = {"submitted": "预领取信息（系统提取，只供查看）："}
SYSTEM_TOP_ELSE = "系统提取的信息（只供查看）："
SYSTEM_LINE = "{label}：{value}"

WITHDRAW_HINT = "不想办了，发“撤回申领”。"
WITHDRAW_ASK = "要撤回这份申领吗？回执号 {receipt}。撤回后，要领就得重新申领。\n1 撤回\n2 不撤回"
WITHDRAW_WHICH = "要撤回哪一份？"
WITHDRAW_NONE = "没有可以撤回的申领。已经办结的，请打电话问经办机构。"
WITHDRAW_DRAFT = "你这份申领还没有提交，不用撤回。不想填了，发“取消”。"
WITHDRAW_KEPT = "好，没有撤回。"
WITHDRAWN = "已撤回，回执号 {receipt}。以后要申领，发“申领”。"
WITHDRAWAL_PASSED_ON = "好，正在转告经办机构撤回，回执号 {receipt}。撤回好了会告诉你，发“进度”可以看。"
WITHDRAWAL_DECIDED = "经办机构已经办结，不能撤回了。请打电话问：{office} {phone}"
WITHDRAWAL_LATER = "现在系统忙，还没有撤回。请过几分钟再发“撤回申领”。"
