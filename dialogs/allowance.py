"""How many customer-service messages a person may still be sent: WeChat's quotas, reckoned so that we never believe in
more than it grants. Pure; times in unix seconds.

source  WeChat's page on customer-service messages (in force since June 2023): 5 within 48 h of a message; 3 within one
        minute of a click, a scan or following. They are set back to the full count, they do not add up. A tapped option
        counts as a click by what public integrators observed: so it is reckoned here
"""

from typing import Literal

from msgspec.structs import replace

from dialogs.session import Reach

Trigger = Literal["message", "brief"]
"""What a person did: sent a message, or one of the deeds that open a minute only."""

MESSAGE_COUNT, MESSAGE_S = 5, 48 * 3600
BRIEF_COUNT, BRIEF_S = 3, 60
MESSAGE_MARGIN_S, BRIEF_MARGIN_S = 600, 10
"""Our clock and WeChat's differ, and a call takes its time: windows close so much earlier for us."""
LATE_S = 20
"""WeChat repeats a push for 15 s: so much older may be what we learn of now."""


def earned(reach: Reach, trigger: Trigger, created: int, now: int) -> Reach:
    """The person did something at `created` by WeChat's clock, of which we learn now. What is older than what is known
    gives nothing; what we sent a moment ago may have been taken from the new count already."""
    start = min(created, now) if created else now
    reach = replace(reach, gone=False)
    kept = reach.spent_at > now - LATE_S
    if trigger == "message":
        until = start + MESSAGE_S - MESSAGE_MARGIN_S
        if until <= max(now, reach.until - 1):
            return reach
        before = reach.left if reach.until > start else MESSAGE_COUNT - BRIEF_COUNT
        return replace(reach, left=before if kept else MESSAGE_COUNT, until=until)
    until = start + BRIEF_S - BRIEF_MARGIN_S
    if until <= max(now, reach.brief_until - 1):
        return reach
    before = reach.brief_left if reach.brief_until > start else 0
    return replace(reach, brief_left=before if kept else BRIEF_COUNT, brief_until=until)


def left(reach: Reach, now: int) -> int:
    """How many messages may be sent now."""
    if reach.gone:
        return 0
    return max(reach.left if reach.until > now else 0, reach.brief_left if reach.brief_until > now else 0)


def spent(reach: Reach, now: int, count: int = 1) -> Reach:
    """So many are being sent. Which of two open windows WeChat takes them from is not documented: from both."""
    return replace(
        reach, spent_at=now,
        left=max(0, reach.left - count), brief_left=max(0, reach.brief_left - count),
    )  # fmt: skip


def used_up(reach: Reach) -> Reach:
    """WeChat says that the count is used up."""
    return replace(reach, left=0, brief_left=0)


def closed(reach: Reach) -> Reach:
    """WeChat says that no window is open."""
    return replace(reach, left=0, until=0, brief_left=0, brief_until=0)


def gone(reach: Reach) -> Reach:
    """They do not follow any more, or refuse: nothing is sent until they write."""
    return replace(closed(reach), gone=True)
