"""When a step is relevant: a small table of conditions over earlier answers, read from a programme. Never `eval`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Among:
    """The answer of `step` is one of `values`; an unanswered or skipped step is in none."""

    step: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts holds; an empty All always holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the parts holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition = Among | All | Any | Not
ALWAYS = All()


def holds(condition: Condition, answers: Answers) -> bool:
    """Does the condition hold for these answers?"""
    match condition:
        case Among(step, values):
            return answers.get(step) in values
        case All(parts):
            return all(holds(part, answers) for part in parts)
        case Any(parts):
            return any(holds(part, answers) for part in parts)
        case Not(part):
            return not holds(part, answers)


def mentioned(condition: Condition) -> Iterator[Among]:
    """Every comparison inside, for the soundness check."""
    match condition:
        case Among():
            yield condition
        case All(parts) | Any(parts):
            for part in parts:
                yield from mentioned(part)
        case Not(part):
            yield from mentioned(part)


def read_condition(table: object) -> Condition:
    """A condition from its TOML table, e.g. {equal = ["way", "agent"]}. Raises ValueError that names the fault."""
    if table is None:
        return ALWAYS
    if not isinstance(table, Mapping) or len(table) != 1:
        raise ValueError(f"a condition is a table with one of equal, in, all, any, not; got {table!r}")
    (word, body), *_ = table.items()
    match word, body:
        case "equal", [str(step), str(value)]:
            return Among(step, (value,))
        case "in", [str(step), [*values]] if values and all(isinstance(value, str) for value in values):
            return Among(step, tuple(values))
        case "all", [*parts]:
            return All(tuple(read_condition(part) for part in parts))
        case "any", [*parts] if parts:
            return Any(tuple(read_condition(part) for part in parts))
        case "not", part:
            return Not(read_condition(part))
    raise ValueError(f"condition {word!r} does not understand {body!r}")
