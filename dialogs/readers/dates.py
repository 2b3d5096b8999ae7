"""A day, from the many ways to write one: to 2026-10-31, or to what is missing or impossible."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dialogs.model import Filled, Reading, Refused
from dialogs.normal import plain
from dialogs.readers.day_words import in_figures, is_lunar, is_vague
from dialogs.readers.typed import whole

LONGEST = 300
FIRST_YEAR, LAST_YEAR = 1900, 2100
YEARS_AHEAD = 10
"""A year of two digits is at most so many years ahead: 26 and 31 are 20xx, 85 is 1985."""

_WORDS = {
    "大大前天": -4,
    **dict.fromkeys(("大前天", "大前日", "大前儿"), -3),
    **dict.fromkeys(("前天", "前日", "前儿", "前晚"), -2),
    **dict.fromkeys(("昨天", "昨日", "昨儿", "昨晚", "昨夜"), -1),
    **dict.fromkeys(("今天", "今日", "今儿", "今早", "今晚", "刚刚", "刚才"), 0),
    **dict.fromkeys(("大后天",), 3),
    **dict.fromkeys(("后天", "后日"), 2),
    **dict.fromkeys(("明天", "明日", "明儿"), 1),
}
_STOP_BETWEEN = re.compile(r"(?<=[0-9])[。·](?=[0-9])")
_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上一年": -1,
    "上年": -1,
    "头年": -1,
    "旧年": -1,
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
}
_MONTHS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1}
_YEAR = (
    r"(?:(?<![0-9])(?P<y>(?:19|20)[0-9]{2}|[0-9]{2}) ?年(?:度)?的? ?,?|(?P<ry>"
    + "|".join(_YEARS)
    + r")(?:子|度)?[的,]? ?)"
)
_MONTH = r"(?<![0-9])(?P<m>[0-9]{1,2}) ?月(?!前|以前|之前)(?:份)?[的,]? ?"
_DAY = r"(?P<d>[0-9]{1,2}) ?(?:日|号)?(?![0-9]|个|月|天|年|周|多|点)"
_END = r"(?P<e>底|末尾?|最后一天|最后1天|初|上旬|中旬|下旬|中)"
_OF_MONTH = r"(?P<rm>上上|上|这|本|当|下)1?个?月(?:份)?[的,]? ?"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A day read at a place of the line, or why the words there make none.

    weak     said by the way: 今天 or a lone weekday gives way to a written-out day
    guessed  something was filled in, so the person should see the whole day
    """

    at: int
    day: date | None
    fault: str = ""
    weak: bool = False
    guessed: bool = False


_Reader = Callable[[re.Match[str], date], _Seen]


def a_date(text: str, today: date) -> Reading:
    """A day as YYYY-MM-DD. Without a year it is the most recent one up to today; a note names what was filled in.

    Refused with what is wrong: no day, only a month, two days, an impossible day, the old calendar, only about when.
    """
    example = f"{today.year}年{today.month}月{today.day}日"
    if len(text) > LONGEST:
        return Refused("这段话太长了。只发年月日就可以", example)
    line = _STOP_BETWEEN.sub(".", plain(whole(text)).lower())
    if is_lunar(line):
        return Refused("这里用公历（阳历）。请看日历，把农历换成公历的年月日", example)
    figures = in_figures(line)
    seen = [one for one in _days(figures, today) if not _denied(figures, one.at)] or list(_days(figures, today))
    if any(not one.weak for one in seen):
        seen = [one for one in seen if not one.weak]
    days = {one.day for one in seen if one.day}
    faults = [one.fault for one in seen if one.fault]
    if len(days) > 1:
        shown = "，还是".join(_spoken(day) for day in sorted(days)[:3])
        return Refused(f"看到了不止一天：{shown}？只发那一天就可以", example)
    if faults and not days:
        return Refused(faults[0], example)
    if is_vague(line) or not days:
        return Refused(_missing(line, figures), example)
    (day,) = days
    return Filled(day.isoformat(), f"按{_spoken(day)}记" if any(one.guessed for one in seen) else "")


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _denied(line: str, at: int) -> bool:
    return (
        re.search(r"(?:不是|并非|别写|写错了?|说错了?)(?:说的?|在|的)?[,: ]?$", line[max(0, at - 8) : at]) is not None
    )


# --- the forms, the surest first


def _days(line: str, today: date) -> Iterator[_Seen]:
    """Every day the line names; what one form took, the next ones do not see."""
    for pattern, reader in _FORMS:
        for match in pattern.finditer(line):
            yield reader(match, today)
        line = pattern.sub(lambda match: "#" * len(match.group()), line)


def _made(match: re.Match[str], year: int, month: int, day: int, guessed: bool = False) -> _Seen:
    try:
        if FIRST_YEAR <= year <= LAST_YEAR:
            return _Seen(match.start(), date(year, month, day), guessed=guessed)
        fault = f"{year}年不对，请看一看年份"
    except ValueError:
        fault = impossible(year, month, day)
    return _Seen(match.start(), None, fault)


def impossible(year: int, month: int, day: int) -> str:
    """Why these three make no day."""
    if not 1 <= month <= 12:
        return f"没有{month}月，月份是1到12。请再看一看"
    if month == 2 and day == 29:
        return f"{year}年2月只有28天，没有29日。请再看一看"
    return f"{month}月没有{day}日。请再看一看"


def _full_year(digits: str, today: date) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if 2000 + year <= today.year + YEARS_AHEAD else 1900 + year


def _year_of(match: re.Match[str], today: date) -> int | None:
    parts = match.groupdict()
    if parts.get("y"):
        return _full_year(parts["y"], today)
    return today.year + _YEARS[parts["ry"]] if parts.get("ry") else None


def _ymd(match: re.Match[str], today: date) -> _Seen:
    return _made(match, _full_year(match["y"], today), int(match["m"]), int(match["d"]))


def _year_last(match: re.Match[str], today: date) -> _Seen:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first <= 12 and second <= 12 and first != second:
        return _Seen(match.start(), None, "分不清哪个是月、哪个是日。请按年、月、日的顺序写")
    return _made(match, year, second, first) if first > 12 else _made(match, year, first, second)


def _month_day(match: re.Match[str], today: date) -> _Seen:
    """10月31日, 去年3月5号, 10/31, 3月底."""
    year, month = _year_of(match, today), int(match["m"])
    ending = match.groupdict().get("e") or ""
    if not 1 <= month <= 12:
        return _Seen(match.start(), None, impossible(today.year, month, 1))
    if year is not None:
        return (
            _ending(match, year, month, ending)
            if ending
            else _made(match, year, month, int(match["d"]), not match["y"])
        )
    if ending:
        return _ending(match, today.year if month <= today.month else today.year - 1, month, ending)
    day = int(match["d"])
    for past in range(9):
        if day <= _length(today.year - past, month) and (today.year - past, month, day) <= (
            today.year,
            today.month,
            today.day,
        ):
            return _made(match, today.year - past, month, day, True)
    return _made(match, today.year, month, day)


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1] if 1 <= year <= 9998 else 28


def _ending(match: re.Match[str], year: int, month: int, ending: str) -> _Seen:
    if ending == "初":
        return _made(match, year, month, 1, True)
    if ending[0] in "底末最":
        return _made(match, year, month, _length(year, month), True)
    return _Seen(match.start(), None, f"还缺是几号。请写清{year}年{month}月几号")


def _moved(day: date, months: int) -> tuple[int, int]:
    at = day.year * 12 + day.month - 1 + months
    return at // 12, at % 12 + 1


def _in_month(match: re.Match[str], today: date) -> _Seen:
    """上个月15号, 这个月底, 上月今天."""
    year, month = _moved(today, _MONTHS[match["rm"]])
    if match["e"]:
        return _ending(match, year, month, match["e"])
    return _made(match, year, month, int(match["d"]) if match["d"] else today.day, True)


def _same_day(match: re.Match[str], today: date) -> _Seen:
    return _made(match, today.year + _YEARS[match["ry"]], today.month, today.day, True)


def _year_end(match: re.Match[str], today: date) -> _Seen:
    return _made(match, _year_of(match, today) or today.year, 12, 31, True)


def _month_end(match: re.Match[str], today: date) -> _Seen:
    """月底 alone is the end of this month, as it is in speech; the past one is 上个月底."""
    return _ending(match, today.year, today.month, match["e"])


def _ago(match: re.Match[str], today: date) -> _Seen:
    """三天前, 两个月前, 1年2个月前, 一个半月前, 半年前."""
    parts = match.groupdict()
    sign = -1 if parts["way"] == "前" else 1
    months = (
        int(parts["years"] or 0) * 12 + (6 if parts["half_year"] or parts["half"] else 0) + int(parts["months"] or 0)
    )
    days = (
        int(parts["weeks"] or 0) * 7
        + int(parts["days"] or 0)
        + (15 if parts["half_month"] or parts["fortnight"] else 0)
    )
    if months > 1200 or days > 36500:
        return _Seen(match.start(), None, "这个日子太早了。请写年月日")
    year, month = _moved(today, sign * months)
    moved = date(year, month, min(today.day, _length(year, month))) + timedelta(days=sign * days)
    return _made(match, moved.year, moved.month, moved.day, True)


def _word(match: re.Match[str], today: date) -> _Seen:
    day = today + timedelta(days=_WORDS[match.group()])
    return _Seen(match.start(), day, weak=_WORDS[match.group()] == 0, guessed=True)


def _weekday(match: re.Match[str], today: date) -> _Seen:
    """上周五 is Friday of the week before this one; 周五 alone the most recent Friday. Weeks begin on Monday."""
    wanted, which = int(match["w"]) - 1, match["which"]
    if not which:
        return _Seen(match.start(), today - timedelta(days=(today.weekday() - wanted) % 7), weak=True, guessed=True)
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=_MONTHS[which], days=wanted)
    return _Seen(match.start(), day, guessed=True)


def _day_only(match: re.Match[str], today: date) -> _Seen:
    """15号: the most recent one up to today."""
    day = int(match["d"])
    if not 1 <= day <= 31:
        return _Seen(match.start(), None, f"没有{day}号。请写清年月日")
    for back in range(3):
        year, month = _moved(today, -back)
        if day <= _length(year, month) and (back or day <= today.day):
            return _made(match, year, month, day, True)
    return _Seen(match.start(), None, "还缺月份。请写清几月几号")


_S = r" ?[-/.,_、·年月;:~ ] ?"
_UNITS = r"(?! ?(?:[0-9]|天|个|年|月|周|万|元|块|点|时|人|岁|级|楼|%|w))"
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (
        re.compile(rf"(?<![0-9])(?P<y>[0-9]{{4}}){_S}(?P<m>[0-9]{{1,2}}){_S}(?P<d>[0-9]{{1,2}})(?![0-9])(?:日|号)?"),
        _ymd,
    ),
    (re.compile(r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})[年 ]?(?P<m>[0-9]{2})月?(?P<d>[0-9]{2})(?![0-9])(?:日|号)?"), _ymd),
    (re.compile(r"(?<![0-9])([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]((?:19|20)[0-9]{2})(?![0-9])年?"), _year_last),
    (
        re.compile(
            r"(?<![0-9.])(?P<y>[0-9]{2}) ?[-/.、] ?(?P<m>[0-9]{1,2}) ?[-/.、] ?(?P<d>[0-9]{1,2})(?![0-9])(?:日|号)?"
        ),
        _ymd,
    ),
    (re.compile(rf"{_YEAR}(?P<m>[0-9]{{1,2}})[-/.、](?P<d>[0-9]{{1,2}})(?![0-9])(?:日|号)?"), _month_day),
    (re.compile(rf"{_YEAR}?{_MONTH}(?:{_DAY}|{_END})"), _month_day),
    (re.compile(rf"{_OF_MONTH}(?:{_DAY}|{_END}|今天)"), _in_month),
    (re.compile(r"(?P<ry>" + "|".join(_YEARS) + r")的?今[天日]"), _same_day),
    (re.compile(rf"{_YEAR}?年?[底末](?<=年[底末])"), _year_end),
    (
        re.compile(
            r"(?<![0-9几多来])(?=[0-9半])(?:(?P<years>[0-9]{1,2})年(?P<half_year>半)?|(?P<half>半)年)?"
            r"(?:(?P<months>[0-9]{1,3})个(?P<half_month>半)?月|(?P<fortnight>半)个月)?"
            r"(?:(?P<weeks>[0-9]{1,3})个?(?:星期|周|礼拜))?(?:(?P<days>[0-9]{1,4})天)?"
            r"(?<=[年月周天期拜半])(?:之|以)?(?P<way>[前后])"
        ),
        _ago,
    ),
    (re.compile("|".join(_WORDS)), _word),
    (re.compile(r"(?P<which>上上|上|这|本|下)?1?个?w(?P<w>[1-7])"), _weekday),
    (
        re.compile(
            rf"(?<![0-9.:/\-年])(?P<m>[0-9]{{1,2}}) ?[-/.·、] ?(?P<d>[0-9]{{1,2}}){_UNITS}(?! ?[-/.:] ?[0-9])(?:日|号)?"
        ),
        _month_day,
    ),
    (
        re.compile(
            r"(?<![0-9月第./\-])(?P<d>[0-9]{1,2}) ?(?:号|日)(?!楼|线|店|院|机|子|常|期|前|以前|之前|左右|后|以后|之后)"
        ),
        _day_only,
    ),
    (re.compile(r"(?<![个0-9上本这下当])月(?P<e>底|末|初)"), _month_end),
    (re.compile(r"^(?P<m>[0-9]{1,2}) (?P<d>[0-9]{1,2})$"), _month_day),
    (
        re.compile(r"^(?!(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])$)(?P<y>[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3][0-9])$"),
        _ymd,
    ),
    (re.compile(r"^(?P<m>(?:0[1-9]|1[0-2]))(?P<d>(?:0[1-9]|[12][0-9]|3[01]))$"), _month_day),
)


# --- what is said when no day was found


def _missing(line: str, figures: str) -> str:
    if is_vague(line):
        return "还不知道是哪一天。可以看离职证明或合同，再写清年月日"
    if re.search(rf"{_YEAR}{_MONTH}|[12][0-9]{{3}}[-/.年 ]?(?:0?[1-9]|1[0-2])(?![0-9])", figures):
        return "还缺是几号。请把年月日写全"
    if re.search(rf"{_MONTH}|{_OF_MONTH[:20]}.{{0,3}}月", figures) or re.search(r"[上这本下]个?月", figures):
        return "还缺是几号。请写清几月几号"
    if re.search(r"[上这本下]个?(?:周|星期|礼拜)", line):
        return "还缺是星期几，或者写清几月几号"
    if re.search(_YEAR, figures) or re.fullmatch(r"(?:19|20)[0-9]{2}年?", figures):
        return "还缺几月几号。请把年月日写全"
    if re.fullmatch(r"[0-9]{1,2}", figures):
        return "还缺月份。请写清几月几号"
    if re.search(r"不知道|忘|记不|不清楚|不晓得", line):
        return "记不清没关系。看一看离职证明或合同，上面写着日期"
    return "没有看到日期。请写清年月日"
