"""An option named by its number or its place: 1, ①, 第一个, A, 最后一个, 前一个, 不是1."""

import re
from collections.abc import Callable

Names = tuple[tuple[str, ...], ...]
"""For each option its own text and every other word for it, made comparable."""

_HAN_FIGURES = {han: n for n, han in enumerate("零一二三四五六七八九十")} | {"两": 2, "幺": 1, "肆": 4, "伍": 5}
_NUMBER = r"(?:[0-9]{1,4}|二?十[一二三四五六七八九]?|[零一二三四五六七八九两幺肆伍])"
# possessive, so that a long row of such words cannot be split up in every possible way
_SAYS = (
    r"(?:那|好的?|嗯+|哦|你好|,|，|我|俺|就|还是|想|要|应该|应|该|的|属于|情况|答案|回答|回复|输入|发|打|回|按|点|填|"
    r"选择|选项|选的?|挑|用|来|是|算|序号|编号|数字|给我|为|觉得|感觉|no|#|:|：|=|\.)*+"
)
_TALLY = r"(?:个选项|种情况|种方式|类情况|个|项|条|种|号|类|款|样|选项|#|点|行|排)?"
_AFTER = r"(?:那一?个|这一?个|的|吧|了|呢|啊|呀|哈|哦|谢谢|就行|就可以|就好|[\.,、:：)\]。!！~～;；'\"”)])*"
_THAT = rf"(?:的|那)?一?{_TALLY}(?:那一?个|一个)?{_AFTER}"
_ORDINAL = re.compile(rf"{_SAYS}[\[(【「“\"']?(?:第|头)?({_NUMBER})[\])】」”\"']?{_TALLY}{_AFTER}")
_NUMBERED = re.compile(rf"[\[(【]?(?:第|选)?({_NUMBER})(?:[\])】]|[\.,、:：\-—=]|个|项|号|种)+(.+)")
_GLUED = re.compile(r"([0-9]{1,2})([^0-9].*)")
_LETTER = re.compile(rf"{_SAYS}([a-h])(?:项|选项)?{_AFTER}")
_NOT = r"(?:不是|不想要|不想选|不打算选|不能选|不选|不要|没选|别选|不用|不填|并非|除了|不属于|非)"
_NOT_THIS = re.compile(rf"(?:我|俺|肯定|应该|可|,)*{_NOT}(?:第|选)?({_NUMBER}){_TALLY}(?:以外|之外)?{_AFTER}")
_BUT_THIS = re.compile(
    rf"(?:(?:我|应该)?{_NOT}第?{_NUMBER}{_TALLY}|选错了|错了|发错了|改成|改选|改为|换成|换|改)(?:了|,|，|。|;|；|而|的|应该|我|要)*"
    rf"(?:是|选|要|第)*({_NUMBER}){_TALLY}{_AFTER}"
)
_THIS_NOT_THAT = re.compile(rf"{_SAYS}第?({_NUMBER}){_TALLY},?，?{_NOT}第?{_NUMBER}{_TALLY}{_AFTER}")
_SEVERAL = re.compile(
    rf"{_SAYS}第?{_NUMBER}{_TALLY}(?:(?:和|与|跟|或者?|还有|以及|加|到|、|,|，|/|\+)+第?{_NUMBER}{_TALLY})+(?:都选|都是|都有|都)?{_AFTER}"
)
_LAST = re.compile(rf"{_SAYS}(?:倒数第一|倒一|最后面?|末尾|最末|最下面|最下边|末){_THAT}")
_LAST_BUT = re.compile(rf"{_SAYS}倒数第?({_NUMBER}){_TALLY}{_AFTER}")
_FIRST = re.compile(rf"{_SAYS}(?:最前面?|最上面|最上边|最开始|头一|首|打头|开头){_THAT}")
_FORMER = re.compile(rf"{_SAYS}(?:前面?|前边|前头|上面?|上边|上头|左边|前者){_THAT}")
_LATTER = re.compile(rf"{_SAYS}(?:后面?|后边|后头|下面?|下边|下头|右边|后者|另外?){_THAT}")
_MIDDLE = re.compile(rf"{_SAYS}(?:正?中间|当中){_THAT}")


def option_at(key: str, names: Names, by_words: Callable[[str], int | None]) -> int | str | None:
    """The index of the option whose place is named; why that is none; None when the answer names no place.

    key       the answer, comparable
    by_words  the option some words alone stand for, for answers like 1、是 where both must agree
    """
    count = len(names)
    if match := _ORDINAL.fullmatch(key):
        return _numbered(_figure(match[1]), names)
    if match := _NOT_THIS.fullmatch(key):
        return _the_other(_within(_figure(match[1]), count), count)
    if match := _BUT_THIS.fullmatch(key) or _THIS_NOT_THAT.fullmatch(key):
        return _within(_figure(match[1]), count)
    if match := _LAST_BUT.fullmatch(key):
        return _within(count + 1 - _figure(match[1]), count)
    if _LAST.fullmatch(key):
        return count - 1
    if _FIRST.fullmatch(key):
        return 0
    if _FORMER.fullmatch(key) or _LATTER.fullmatch(key):
        if count == 2:
            return 0 if _FORMER.fullmatch(key) else 1
        return f"有{count}个选项，不知道是哪一个。回复1到{count}的数字就可以"
    if _MIDDLE.fullmatch(key) and count == 3:
        return 1
    if _SEVERAL.fullmatch(key):
        return f"这里只能选一个。回复1到{count}的一个数字就可以"
    if match := _LETTER.fullmatch(key):
        return _within(ord(match[1]) - ord("a") + 1, count)
    return _with_words(key, count, by_words)


def _numbered(number: int, names: Names) -> int | str:
    """A number is a place; where no such place is, the 12 of 12个月 when only one option begins with it."""
    at = _within(number, len(names))
    if isinstance(at, str):
        begun = [n for n, own in enumerate(names) if re.match(rf"{number}(?![0-9])", own[0])]
        return begun[0] if len(begun) == 1 else at
    return at


def _with_words(key: str, count: int, by_words: Callable[[str], int | None]) -> int | str | None:
    """1、是 or 2代缴医保: taken when the words say the same option."""
    match = _NUMBERED.fullmatch(key) or _GLUED.fullmatch(key)
    if not match or not 1 <= _figure(match[1]) <= count:
        return None
    at, said = _figure(match[1]) - 1, by_words(match[2].strip(" .,、:：。"))
    if said is None or said == at:
        return said
    return f"数字和文字不是同一个选项。回复1到{count}的数字就可以"


def _figure(number: str) -> int:
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    return (_HAN_FIGURES.get(tens, 1) * 10 if ten else 0) + _HAN_FIGURES.get(ones, 0)


def _within(number: int, count: int) -> int | str:
    if 1 <= number <= count:
        return number - 1
    return f"这里只有{count}个选项。回复1到{count}的数字就可以" if count > 1 else "这里只有1个选项。回复1就可以"


def _the_other(at: int | str, count: int) -> int | str:
    if isinstance(at, int) and count == 2:
        return 1 - at
    return f"知道不是这个。那是哪一个？回复1到{count}的数字就可以" if isinstance(at, int) else at
