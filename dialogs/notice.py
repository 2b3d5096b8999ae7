"""The notice on personal information as data: who, what for, how long, who receives it. Proved with the programmes."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from dialogs.programme import Programme

KEPT = ("draft", "never", "person", "proof")
"""How long an item is kept: until its draft is over (and as a claim after filing), not at all, as long as we know of
the person, or as a proof."""
KEPT_SHOWN = {
    "draft": "没提交：最后一次填写后 {draft_days} 天。已提交：{claims_kept}",
    "person": "最后一次说话（或没提交的自动删除）后 30 天；有已提交的申领时，和申领一起留着",
    "never": "不保存，用完就忘",
    "proof": "{proof_days} 天；有已提交的申领时，和申领一起留着",
}
ALSO_ASKED = ("location",)
"""Groups that no programme asks for: conversation asks for them itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the notice's list.

    steps  ids of the programmes' steps it is about
    group  the consent asked for separately, "" without one
    kept   one of KEPT; `how_long` is that in words
    """

    what: str
    purpose: str
    without: str
    kept: str
    who: str
    group: str = ""
    steps: tuple[str, ...] = ()
    how_long: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of the notice.

    url         of the whole page, "" when the account has no public address
    draft_days  after so many days untouched a draft is deleted
    """

    version: str
    summary: str
    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    url: str = ""
    draft_days: int = 30

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group that is asked for separately, in the notice's order."""
        return tuple(item.group for item in self.items if item.group)


NO_NOTICE = Notice("", "", (), ())


class NoticeUnsound(ValueError):
    """The notice must not be shown: `faults` says what is wrong, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("notice: " + "; ".join(faults))
        self.faults = faults


def read_notice(toml_text: str, values: Mapping[str, str], url: str = "") -> Notice:
    """From programmes/notice.toml. Raises NoticeUnsound.

    values  for the places in braces: operator, contact, draft_days, proof_days, claims_kept, receiver
    """
    try:
        table = tomllib.loads(toml_text)
        items = tuple(_item(raw, values) for raw in table["items"])
        sections = tuple(Section(raw["title"], raw["text"].strip().format(**values)) for raw in table["sections"])
        summary = table["summary"].strip().format(**values)
        return Notice(str(table["version"]), summary, items, sections, url, int(values["draft_days"]))
    except tomllib.TOMLDecodeError as broken:
        raise NoticeUnsound([f"not TOML: {broken}"]) from broken
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as wrong:
        raise NoticeUnsound([f"something is missing or misplaced: {type(wrong).__name__} {wrong}"]) from wrong


def _item(raw: Mapping[str, Any], values: Mapping[str, str]) -> Item:
    known = {field.name for field in fields(Item)} - {"how_long"}
    if unknown := set(raw) - known:
        raise KeyError(f"unknown key {sorted(unknown)[0]}")
    item = Item(**{**raw, "steps": tuple(raw.get("steps", ()))})
    how_long = KEPT_SHOWN.get(item.kept, "").format(**values)
    return replace(item, how_long=how_long, who=item.who.format(**values))


def completed(notice: Notice, programmes: Iterable[Programme]) -> Notice:
    """The notice with a row of its own for whatever a programme asks and no item names: a new city needs no change
    here. What it is for is the step's own `why`; it is kept, and given to whom, as the first item is."""
    like, more = notice.items[0], []
    named = {step for item in notice.items for step in item.steps}
    for programme in programmes:
        for step in programme.asked:
            if step.kind not in ("consent", "notice") and step.id not in named and step.why:
                without = "不填就不能在这里提交" if step.required else "可以不填"
                more.append(replace(
                    like, what=step.label, purpose=step.why.rstrip("。"), without=without, group=step.consent,
                    steps=(step.id,),
                ))  # fmt: skip
                named.add(step.id)
    return replace(notice, items=(*notice.items, *more)) if more else notice


def prove(notice: Notice, programmes: Iterable[Programme]) -> list[str]:
    """What of the programmes the notice does not say; empty when it says all."""
    faults = [] if notice.version else ["version is missing"]
    odd = (item.what for item in notice.items if item.kept not in KEPT)
    faults += [f"item {what!r}: kept is one of {', '.join(KEPT)}" for what in odd]
    faults += [f"group {group!r} is no item" for group in ALSO_ASKED if group not in notice.groups]
    for programme in programmes:
        for step in programme.asked:
            if step.kind == "consent":
                if step.consent not in notice.groups:
                    faults.append(f"{programme.id}.{step.id}: its group {step.consent!r} is no item")
                continue
            if step.kind == "notice":
                continue
            about = [item for item in notice.items if step.id in item.steps]
            if not about:
                faults.append(f"{programme.id}.{step.id}: {step.label} is in no item of the notice, and has no `why`")
            elif step.consent and all(item.group != step.consent for item in about):
                faults.append(f"{programme.id}.{step.id}: no item of its group {step.consent!r} names it")
    return faults


def pages(lines: Iterable[str], max_bytes: int = 1500) -> list[str]:
    """Lines in parts that fit a reply each; a line is never broken unless it alone is too long."""
    parts: list[str] = []
    size = 0
    for line in lines:
        room = len(line.encode()) + 1
        if parts and size + room <= max_bytes:
            parts[-1] += f"\n{line}"
            size += room
        else:
            parts.append(line)
            size = room
    return parts


def in_parts(notice: Notice) -> list[str]:
    """The whole notice as parts of a chat."""
    lines = [f"个人信息处理说明（{notice.version} 版）", *notice.summary.split("\n")]
    for item in notice.items:
        lines.append(
            f"\n{item.what}\n用来：{item.purpose}\n不给会怎样：{item.without}\n存多久：{item.how_long}\n给谁：{item.who}"
        )
    for section in notice.sections:
        lines.append(f"\n{section.title}\n{section.text}")
    return pages(lines)
