"""Reason codes as data: why a paper is asked for again, why a claim is refused, each in the claimant's words. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """`says`: what is wrong; `do`: how to do better, "" where there is nothing to be done."""

    says: str
    do: str = ""


NOT_SAID = Reason("")
"""A code that is no longer in the file: the event stays, its words are gone."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """By code."""

    retake: Mapping[str, Reason] = field(default_factory=dict)
    refuse: Mapping[str, Reason] = field(default_factory=dict)


NO_REASONS = Reasons()


def read_reasons(toml_text: str) -> Reasons:
    """From programmes/reasons.toml. Raises ValueError naming the entry that cannot be understood."""
    table = tomllib.loads(toml_text)
    if set(table) != {"retake", "refuse"}:
        raise ValueError("reasons: the tables are [retake] and [refuse]")
    return Reasons(**{kind: {code: _reason(kind, code, raw) for code, raw in table[kind].items()} for kind in table})


def _reason(kind: str, code: str, raw: Any) -> Reason:
    known = {"says", "do"} if kind == "retake" else {"says"}
    if not isinstance(raw, dict) or set(raw) != known or not all(isinstance(text, str) for text in raw.values()):
        raise ValueError(f"reasons: {kind}.{code} needs exactly {' and '.join(sorted(known))}, texts")
    return Reason(**raw)
