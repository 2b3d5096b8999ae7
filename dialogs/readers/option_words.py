"""An option named by its words: the label, a part of it, yes or no, a slip of the pen. Never against a negation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from dialogs.readers.option_places import Names
from dialogs.readers.yes_no import Polarity, is_question, negations, polarity, sides

CLOSE_CHARACTERS = 75
CLOSE_SOUND = 86
LEAD_OVER_NEXT = 12

_SOUNDS_LIKE_NOT = re.compile(r"[补部布步卜吥]$")
_NEGATED_AFTER = re.compile(r"^的?(?:不了|不行|不要|不对|不是的?|不可以|没有?|不)[了啊吧呢]*$")
_CLAUSE = re.compile(r"[,，。.;；!！\s]|而是|但是?|可是|不过")
_JOINS = re.compile(r"(?:和|或者?|跟|与|、|也|还是|/|都)*")
_FILLERS = re.compile(
    r"[我你他她它俺咱是被了的吧啊呢呀哦把给就要想选那这因为由于属于情况应该个种嗯,，。.!！;；:：\"“”'()（）\s]"
)
_OWNERS = re.compile(r"公司|单位|老板|厂里|厂子|工厂|企业")
_NOT_LEAD = re.compile(r"^(?:还没有?|从来?没有?|都没有?|不是|不要|不想|不用|没有|没|不|非|未|别)")
_CORRECTED = re.compile(r"我?不(?:是|要|选)[^,，。;]{1,12}[,，。;](?:而是|应该是|是|要|选)([^,，。;]{1,20})")
_EITHER = re.compile(
    r"都(?:可以|行|好|要|选|是|有|对|同意|成|中)|随便|无所谓|两个都|全部|全都|哪个都|你(?:定|选|帮我选|看着办)|都不|都没|以上"
)
_DOUBT = re.compile(r"不知道|不清楚|不晓得|不懂|不明白|不确定|什么|怎么|为啥|哪个|哪一|如果|假如|要是")
_HAN_NUMBER = re.compile(r"[零一二三四五六七八九两十]+")
_SMALL = str.maketrans("零一二三四五六七八九两", "01234567892")
_SHORT_OF = re.compile(
    r"(?:还|都|根本|一直)*(?:没有?|未|不)(?:是|有|[^,，。\d满够到足]{0,3})(?:满|够|到|足)(?:够|了)?(?=[0-9])"
)
_REACHING = re.compile(r"(?<!不)(?:超过了?|已经?满|满了|够了?|足|达到|满足)(?=[0-9])")
_FIGURES = re.compile(r"[0-9]+")
_NEGATING_SOUNDS = frozenset(("bu", "mei", "wei", "wu", "fei", "fou", "bie"))


def option_said(key: str, names: Names) -> int | list[int] | None:
    """The option the words stand for; several when they could be each of these; None when they say nothing clear."""
    side, fair = _prepared(names)
    meaning = polarity(key)
    if meaning and meaning in side:
        return None if _polite(key, names[side[meaning]][0]) else side[meaning]
    if meaning == "unsure":
        return next((at for at, own in enumerate(names) if polarity(own[0]) == "unsure"), None)
    if is_question(key):
        return None
    if corrected := _CORRECTED.fullmatch(key):
        return option_said(corrected[1], names)
    text = figures(key)
    said, denied = _labels(text, fair)
    if (said or denied) and _DOUBT.search(key):
        return None
    if said:
        wanted = sorted(said - denied)
        return wanted[0] if len(wanted) == 1 else wanted or None
    if denied:
        return _other(denied, len(names), side) if negations(text) == 1 else None
    if _EITHER.search(key) or _DOUBT.search(key):
        return None
    return _by_part(text, fair, side) if len(text) <= 60 else None


@lru_cache(maxsize=256)
def _prepared(names: Names) -> tuple[Mapping[Polarity, int], Names]:
    """The sides of a question's options, and their words in figures."""
    return sides([own[0] for own in names]), tuple(tuple(map(figures, own)) for own in names)


def figures(text: str) -> str:
    """Numerals as figures (十二个月, 12个月), and the ways to say short of a number as one: 没交够1年, 不满1年."""
    plain = _HAN_NUMBER.sub(lambda match: _value(match.group()), text)
    return _REACHING.sub("满", _SHORT_OF.sub("不满", plain))


def _value(han: str) -> str:
    tens, ten, ones = han.partition("十")
    if not ten:
        return han.translate(_SMALL)
    if len(tens) > 1 or len(ones) > 1:
        return han
    return str(int(tens.translate(_SMALL) or 1) * 10 + int(ones.translate(_SMALL) or 0))


def _polite(key: str, label: str) -> bool:
    """没问题 says yes to a request, but not that there is one of what was asked for."""
    return label.startswith("有") and re.search(r"没有?(?:问题|意见)|没错", key) is not None


def _other(denied: set[int], count: int, side: Mapping[Polarity, int]) -> int | None:
    """What is left when one option is denied: the other of two, or the no of a yes-or-no question."""
    (at, *more) = denied
    if more:
        return None
    if side and at == side["yes"]:
        return side["no"]
    return 1 - at if count == 2 else None


# --- labels inside the text


def _labels(text: str, names: Names) -> tuple[set[int], set[int]]:
    """Options whose words stand in the text, and those that stand there denied. Longer words are taken first."""
    spans = sorted(_spans(text, names))
    said: set[int] = set()
    denied: set[int] = set()
    last_end, was_denied = 0, False
    for start, end, at in spans:
        between = text[last_end:start]
        if last_end and _JOINS.fullmatch(between):
            deny = was_denied
        else:
            lead = _CLAUSE.split(between)[-1]
            tail = _CLAUSE.split(text[end:])[0]
            deny = negations(lead) > 0 or bool(_SOUNDS_LIKE_NOT.search(lead) or _NEGATED_AFTER.search(tail))
        (denied if deny else said).add(at)
        last_end, was_denied = end, deny
    return said, denied


def _spans(text: str, names: Names) -> Iterator[tuple[int, int, int]]:
    words = sorted(
        ((name, at) for at, own in enumerate(names) for name in own if len(name) > 1), key=lambda w: -len(w[0])
    )
    for name, at in words:
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            cut = (name[0].isdigit() and text[start - 1 : start].isdigit()) or (
                name[-1].isdigit() and text[end : end + 1].isdigit()
            )
            if not cut:
                yield start, end, at
                text = text[:start] + "|" * len(name) + text[end:]
            start = text.find(name, end)


# --- a part of a label, a slip


def _by_part(text: str, names: Names, side: Mapping[Polarity, int]) -> int | list[int] | None:
    core = _FILLERS.sub("", text)
    without_owner = _OWNERS.sub("", core)
    for part in dict.fromkeys((core, without_owner, core.removesuffix("性"))):
        if found := [at for at, own in enumerate(names) if any(_is_part(part, name) for name in own)]:
            return found[0] if len(found) == 1 else found
    if negations(core) == 1 and (rest := _NOT_LEAD.sub("", core)) != core:
        found = [at for at, own in enumerate(names) if any(_is_part(rest, name) for name in own)]
        return _other(set(found), len(names), side) if found else _by_likeness(core, names)
    return _by_likeness(core or text, names)


def _is_part(core: str, name: str) -> bool:
    """Whether these letters stand in a label as they are, or as its abbreviation (工行), with the same negations."""
    whole = _FILLERS.sub("", name)
    if not core or not whole or core.isdigit():
        return False
    if core == whole:
        return True
    if len(core) == 1:
        return whole.startswith(core) and len(whole) <= 4 and not negations(whole)
    start = whole.find(core)
    if start >= 0:
        return negations(whole[max(0, start - 1) : start + len(core)]) == negations(core)
    return (
        len(core) <= 3
        and len(whole) <= 8
        and (core[0], core[-1]) == (whole[0], whole[-1])
        and core[1:-1] in whole
        and negations(core) == negations(whole)
    )


def _by_likeness(core: str, names: Names) -> int | None:
    """The one option that is written or sounds nearly like the answer; None when none or several are."""
    if not 2 <= len(core) <= 30 or core.isascii():
        return None
    numbers = _FIGURES.findall(core)
    fair = [
        [_FILLERS.sub("", name) or name for name in own if len(name) > 1 and _FIGURES.findall(name) == numbers]
        for own in names
    ]
    ours = sound(core)
    looks = [max((fuzz.ratio(core, name) for name in own), default=0.0) for own in fair]
    sounds = [max((_alike(ours, name) for name in own), default=0.0) for own in fair]
    by_sound, by_look = _leader(sounds, CLOSE_SOUND), _leader(looks, CLOSE_CHARACTERS)
    if by_sound is not None:
        return by_sound if by_look in (None, by_sound) else None
    if by_look is not None:
        safe = sounds[by_look] >= max(sounds) and any(negations(core) == negations(name) for name in fair[by_look])
        return by_look if safe and sounds[by_look] > 0 else None
    heard = [at for at, own in enumerate(fair) if any(_heard_in(ours, name) for name in own)]
    return heard[0] if len(heard) == 1 else None


def _leader(scores: Sequence[float], least: float) -> int | None:
    ranked = sorted(range(len(scores)), key=lambda at: -scores[at])
    best = ranked[0]
    ahead = scores[best] - (scores[ranked[1]] if len(ranked) > 1 else 0)
    return best if scores[best] >= least and ahead >= LEAD_OVER_NEXT else None


def _alike(ours: Sequence[str], name: str) -> float:
    """How alike two words sound, 0 to 100; 0 when one has a negating sound that the other lacks."""
    theirs = label_sound(name)
    if [one for one in ours if one in _NEGATING_SOUNDS] != [one for one in theirs if one in _NEGATING_SOUNDS]:
        return 0.0
    return fuzz.ratio(" ".join(ours), " ".join(theirs))


def _heard_in(ours: Sequence[str], name: str) -> bool:
    """Whether a label has these syllables in a row, and no negation just before them."""
    theirs, size = label_sound(name), len(ours)
    for at in range(len(theirs) - size + 1):
        if theirs[at : at + size] == tuple(ours):
            return at == 0 or theirs[at - 1] not in _NEGATING_SOUNDS
    return False


@lru_cache(maxsize=2048)
def label_sound(label: str) -> tuple[str, ...]:
    """Kept for labels only: what people type is not remembered."""
    return sound(label)


def sound(word: str) -> tuple[str, ...]:
    """Syllables without tone. The dictionary of sounds is loaded only when somebody's spelling needs it."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word))
