"""The texts that can be edited at the console: what there is, where each stands in the knowledge, and its proof."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dialogs import wording
from dialogs.guidebook import MATERIALS, OFFICES, WHERE, faq_key
from dialogs.knowledge import Knowledge
from dialogs.model import Context
from dialogs.programme import Programme
from dialogs.soundness import MAX_TEXT_BYTES, ROOM_BYTES
from storage.contents import Kind, Texts

NOTHING: Texts = {}
GREETING = ("greeting", "greeting")
WHOM = ("answer", "yunnan", "jilin", "unknown", "helper", "agency")
MOST_BYTES = MAX_TEXT_BYTES - ROOM_BYTES
FAQ_NUMBERS = range(1, 46)
_FILLED = re.compile(r"\{([^}]*)\}")
_NOT_THE_AGENCY = "不是经办机构"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Item:
    """One text that can be edited: what it is called, and how it reads now."""

    kind: Kind
    name: str
    title: str
    text: str


def items(knowledge: Knowledge) -> list[Item]:
    """Greeting, notices and answers; programmes and offices are files of their own."""
    greeting = wording.WELCOME_HELPER if knowledge.account.role == "helper" else wording.WELCOME_AGENCY
    found = [Item("greeting", "greeting", "关注后的问候", knowledge.greeting or greeting)]
    for programme in knowledge.programmes.values():
        found += [Item("notice", f"{programme.id}.{step.id}", f"{programme.city}：{step.label}", step.prompt)
                  for step in programme.asked if step.kind == "notice"]  # fmt: skip
    for number in FAQ_NUMBERS:
        entry = knowledge.guide.book.entries[faq_key(number)]
        if number not in (MATERIALS, WHERE, OFFICES):  # these are lists of the guide's own data
            found += [Item("faq", f"{number}.{whom}", f"{number}. {entry.question}", entry.answers[whom])
                      for whom in WHOM if whom in entry.answers]  # fmt: skip
    return found


def faq_answers(texts: Texts) -> Mapping[tuple[str, str], str]:
    """Published answers by (entry's key, for whom)."""
    found = {}
    for (kind, name), text in texts.items():
        number, _, whom = name.partition(".")
        if kind == "faq" and number.isdigit() and whom in WHOM:
            found[faq_key(int(number)), whom] = text
    return found


def with_notices(programme: Programme, texts: Texts) -> Programme:
    """The programme with its published notices."""
    steps = (
        replace(step, prompt=texts.get(("notice", f"{programme.id}.{step.id}")) or step.prompt)
        if step.kind == "notice" else step for step in programme.steps
    )  # fmt: skip
    return replace(programme, steps=tuple(steps))


def faults(item: Item, text: str, knowledge: Knowledge) -> list[str]:
    """What is wrong with a new text, in the operator's words; empty when it may go live."""
    found = []
    if not text.strip():
        found.append("内容是空的。")
    if _CONTROL.search(text):
        found.append("里面有看不见的控制字符，请重新打一遍，不要从别处粘贴。")
    allowed = {"greeting": ("operator",), "faq": ("office",)}.get(item.kind, ())
    for name in _FILLED.findall(text):
        if item.kind == "faq" and name.startswith("phone "):
            if knowledge.directory.named(name.removeprefix("phone ")) is None:
                found.append(f"{{{name}}}：名录里没有这个经办机构。")
        elif name not in allowed:
            may = "、".join(f"{{{one}}}" for one in allowed) or "没有"
            found.append(f"不认识 {{{name}}}。这里能用的：{may}。")
    if item.kind == "greeting" and knowledge.account.role == "helper" and _NOT_THE_AGENCY not in text:
        found.append(f"本号不是经办机构，问候里必须写明“{_NOT_THE_AGENCY}”。")
    longest = max((len(reading.encode()) for _, reading in readings(item, text, knowledge)), default=0)
    if longest > MOST_BYTES:
        found.append(f"太长：填好后 {longest} 字节，最多 {MOST_BYTES} 字节（一个汉字 3 字节）。")
    return found


def readings(item: Item, text: str, knowledge: Knowledge) -> list[tuple[str, str]]:
    """(for whom, the reply as the phone shows it), without the options under it."""
    match item.kind:
        case "greeting":
            return [("", text.replace("{operator}", knowledge.account.operator))]
        case "faq":
            whom = item.name.partition(".")[2]
            everywhere = ("", "云南省", "吉林省")
            provinces = {"yunnan": ("云南省",), "jilin": ("吉林省",), "unknown": ("",)}.get(whom, everywhere)
            book = knowledge.guide.book
            said = [(one or "还不知道在哪", book.filled(text, Context(province=one), knowledge.directory))
                    for one in provinces]  # fmt: skip
            return said if len({reading for _, reading in said}) > 1 else said[:1]
        case _:
            return [("", text)]


def questions_of(programme: Programme) -> list[tuple[str, str]]:
    """(label, how the question reads with its options) of every step that is asked."""
    return [(step.label, "\n".join([step.prompt, *([step.hint] if step.hint else []),
                                    *(f"{at} {option.label}" for at, option in enumerate(step.options, 1))]))
            for step in programme.asked]  # fmt: skip


def shape(programme: Programme) -> object:
    """All of a programme that decides whether an answer has to be asked again: its version must change with it."""
    return [(step.id, step.kind, step.required, step.condition, step.source, step.consent,
             tuple(option.id for option in step.options)) for step in programme.steps]  # fmt: skip
