"""A store known to be away is tried by one caller in a while; whoever succeeds ends it for all."""

from dataclasses import dataclass

from storage.outage import TRY_EVERY_S, Outage


@dataclass
class At:
    """A clock that is set by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_while_it_lasts_one_caller_in_a_while_is_let_through() -> None:
    at = At()
    outage = Outage(at)
    assert outage.admits() and not outage.lasts
    outage.failed()
    assert outage.lasts and not outage.admits()
    at.now += TRY_EVERY_S
    assert [outage.admits() for _ in range(3)] == [True, False, False]
    outage.failed()
    at.now += TRY_EVERY_S
    assert outage.admits()
    outage.ended()
    assert not outage.lasts and all(outage.admits() for _ in range(3))
