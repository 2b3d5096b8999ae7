"""The ledger of customer-service messages against a little model of WeChat's own rules: never more than it grants."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from dialogs.allowance import closed, earned, gone, left, spent, used_up
from dialogs.session import Reach

T = 1_800_000_000


@dataclass
class Account:
    """WeChat: each trigger sets its own window back to full; a message is taken from one open window."""

    windows: dict[str, list[float]] = field(default_factory=dict)
    follows: bool = True

    def happened(self, trigger: str, at: float) -> None:
        count, lasts = {"message": (5, 48 * 3600), "brief": (3, 60)}[trigger]
        self.windows[trigger] = [count, at + lasts]

    def takes(self, at: float, first: str) -> bool:
        order = [first, *(name for name in self.windows if name != first)]
        for name in order:
            window = self.windows.get(name)
            if window and window[0] > 0 and window[1] > at and self.follows:
                window[0] -= 1
                return True
        return False


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["message", "brief", "send", "send", "unfollow"]),
        st.one_of(st.integers(0, 130), st.integers(0, 60 * 3600)),  # seconds since the step before
        st.integers(0, 9),  # how late we learn of it
        st.integers(-5, 400),  # how far our clock is behind WeChat's; it may be a little ahead
        st.sampled_from(["message", "brief"]),  # the window from which WeChat takes the next
    ),
    max_size=40,
)


@given(STEPS)
def test_what_we_believe_in_wechat_grants(steps: list[tuple[str, int, int, int, str]]) -> None:
    account, reach, at = Account(), Reach(), float(T)
    behind = steps[0][3] if steps else 0
    for deed, wait_s, late_s, _, first in steps:
        at += wait_s
        match deed:
            case "send":
                now = int(at) - behind
                if left(reach, now):
                    reach = spent(reach, now)
                    assert account.takes(at, first)
            case "unfollow":
                account.follows, account.windows = False, {}
                reach = gone(reach)
            case _:
                account.follows = True
                account.happened(deed, at)
                created = int(at)
                at += late_s
                reach = earned(reach, deed, created, int(at) - behind)  # type: ignore[arg-type]


def test_a_message_grants_five_for_nearly_two_days() -> None:
    reach = earned(Reach(), "message", T, T + 1)
    assert left(reach, T + 47 * 3600) == 5 and left(reach, T + 48 * 3600 - 300) == 0
    for expected in (4, 3, 2, 1, 0, 0):
        reach = spent(reach, T + 100)
        assert left(reach, T + 101) == expected
    assert left(earned(reach, "message", T + 200, T + 200), T + 200) == 5


def test_a_click_grants_three_for_less_than_a_minute_beside_what_a_message_granted() -> None:
    reach = earned(Reach(), "brief", T, T)
    assert (left(reach, T + 49), left(reach, T + 51)) == (3, 0)
    both = earned(earned(Reach(), "message", T, T), "brief", T + 10, T + 10)
    assert (left(both, T + 20), left(both, T + 100)) == (5, 5)
    both = spent(spent(both, T + 20), T + 21)
    assert left(both, T + 100) == 3


def test_what_comes_late_or_twice_grants_nothing_more() -> None:
    reach = spent(earned(Reach(), "message", T, T), T + 5)
    assert left(earned(reach, "message", T - 3600, T + 6), T + 6) == 4
    assert left(earned(reach, "message", T + 4, T + 10), T + 10) == 4
    assert left(earned(Reach(), "message", T - 3 * 86400, T), T) == 0


def test_refusals_close_it() -> None:
    reach = earned(Reach(), "message", T, T)
    assert left(used_up(reach), T + 1) == left(closed(reach), T + 1) == left(gone(reach), T + 1) == 0
    assert left(earned(gone(reach), "message", T + 60, T + 60), T + 60) == 5
    assert not earned(gone(reach), "brief", T + 60, T + 60).gone
