"""The directory of offices and its matcher: what a person says about a place, to the office that is responsible."""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dialogs import notes
from dialogs.areas import division_at, special_at
from dialogs.asked import chosen, wants_all
from dialogs.asking import asks_by_bank, asks_where, lists
from dialogs.directory_check import check_directory
from dialogs.evidence import Evidence
from dialogs.letters import Letters
from dialogs.meaning import Reading
from dialogs.mentions import Mention, spot, weigh
from dialogs.model import Context
from dialogs.normal import plain
from dialogs.office import Found, Mode, Office, card, dialable
from dialogs.places import Lexicon, tables
from dialogs.sounds import Sounds

__all__ = [
    "Directory", "Found", "Mode", "Office", "answer", "card", "check_directory", "dialable", "read_directory",
]  # fmt: skip

NOTHING_KNOWN = Context()

_MOST_CHARACTERS = 400
_MOST_PROBLEMS = 5
_OF_PROVINCE = re.compile(r"^(?:省社保|省社会保险|省局|省里的社保|省级社保)")
_BLANKS = re.compile(r"(?<![a-z'])\s+|\s+(?![a-z])")
_CODE = re.compile(r"\d{6}")
_DOTS = re.compile(r"(?<=[\u4e00-\u9fff])[.·・_\-~*](?=[\u4e00-\u9fff])")
_QUOTES = re.compile(r"[\"“”'‘’《》【】\[\]「」『』*#]")


class Directory:
    """All offices, indexed once; immutable afterwards."""

    offices: tuple[Office, ...]

    def __init__(self, offices: Sequence[Office]) -> None:
        data = tables()
        self.offices = tuple(offices)
        self._specials = data.words["special"]
        self._ordinary = tuple(map(plain, data.words["words"]["ordinary"]))
        self._lexicon = Lexicon(self.offices, data)
        self._sounds = Sounds(self._lexicon, data)
        self._letters = Letters(self._lexicon, self._sounds, data)
        self._by_name = {office.name: office for office in self.offices}
        own = self._lexicon.own
        landmarks = {plain(at): own[place].office for at, place in data.words["landmarks"].items() if place in own}
        self._evidence = Evidence(self.offices, data.words, landmarks)

    def named(self, name: str) -> Office | None:
        """The office of exactly this name."""
        return self._by_name.get(name)

    def nearest(self, lat: float, lng: float) -> Found:
        """The responsible office at a point (WGS-84 or GCJ-02 degrees: the difference does not matter by district)."""
        if not (math.isfinite(lat) and math.isfinite(lng)):
            return Found("none", note=notes.POINT_OUTSIDE)
        division = division_at(lat, lng)
        special = self._lexicon.own.get(special_at(lat, lng, division, self._specials))
        here = [target for target in self._lexicon.own.values() if division and target.code == division]
        for target in (special,) if special else here:
            if target.office >= 0:
                office = self.offices[target.office]
                note = notes.falls_to_city(target.name, office.name) if target.kind == "covered" else ""
                return Found("one", (office,), note=note)
        return Found("none", note=notes.POINT_OUTSIDE)

    def find(self, query: str, context: Context = NOTHING_KNOWN) -> Found:
        """The office a person means by these words."""
        text = plain(query[:_MOST_CHARACTERS]).lower()
        if context.asked and (reply := self._reply(text, context)):
            return reply
        return self._found(text, context)

    def _found(self, text: str, context: Context) -> Found:
        if rung := self._evidence.rung(text):
            return Found("one" if len(rung) == 1 else "list", rung)
        if code := _CODE.fullmatch(text.strip()):
            return self._by_code(code.group(), context)
        text = _DOTS.sub("", _QUOTES.sub("", _BLANKS.sub("", self._letters.in_characters(text))))
        mentions = self._mentions(text)
        live = [mention for mention in mentions if not mention.denied]
        if not live:
            return self._without_place(text, context, denied=bool(mentions))
        if len(live) == len(mentions) and (there := self._at_address(text, live)):
            return Found("one", (there,))
        return Reading(self.offices, self._lexicon, self._evidence, text, live, context).result()

    def _by_code(self, adcode: str, context: Context) -> Found:
        """530102, the number of a division: the office that looks after it."""
        target = next((own for own in self._lexicon.own.values() if own.code.ljust(6, "0") == adcode), None)
        if target is None:
            return Found("none", refer=self._chief(context.province), note=notes.WHICH_PLACE)
        mention = Mention(0, len(target.name), target.name, (target,))
        return Reading(self.offices, self._lexicon, self._evidence, target.name, [mention], context).result()

    def _mentions(self, text: str) -> list[Mention]:
        meanings = self._lexicon.meanings
        found = spot(text, self._lexicon, self._ordinary)
        spans = [
            (*(self._sounds.wider(text, start, stop) or (start, stop, name)), False) for start, stop, name in found
        ]
        above = ("city", "province", "region")
        ends = [stop for _, stop, surface, _ in spans if any(t.kind in above for t in meanings[surface])]
        free = _gaps(len(text), [(start, stop) for start, stop, _, _ in spans])
        spans += [(*hit, True) for hit in self._sounds.mend(text, free, ends)]
        spans.sort()
        if not spans and (short := self._initials(text)):
            return short
        if not spans:
            spans = self._before_misspelt(text)
        return weigh(text, [(a, b, s, meanings[s], mended) for a, b, s, mended in spans if s in meanings])

    def _before_misspelt(self, text: str) -> list[tuple[int, int, str, bool]]:
        """四平双廖: a city that could be an ordinary word, believed for the misspelt name behind it."""
        for stop in (2, 3):
            if text[:stop] not in self._lexicon.weak or text[:stop] not in self._lexicon.meanings:
                continue
            hits = self._sounds.mend(text, [(stop, len(text))], [stop])
            if hits and hits[0][0] == stop:
                return [(0, stop, text[:stop], False), (*hits[0], True)]
        return []

    def _at_address(self, text: str, places: Sequence[Mention]) -> Office | None:
        """The office whose printed address stands here, or a street of it, when the places named agree with it."""
        there = self._evidence.at_address(text)
        if there and all(self._agrees(mention, there) for mention in places):
            return there
        landmark = self._evidence.landmark(text)
        if landmark is None:
            return None
        office = self.offices[landmark]
        printed = [mention for mention in places if mention.surface in plain(office.address)]
        # 经开区 lies in 官渡区, but 官渡区春漫大道 need not be 经开区's
        wide = [mention for mention in places if all(t.kind in ("city", "province") for t in mention.targets)]
        agreeing = all(m in printed or (m in wide and self._agrees(m, office)) for m in places)
        return office if printed and agreeing else None

    def _agrees(self, mention: Mention, office: Office) -> bool:
        """Whether a place named beside an office's printed address is part of that address, or lies above the office.

        五华区环城西路31号 is not 宜良县's 环城西路31号: the district comes before the street.
        """
        if mention.surface in plain(office.address):
            return True
        areas = [t for t in self._lexicon.own.values() if t.office >= 0 and self.offices[t.office] == office]
        return any(target in areas or any(area.lies_in(target) for area in areas) for target in mention.targets)

    def _initials(self, text: str) -> list[Mention]:
        names = self._letters.initials.get(text.strip(" .。"), set())
        targets = [target for name in sorted(names) for target in self._lexicon.meanings.get(name, ())]
        own = tuple(dict.fromkeys(target for target in targets if target.kind != "elsewhere"))
        return [Mention(0, len(text), text, own)] if own else []

    def _without_place(self, text: str, context: Context, *, denied: bool) -> Found:
        if denied:
            return Found("none", refer=self._chief(context.province), note=notes.NOT_THIS)
        landmark = self._evidence.landmark(text)
        if landmark is not None:
            return Found("one", (self.offices[landmark],))
        here = [o for o in self.offices if not context.province or o.province == context.province]
        if _OF_PROVINCE.search(text):
            chiefs = [chief for chief in map(self._chief, self._provinces(context)) if chief and not chief.city]
            if len(chiefs) == 1:
                return Found("ask", tuple(chiefs), note=notes.which_province(chiefs[0].province))
        banks = self._evidence.paying(text)
        if banks is not None and (asks_by_bank(text) or self._evidence.is_bank(text)):
            paying = tuple(office for office in here if office in banks)
            if not paying:
                return Found("none", note=notes.NO_SUCH_BANK)
            return Found("one" if len(paying) == 1 else "list", paying)
        if lists(text) and asks_where(text):
            return Found("list", tuple(here))
        last = self.named(context.last_insured)
        if last and asks_where(text):
            return Found("one", (last,))
        return Found("none", refer=self._chief(context.province), note=notes.WHICH_PLACE)

    def _provinces(self, context: Context) -> list[str]:
        provinces = dict.fromkeys(office.province for office in self.offices)
        return [context.province] if context.province in provinces else list(provinces)

    def _chief(self, province: str) -> Office | None:
        """The highest office the directory has in a province; None when several share that rank."""
        offices = [office for office in self.offices if office.province == province]
        top = [o for o in offices if not o.city] or [o for o in offices if not o.district]
        return top[0] if len(top) == 1 else None

    def _reply(self, text: str, context: Context) -> Found | None:
        """The answer when the last thing we said was a question that offered offices; None when it is no answer."""
        offered = [office for name in context.asked if (office := self.named(name))]
        bare = text.replace(" ", "").strip("。.!！?？,， ")
        if not offered or not bare:
            return None
        if wants_all(bare):
            return Found("one" if len(offered) == 1 else "list", tuple(offered))
        if picked := chosen(bare, offered):
            return Found("one", (picked,))
        found = self._found(text, Context(context.province, context.last_insured))
        both = tuple(office for office in found.offices if office in offered)
        if found.mode == "ask" and len(both) == 1:
            return Found("one", both)
        if found.mode == "none" and len(bare) >= 2:
            named = tuple(office for office in offered if bare in office.name)
            if len(named) == 1:
                return Found("one", named)
        return found


def _gaps(length: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches of at least two characters between the taken ones."""
    gaps, at = [], 0
    for start, stop in (*taken, (length, length)):
        if start - at >= 2:
            gaps.append((at, start))
        at = max(at, stop)
    return gaps


def read_directory(csv_text: str) -> Directory:
    """A directory from the text of offices.csv. Raises ValueError that names the row and what is wrong."""
    problems = check_directory(csv_text)
    if problems:
        more = f" (and {len(problems) - _MOST_PROBLEMS} more)" if len(problems) > _MOST_PROBLEMS else ""
        raise ValueError("; ".join(problems[:_MOST_PROBLEMS]) + more)
    rows = csv.DictReader(csv_text.lstrip("\ufeff").splitlines())
    return Directory([_office(row) for row in rows])


def _office(row: Mapping[str, str]) -> Office:
    return Office(
        name=row["office"].strip(),
        province=row["province"].strip(),
        city=row["city"].strip(),
        district=row["district"].strip(),
        official_name=row["official_name"].strip(),
        adcode=row["adcode"].strip(),
        address=row["address"].strip(),
        bank=row["bank"].strip(),
        phones=tuple(phone.strip() for phone in row["phones"].split(";")),
        source=row["source"].strip(),
        row=int(row["seed_row"]),
        checked=(row.get("checked") or "").strip(),
    )


def answer(directory: Directory, query_line: Mapping[str, Any]) -> dict[str, Any]:
    """One line of `claimbot office --jsonl`: {"q":…, "context":{…}} or {"lat":…, "lng":…}.

    returns  the same keys and "answer_mode", "offices" (names), "refer" (a name or None), "note"
    raises   ValueError when the line has neither a question nor a point
    """
    if "lat" in query_line and "lng" in query_line:
        found = directory.nearest(float(query_line["lat"]), float(query_line["lng"]))
    elif isinstance(query_line.get("q"), str):
        known = query_line.get("context") or {}
        context = Context(
            str(known.get("province") or ""), str(known.get("last_insured") or ""), tuple(known.get("asked") or ())
        )
        found = directory.find(query_line["q"], context)
    else:
        raise ValueError('a line needs "q" or "lat" and "lng"')
    return {
        **query_line,
        "answer_mode": found.mode,
        "offices": [office.name for office in found.offices],
        "refer": found.refer.name if found.refer else None,
        "note": found.note,
    }
