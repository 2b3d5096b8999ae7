"""Rules and counts weighed together: answer, or offer the nearest questions.

The rules (questions.py) are right when they are sure, but know only the words they were given; the counts (heard.py)
know what people are likely to mean, but never that they know it. A question is answered where both agree, or where one
speaks clearly and the other does not contradict. Thresholds: docs/decisions/0006-questions.md.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dialogs.guidebook import Entry
from dialogs.heard import Likely, lead
from dialogs.questions import NEAR, Scored

CONTRADICTED = 0.3
"""How far behind the likeliest a sure rule's question may stand and still be answered."""
AGREED = 2.5
"""The lead that is enough where the rules, though unsure, have the same intent first."""
ALONE = 6.0
"""The lead that is enough where the rules have little to say for it."""
OFFERED = 3
OUTSIDE = "outside"
MOVING = (32, 33)
"""Numbers of the questions that speak of places elsewhere."""
UNCLEAR = 1.5
"""The lead under which nothing is offered to a text that speaks of nothing: 我失眠."""
DOUBTFUL, DOUBTFUL_KNOWN = 8.0, 3.5
"""How far what is none of ours must stay behind, by the counts, where nothing in the text is surely ours; and where
every word of it is known at least."""
CLEAR = 0.4
"""Points by the rules from which they count as agreeing."""
FAINT = 0.3
"""Points by the rules under which they have nothing to say for an intent."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The key of the intent to answer, or "" and the keys to offer, nearest first."""

    answer: str = ""
    offered: tuple[str, ...] = ()


def decide(
    entries: Mapping[str, Entry],
    ranked: Sequence[Scored],
    sure: bool,
    likely: Sequence[Likely],
    strange: bool = False,
    empty: bool = False,
    owned: bool = True,
    known: bool = False,
    afar: bool = False,
) -> Decision:
    """What to do with a question.

    ranked   intents by the rules, best first; `sure`: the first may be answered as far as the rules go
    likely   intents by the counts
    strange  it speaks of what is none of ours, and of nothing that is
    empty    it speaks of nothing we have a word for
    owned    something in it is surely ours: the benefit, being jobless, a place of ours
    known    every word of it is one of ours
    afar     it names a place elsewhere, and none of ours
    """
    decision = _weighed(entries, ranked, sure, likely, strange, empty)
    entry = entries.get(decision.answer)
    if entry is None or entry.kind == "other":
        return decision
    outside = next((one.points for one in likely if one.key == OUTSIDE), -math.inf)
    doubtful = not owned and likely[0].points - outside < (DOUBTFUL_KNOWN if known else DOUBTFUL)
    if not doubtful and not (afar and entry.faq not in MOVING):
        return decision
    same = {key: str(one.faq) for key, one in entries.items() if one.faq is not None}
    return Decision(offered=_offered(entries, lambda key: same.get(key, key), (entry.key, *_keys(likely))))


def _weighed(
    entries: Mapping[str, Entry],
    ranked: Sequence[Scored],
    sure: bool,
    likely: Sequence[Likely],
    strange: bool,
    empty: bool,
) -> Decision:
    same = {key: str(entry.faq) for key, entry in entries.items() if entry.faq is not None}

    def meaning(key: str) -> str:
        return same.get(key, key)

    top = likely[0].key if likely else ""
    margin = lead(likely, same)
    if sure:
        best = ranked[0].key
        behind = next((likely[0].points - one.points for one in likely if meaning(one.key) == meaning(best)), margin)
        if not top or (behind < _tolerance(entries, best, top) and not (strange and entries[best].kind != "other")):
            return Decision(answer=best)
        if strange and entries[top].kind == "other":
            return Decision(answer=top)
        return Decision(offered=_offered(entries, meaning, (best, *_keys(likely))))
    first = next((one.key for one in ranked if one.points >= NEAR and entries[one.key].faq is not None), "")
    same_first = first != "" and meaning(first) == meaning(top) and ranked[0].points >= CLEAR
    agreed = top != "" and (entries[top].kind == "other" or same_first)
    supported = agreed or any(one.key == top and one.points >= FAINT for one in ranked)
    if supported and margin >= (AGREED if agreed else ALONE):
        # "怎么办" is like much that is none of ours, but nothing in it says so: then it is not understood
        vague = top == OUTSIDE and all(one.key != top or one.points < FAINT for one in ranked)
        return Decision() if vague else Decision(answer=top)
    if empty and margin < UNCLEAR:
        return Decision()
    nearest = _offered(entries, meaning, _keys(likely))
    if first and meaning(first) not in map(meaning, nearest):
        nearest = (*nearest[: OFFERED - 1], first)
    return Decision(offered=nearest)


def _tolerance(entries: Mapping[str, Entry], best: str, top: str) -> float:
    """How far behind the likeliest a sure rule's intent may stand and still be answered."""
    if entries[best].question:
        return CONTRADICTED
    if entries[best].kind == "other" and (best != OUTSIDE or entries[top].faq is None):
        return math.inf
    return AGREED


def _keys(likely: Sequence[Likely]) -> tuple[str, ...]:
    return tuple(one.key for one in likely)


def _offered(entries: Mapping[str, Entry], meaning: Callable[[str], str], keys: Sequence[str]) -> tuple[str, ...]:
    """The first three that are questions of the list, each once."""
    kept: dict[str, str] = {}
    for key in keys:
        if entries[key].faq is not None:
            kept.setdefault(meaning(key), key)
    return tuple(kept.values())[:OFFERED]
