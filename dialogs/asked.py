"""The answer to a question that offered offices: a number, 市里的, 后面那个, 是的."""

import re
from collections.abc import Sequence

from dialogs.normal import DIGITS
from dialogs.office import Office

_ORDINAL = re.compile(r"^(?:选|我选|要|是|就|我要)?第?([1-9])(?:个|家|项|号|条|种)?(?:吧|的|啊|呢|那个)?$")
_NOT_THAT = re.compile(r"^不(?:是|要)[^,，]{1,4}[,，]")
_LEVEL = re.compile(
    r"^(?:我|就|应该|大概|那|要|找|是|指|说|的|在|问|查|选|想|属于|归|打|叫)*(省|市|县|区|州|山)"
    r"(?:里面|里|上|的|级|局|区|那个|那边|社保局|社会保险局|社保|管委会|城|头)*(?:的)?(?:吧|呢|啊|了|呀|哈)*$"
)
_YES = re.compile(
    r"^(?:是|对|嗯|是的|对的|没错|对呀|是啊|好|好的|可以|就是|行|嗯嗯|就是这个|就它|就这个)(?:吧|啊|呢|的)?$"
)
_FIRST = frozenset(("前者", "前面的", "前面那个", "上面的", "上面那个", "头一个"))
_LAST = frozenset(("后者", "后面的", "后面那个", "下面的", "下面那个", "最后一个", "最后那个"))


_ALL = re.compile(
    r"^(?:(?:两个?|俩)(?:一起)?|(?:两|三|几)?个?都(?:要|给我|发|行|可以|是|发我|看看)|全部|全都要)(?:吧|的|一下)?$"
)


def wants_all(text: str) -> bool:
    """两个都要: every office offered."""
    return bool(_ALL.match(text))


def chosen(text: str, offered: Sequence[Office]) -> Office | None:
    """The office a short reply picks out of those offered, in their order; None when it names none of them so.

    text  `plain` and without blanks
    """
    text = _NOT_THAT.sub("", text)
    ordinal = _ORDINAL.match(text.translate(DIGITS))
    if ordinal and int(ordinal.group(1)) <= len(offered):
        return offered[int(ordinal.group(1)) - 1]
    if text in _FIRST:
        return offered[0]
    if text in _LAST:
        return offered[-1]
    if _YES.match(text) and len(offered) == 1:
        return offered[0]
    if level := _LEVEL.match(text):
        fitting = [office for office in offered if _is_of(office, level.group(1))]
        return fitting[0] if len(fitting) == 1 else None
    return None


def _is_of(office: Office, level: str) -> bool:
    """Whether an office is of the province, the city, a county, a district; or of the mountain."""
    match level:
        case "省":
            return not office.city
        case "市":
            return bool(office.city) and (not office.district or office.district.endswith("市"))
        case "州":
            return False
        case "山":
            return office.district.endswith("山")
        case _:
            return office.district.endswith(level)
