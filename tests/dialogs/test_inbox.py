"""News on their way out are never lost and never told twice without saying so, whatever happens in whatever order."""


from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs import allowance, inbox, photo_news, pushing
from dialogs.inbox import Outcome, returned, settled, taken
from dialogs.model import OpenId, Say
from dialogs.session import News, Reach, Session
from tests.build import knowledge

T = 1_800_000_000
ENDS = ("arrived", "unsure", "again", "closed", "used_up", "gone", "declined", "refused", "paused")
STEPS = st.lists(
    st.one_of(
        st.sampled_from([("news",), ("writes",), ("dies",), ("accepts",), ("waits", 30), ("waits", 100), ("waits", 7200)]),
        st.tuples(st.just("sends"), st.sampled_from(ENDS), st.booleans()),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_every_item_is_told_in_full_and_a_second_time_only_with_a_mark(steps: list[tuple[object, ...]]) -> None:
    session, now, made = Session(OpenId("o-test")), T, 0
    clear: list[str] = []  # as a person reads them: words without the mark
    marked: list[str] = []

    def reads(texts: list[str]) -> None:
        whole = "\n".join(texts)
        (marked if "可能已经发过" in whole else clear).append(whole)

    for step in [*steps, ("waits", 100), ("writes",)]:
        match step:
            case ("news",):
                made += 1
                item = News("claim", "", now, f"event/1/{made}", f"第{made}条。")
                session = replace(session, news=(*session.news, item))
            case ("accepts",):
                session = inbox.chosen(session, (("S", "accept"),))
            case ("waits", int(seconds)):
                now += seconds
            case ("writes",):
                lines, session = photo_news.riding(knowledge(), session, now)
                reads([line.text for line in lines if isinstance(line, Say)])
                session = replace(session, reach=allowance.earned(session.reach, "message", now, now))
            case ("sends" | "dies", *how):
                session = returned(session, now)
                plan = pushing.plan(knowledge(), session, now, pushing.WAYS, "S")
                if plan is None:
                    continue
                session = taken(session, plan.way, plan.items, now, len(plan.messages), "S")
                sending = session.reach.sending
                assert sending is not None
                arrives = not how or how[0] == "arrived" or (how[0] == "unsure" and how[1])
                if arrives and plan.way == "custom":
                    reads(list(plan.messages))
                if how:
                    session = settled(session, sending, Outcome(how[0], 30, "S"), now)  # type: ignore[arg-type]
                    assert session.reach.sending is None
    for number in range(1, made + 1):
        told = sum(text.count(f"第{number}条。") for text in clear)
        again = sum(text.count(f"第{number}条。") for text in marked)
        assert told <= 1 and told + again >= 1
    assert session.news == () and session.reach.accepts.get("S", 0) >= 0


def test_a_paper_that_is_not_wanted_any_more_does_not_come_back() -> None:
    item = News("claim", "", T, "ask/1/id_emblem", "请补一张")
    session = Session(OpenId("o"), news=(item,), reach=Reach(left=5, until=T + 9999))
    sent = taken(session, "custom", (item,), T, 1)
    assert sent.reach.sending is not None
    assert settled(sent, sent.reach.sending, Outcome("unsure"), T + 5).news == ()


def test_what_somebody_else_has_ended_is_left_as_it_is() -> None:
    item = News("claim", "", T, "event/1/2", "x")
    sent = taken(Session(OpenId("o"), news=(item,)), "custom", (item,), T, 1)
    assert sent.reach.sending is not None
    ended = settled(sent, sent.reach.sending, Outcome("arrived"), T + 1)
    assert settled(ended, sent.reach.sending, Outcome("unsure"), T + 2) is ended


def test_nothing_sure_is_taken_from_the_allowance() -> None:
    item = News("claim", "", T, "event/1/2", "x")
    reach = allowance.earned(Reach(), "message", T, T)
    sent = taken(Session(OpenId("o"), news=(item,), reach=reach), "custom", (item,), T + 30, 1)
    assert sent.reach.sending is not None and sent.reach.left == 4
    assert settled(sent, sent.reach.sending, Outcome("again", 30), T + 31).reach.left == 5
    assert settled(sent, sent.reach.sending, Outcome("unsure"), T + 31).reach.left == 4
