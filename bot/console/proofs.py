"""A new text before it goes live: what is wrong with it, how it will read, what it will change."""

import csv
from dataclasses import dataclass, field

from bot import published
from bot.console import content_words as words
from bot.console.desk import Desk
from bot.console.fault_words import in_chinese
from bot.office_file import OfficesUnusable
from dialogs.directory_check import check_directory
from dialogs.knowledge import Knowledge
from dialogs.offices import Directory, dialable
from dialogs.programme import Programme, Unsound, read_programme
from dialogs.programmes import shipped
from handlers.rehearsal import Rehearsed, rehearse


@dataclass(frozen=True, slots=True)
class Proof:
    """faults: nothing may go live while there is one; readings: (of whom or what, text as on the phone); changes: lines
    of what becomes different; rehearsed: of a programme, what happens to the claims in progress."""

    faults: list[str] = field(default_factory=list)
    readings: list[tuple[str, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    rehearsed: Rehearsed | None = None


def item_of(desk: Desk, kind: str, name: str) -> published.Item | None:
    """The item as it reads now; None when there is none of this name."""
    knowledge = desk.world.knowledge
    if kind == "programme" and name in knowledge.programmes:
        text = desk.contents.texts().get((kind, name)) or shipped(f"{name}.toml")
        return published.Item("programme", name, knowledge.programmes[name].name, text)
    if kind == "offices" and name == "offices":
        return published.Item(
            "offices", name, words.OFFICES, desk.contents.texts().get((kind, name)) or shipped("offices.csv")
        )
    return next((one for one in published.items(knowledge) if (one.kind, one.name) == (kind, name)), None)


def shipped_text(desk: Desk, item: published.Item) -> str:
    """What ships in place of this item."""
    if item.kind in ("programme", "offices"):
        return shipped(f"{item.name}.toml" if item.kind == "programme" else "offices.csv")
    bare = desk.trial({one: text for one, text in desk.contents.texts().items() if one[0] in ("programme", "offices")})
    return next((one.text for one in published.items(bare) if (one.kind, one.name) == (item.kind, item.name)), "")


def proof(desk: Desk, item: published.Item, text: str) -> Proof:
    """Everything a publisher must know. Raises StoreUnavailable."""
    if item.kind == "offices":
        if desk.offices_are_a_file:
            return Proof([words.IS_A_FILE])
        if faults := [in_chinese(fault) for fault in check_directory(text)]:
            return Proof(faults)
    elif item.kind != "programme" and (faults := published.faults(item, text, desk.world.knowledge)):
        return Proof(faults)
    try:
        then = desk.trial({**desk.contents.texts(), (item.kind, item.name): text})
    except Unsound as unsound:
        return Proof([in_chinese(fault) for fault in unsound.faults])
    except (OfficesUnusable, ValueError, csv.Error) as trouble:
        return Proof([in_chinese(str(trouble))])
    now = desk.world.knowledge
    match item.kind:
        case "offices":
            return Proof(changes=office_changes(now.directory, then.directory))
        case "programme":
            return _of_programme(desk, item.name, text, now, then)
        case "notice":
            return Proof(readings=published.readings(item, text, then), changes=[words.NOTICE_KEPT])
        case _:
            return Proof(readings=published.readings(item, text, then))


def office_changes(now: Directory, then: Directory) -> list[str]:
    """Added, removed, and with other numbers."""
    old, new = ({row.name: row for row in one.offices} for one in (now, then))
    lines = [f"新增：{name} {' '.join(dialable(new[name]))}" for name in new if name not in old]
    lines += [f"删除：{name}" for name in old if name not in new]
    lines += [f"电话改了：{name} {' '.join(dialable(old[name]))} → {' '.join(dialable(new[name]))}"
              for name in new if name in old and dialable(old[name]) != dialable(new[name])]  # fmt: skip
    lines += [f"其他栏目改了：{name}" for name in new
              if name in old and dialable(old[name]) == dialable(new[name]) and old[name] != new[name]]  # fmt: skip
    return lines


def _of_programme(desk: Desk, name: str, text: str, now: Knowledge, then: Knowledge) -> Proof:
    found = read_programme(text)
    if found.id != name:
        return Proof([words.OTHER_ID.format(found=found.id, wanted=name)])
    old, new = now.programmes[name], then.programmes[name]
    if old.version == new.version and published.shape(old) != published.shape(new):
        return Proof([words.SAME_VERSION])
    return Proof(readings=published.questions_of(new), changes=_steps_changed(old, new),
                 rehearsed=rehearse(desk.world, old, new))  # fmt: skip


def _steps_changed(old: Programme, new: Programme) -> list[str]:
    before, after = ({step.id: step for step in one.steps} for one in (old, new))
    lines = [f"新增：{after[one].label}" for one in after if one not in before]
    lines += [f"删除：{before[one].label}" for one in before if one not in after]
    lines += [f"改了：{after[one].label}" for one in after if one in before and after[one] != before[one]]
    return lines
