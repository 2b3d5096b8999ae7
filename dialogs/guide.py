"""A question in a person's own words, to its answer: sure ones answered, unsure ones offered, the rest referred.

Where the question names a place of ours, that place decides whose guide answers; offices come from the directory.
"""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from dialogs.concepts import Seen, Words
from dialogs.deciding import decide
from dialogs.guide_files import read_book
from dialogs.guidebook import Book, Entry, Kind, Role, faq_key
from dialogs.heard import Heard, read_heard
from dialogs.model import Context
from dialogs.named_places import named_places, placed, told_offices
from dialogs.normal import bare, plain
from dialogs.office_questions import asks_for_office, is_of_others, is_only_place
from dialogs.offices import NOTHING_KNOWN, Directory, Found
from dialogs.questions import LEAD, NEAR, SURE, Matcher, Scored, is_sure

OFFERED = 3
_OFFICE, _WHERE = 43, 13
_OF_AN_OFFICE = {faq_key(number) for number in (13, 17, 43)}
_ABOUT_A_PLACE = frozenset(
    ("outside", "claimverb", "can", "may", "where", "how", "benefit", "online", "onsite", "jobless", "office", "what",
     "when", "need", "startclaim", "phone")
)  # fmt: skip
"""All that is said where somebody only asks for a place: else the place elsewhere is where the person came from."""
# what a question can speak of, for deciding: other matters, ours, and nothing but the asking
_STRANGE = frozenset(("otherins", "labour", "offtopic", "tax"))
_OURS = frozenset(("benefit", "jobless", "startclaim", "can", "subsidy", "register", "submitted", "leave"))
_SURELY_OURS = frozenset(("benefit", "jobless", "startclaim", "submitted", "place"))
_ASKING = frozenset(("how", "where", "when", "what", "may", "need", "who", "self", "button", "fail"))
_DISTRESS = ("distress_life", "distress")
_SAID_ALONE = ("greeting", "thanks", "bye")
_ENOUGH = 0.45

_ASKS = re.compile(
    r"[?？]|吗|么$|呢$|不$|没$|没有$|嘛$|多少|哪里|哪儿|哪个|哪家|哪些|在哪|去哪|到哪|哪一步|怎么|怎样|咋|如何|什么|啥|几号|几个|几天|几年"
    r"|多久|多长|能不能|可不可以|可以不|行不行|是不是|有没有|要不要|会不会|算不算|该不该|为何|谁|请问|我想问|问一下|想知道|帮我查"
)
_WANTS_NUMBER = re.compile(r"(电话|号码|地址|联系方式|网点)(是|呢|吗)?$")
_TELEPHONE = re.compile(r"(?<!\d)(0\d{2,3}[- ]?)?\d{7,8}(?!\d)")
_STREET = re.compile(r"[路街巷道村组号栋幢室层楼]|单元|小区|\d{4,}")
_STATEMENTS = frozenset({"found_work", "no_certificate", "fraud", "human"})


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question was understood, and what is answered.

    faq         number of the question in the list, None where it is none of them
    offered     numbers of the nearest questions when nothing is sure; `reply` then asks which
    topic       what it is about, finer than `kind`: "found_work", "distress", "guide"…
    stops_form  the person is in need: no form goes on after this reply
    points      how sure, for tuning and for operators
    """

    kind: Kind
    faq: int | None
    offered: tuple[int, ...]
    reply: str
    topic: str = ""
    stops_form: bool = False
    points: float = 0.0


class Guide:
    """Both guides and all questions, read once; immutable afterwards."""

    def __init__(self, book: Book, heard: Iterable[tuple[str, str]] = ()) -> None:
        """heard: further sentences people have said, each behind the key of its intent."""
        self.book = book
        words = Words(book.words, book.ordinary, book.patterns)
        self._matcher = Matcher(words, [entry.intent for entry in book.entries.values()])
        self._sentences = tuple(heard)
        self._verbatim = {
            bare(example): entry.key for entry in book.entries.values() for example in entry.intent.examples
        }
        self._spoken = {self._matcher.words.heard(said): key for said, key in self._verbatim.items()}
        self._read = self

    def answering(self, answers: Mapping[tuple[str, str], str]) -> "Guide":
        """The same guide with other answers, by (entry's key, for whom); how questions are understood stays as it is,
        and is learnt once for both. Unknown entries are passed over."""
        other = copy(self)
        entries = dict(self.book.entries)
        for (key, whom), text in answers.items():
            if key in entries:
                entries[key] = replace(entries[key], answers={**entries[key].answers, whom: text})
        other.book = replace(self.book, entries=entries)
        return other

    @property
    def heard(self) -> Heard:
        """All sentences; learnt by the guide that was read, for all that answer otherwise."""
        return self._read._learnt

    @cached_property
    def _learnt(self) -> Heard:
        """All sentences, learnt when first needed (0.4 s): workers that fetch photographs never need them."""
        entries = self.book.entries.items()
        examples = ((key, said) for key, entry in entries for said in entry.intent.examples)
        return Heard(self._matcher.words, (*examples, *self._sentences))

    def question(self, number: int) -> str:
        """The question of this number as it is shown."""
        return self.book.entries[faq_key(number)].question

    def faq(self, number: int, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The answer of this number for the person's place; with a directory the nearest office is the one to call."""
        return self.book.faq(number, context, directory)

    def materials(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """The papers to bring or upload."""
        return self.book.materials(context, directory)

    def steps(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The official steps, one message each."""
        return self.book.steps(context)

    def channels(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The official ways to claim."""
        return self.book.channels(context)

    def onsite(self, context: Context = NOTHING_KNOWN, directory: Directory | None = None) -> str:
        """How to claim in person, and with which papers."""
        return self.book.onsite(context, directory)

    def conditions(self, context: Context = NOTHING_KNOWN) -> str:
        """What must be met to claim."""
        return self.book.conditions(context)

    def statuses(self, context: Context = NOTHING_KNOWN) -> tuple[str, ...]:
        """The states of a claim by the guide."""
        return self.book.statuses(context)

    def ask(self, question: str, directory: Directory, context: Context = NOTHING_KNOWN) -> Asked:
        """Understand one question and answer it."""
        places = named_places(question, directory)
        context = placed(context, places)
        seen = self._matcher.words.seen(question)
        if any(not area for _, area in places):
            seen = replace(seen, concepts={**seen.concepts, "place": 1.0})
        said = self._said(question, seen)
        if said is not None:
            return self._answered(said, question, directory, context, 1.0)
        ranked = self._matcher.ranked(seen)
        if _TELEPHONE.search(question):
            found = directory.find(question, context)
            if found.mode == "one":
                return self._office(found, context, directory, 1.0)
        if is_of_others(question, seen.concepts.keys()):
            return self._answered(self.book.entries["outside"], question, directory, context, 0.0)
        if asks_for_office(seen, self._matcher.words.ordinary) or (
            "place" in seen.concepts
            and not seen.concepts.keys() & {"online", "need"}
            and _leads_to_office(ranked)
            and not ({"bank", "may"} <= seen.concepts.keys() and "卡" in question)  # will my card do?
        ):
            return self._office(directory.find(question, context), context, directory, ranked[0].points)
        sure = is_sure(ranked, seen.unknown, self._same) or self._is_harmless(ranked)
        if not sure and is_only_place(question, seen):
            found = directory.find(question, context)
            if found.mode != "none" or places or "outside" in seen.concepts:
                return self._office(found, context, directory, 1.0)
        strange = bool(seen.concepts.keys() & _STRANGE) and not seen.concepts.keys() & _OURS
        empty = not seen.concepts.keys() - _ASKING
        likely = self.heard.ranked(question, seen)
        owned, afar = bool(seen.concepts.keys() & _SURELY_OURS), "outside" in seen.concepts and not places
        decision = decide(
            self.book.entries, ranked, sure, likely,
            strange=strange, empty=empty, owned=owned, known=not seen.unknown, afar=afar,
        )  # fmt: skip
        points = ranked[0].points if ranked else 0.0
        if decision.answer:
            return self._answered(self.book.entries[decision.answer], question, directory, context, points)
        if "outside" in seen.concepts and not places and seen.concepts.keys() <= _ABOUT_A_PLACE:  # 北京朝阳区能办吗
            return self._answered(self.book.entries["elsewhere"], question, directory, context, points)
        return self._unsure(decision.offered, points, context, directory)

    def side_question(self, text: str, directory: Directory, context: Context = NOTHING_KNOWN) -> Asked | None:
        """What a text at an open form question asks besides; None unless it clearly is a question.

        An address, a name or a number is never one, whatever places it names; a cry for help always is.
        """
        asked = self.ask(text, directory, context)
        if asked.stops_form:
            return asked
        if asked.topic in _STATEMENTS and asked.points > SURE and not _STREET.search(plain(text)):
            return asked
        if not is_question(text):
            return None
        if asked.offered:
            return asked if asked.points >= SURE / 2 else None
        return asked if asked.kind != "other" or asked.topic in ("human", "outside", "elsewhere") else None

    def _is_harmless(self, ranked: list[Scored]) -> bool:
        """Conditions and the way to begin have no number to be offered by; told too early they mislead nobody."""
        if not ranked or self.book.entries[ranked[0].key].kind not in ("eligibility", "claim"):
            return False
        return ranked[0].points >= _ENOUGH and (len(ranked) == 1 or ranked[0].points - ranked[1].points >= LEAD)

    def _same(self, one: str, other: str) -> bool:
        entries = self.book.entries
        return entries[one].faq is not None and entries[one].faq == entries[other].faq

    def _said(self, question: str, seen: Seen) -> Entry | None:
        """Distress before anything else; and what is word for word an example."""
        for key in _DISTRESS:
            entry = self.book.entries[key]
            if any(sign.wants <= seen.concepts.keys() for sign in entry.intent.signs):
                return entry
        line = bare(question)
        key_said = self._verbatim.get(line)
        if key_said is None and line.isascii() and len(line) > 3:
            key_said = self._spoken.get(self._matcher.words.heard(question))
        if key_said is not None:
            return self.book.entries[key_said]
        alone = seen.concepts.keys()
        for key in _SAID_ALONE:
            if alone and alone <= {key, "bye", "thanks", "greeting"} and key in alone:
                return self.book.entries[key]
        return None

    def _answered(self, entry: Entry, question: str, directory: Directory, context: Context, points: float) -> Asked:
        if entry.kind == "office":
            return self._office(directory.find(question, context), context, directory, points)
        if entry.kind == "eligibility":
            reply = f"{self.book.conditions(context)}\n能不能领由经办机构认定。回“条件”，我问你三个问题。"
        elif entry.topic == "guide":
            reply = f"{self.book.faq(_WHERE, context, directory)}\n回“步骤”看每一步，回“申领”我带你一步步办。"
        elif entry.topic == "claim":
            reply = "好，我带你一步一步来，一次只问一件事。回“申领”开始。"
        elif entry.faq is not None:
            reply = self.book.faq(entry.faq, context, directory)
        else:
            reply = self.book.reply(entry, context, directory)
        topic = _DISTRESS[1] if entry.key in _DISTRESS else entry.topic
        return Asked(entry.kind, entry.faq, (), reply, topic, entry.stops_form, points)

    def _office(self, found: Found, context: Context, directory: Directory, points: float) -> Asked:
        reply = (
            told_offices(found)
            or f"你最后在哪个区、县参保？发名字给我，我找电话。急的话，先打{self.book.office(context, directory)}。"
        )
        return Asked("office", _OFFICE, (), reply, "office", points=points)

    def _unsure(self, offered: tuple[str, ...], points: float, context: Context, directory: Directory) -> Asked:
        numbers = tuple(faq for key in offered if (faq := self.book.entries[key].faq) is not None)
        if numbers:
            reply = "你是不是想问下面这些？点一下，或者换个说法再问。"
            return Asked("other", None, numbers, reply, "unsure", points=points)
        reply = self.book.filled(
            "这句我没看懂。可以换个短一点的说法，回“菜单”看能做什么，或者打{office}。", context, directory
        )
        return Asked("other", None, (), reply, "unknown", points=points)


def read_guide(faq_toml: str, guide_toml: str, role: Role = "agency", heard_tsv: str = "") -> Guide:
    """The guide from the texts of faq.toml, guide.toml and heard.tsv; `role`: whose account it is (question 45).

    Raises ValueError that names what is wrong.
    """
    book = read_book(faq_toml, guide_toml, role)
    return Guide(book, read_heard(heard_tsv, book.entries))


def is_question(text: str) -> bool:
    """Whether a text has the form of a question, or asks for a number; "昆明市五华区正义路17号" has not."""
    line = plain(text).rstrip(" 。.!！~")
    return bool(_ASKS.search(line) or _WANTS_NUMBER.search(line))


def _leads_to_office(ranked: list[Scored]) -> bool:
    """With a place named, "where" and "which bank" are answered by that place's office."""
    near = [one.key for one in ranked[:2] if one.points >= ranked[0].points - 2 * LEAD and one.points >= NEAR]
    return faq_key(_OFFICE) in near and set(near) <= _OF_AN_OFFICE
