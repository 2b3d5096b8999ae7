"""How people write days: Chinese numerals, weekdays and holidays made into figures before a day is looked for."""

import re

_ONES = {
    han: digit
    for digit, hans in enumerate(["〇零○", "一壹", "二贰两", "三叁参", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
    for han in hans
}
_NUMERAL = re.compile("[" + "".join(_ONES) + "十拾廿卅]+")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天1-7])(?![个年月天前后号])")
_WEEKDAYS = {"日": 7, "天": 7} | {han: n for n, han in enumerate("零一二三四五六七") if n}
_TIME = re.compile(
    r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|t| )*[0-9]{1,2}(?::[0-9]{2}){1,2}(?:\.[0-9]+)?z?"
    r"|(?:凌晨|早上|上午|中午|下午|傍晚|晚上)[0-9]{1,2}(?:点|时)(?:半|[0-9]{1,2}分?)?"
    r"|(?<=[日号 ])[0-9]{1,2}(?:点|时)(?:半|[0-9]{1,2}分?)?"
)
_NOT_AROUND = r"(?!节?(?:的?前|的?后|之|以|过|左右|期间|假|放|[0-9一二三四五六七八九十]*[月号日个天]))"
_ALONE = "(?<![〇零○一二三四五六七八九十0-9])"
_HOLIDAYS = tuple(
    (re.compile(pattern), f"{month}月{day}日")
    for pattern, month, day in (
        (rf"{_ALONE}五一(?:国际)?(?:劳动)?{_NOT_AROUND}节?|(?<![国])劳动{_NOT_AROUND}节", 5, 1),
        (
            rf"十一国庆{_NOT_AROUND}节?|国庆{_NOT_AROUND}节?|(?<=年)的?十一{_NOT_AROUND}(?:节|那天|当天)?$|^十一(?:节|那天|当天)",
            10,
            1,
        ),
        (rf"元旦{_NOT_AROUND}节?", 1, 1),
        (rf"{_ALONE}六一(?:国际)?(?:儿童)?{_NOT_AROUND}节?", 6, 1),
        (rf"三八(?:妇女)?{_NOT_AROUND}节", 3, 8),
        (rf"七一建党{_NOT_AROUND}节?|建党{_NOT_AROUND}节", 7, 1),
        (rf"八一建军{_NOT_AROUND}节?|建军{_NOT_AROUND}节|八一{_NOT_AROUND}节", 8, 1),
        (rf"教师{_NOT_AROUND}节", 9, 10),
        (rf"圣诞{_NOT_AROUND}节", 12, 25),
    )
)
_SOLAR = re.compile(r"(?:阳历|公历|新历|国历|西历)的?(?:是|:)?")
_LUNAR = re.compile(
    r"农历|阴历|旧历|古历|老历|腊月|正月|冬月|闰[一二三四五六七八九十]|初[一二三四五六七八九十]|初[0-9]{1,2}|大年|除夕|春节|过年|中秋|端午|清明|重阳|元宵|七夕"
)
_VAGUE = re.compile(
    r"几(?:天|个?月|个?星期|个?礼拜|周|年|号|日)|前几|前[一二两三四五六七八九十0-9]+天|这两天|前些|前阵|前段|前一阵|前一段|那阵|最近|近期|不久|早就|很久|好久|个把月|"
    r"[0-9]来天|[一二三四五六七八九十0-9]个?多(?:月|星期|周|礼拜|年|天)|[天月年周]多|"
    r"(?:一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)(?:天|个?星期|个?礼拜|周|个月|年)(?:之|以)?[前后]|"
    r"[0-9]+[-~到至][0-9]+(?:天|个|年)|十[几来多]天|左右那几天|(?<!个)[一二三四五六七八九十0-9]月份?(?:以|之)?[前后]|前后|上半年|下半年|年中|上半月|下半月|春天|夏天|秋天|冬天"
)


def in_figures(line: str) -> str:
    """The line with numerals, weekdays (w5) and fixed holidays as figures; clock times and lunar hints gone."""
    if solar := list(_SOLAR.finditer(line)):
        line = line[solar[-1].end() :] if _LUNAR.search(line[: solar[-1].start()]) else _SOLAR.sub("", line)
    for pattern, day in _HOLIDAYS:
        line = pattern.sub(day, line)
    line = _WEEKDAY.sub(lambda match: f"w{_WEEKDAYS.get(match[1]) or match[1]}", line)
    line = line.replace("两月前", "2个月前").replace("两月以前", "2个月以前")
    line = re.sub(r"(?<=[年月])又(?=[0-9一二三四五六七八九十])", "", line)
    return _TIME.sub(" ", _NUMERAL.sub(lambda match: _number(match.group()), line))


def _number(han: str) -> str:
    """二〇二六 to 2026, 三十一 to 31, 廿三 to 23."""
    run = han.replace("拾", "十").replace("廿", "二十").replace("卅", "三十").replace("十十", "十")
    if "十" not in run:
        return "".join(str(_ONES[char]) for char in run)
    tens, _, ones = run.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return "".join("10" if char == "十" else str(_ONES[char]) for char in run)
    return str((_ONES[tens] if tens else 1) * 10 + (_ONES[ones] if ones else 0))


def is_lunar(line: str) -> bool:
    """Whether the day is one of the old calendar, where no solar day is given as well."""
    solar = list(_SOLAR.finditer(line))
    return _LUNAR.search(line[solar[-1].end() :] if solar else line) is not None


def is_vague(line: str) -> bool:
    """Whether only about when is said: 前几天, 三个多月前, 国庆前后."""
    return _VAGUE.search(line) is not None
