"""How a day is understood. Today is Sunday, 22 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.model import Filled, Refused
from dialogs.readers import a_date

TODAY = date(2026, 11, 22)

GOOD = {
    "2026-10-31": "2026-10-31",
    "2026/10/31": "2026-10-31",
    "2026.10.31": "2026-10-31",
    "20261031": "2026-10-31",
    "2026年10月31日": "2026-10-31",
    "2026年10月31号": "2026-10-31",
    "2026年10月31": "2026-10-31",
    "26年10月31": "2026-10-31",
    "26.10.31": "2026-10-31",
    "26/1/5": "2026-01-05",
    "261031": "2026-10-31",
    "85年3月15日": "1985-03-15",
    "2026 年 10 月 31 日": "2026-10-31",
    "2026 10 31": "2026-10-31",
    "2026，10，31": "2026-10-31",
    "2026、10、31": "2026-10-31",
    "２０２６年１０月３１日": "2026-10-31",
    "二〇二六年十月三十一日": "2026-10-31",
    "二零二五年三月五号": "2025-03-05",
    "二六年十月卅一": "2026-10-31",
    "贰零贰陆年拾月叁拾壹日": "2026-10-31",
    "2026年十月廿三": "2026-10-23",
    "2026年10月31日星期六": "2026-10-31",
    "2026-10-31 18:00": "2026-10-31",
    "2026-10-31T18:00:00Z": "2026-10-31",
    "2026年10月31日下午3点": "2026-10-31",
    "31/10/2026": "2026-10-31",
    "10/31/2026": "2026-10-31",
    "10月31日": "2026-10-31",
    "12月5日": "2025-12-05",
    "2月29日": "2024-02-29",
    "10/31": "2026-10-31",
    "10-31": "2026-10-31",
    "10.31": "2026-10-31",
    "10 31": "2026-10-31",
    "10。31": "2026-10-31",
    "2026。10。31": "2026-10-31",
    "去年3.5": "2025-03-05",
    "大大前天": "2026-11-18",
    "上个星期三": "2026-11-11",
    "三年前的今天": "2023-11-22",
    "1031": "2026-10-31",
    "九月三十": "2026-09-30",
    "十一月二十二": "2026-11-22",
    "十月一號": "2026-10-01",
    "昨天": "2026-11-21",
    "昨天晚上": "2026-11-21",
    "前天": "2026-11-20",
    "我是大前天被裁的": "2026-11-19",
    "今天": "2026-11-22",
    "明天": "2026-11-23",
    "三天前": "2026-11-19",
    "100天前": "2026-08-14",
    "两周前": "2026-11-08",
    "2个星期以前": "2026-11-08",
    "半个月前": "2026-11-07",
    "两个月前": "2026-09-22",
    "两月前": "2026-09-22",
    "一个半月前": "2026-10-07",
    "一个月零五天前": "2026-10-17",
    "半年前": "2026-05-22",
    "一年前": "2025-11-22",
    "一年半前": "2025-05-22",
    "1年2个月前": "2025-09-22",
    "上个月底": "2026-10-31",
    "上月15号": "2026-10-15",
    "上个月十五": "2026-10-15",
    "上上个月10号": "2026-09-10",
    "这个月3号": "2026-11-03",
    "下个月5号": "2026-12-05",
    "月底": "2026-11-30",
    "本月初": "2026-11-01",
    "10月底": "2026-10-31",
    "去年三月五号": "2025-03-05",
    "今年5月1": "2026-05-01",
    "前年12月31日": "2024-12-31",
    "去年今天": "2025-11-22",
    "去年底": "2025-12-31",
    "年底": "2026-12-31",
    "上周五": "2026-11-13",
    "上礼拜天": "2026-11-15",
    "星期五": "2026-11-20",
    "下周一": "2026-11-23",
    "15号": "2026-11-15",
    "25号": "2026-10-25",
    "国庆节": "2026-10-01",
    "今年五一": "2026-05-01",
    "去年十一": "2025-10-01",
    "元旦": "2026-01-01",
    "阳历10月31": "2026-10-31",
    "农历九月二十一，阳历10月31": "2026-10-31",
    "我是2026年10月31日被辞退的": "2026-10-31",
    "合同到2026年10月31号到期了": "2026-10-31",
    "不是10月30号，是10月31号": "2026-10-31",
    "今天问一下，我是10月31号失业的": "2026-10-31",
    "大概10月31号吧": "2026-10-31",
    "我45岁，2026年9月1日离职": "2026-09-01",
}

BAD = {
    "2月30日": "2月没有30日",
    "2026年2月29日": "只有28天",
    "2026年4月31日": "4月没有31日",
    "2026年13月1日": "没有13月",
    "2026-00-10": "没有0月",
    "1850年1月1日": "年份",
    "32号": "32号",
    "去年三月": "几号",
    "2025年3月": "几号",
    "202610": "几号",
    "三月份": "几号",
    "上个月": "几号",
    "2026年10月中旬": "几号",
    "2025年": "几月几号",
    "去年": "几月几号",
    "今年年初": "几月几号",
    "15": "月份",
    "上周": "星期几",
    "3/4/2026": "分不清",
    "从2020年3月5日干到2026年10月31日": "不止一天",
    "昨天或者前天": "不止一天",
    "上周五，10月31号": "不止一天",
    "腊月初八": "公历",
    "正月十五": "公历",
    "十月初五": "公历",
    "农历十月初五": "公历",
    "八月十五中秋节": "公历",
    "春节前": "公历",
    "三个多月前": "哪一天",
    "前几天": "哪一天",
    "前三天": "哪一天",
    "两三天前": "哪一天",
    "国庆前后": "哪一天",
    "三月前": "哪一天",
    "99999999天前": "没有看到",
    "不知道": "记不清",
    "忘了": "记不清",
    "13800138000": "没有看到",
    "990101198503150017": "没有看到",
    "": "没有看到",
    "😀": "没有看到",
    "你好": "没有看到",
    "日" * 5000: "太长",
}


@pytest.mark.parametrize(("text", "day"), GOOD.items())
def test_a_day_is_understood(text: str, day: str) -> None:
    reading = a_date(text, TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == day


@pytest.mark.parametrize(("text", "says"), BAD.items())
def test_what_is_no_day_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    reading = a_date(text, TODAY)
    assert isinstance(reading, Refused)
    assert says in reading.why
    assert reading.example == "2026年11月22日"


def test_a_day_that_was_filled_in_is_shown_whole() -> None:
    assert a_date("12月5日", TODAY) == Filled("2025-12-05", "按2025年12月5日记")
    assert a_date("2025年12月5日", TODAY) == Filled("2025-12-05")


FORMS = (
    "{y}-{m:02}-{d:02}",
    "{y}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}{m:02}{d:02}",
    "{y}年{m}月{d}日",
    "{y} 年 {m} 月 {d} 号",
    "我是{y}年{m}月{d}号离职的，谢谢",
    "日期：{y}-{m}-{d}。",
)


@given(st.dates(date(1950, 1, 1), date(2035, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_a_day_in_any_form_is_found_as_itself(day: date, form: str, wide: bool) -> None:
    text = form.format(y=day.year, m=day.month, d=day.day)
    if wide:
        text = text.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    reading = a_date(text, TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == day.isoformat()


HAN = "〇一二三四五六七八九"


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else HAN[tens]) + ("十" if tens else "") + (HAN[ones] if ones or not tens else "")


@given(st.dates(date(1950, 1, 1), date(2035, 12, 31)))
def test_a_day_in_chinese_numerals_is_found_as_itself(day: date) -> None:
    year = "".join(HAN[int(digit)] for digit in str(day.year))
    reading = a_date(f"{year}年{_han(day.month)}月{_han(day.day)}日", TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == day.isoformat()


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 12), st.integers(1, 28))
def test_without_a_year_it_is_the_last_such_day(today: date, month: int, day: int) -> None:
    reading = a_date(f"{month}月{day}日", today)
    assert isinstance(reading, Filled)
    found = date.fromisoformat(reading.value)
    assert (found.month, found.day) == (month, day)
    assert timedelta(0) <= today - found < timedelta(days=366)


@given(
    st.text() | st.text("0123456789年月日号/-.天前上个周一十廿底初半零 "),
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_no_text_and_no_day_breaks_it(text: str, today: date) -> None:
    reading = a_date(text, today)
    if isinstance(reading, Filled):
        assert 1900 <= date.fromisoformat(reading.value).year <= 2100
    else:
        assert reading.why
