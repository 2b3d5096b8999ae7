"""From the places of one sentence to an answer: one office, several, a question back, or an honest none."""

import re
from collections.abc import Sequence

from dialogs import notes
from dialogs.asking import asks_by_bank, bare_list, lists, wants_both
from dialogs.evidence import Evidence
from dialogs.mentions import INSURED, LIVED, NAMED, WORKED, Mention
from dialogs.model import Context
from dialogs.narrowing import CHOICE, Narrowing, just_before
from dialogs.office import Found, Office
from dialogs.places import Lexicon, Target

_BUT = re.compile(r"但|可是|不过|却")
_ENDS = re.compile(r"^(?:$|[,，。?？的县市区社失就人电在去哪])")
_WHICH = re.compile(r"(?:哪个|哪边|哪家|哪头)(?:能|可以|近|好|办|行)")
_UNKNOWN_DISTRICT = re.compile(r"^的?([\u4e00-\u9fff]{2,3}?)(新区|区|县)(?!别|域|分|间|县|市)")
_FUNCTION_WORD = re.compile(
    r"[跟及并兼的哪个这那各辖小社园市城主老全地郊有是在和与归属几多其它别去到该我你他失就业保领办找要问都什么下本内外某]"
)

_Place = tuple[Mention, tuple[Target, ...]]
"""A place named, and what it can mean here."""


class Reading:
    """One sentence with at least one place in it that is not ruled out."""

    def __init__(
        self,
        offices: Sequence[Office],
        lexicon: Lexicon,
        evidence: Evidence,
        text: str,
        mentions: Sequence[Mention],
        context: Context,
    ) -> None:
        self._offices = offices
        self._lexicon = lexicon
        self._evidence = evidence
        self._text = text
        self._context = context
        self._all = tuple(mentions)
        narrowing = Narrowing(offices, lexicon, text, mentions, context)
        self._joined, self._listed = narrowing.joined, narrowing.listed
        self._meant = [(mention, narrowing.narrowed(mention)) for mention in mentions]

    def result(self) -> Found:
        places = self._without_ancestors(self._meant)
        places = self._without_strangers(places)
        heaviest = self._heaviest(places)
        if len(heaviest) < len(places) and wants_both(self._text):
            heaviest = self._each(places)
        if len(heaviest) == 1:
            return self._single(*heaviest[0])
        return self._many(heaviest)

    def _without_ancestors(self, meant: list[_Place]) -> list[_Place]:
        """昆明市五华区 is one place. Joined by 和, or insured above and only living below, they stay two."""
        kept = []
        for mention, targets in meant:
            zoned = any(
                other.start == mention.end and inner and all(t.kind == "zone" for t in inner) for other, inner in meant
            )
            if zoned and all(t.kind == "office" for t in targets):
                continue
            below = [
                (other, inner)
                for other, inner in meant
                if other is not mention
                and any(t.lies_in(above) for t in inner for above in targets)
                and not self._listed(mention, other)
                and not (mention.weight >= WORKED and other.weight < NAMED)
                and not (mention.weight >= INSURED and _BUT.search(self._text[other.end : mention.start]))
            ]
            if mention.surface.endswith(("本级", "市直")):
                below = []  # insured with the city itself, not in a district of it
            if not below:
                kept.append((mention, targets))
        return kept or meant

    def _without_strangers(self, places: list[_Place]) -> list[_Place]:
        """A place outside the directory counts only where the person is insured or works there."""
        ours = [(m, t) for m, t in places if any(x.kind != "elsewhere" for x in t)]
        if not ours:
            return places
        strangers = [(m, t) for m, t in places if all(x.kind == "elsewhere" for x in t)]
        heaviest = max(m.weight for m, _ in ours)
        outweighing = [(m, t) for m, t in strangers if m.weight >= WORKED - 0.5 and m.weight > heaviest]
        if outweighing:
            return outweighing
        in_front = [
            (m, t)
            for m, t in strangers
            for other, meaning in ours
            if m.end == other.start
            and (len(meaning) > 1 or meaning[0].kind in ("zone", "covered") or any(len(x.code) == 2 for x in t))
        ]
        return in_front or ours

    def _heaviest(self, places: list[_Place]) -> list[_Place]:
        """The places that count most, each once, in the order they were named."""
        most = max(mention.weight for mention, _ in places)
        return self._each([(mention, targets) for mention, targets in places if mention.weight == most])

    @staticmethod
    def _each(places: list[_Place]) -> list[_Place]:
        unique: dict[tuple[Target, ...], Mention] = {}
        for mention, targets in places:
            unique.setdefault(targets, mention)
        return [(mention, targets) for targets, mention in unique.items()]

    def _single(self, mention: Mention, targets: tuple[Target, ...]) -> Found:
        own = [t for t in targets if t.kind != "elsewhere"]
        if not own:
            return Found("none", note=notes.elsewhere(targets[0].name))
        if len(targets) > 1:
            return self._ambiguous(mention, targets, own)
        return self._certain(mention, own[0])

    def _ambiguous(self, mention: Mention, targets: tuple[Target, ...], own: Sequence[Target]) -> Found:
        strangers = sorted((t for t in targets if t.kind == "elsewhere"), key=lambda target: len(target.code))
        if mention.surface in self._lexicon.foreign and strangers:
            return Found("none", note=notes.elsewhere(strangers[0].name))
        if self._listing(mention):
            areas = [t for t in own if t.kind in ("city", "province", "region")]
            if len(areas) == 1:
                return self._all_of(areas[0])
        if all(t.kind == "zone" for t in own):
            return self._unlisted(mention, own)
        candidates = tuple(dict.fromkeys(self._offices[t.office] for t in own if t.office >= 0))
        if len(candidates) == 1 and len(own) < len(targets):
            office = candidates[0]
            return Found("ask", candidates, note=notes.only_in(office.city or office.province, mention.surface))
        if len(candidates) == 1:
            return Found("one", candidates)
        return Found("ask", candidates, note=notes.which(mention.surface))

    def _certain(self, mention: Mention, target: Target) -> Found:
        if target.kind == "zone":
            return self._unlisted(mention, (target,))
        if target.kind in ("city", "province", "region"):
            return self._area(mention, target)
        if len(mention.surface) <= 3 and mention.surface == mention.surface.lower() and mention.surface.isascii():
            return self._by_initials(mention, target)
        return self._one(target)

    def _by_initials(self, mention: Mention, target: Target) -> Found:
        """wh could be anything: two letters are asked back, whq is enough."""
        office = self._offices[target.office]
        if len(mention.surface) >= 3:
            return self._one(target)
        return Found("ask", (office,), note=notes.which(mention.surface))

    def _area(self, mention: Mention, target: Target) -> Found:
        banks = self._evidence.paying(self._text)
        if banks is not None and asks_by_bank(self._text):
            inside = [self._offices[i] for i in target.children if self._offices[i] in banks]
            if inside:
                return self._several(inside)
            if target.kind != "city" or lists(self._text):
                return Found("none", refer=self._office_of(target), note=notes.NO_SUCH_BANK)
        if target.kind == "province" and (county := self._county_elsewhere(mention)):
            return Found("none", note=notes.elsewhere(county))
        if self._listing(mention) or mention.surface.endswith("地区"):
            return self._all_of(target)
        if target.kind == "city":
            landmark = self._evidence.landmark(self._text)
            if landmark is not None and landmark in target.children:
                return Found("one", (self._offices[landmark],))
            if unknown := self._unknown_district(mention) or self._county_elsewhere(mention):
                refer = self._office_of(target)
                return Found("none", refer=refer, note=notes.not_listed(unknown, refer.name if refer else ""))
        if mention.surface.isascii():
            return self._by_initials(mention, target)
        if target.office >= 0:
            return self._one(target)
        return Found("ask", self._children(target), note=notes.which_part(target.name))

    def _listing(self, mention: Mention) -> bool:
        return lists(self._text) or (mention.start == 0 and bare_list(self._text[mention.end :]))

    def _unknown_district(self, mention: Mention) -> str:
        """翠湖区 in 昆明市翠湖区: a district nobody knows must not become the city's office in silence."""
        behind = _UNKNOWN_DISTRICT.match(self._text[mention.end :])
        if not behind or _FUNCTION_WORD.search(behind.group(1)):
            return ""
        return behind.group(1) + behind.group(2)

    def _county_elsewhere(self, mention: Mention) -> str:
        """个旧 in 云南个旧: a county that is known, but not here, named by its short name right behind."""
        behind = self._text[mention.end :]
        lengths = (3, 2)
        names = (behind[:size] for size in lengths if behind[:size] in self._lexicon.strange)
        found = (name for name in names if name not in self._lexicon.meanings)
        return next((name for name in found if _ENDS.match(behind[len(name) :])), "")

    def _unlisted(self, mention: Mention, zones: Sequence[Target]) -> Found:
        """A zone the guide does not list: the office of the city it is in, or the province's when that is unknown."""
        sure = [other.targets[0] for other in just_before(mention, self._all) if len(other.targets) == 1]
        before = [target for target in sure if target.kind == "office"]
        if len(before) == 1:  # 珲春经开区
            near = self._offices[before[0].office]
            return Found("none", refer=near, note=notes.not_listed(mention.surface, near.name))
        named = {t.name for other in self._all for t in other.targets if t.kind in ("city", "office")}
        cities = [city for zone in zones for city in zone.refer]
        here = [city for city in cities if city in named]
        if not here and (province := self._lexicon.own.get(self._context.province)):
            inside = [city for city in cities if self._lexicon.own[city].lies_in(province)]
            chief = province.office if len(set(inside)) != 1 else self._lexicon.own[inside[0]].office
            refer = self._offices[chief] if chief >= 0 else None
        else:
            refer = self._offices[self._lexicon.own[(here or cities)[0]].office]
        return Found("none", refer=refer, note=notes.not_listed(mention.surface, refer.name if refer else ""))

    def _many(self, places: list[_Place]) -> Found:
        address = self._evidence.at_address(self._text)
        offices: list[Office] = []
        if address and any(self._offices[t.office] == address for _, ts in places for t in ts if t.office >= 0):
            return Found("one", (address,))
        clear = True
        for mention, targets in places:
            found = self._single(mention, targets)
            clear = clear and found.mode in ("one", "list")
            offices += found.offices or ((found.refer,) if found.refer else ())
        offices = list(dict.fromkeys(offices))
        if not offices:
            return Found("none", note=notes.elsewhere(places[0][1][0].name))
        if len(offices) == 1 and clear:
            return Found("one", tuple(offices))
        lived_only = all(mention.weight == LIVED for mention, _ in places)
        tied = any(mention.weight >= WORKED - 0.5 for mention, _ in places)
        joined = any(self._joined(a, b) for a, _ in places for b, _ in places)
        choice = any(
            CHOICE.search(self._text[a.end : b.start]) for a, _ in places for b, _ in places if a.end <= b.start
        )
        choice = choice or bool(_WHICH.search(self._text))
        if clear and not choice and (joined or not (lived_only or tied)):
            return self._several(offices)
        return Found("ask", tuple(offices), note=notes.which_of_both())

    def _office_of(self, target: Target) -> Office | None:
        return self._offices[target.office] if target.office >= 0 else None

    def _children(self, target: Target) -> tuple[Office, ...]:
        return tuple(self._offices[i] for i in target.children)

    def _all_of(self, target: Target) -> Found:
        return self._several(self._children(target))

    def _one(self, target: Target) -> Found:
        office = self._offices[target.office]
        note = notes.falls_to_city(target.name, office.name) if target.kind == "covered" else ""
        return Found("one", (office,), note=note)

    @staticmethod
    def _several(offices: Sequence[Office]) -> Found:
        kept = tuple(dict.fromkeys(offices))
        return Found("one" if len(kept) == 1 else "list", kept)
