"""What the two guides and the law say, as texts: chosen by place, with the office to call filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dialogs.model import Context
from dialogs.offices import NOTHING_KNOWN, Directory, dialable
from dialogs.questions import Intent

Kind = Literal["faq", "office", "materials", "status", "eligibility", "claim", "other"]
Role = Literal["agency", "helper"]

BY_PROVINCE = {"云南省": "yunnan", "吉林省": "jilin"}
# their answers are lists that the guides' data holds, not sentences of faq.toml
MATERIALS, WHERE, OFFICES = 12, 13, 43
_PHONE = re.compile(r"\{phone ([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Local:
    """One guide: texts as printed. `city_*` hold what only people insured in that city may use."""

    area: str
    top_office: str
    top_phone: str
    papers_title: str
    papers: tuple[str, ...]
    papers_note: str
    papers_short: str
    steps: tuple[str, ...]
    channels: tuple[str, ...]
    channels_short: str
    onsite: str
    conditions: str
    statuses: tuple[str, ...]
    city_name: str = ""
    city_offices: tuple[str, ...] = ()
    city_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the list or one other intent; `answers` by "answer", "yunnan", "jilin", "unknown", a role."""

    key: str
    kind: Kind
    topic: str
    faq: int | None
    question: str
    answers: Mapping[str, str]
    stops_form: bool
    intent: Intent


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that can be answered."""

    words: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    ordinary: tuple[str, ...]
    entries: Mapping[str, Entry]
    locals: Mapping[str, Local]
    national_conditions: str
    role: Role

    def faq(self, number: int, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The answer to a question by its number, for the person's place. Raises KeyError for an unknown number."""
        entry = self.entries[faq_key(number)]
        if number == MATERIALS:
            return self.materials(context, directory)
        if number == WHERE:
            return self.where(context, directory)
        return self.filled(self._chosen(entry, context), context, directory)

    def reply(self, entry: Entry, context: Context, directory: Directory | None = None) -> str:
        """What is said to an intent that is no question of the list; "" where it has no words of its own."""
        return self.filled(self._chosen(entry, context), context, directory)

    def materials(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The papers: the numbered list of the person's guide, both shortly when the place is not known."""
        local = self.locals.get(context.province)
        if local is None:
            both = "\n".join(one.papers_short for one in self.locals.values())
            return f"{both}\n你最后在哪里参保？告诉我，我只说你那里的。"
        lines = [f"{number}. {paper}" for number, paper in enumerate(local.papers, 1)]
        listed = lines if len(lines) > 1 else list(local.papers)
        return self.filled("\n".join([local.papers_title, *listed, local.papers_note]), context, directory)

    def where(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """Where to claim, shortly."""
        local = self.locals.get(context.province)
        if local is None:
            return "\n".join(f"{one.area}：{one.channels_short}" for one in self.locals.values())
        lines = [local.channels_short]
        if local.city_channels and (not context.last_insured or self._in_city(local, context)):
            lines.append(f"在{local.city_name}参保的，还可以用：" + "，".join(local.city_channels))
        lines.append("办不了，问{office}。")
        return self.filled("\n".join(lines), context, directory)

    def steps(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The guide's steps, one message each; a pointer to both guides when the place is not known."""
        local = self.locals.get(context.province)
        if local is not None:
            return local.steps
        return tuple(f"{one.area}一共{len(one.steps)}步。{one.steps[0]}" for one in self.locals.values())

    def channels(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The ways to claim, a city's own only for people insured there."""
        local = self.locals.get(context.province)
        if local is None:
            return tuple(f"{one.area}：{channel}" for one in self.locals.values() for channel in one.channels)
        return (*local.channels, *(local.city_channels if self._in_city(local, context) else ()))

    def onsite(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """How to claim in person; both guides when the place is not known."""
        local = self.locals.get(context.province)
        if local is not None:
            return self.filled(local.onsite, context, directory)
        return "\n".join(self.filled(one.onsite, Context(province=name)) for name, one in self.locals.items())

    def conditions(self, context: Context = NOTHING_KNOWN) -> str:
        """What a person must meet: the guide's own words first, else the law's."""
        local = self.locals.get(context.province)
        return local.conditions if local is not None else self.national_conditions

    def statuses(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The states a claim goes through by the guide; () when the place is not known."""
        local = self.locals.get(context.province)
        return local.statuses if local is not None else ()

    def office(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """Whom to call: the last insured place's office, else the province's, else both. Name and telephone."""
        known = directory.named(context.last_insured) if directory is not None and context.last_insured else None
        if known is not None:
            return f"{known.name} {' 或 '.join(dialable(known))}"
        local = self.locals.get(context.province)
        if local is not None:
            return f"{local.top_office} {_phone(local.top_office, directory, local.top_phone)}"
        both = (f"{one.area}{_phone(one.top_office, directory, one.top_phone)}" for one in self.locals.values())
        return "经办机构（" + "，".join(both) + "）"

    def filled(self, text: str, context: Context, directory: Directory | None = None) -> str:
        """The text with {office} replaced by whom to call, and {phone NAME} by that office's number."""
        text = _PHONE.sub(lambda named: _phone(named[1], directory, "12333"), text)
        return text.replace("{office}", self.office(context, directory)) if "{office}" in text else text

    def _in_city(self, local: Local, context: Context) -> bool:
        return context.last_insured in local.city_offices

    def _chosen(self, entry: Entry, context: Context) -> str:
        place = BY_PROVINCE.get(context.province, "unknown")
        answers = entry.answers
        return answers.get(self.role) or answers.get(place) or answers.get("answer", "")


def _phone(office: str, directory: Directory | None, otherwise: str) -> str:
    """An office's numbers as the directory has them today: its file may be replaced."""
    found = directory.named(office) if directory is not None else None
    return " 或 ".join(dialable(found)) if found is not None else otherwise


def faq_key(number: int) -> str:
    """The key of a question of the list."""
    return f"faq:{number}"
