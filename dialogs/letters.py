"""Names in letters: wu hua qu, hunchunshi, Kūnmíng, whq."""

import re
import unicodedata

from dialogs.places import Lexicon, Tables, stem
from dialogs.sounds import Sounds, loosely

_LETTERS = re.compile(r"[a-z][a-z0-9' \-]*")
_TOKEN = re.compile(r"[a-z]+(?:\+[a-z]+)?")
_MOST_LETTERS = 80


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


class Letters:
    """The spellings of one lexicon's names, and of the words people type around them."""

    def __init__(self, lexicon: Lexicon, sounds: Sounds, data: Tables) -> None:
        self._sounds = sounds
        self._sound = sounds.sound
        self.spelled = self._spelled(lexicon, data)
        unclear: list[str] = data.words["latin"]["unclear"]
        self.alone = {"".join(map(self._sound, name)): name for name in unclear}
        self.unclear = {" ".join(map(self._sound, name)): name for name in unclear}
        for syllables, name in self.unclear.items():
            self.spelled.pop(syllables.replace(" ", ""), None)
            apart = syllables.replace(" ", "+")
            self.spelled[apart] = name
            self.spelled.update({apart + self._sound(end): name + end for end in "市区"})
        self.doubtful = frozenset("".join(map(self._sound, word)) for word in sounds.ordinary)
        self.initials = self._initials()
        self.longest = max(map(len, self.spelled))

    def _spelled(self, lexicon: Lexicon, data: Tables) -> dict[str, str]:
        """Letters to the Chinese they stand for: names with and without 区, and the words around them."""
        spelled: dict[str, str] = {}
        for word in data.words["latin"]["words"]:
            spelled.setdefault("".join(map(self._sound, word)), word)
        for letters, word in data.words["latin"]["variants"].items():
            spelled[letters.replace("'", "").replace(" ", "")] = word
        plainly = {name: "".join(sound) for name, sound in self._sounds.names.items()}
        # accents first, so that the right spelling wins where both exist
        for name, letters in plainly.items():
            spelled.setdefault("".join(map(loosely, self._sounds.names[name])), name)
            spelled.setdefault(letters.replace("lv", "lu"), name)
        for name, letters in plainly.items():
            spelled[letters] = name
            if "chang" in letters:  # 长 read the other way
                for end in ("", *self._sounds.suffixes[name]):
                    other = letters.replace("chang", "zhang") + "".join(map(self._sound, end))
                    spelled.setdefault(other, name + end)
            for suffix in self._sounds.suffixes[name]:
                if suffix in "区县市州省":
                    spelled[letters + self._sound(suffix)] = name + suffix
        zones = [name for name, targets in lexicon.meanings.items() if targets[0].kind == "zone" and len(name) > 2]
        for surface in ("吉林", "通化", "长白", "延边", "云南", "高新", *zones):
            if surface in lexicon.meanings:
                spelled.setdefault("".join(map(self._sound, surface)), surface)
        return spelled

    def _is_name(self, word: str) -> bool:
        return word in self._sounds.names or stem(word) in self._sounds.names or word in self._sounds.taken

    def _initials(self) -> dict[str, set[str]]:
        """wh and whq to the names that begin so."""
        initials: dict[str, set[str]] = {}
        for name, sound in self._sounds.names.items():
            short = "".join(syllable[0] for syllable in sound)
            initials.setdefault(short, set()).add(name)
            for suffix in self._sounds.suffixes[name]:
                if suffix in "区县市州":
                    initials.setdefault(short + self._sound(suffix)[0], set()).add(name + suffix)
        return initials

    def in_characters(self, text: str) -> str:
        """The text with the names (and the words around them) that are written in letters put into characters."""
        toneless = without_tones(text)
        if not _TOKEN.search(toneless):
            return text
        if alone := self.alone.get(toneless.strip()):
            return alone
        return _LETTERS.sub(
            lambda run: self._beside_characters(toneless, run) or self._characters(run.group()), toneless
        )

    def _beside_characters(self, text: str, run: re.Match[str]) -> str:
        """The characters that make a name with those round the letters: 经kai区, 五hua; "" when there is none."""
        letters, before, after = (
            run.group(),
            text[max(0, run.start() - 3) : run.start()],
            text[run.end() : run.end() + 3],
        )
        if not (letters.isalpha() and 1 < len(letters) < 12 and (before or after)):
            return ""
        found = set()
        for name, sound in self._sounds.names.items():
            for start in range(len(name)):
                for stop in range(start + 1, len(name) + (start > 0)):
                    around = before.endswith(name[:start]) and after.startswith(name[stop:])
                    if around and "".join(sound[start:stop]) == letters:
                        found.add(name[start:stop])
        return found.pop() if len(found) == 1 else ""

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
        words = self._with_is(best[-1] or [])
        return words if any(self._is_name(word) for word in words) else []

    def _with_is(self, words: list[str]) -> list[str]:
        """shi is 市 behind the name of a 市, else 是: bu shi wuhua shi xishan."""
        before = ["", *words]
        return [
            "是" if word == "市" and "市" not in self._sounds.suffixes.get(one, ()) else word
            for one, word in zip(before, words, strict=False)
        ]

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
        return "".join(self._with_is(out)) if any_name else ""
