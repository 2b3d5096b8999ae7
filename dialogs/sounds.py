"""Names misspelt in characters: written by sound (五花区) or by look (呈页区)."""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dialogs.normal import plain
from dialogs.places import Lexicon, Tables, stem
from dialogs.programmes import shipped

_BEFORE = re.compile(r"(?:在|到|去|是|住|从|来|回|往|属于|属|归|要|问|找|查|：|:|,|，|。|^)$")
_AFTER = re.compile(
    r"^(?:$|[,，。.!！?？、;；:：]|的|这|那|社|失|就业|人社|领|办|电|地址|怎|有|哪|上班|工作|打工|参保|交|缴|网点|机构|在|和|跟|吗|呢|吧|啊|了|去|能|可|该|号|联系|里|[曲取渠趣线现限献](?:$|就业|社保|的|电|失业))"
)

_OF_OFFICE = re.compile(r"^(?:社保局|社会保险局|就业局|人社局|失业保险科|社保电话)")
_AT = re.compile(r"(?:在|到|去|来|回|是|住)$")
_AT_WORK = re.compile(
    r"^(?:这边|那边|的厂)?(?:上班|工作|打工|干活|失业|失的业|社保|就业局|人社|被辞|被裁|下岗|参保|交的?社保)"
)


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, tuple[str, ...]]:
    """Character to its one or two readings without tones, the usual one first."""
    rows = csv.reader(shipped("readings.csv").splitlines()[1:])
    return {char: tuple(sounds.split()) for sounds, chars in rows for char in chars}


@lru_cache(maxsize=1)
def _lookalikes() -> Mapping[str, str]:
    return dict(csv.reader(shipped("lookalikes.csv").splitlines()[1:]))


def loosely(reading: str) -> str:
    """A syllable as many accents have it: zh as z, ing as in."""
    reading = re.sub(r"^([zcs])h", r"\1", reading)
    return re.sub(r"(?<=[aei])ng$", "n", reading)


class Sounds:
    """The sounds and looks of one lexicon's names."""

    def __init__(self, lexicon: Lexicon, data: Tables) -> None:
        self.fixed: Mapping[str, str] = data.words["readings"]
        self.ordinary = frozenset(map(plain, data.words["words"]["sounds"]))
        self.taken = lexicon.meanings
        self.strange = lexicon.strange
        self.sounding_elsewhere = frozenset(tuple(map(self.sound, name)) for name in self.strange if len(name) <= 3)
        self.names = self._misspellable(lexicon)
        self.by_length: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for name, sound in self.names.items():
            self.by_length.setdefault(len(name), []).append((name, sound))
        self._index()

    def _misspellable(self, lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        self.suffixes: dict[str, set[str]] = {}
        for target in dict.fromkeys(lexicon.own.values()):
            for full in {target.name, *(name for name, own in lexicon.own.items() if own == target)}:
                short = plain(stem(full) or full)
                if 2 <= len(short) <= 5 and short in lexicon.meanings:
                    names[short] = tuple(self.sound(char) for char in short)
                    self.suffixes.setdefault(short, set()).add(full[-1])
        for surface, targets in lexicon.meanings.items():
            plain_name = [target.kind for target in targets] == ["office"] and not stem(surface)
            if plain_name and 3 <= len(surface) <= 5 and all(char in _readings() for char in surface):
                names[surface] = tuple(map(self.sound, surface))
                self.suffixes.setdefault(surface, set())
        return names

    def sound(self, char: str) -> str:
        return self.fixed.get(char) or _readings().get(char, ("",))[0]

    def _index(self) -> None:
        """Which names a character can belong to at each place: by itself, by sound, by look."""
        self.exactly: dict[tuple[int, int, str], set[str]] = {}
        self.sounding: dict[tuple[int, int, str], set[str]] = {}
        self.loosely: dict[tuple[int, int, str], set[str]] = {}
        self.looking: dict[tuple[int, int, str], set[str]] = {}
        alike = _lookalikes()
        for name, sound in self.names.items():
            for place, char in enumerate(name):
                at = (len(name), place)
                self.exactly.setdefault((*at, char), set()).add(name)
                self.sounding.setdefault((*at, sound[place]), set()).add(name)
                self.loosely.setdefault((*at, loosely(sound[place])), set()).add(name)
                for other in alike.get(char, ""):
                    self.looking.setdefault((*at, other), set()).add(name)

    def like(self, written: str) -> list[tuple[str, int, bool]]:
        """Names of the same length this can be a misspelling of: (name, characters right, all the rest by sound).

        Each character must be right, sound the same (accents forgiven) or look alike, and one at least must be right,
        unless all of them sound right.
        """
        size = len(written)
        best: dict[str, tuple[int, int]] = {}
        for place, char in enumerate(written):
            right = self.exactly.get((size, place, char), set())
            readings = {*_readings().get(char, ()), self.fixed.get(char, "")}
            heard = set().union(*(self.sounding.get((size, place, reading), ()) for reading in readings))
            near = set(self.looking.get((size, place, char), ()))
            for reading in readings:
                near |= self.loosely.get((size, place, loosely(reading)), set())
            possible = right | heard | near
            if place:
                best = {name: score for name, score in best.items() if name in possible}
            else:
                best = dict.fromkeys(possible, (0, 0))
            best = {
                name: (exact + (name in right), sounding + (name in heard or name in right))
                for name, (exact, sounding) in best.items()
            }
            if not best:
                return []
        return [
            (name, exact, sounding == size)
            for name, (exact, sounding) in best.items()
            if exact < size and (exact or sounding == size)
        ]

    def mend(self, text: str, free: Iterable[tuple[int, int]], after: Iterable[int]) -> list[tuple[int, int, str]]:
        """Misspelt names in the free stretches of a text: (start, end, the surface meant).

        free   stretches without a name in them
        after  where a city or province ends: a name right behind it needs no other support
        """
        found: list[tuple[int, int, str]] = []
        behind = frozenset(after)
        for start, end in free:
            at = start
            while at < end - 1:
                hit = self._mended_at(text, at, start, end, behind)
                if hit:
                    found.append(hit)
                    at = hit[1]
                else:
                    at += 1
        return found

    def _mended_at(
        self, text: str, at: int, start: int, end: int, behind: frozenset[int]
    ) -> tuple[int, int, str] | None:
        for size in (5, 4, 3, 2):
            stop = at + size
            if stop > end:
                continue
            written = text[at:stop]
            if not all("\u4e00" <= char <= "\u9fff" for char in written):
                continue
            likely = self.like(written)
            if not likely:
                continue
            suffix = text[stop] if stop < len(text) and text[stop] in "区县市州省" else ""
            if suffix and stop < end and not re.match(r"市[场民政]|区[别域分间]|省[内得钱事]", text[stop : stop + 2]):
                if self._is_elsewhere(written + suffix):
                    return None
                fitting = [one for one in likely if suffix in self.suffixes[one[0]]]
                if self._strange(written):  # 西平 and 东州 (东洲) are places: only a sound makes them ours
                    fitting = [one for one in fitting if one[2]]
                name = self._best(fitting, written)
                if name:
                    return at, stop + 1, name + suffix
            whole = at == 0 and stop == len(text)
            near = [
                one for one in likely if (one[1] >= 2 if size >= 3 else one[2] or self._looks_like(written, one[0]))
            ]
            name = self._best(near, written)
            if name and (size >= 3 or self._supported(text, at, stop, written, name, whole, at in behind)):
                return at, stop, name
        return None

    def _supported(self, text: str, at: int, stop: int, written: str, name: str, whole: bool, follows: bool) -> bool:
        """Whether a two-letter name written by sound, without 区 or 县 behind it, may be believed."""
        if written in self.taken or written in self.strange:
            return False
        one_right = any(a == b for a, b in zip(written, name, strict=True))
        at_work = bool(_AT.search(text[:at]) and _AT_WORK.match(text[stop:]))
        if any(self.sound(a) != self.sound(b) for a, b in zip(written, name, strict=True)):
            # 延期 is yan qi, and only rarely yan ji; 晖春 looks like 珲春
            of_office = bool(_BEFORE.search(text[:at]) and _OF_OFFICE.match(text[stop:]))
            return (whole or at_work or follows or of_office) and one_right and self._looks_like(written, name)
        if written in self.ordinary:
            return (at_work or follows) and one_right
        if whole:
            return True
        if not one_right or not _AFTER.match(text[stop:]):
            return False
        return follows or bool(_BEFORE.search(text[:at]))

    def _looks_like(self, written: str, name: str) -> bool:
        """Whether each wrong character has the look of the right one."""
        pairs = zip(written, name, strict=True)
        return written not in self.ordinary and all(a == b or a in _lookalikes().get(b, "") for a, b in pairs)

    def wider(self, text: str, start: int, stop: int) -> tuple[int, int, str] | None:
        """常白山: a name found at text[start:stop] that is only the end of a longer, misspelt one."""
        if not start or stop - start != 2:
            return None
        likely = [one for one in self.like(text[start - 1 : stop]) if one[1] == 2 and one[2]]
        return (start - 1, stop, likely[0][0]) if len(likely) == 1 else None

    def _strange(self, written: str) -> bool:
        """Whether this is the short name of a place elsewhere, or sounds like one."""
        return written in self.strange or tuple(map(self.sound, written)) in self.sounding_elsewhere

    @staticmethod
    def _best(likely: list[tuple[str, int, bool]], written: str) -> str:
        """The one most likely name; "" when two are equally likely."""
        if not likely:
            return ""
        ranked = sorted(likely, key=lambda one: (one[2], one[1]), reverse=True)
        if len(ranked) > 1 and ranked[0][1:] == ranked[1][1:]:
            return ""
        return ranked[0][0]

    def _is_elsewhere(self, surface: str) -> bool:
        return surface in self.taken
