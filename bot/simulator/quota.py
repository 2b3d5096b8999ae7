"""How many customer-service messages each follower may still be sent (in force since June 2023)."""

from typing import Literal

from bot.simulator.errors import WeChatSays

Trigger = Literal["message", "click", "follow", "scan"]
MINUTE_S, TWO_DAYS_S = 60.0, 48 * 3600.0
ALLOWED: dict[Trigger, tuple[int, float]] = {
    "message": (5, TWO_DAYS_S),
    "click": (3, MINUTE_S),
    "follow": (3, MINUTE_S),
    "scan": (3, MINUTE_S),
}


class Quota:
    """One follower's allowance. Triggers do not add up: each sets its own window back to the full count.

    Not locked: the platform holds its lock around every call.
    """

    def __init__(self) -> None:
        self._windows: dict[Trigger, tuple[int, float]] = {}

    def earned(self, trigger: Trigger, now: float) -> None:
        count, lasts_s = ALLOWED[trigger]
        self._windows[trigger] = (count, now + lasts_s)

    def lost(self) -> None:
        """Unfollowing ends every window."""
        self._windows.clear()

    def spend(self, now: float) -> None:
        """Use one. Raises WeChatSays 45015 when no window is open, 45047 when the open ones are used up."""
        open_now = {trigger: (left, until) for trigger, (left, until) in self._windows.items() if until > now}
        if not open_now:
            raise WeChatSays(45015)
        usable = [(until, trigger, left) for trigger, (left, until) in open_now.items() if left > 0]
        if not usable:
            raise WeChatSays(45047)
        until, trigger, left = min(usable)  # the one that ends first: what lasts longer is kept
        self._windows[trigger] = (left - 1, until)

    def left(self, now: float) -> int:
        return sum(left for left, until in self._windows.values() if until > now)
