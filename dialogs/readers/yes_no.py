"""Yes, no and don't know, as people type them; and which of a question's options means which."""

import re
from collections.abc import Sequence
from typing import Literal

from dialogs.normal import bare

Polarity = Literal["yes", "no", "unsure", ""]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words(
    """
    是 是的 是滴 是得 是呢 是哒 是啊 是嘞 是了 是这样 是这样的 就是 就是的 确实 确实是 的确 对 对的 对头 对滴
    对了 对对 对对对 嗯 嗯嗯 恩 恩恩 嗯呐 嗯哪 好 好的 好滴 好嘞 好啊 好吧 好呀 好呢 行 行的 行吧 行啊 可以
    可以的 可以啊 同意 同意的 我同意 没错 没问题 没意见 没有问题 没有意见 没毛病 没得问题 莫得问题 不错 不反对
    不介意 有 有的 有啊 有过 要 要的 要得 需要 需要的 愿意 确认 确定 正确 当然 当然是 当然可以 肯定 肯定是 必须
    必须的 答应 接受 认可 赞成 允许 成 中 妥 得 得行 使得 ok okay okey oj yes yeah yep y shi shide dui hao haode
    是是 是是是 行行 行行行 好好 好好好 嗯是 嗯是的 嗯对 嗯好 嗯好的 嗯可以 嗯行 嗯有 已经 已经是 已同意 都同意
    全部同意 完全同意 满了 交了 交过 交过的 办了 办过 登记了 登记过 👌 👍 ✅ ✔ √ ✓ ☑ 🆗 🙆
    """
)
_NO = _words(
    """
    否 不 不是 不是的 不是啊 不是呢 不对 不对的 错 错了 没 没有 没有的 没有啊 没有过 没有呢 没得 没的 木有 莫得
    莫有 冇 没呢 没啊 无 非 不同意 不行 不可以 不要 不需要 不需 不用 不用了 不了 不必 不愿意 不愿 不想 不好 不成
    不中 不得行 不得 不接受 不认可 不赞成 不答应 不确认 不允许 拒绝 反对 还没 还没有 还没呢 还不是 从来没有
    从没有 从没 没交 没交过 没办 没办过 没登记 没登记过 没满 不满 未满 不嘛 不嘞 才不是 才不 并没有 并不是
    根本没有 根本不是 绝不 当然不 当然不是 当然没有 肯定不是 肯定没有 我不 我没 我没有 我不是 no nope nah n 算了
    bu bushi meiyou mei 不不 不不不 不是不是 没有没有 × x ❌ ✖ ✗ ✘ 🙅 👎
    """
)
_UNSURE = _words(
    """
    不知道 不晓得 不清楚 不太清楚 不是很清楚 不大清楚 说不清 说不清楚 说不好 不好说 不确定 不太确定 不能确定
    记不清 记不清了 记不清楚 记不得 不记得 不记得了 忘了 忘记了 没数 不懂 看不懂 不明白 搞不懂 搞不清 搞不清楚
    弄不清 弄不清楚 不了解 不一定 没印象 可能 可能是 可能吧 也许 大概 应该 应该是 应该吧 好像 好像是 好像有 或许
    估计是 不造 不晓 认不得 认不到 晓不得 不太懂 不太知道 我也不知道 我也不清楚
    """
)
_PARTICLES = "啊吧呢了哦呀嘛哈噢喔哟诶的嘞呗咯喽啦"
_LEAD = re.compile(
    r"^(?:我(?:的|们)?(?:选择|选|觉得|想)?|选择|选|俺|本人|那|那就|就|嗯+|恩+|哦|噢|额|呃|诶|回复|答|回答|答案)[:,，：]?(?=.)"
)
_CLAUSE = re.compile(r"[,，。.!！;；:：~～…\s]+")
_NEGATION = re.compile(
    r"不(?!知道|错|过|仅|但|管|好意思)|没(?!错|问题|意见)|未|无(?!所谓|论)|否|非(?!常)|别|莫|拒绝|反对|甭|勿"
)
_ASKS = re.compile(
    r"[?？]$|[吗么]$|是不是|是否|是或否|有没有|可不可以|能不能|行不行|要不要|对不对|需不需要|好不好|会不会|该不该|满没满|算不算"
    r"|[了过意行对要以](?:不|没|没有|否)$|([^不没])[不没]\1"
)
_TWICE = re.compile(r"(.{1,4}?)\1+")
_PLAIN_NO = re.compile(
    r"^(?:我|俺|还|从来?|都|一直)*(?:没有?|未)(?:去)?(?:交|缴|办|登记|签|参保|参加|领|买|拿|收到|满|够)|^不(?:符合|满足|属于|具备)"
)
_PLAIN_YES = re.compile(r"^(?:我|俺|都|一直|已经?)*(?:符合|满足|具备|属于|交过|缴过|办过|登记过|签过|领过)")
_OPENS_NO = re.compile(r"^(?:不是|不同意|不行|不要|不可以|不需要|不愿意|不对|没有|没|不|否|无|拒绝)")
_OPENS_YES = re.compile(
    r"^(?:是的|是啊|对的|对|嗯+|好的|好|可以|同意|有的|有|行|没错|没问题|确认|确定|愿意|需要|要的|是)"
)


def negations(text: str) -> int:
    """How many negations a text holds: a reading that changes their number turns the answer round."""
    return len(_NEGATION.findall(text))


def is_question(text: str) -> bool:
    """Whether a text asks rather than answers: 是不是？ 有没有"""
    return _ASKS.search(text) is not None


def polarity(text: str) -> Polarity:
    """Yes, no or don't know where a whole answer means just that; "" when it does not or contradicts itself."""
    key = bare(text)
    if whole := _of_phrase(key):
        return whole
    if is_question(key):
        return ""
    clauses = [clause for clause in _CLAUSE.split(key) if clause]
    read = [_of_phrase(clause) for clause in clauses]
    known = {one for one in read if one}
    if len(known) == 1 and len(clauses) > 1 and read[0]:
        rest = "".join(clause for clause, one in zip(clauses, read, strict=True) if not one)
        return "" if read[0] == "yes" and (negations(rest) or _hedged(rest)) else read[0]
    return _of_opening(key) if len(clauses) == 1 else ""


def _hedged(text: str) -> bool:
    return any(word in text for word in ("但是", "不过", "可是", "但", "除了"))


def _of_opening(key: str) -> Polarity:
    """是的我同意, 没有交过: an opening word and a rest that says nothing against it."""
    if any(word in key for word in _UNSURE if len(word) > 2):
        return "unsure"
    if negations(key) <= 1 and (_PLAIN_NO.match(key) or (_PLAIN_YES.match(key) and not negations(key))):
        return "no" if negations(key) else "yes"
    if (opening := _OPENS_YES.match(key)) and len(key) > len(opening.group()):
        rest = key[opening.end() :]
        return _of_phrase(rest) if _of_phrase(rest) in ("yes", "no") and opening.group() != rest else ""
    return ""


def _of_phrase(phrase: str) -> Polarity:
    for form in dict.fromkeys(
        (phrase, _LEAD.sub("", phrase, count=1), _stripped(phrase), _stripped(_LEAD.sub("", phrase)))
    ):
        if form in _UNSURE:
            return "unsure"
        if form in _NO:
            return "no"
        if form in _YES:
            return "yes"
    if twice := _TWICE.fullmatch(phrase):
        return _of_phrase(twice[1])
    return ""


def _stripped(phrase: str) -> str:
    return phrase.rstrip(_PARTICLES) or phrase


def sides(options: Sequence[str]) -> dict[Polarity, int]:
    """Which option is the yes, the no, the don't-know of a yes-or-no question; empty for any other question.

    是/否, 同意/不同意, 满1年/不满1年, 有/没有/不确定; a question with two options of one side is none.
    """
    found: dict[Polarity, int] = {}
    for at, option in enumerate(options):
        side = _side_of_label(bare(option))
        if side in found:
            return {}
        found[side] = at
    if "" in found:
        if (
            "yes" in found
            or "no" not in found
            or len(options) > 3
            or not _negates(options[found["no"]], options[found[""]])
        ):
            return {}
        found["yes"] = found.pop("")
    return found if "yes" in found and "no" in found else {}


def _side_of_label(label: str) -> Polarity:
    first = _CLAUSE.split(label.replace("(", " ").replace("（", " "))[0] or label
    if any(word in label for word in ("不知道", "不清楚", "不确定", "说不清", "不一定", "记不清", "不晓得")):
        return "unsure"
    if whole := _of_phrase(first):
        return whole
    if _OPENS_NO.match(label) or label.startswith(("还没", "从未", "未", "并非", "不")):
        return "no"
    if label.startswith(("改", "修改", "重新", "重填", "换", "再看", "再想", "返回", "取消", "放弃", "先不")):
        return "no"
    if re.match(r"^(?:是的|是(?![^,，]*[还或])|有|同意|可以|需要|愿意|已|确认|对)", label):
        return "yes"
    return ""


def _negates(no: str, other: str) -> bool:
    """不满1年 negates 满1年 and 满1年以上: what follows the negation is what the other says."""
    core = re.sub(r"^(?:不是|没有|还没有?|从未|并非|不|没|未|无)", "", bare(no))
    other = bare(other)
    return not core or core in other or (len(other) > 1 and other in core) or core[:2] == other[:2]
