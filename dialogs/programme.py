"""A programme is data: the steps of one city's claim, read from TOML. `soundness.py` proves it before it is walked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from dialogs.conditions import ALWAYS, Answers, Condition, holds, read_condition

KINDS = (
    "consent", "choice", "text", "date", "id_number", "bank_card", "social_card", "phone", "address", "photo", "notice",
    "place",
)  # fmt: skip
OPTIONAL = {"verify": bool, "verify_how": str}
"""Keys of a programme that may be left out."""
SKIPPED = ""
"""The accepted answer of an optional step that was skipped."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: `id` is stored, `label` shown; `also` are other words for it; `remark` follows it."""

    id: str
    label: str
    also: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One question, paper, notice or consent of a programme.

    prompt       what is asked; hint a short line under it; guidance the longer help of a second try
    why          why we ask
    label        how the summary and the slot board name it
    sensitivity  "" | "personal" | "sensitive": sensitive values are masked in every read-back
    source       "claimant" or "agency": agency fields are filled by the system, shown, never asked
    consent      for kind consent: the item group agreed to; for others: the group that must be agreed to before
    wanted       for photos: "card" | "portrait" | "page"
    colour       for photos: a black-and-white picture is not enough
    verified     for agency fields: what the real-name check fills, "name" | "id_number"; "" for nothing
    paper        for photos: which of papers.PAPERS the optional reader compares it with; "" to compare with none
    """

    id: str
    kind: str
    prompt: str = ""
    hint: str = ""
    guidance: str = ""
    why: str = ""
    label: str = ""
    example: str = ""
    sensitivity: str = ""
    source: str = "claimant"
    required: bool = True
    options: tuple[Option, ...] = ()
    condition: Condition = ALWAYS
    consent: str = ""
    wanted: str = "page"
    colour: bool = False
    paper: str = ""
    verified: str = ""

    def relevant(self, answers: Answers) -> bool:
        """Is it asked, given these answers?"""
        return holds(self.condition, answers)

    def option(self, option_id: str) -> Option | None:
        """The option of this id."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class Programme:
    """All that is asked in one city's claim.

    version        changes whenever an answer may have to be asked again
    office_step    the step whose answer names or contains the responsible office's place
    default_office who is responsible when that place names no office
    verify         the guide asks for a real-name check; verify_how says where and how it is made
    area_code      of the city, for telephone numbers typed without it
    """

    id: str
    version: str
    name: str
    province: str
    city: str
    default_office: str
    office_step: str
    area_code: str
    opening: str
    filed: str
    approved: str
    rejected: str
    steps: tuple[Step, ...]
    verify: bool = False
    verify_how: str = ""

    def step(self, step_id: str) -> Step | None:
        """The step of this id."""
        return self._by_id.get(step_id)

    @cached_property
    def _by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}

    @cached_property
    def asked(self) -> tuple[Step, ...]:
        """The steps that a claimant answers, in order."""
        return tuple(step for step in self.steps if step.source == "claimant")

    @cached_property
    def system_fields(self) -> tuple[Step, ...]:
        """The fields that the agency's system extracts."""
        return tuple(step for step in self.steps if step.source == "agency")


class Unsound(ValueError):
    """A programme that must not be walked; `faults` says what is wrong, one sentence each."""

    def __init__(self, programme: str, faults: list[str]) -> None:
        super().__init__(f"programme {programme}: " + "; ".join(faults))
        self.faults = faults


def read_programme(toml_text: str) -> Programme:
    """A programme from its TOML. Raises Unsound when the file cannot be understood (see also soundness.prove)."""
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as broken:
        raise Unsound("?", [f"not TOML: {broken}"]) from broken
    name = str(table.get("id", "?"))
    faults: list[str] = []
    steps = []
    raw_steps = table.pop("steps", None)
    if not isinstance(raw_steps, list) or not raw_steps:
        raise Unsound(name, ["it has no [[steps]]"])
    for number, raw in enumerate(raw_steps, 1):
        try:
            steps.append(_read_step(raw))
        except (ValueError, TypeError) as wrong:
            faults.append(f"step {raw.get('id', number) if isinstance(raw, Mapping) else number}: {wrong}")
    known = {field.name for field in fields(Programme)} - {"steps", *OPTIONAL}
    optional = {key: table.pop(key) for key in OPTIONAL if key in table}
    faults += [f"key {key!r} must be {OPTIONAL[key].__name__}" for key, value in optional.items()
               if not isinstance(value, OPTIONAL[key])]  # fmt: skip
    faults += [f"unknown key {key!r}" for key in table if key not in known]
    faults += [f"key {key!r} is missing" for key in sorted(known - table.keys())]
    faults += [f"key {key!r} must be a text" for key in known & table.keys() if not isinstance(table[key], str)]
    if faults:
        raise Unsound(name, faults)
    return Programme(**{key: table[key].strip() for key in known}, steps=tuple(steps), **optional)


def _read_step(raw: object) -> Step:
    if not isinstance(raw, Mapping):
        raise ValueError("is not a table")
    table = dict(raw)
    known = {field.name for field in fields(Step)} - {"condition"} | {"relevant"}
    unknown = [key for key in table if key not in known]
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    condition = read_condition(table.pop("relevant", None))
    options = tuple(_read_option(option) for option in table.pop("options", ()))
    for key, value in table.items():
        wanted = bool if key in ("required", "colour") else str
        if not isinstance(value, wanted):
            raise ValueError(f"{key!r} must be {'true or false' if wanted is bool else 'a text'}")
    texts: dict[str, Any] = {key: value.strip() if isinstance(value, str) else value for key, value in table.items()}
    return Step(**texts, options=options, condition=condition)


def _read_option(raw: object) -> Option:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str) or not isinstance(raw.get("label"), str):
        raise ValueError("an option needs an id and a label")
    unknown = set(raw) - {"id", "label", "also", "remark"}
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r} in option {raw['id']}")
    return Option(raw["id"], raw["label"].strip(), tuple(raw.get("also", ())), str(raw.get("remark", "")).strip())
