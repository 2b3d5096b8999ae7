"""Names misspelt: written by sound (五花区), by look (呈页区), or in letters (wu hua qu, hunchunshi, whq)."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dialogs.normal import plain
from dialogs.places import Lexicon, Tables, stem
from dialogs.programmes import shipped

_LETTERS = re.compile(r"[a-z][a-z0-9' \-]*")
_TOKEN = re.compile(r"[a-z]+(?:\+[a-z]+)?")
_MOST_LETTERS = 80
_BEFORE = re.compile(r"(?:在|到|去|是|住|从|来|回|往|属于|属|归|要|问|找|查|：|:|,|，|。|^)$")
_AFTER = re.compile(
    r"^(?:$|[,，。.!！?？、;；:：]|的|这|那|社|失|就业|人社|领|办|电|地址|怎|有|哪|上班|工作|打工|参保|交|缴|网点|机构|在|和|跟|吗|呢|吧|啊|了|去|能|可|该|号|联系|里)"
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


def without_tones(text: str) -> str:
    """wǔ huá to wu hua, lǜ to lv; Hangul and everything else as it was."""
    if text.isascii():
        return text
    if not any(
        "\u00c0" <= char <= "\u024f" or "\u0300" <= char <= "\u036f" or "\u1e00" <= char <= "\u1eff" for char in text
    ):
        return text
    apart = unicodedata.normalize("NFD", text).replace("u\u0308", "v")
    return unicodedata.normalize("NFC", "".join(char for char in apart if not "\u0300" <= char <= "\u036f"))


class Sounds:
    """The sounds and looks of one lexicon's names."""

    def __init__(self, lexicon: Lexicon, data: Tables) -> None:
        self.fixed: Mapping[str, str] = data.words["readings"]
        self.ordinary = frozenset(map(plain, data.words["words"]["sounds"]))
        self.taken = lexicon.meanings
        self.names = self._misspellable(lexicon)
        self.by_length: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for name, sound in self.names.items():
            self.by_length.setdefault(len(name), []).append((name, sound))
        self._index()
        self.spelled = self._spelled(lexicon, data)
        self.unclear = {" ".join(map(self.sound, name)): name for name in data.words["latin"]["unclear"]}
        for syllables, name in self.unclear.items():
            self.spelled.pop(syllables.replace(" ", ""), None)
            apart = syllables.replace(" ", "+")
            self.spelled[apart] = name
            self.spelled.update({apart + self.sound(end): name + end for end in "市区"})
        self.doubtful = frozenset("".join(map(self.sound, word)) for word in self.ordinary)
        self.initials = self._initials()
        self.longest = max(map(len, self.spelled))

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
                name = self._best(fitting, written)
                if name:
                    return at, stop + 1, name + suffix
            whole = at == 0 and stop == len(text)
            name = self._best([one for one in likely if (one[1] >= 2 if size >= 3 else one[2])], written)
            if name and (size >= 3 or self._supported(text, at, stop, written, name, whole, at in behind)):
                return at, stop, name
        return None

    def _supported(self, text: str, at: int, stop: int, written: str, name: str, whole: bool, follows: bool) -> bool:
        """Whether a two-letter name written by sound, without 区 or 县 behind it, may be believed."""
        if written in self.ordinary or written in self.taken:
            return False
        if any(self.sound(a) != self.sound(b) for a, b in zip(written, name, strict=True)):
            return False  # 延期 is yan qi, and only rarely yan ji
        if whole:
            return True
        one_right = any(a == b for a, b in zip(written, name, strict=True))
        if not one_right or not _AFTER.match(text[stop:]):
            return False
        return follows or bool(_BEFORE.search(text[:at]))

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

    def _spelled(self, lexicon: Lexicon, data: Tables) -> dict[str, str]:
        """Letters to the Chinese they stand for: names with and without 区, and the words around them."""
        spelled: dict[str, str] = {}
        for word in data.words["latin"]["words"]:
            spelled.setdefault("".join(map(self.sound, word)), word)
        for letters, word in data.words["latin"]["variants"].items():
            spelled[letters.replace("'", "").replace(" ", "")] = word
        plainly = {name: "".join(sound) for name, sound in self.names.items()}
        # accents first, so that the right spelling wins where both exist
        for name, letters in plainly.items():
            spelled.setdefault("".join(map(loosely, self.names[name])), name)
            spelled.setdefault(letters.replace("lv", "lu"), name)
        for name, letters in plainly.items():
            spelled[letters] = name
            if "chang" in letters:  # 长 read the other way
                for end in ("", *self.suffixes[name]):
                    other = letters.replace("chang", "zhang") + "".join(map(self.sound, end))
                    spelled.setdefault(other, name + end)
            for suffix in self.suffixes[name]:
                if suffix in "区县市州省":
                    spelled[letters + self.sound(suffix)] = name + suffix
        for surface in ("吉林", "通化", "长白", "延边", "云南"):
            if surface in lexicon.meanings:
                spelled["".join(map(self.sound, surface))] = surface
        return spelled

    def _is_name(self, word: str) -> bool:
        return word in self.names or stem(word) in self.names or word in self.taken

    def _initials(self) -> dict[str, set[str]]:
        """wh and whq to the names that begin so."""
        initials: dict[str, set[str]] = {}
        for name, sound in self.names.items():
            short = "".join(syllable[0] for syllable in sound)
            initials.setdefault(short, set()).add(name)
            for suffix in self.suffixes[name]:
                if suffix in "区县市州":
                    initials.setdefault(short + self.sound(suffix)[0], set()).add(name + suffix)
        return initials

    def in_characters(self, text: str) -> str:
        """The text with the names (and the words around them) that are written in letters put into characters."""
        toneless = without_tones(text)
        if not _TOKEN.search(toneless):
            return text
        alone = {syllables.replace(" ", ""): name for syllables, name in self.unclear.items()}
        if toneless.strip() in alone:
            return alone[toneless.strip()]
        return _LETTERS.sub(lambda run: self._characters(run.group()), toneless)

    def _characters(self, run: str) -> str:
        for sound in self.unclear:
            run = re.sub(r"\b" + sound.replace(" ", r"['\- ]") + r"\b", sound.replace(" ", "+"), run)
        tokens = _TOKEN.findall(run)
        joined = "".join(tokens)
        if not 3 <= len(joined) <= _MOST_LETTERS:
            return run
        whole = self._split(joined)
        if whole:
            return "".join(whole)
        return self._by_token(tokens) or run

    def _split(self, joined: str) -> list[str]:
        """The fewest words that make up all the letters, [] when they do not."""
        best: list[list[str] | None] = [[]] + [None] * len(joined)
        for stop in range(1, len(joined) + 1):
            for start in range(max(0, stop - self.longest), stop):
                before, word = best[start], self.spelled.get(joined[start:stop])
                if before is not None and word and (best[stop] is None or len(before) + 1 < len(best[stop] or ())):
                    best[stop] = [*before, word]
        words = best[-1] or []
        return words if any(self._is_name(word) for word in words) else []

    def _by_token(self, tokens: list[str]) -> str:
        """Names among other words: wo jia zai wu hua qu, mingtian lai."""
        out: list[str] = []
        at, any_name = 0, False
        while at < len(tokens):
            for size in range(min(6, len(tokens) - at), 0, -1):
                word = self.spelled.get("".join(tokens[at : at + size]))
                if word and self._is_name(word) and "".join(tokens[at : at + size]) not in self.doubtful:
                    out.append(word)
                    at, any_name = at + size, True
                    break
            else:
                out.append(self.spelled.get(tokens[at], f" {tokens[at]} "))
                at += 1
        return "".join(out) if any_name else ""
