"""Working days as China's calendar has them, holidays moved to weekdays and made up for at weekends included."""

from datetime import date, timedelta

import chinese_calendar

HANDLED_WITHIN = 10
"""社会保险经办条例 art 24: working days from receipt of a claim to its decision."""


def is_working_day(day: date) -> bool:
    """Monday to Friday where the State Council has not yet said which days of that year are holidays: the end of a
    span is then thought to come earlier, by as many days, than it does."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_gone(since: date, today: date) -> int:
    """Whole working days after the day of `since` and before today."""
    days = (since + timedelta(days=more) for more in range(1, (today - since).days))
    return sum(map(is_working_day, days))
