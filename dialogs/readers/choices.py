"""One of a few options: by number, by place, by its words, by yes or no. A negation is never read as its positive."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from dialogs.model import Filled, Reading, Refused
from dialogs.normal import bare
from dialogs.readers.yes_no import is_question, negations, polarity, sides

LONGEST = 300
CLOSE_CHARACTERS = 75
CLOSE_SOUND = 86
LEAD_OVER_NEXT = 12

_EXTRA = str.maketrans(
    {chr(0x2775 + n): str(n) for n in range(1, 11)}
    | {chr(0x277F + n): str(n) for n in range(1, 11)}
    | {chr(0x2789 + n): str(n) for n in range(1, 11)}
    | {"\u20e3": None, "🔟": "10", "壹": "一", "贰": "二", "叁": "三", "弌": "一", "弍": "二", "俩": "二", "仨": "三"}
)
_HAN_FIGURES = {han: n for n, han in enumerate("零一二三四五六七八九十")} | {"两": 2, "幺": 1, "肆": 4, "伍": 5}
_NUMBER = r"(?:[0-9]{1,4}|二?十[一二三四五六七八九]?|[零一二三四五六七八九两幺肆伍])"
_SAYS = (
    r"(?:(?:那|好的?|嗯+|哦|你好|,|，)*(?:我|俺|就|还是|想|要|应该|应|该|的|属于|情况|答案|回答|回复|输入|发|打|回|按|点|填|选择|选项|选的?|挑|"
    r"用|来|是|算|序号|编号|数字|给我|为|no|#|:|：|=|\.)*)"
)
_TALLY = r"(?:个选项|种情况|种方式|类情况|个|项|条|种|号|类|款|样|选项|#|点|行|排)?"
_AFTER = r"(?:那个|这个|的|吧|了|呢|啊|呀|哈|哦|谢谢|就行|就可以|就好|[\.,、:：)\]。!！~～;；'\"”)])*"
_ORDINAL = re.compile(rf"{_SAYS}[\[(【「“\"']?(?:第|头)?({_NUMBER})[\])】」”\"']?{_TALLY}{_AFTER}")
_NUMBERED = re.compile(rf"[\[(【]?(?:第|选)?({_NUMBER})(?:[\])】]|[\.,、:：\-—=]|个|项|号|种)+(.+)")
_GLUED = re.compile(r"([0-9])([^0-9].*)")
_LETTER = re.compile(rf"{_SAYS}([a-h])(?:项|选项)?{_AFTER}")
_NOT_THIS = re.compile(
    rf"(?:我|肯定|应该)*(?:不是|不选|不要|别选|不用|并非|除了|不填|非)(?:第|选)?({_NUMBER}){_TALLY}(?:以外|之外)?{_AFTER}"
)
_LATER = re.compile(
    rf"(?:不是|不要|不选|错了|改成|改选|改为|换成)?.{{0,8}}?(?:,|，|。|;|\s|而)*(?:而是|应该是|改成|改选|改为|换成|是|选|要)(?:第)?({_NUMBER}){_TALLY}{_AFTER}"
)
_SEVERAL = re.compile(
    rf"{_SAYS}{_NUMBER}(?:(?:和|与|跟|或者?|还有|以及|加|到|、|,|，|/|\+|\s)+(?:第)?{_NUMBER}{_TALLY})+{_AFTER}"
)
_EITHER = re.compile(
    r"都(?:可以|行|好|要|选|是|有|对|同意|成|中)|随便|无所谓|两个都|全部|全都|哪个都|你(?:定|选|帮我选|看着办)|都不|都没|以上"
)
_LAST = re.compile(
    rf"{_SAYS}(?:倒数第一|倒一|最后一?|末尾|最末|最下面|最下边|末)(?:的|那)?{_TALLY}(?:那个|一个)?{_AFTER}"
)
_LAST_BUT = re.compile(rf"{_SAYS}倒数第?({_NUMBER}){_TALLY}{_AFTER}")
_FIRST = re.compile(rf"{_SAYS}(?:最前面?|最上面|最上边|头一|首|打头)(?:的|那)?(?:一)?{_TALLY}(?:那个|一个)?{_AFTER}")
_FORMER = re.compile(
    rf"{_SAYS}(?:前面?|前边|前头|上面?|上边|上头|左边|前者)(?:的|那)?(?:一)?{_TALLY}(?:那个|一个)?{_AFTER}"
)
_LATTER = re.compile(
    rf"{_SAYS}(?:后面?|后边|后头|下面?|下边|下头|右边|后者|另)(?:的|那|外)?(?:一)?{_TALLY}(?:那个|一个)?{_AFTER}"
)
_MIDDLE = re.compile(rf"{_SAYS}(?:正?中间|当中)(?:的|那)?(?:一)?{_TALLY}(?:那个|一个)?{_AFTER}")
_NEGATED_BEFORE = re.compile(
    r"(?:不是|不想|不要|不会|不能|不选|没有|没法|不算|不属于|并非|不|没|未|非|别|无|莫)(?:想|要|是|被|有|选|用|能|因为|由于|去|在)?$"
)
_FILLERS = re.compile(
    r"[我你他她它俺是被了的吧啊呢呀把给就要想选那这因为由于属于情况应该个种,，。.!！;；:：\"“”'()（）\s]"
)
_FIGURES = re.compile(r"[0-9]+")
_SMALL = str.maketrans("零一二三四五六七八九两", "01234567892")
_NEGATING_SOUNDS = frozenset(("bu", "mei", "wei", "wu", "fei", "fou", "bie"))


def a_choice(text: str, options: Sequence[str], aliases: Sequence[Sequence[str]] = ()) -> Reading:
    """The option a person means, as its own text.

    aliases  other words for each option, in the options' order; may be shorter than the options or empty
    returns  Filled with the option's text; Refused when nothing, several or a number out of range was said
    """
    if not options:
        return Refused("现在没有可选的内容")
    if len(text) > LONGEST:
        return Refused("这段话太长了。" + _offer(options), "1")
    key = bare(text.translate(_EXTRA))
    if not key:
        return Refused("没有看到回答。" + _offer(options), "1")
    names = _names(tuple(options), tuple(tuple(more) for more in aliases))
    for option, own in zip(options, names, strict=True):
        if key in own:
            return Filled(option)
    at: int | str | None = _by_place(key, len(options), names)
    if at is None:
        at = _by_words(key, options, names)
    return Filled(options[at]) if isinstance(at, int) else Refused(at or _puzzled(options), "1")


@lru_cache(maxsize=256)
def _names(options: tuple[str, ...], aliases: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Every word for each option, comparable."""
    padded = aliases + ((),) * (len(options) - len(aliases))
    return tuple(
        tuple(dict.fromkeys(name for name in (bare(option), *map(bare, more)) if name))
        for option, more in zip(options, padded, strict=False)
    )


# --- by number or place


def _by_place(key: str, count: int, names: Sequence[tuple[str, ...]]) -> int | str | None:
    """The index of the option, why not, or None when no place was named."""
    if match := _ORDINAL.fullmatch(key):
        return _within(_figure(match[1]), count)
    if match := _NOT_THIS.fullmatch(key):
        return _the_other(_within(_figure(match[1]), count), count)
    if match := _LAST_BUT.fullmatch(key):
        return _within(count + 1 - _figure(match[1]), count)
    if _LAST.fullmatch(key):
        return count - 1
    if _FIRST.fullmatch(key):
        return 0
    if _FORMER.fullmatch(key) or _LATTER.fullmatch(key):
        if count == 2:
            return 0 if _FORMER.fullmatch(key) else 1
        return f"有{count}个选项，不知道是哪一个。回复1到{count}的数字就可以"
    if _MIDDLE.fullmatch(key) and count == 3:
        return 1
    if _SEVERAL.fullmatch(key):
        return f"这里只能选一个。回复1到{count}的一个数字就可以"
    if match := _LETTER.fullmatch(key):
        return _within(ord(match[1]) - ord("a") + 1, count)
    if match := re.fullmatch(rf"({_NUMBER}),?不是{_NUMBER}{_TALLY}{_AFTER}", key):
        return _within(_figure(match[1]), count)
    if (match := _LATER.fullmatch(key)) and negations(key) <= 1:
        return _within(_figure(match[1]), count)
    return _number_with_words(key, count, names)


def _number_with_words(key: str, count: int, names: Sequence[tuple[str, ...]]) -> int | str | None:
    """1、是 or 2代缴医保: the number counts when the words don't speak for another option."""
    match = _NUMBERED.fullmatch(key) or _GLUED.fullmatch(key)
    if not match or not 1 <= _figure(match[1]) <= count:
        return None
    at, words = _figure(match[1]) - 1, match[2].strip(" .,、:：的那个")
    if any(words in own for own in names[at : at + 1]) or (len(words) >= 2 and any(words in own for own in names[at])):
        return at
    spoken = _by_words(words, [own[0] for own in names], names)
    if isinstance(spoken, int):
        return at if spoken == at else f"数字和文字不是同一个选项。回复1到{count}的数字就可以"
    return None


def _figure(number: str) -> int:
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    return (_HAN_FIGURES.get(tens, 1) * 10 if ten else 0) + _HAN_FIGURES.get(ones, 0)


def _within(number: int, count: int) -> int | str:
    if 1 <= number <= count:
        return number - 1
    return f"这里只有{count}个选项。回复1到{count}的数字就可以" if count > 1 else "这里只有1个选项。回复1就可以"


def _the_other(at: int | str, count: int) -> int | str:
    if isinstance(at, int) and count == 2:
        return 1 - at
    return f"知道不是这个。那是哪一个？回复1到{count}的数字就可以" if isinstance(at, int) else at


# --- by words


def _by_words(key: str, options: Sequence[str], names: Sequence[tuple[str, ...]]) -> int | str | None:
    side = sides(options)
    meaning = polarity(key)
    if side and meaning in side:
        return side[meaning]
    if meaning == "unsure":
        return next((at for at, own in enumerate(names) if polarity(own[0]) == "unsure"), None)
    if is_question(key):
        return None
    said, denied = _labels_said(key, names)
    if len(said) == 1 and not denied - said:
        return said.pop()
    if said:
        wanted = said - denied
        return wanted.pop() if len(wanted) == 1 else _undecided(options, sorted(said))
    if denied:
        at = denied.pop() if len(denied) == 1 else None
        return 1 - at if at is not None and len(options) == 2 and negations(key) == 1 else None
    if _EITHER.search(key):
        return None
    part = _by_part(key, names)
    if part:
        return part[0] if len(part) == 1 else _undecided(options, part)
    return _by_likeness(key, names)


def _labels_said(key: str, names: Sequence[tuple[str, ...]]) -> tuple[set[int], set[int]]:
    """Options whose words stand in the text, and those that stand there denied. Longer words are taken first."""
    said: set[int] = set()
    denied: set[int] = set()
    text = key.translate(_SMALL)
    words = sorted(
        ((name.translate(_SMALL), at) for at, own in enumerate(names) for name in own), key=lambda w: -len(w[0])
    )
    for name, at in words:
        if len(name) < 2:
            continue
        start = text.find(name)
        while start >= 0:
            before = text[:start]
            inside_number = name[0].isdigit() and before[-1:].isdigit()
            if not inside_number:
                (denied if _NEGATED_BEFORE.search(before) else said).add(at)
                text = before + "|" * len(name) + text[start + len(name) :]
            start = text.find(name, start + len(name))
    return said, denied


def _by_part(key: str, names: Sequence[tuple[str, ...]]) -> list[int]:
    """Options a part of whose words is the whole answer, once small words are left out of both."""
    core = _FILLERS.sub("", key.translate(_SMALL))
    if len(core) < 2 or core.isdigit():
        return []
    return [at for at, own in enumerate(names) if any(_is_part(core, name) for name in own)]


def _is_part(core: str, name: str) -> bool:
    whole = _FILLERS.sub("", name.translate(_SMALL))
    start = whole.find(core)
    if len(whole) > 2 * len(core) + 8 or start < 0:
        return False
    return negations(whole[max(0, start - 1) : start + len(core)]) == negations(core)


def _by_likeness(key: str, names: Sequence[tuple[str, ...]]) -> int | None:
    """The one option that is written or sounds nearly like the answer; None when none or several are."""
    core = _FILLERS.sub("", key) or key
    if not 2 <= len(core) <= 30 or negations(core) > 1 or core.isascii():
        return None
    looks, sounds = [], []
    for own in names:
        fair = [
            name
            for name in own
            if len(name) >= 2 and _FIGURES.findall(name.translate(_SMALL)) == _FIGURES.findall(core.translate(_SMALL))
        ]
        looks.append(max((fuzz.ratio(core, _FILLERS.sub("", name) or name) for name in fair), default=0.0))
        sounds.append(max((_sounding(core, _FILLERS.sub("", name) or name) for name in fair), default=0.0))
    by_sound, by_look = _leader(sounds, CLOSE_SOUND), _leader(looks, CLOSE_CHARACTERS)
    if by_sound is not None and by_look in (None, by_sound):
        return by_sound
    if (
        by_look is not None
        and max(sounds) <= sounds[by_look]
        and any(_same_sense(core, name) for name in names[by_look])
    ):
        return by_look
    return None


def _leader(scores: Sequence[float], least: float) -> int | None:
    ranked = sorted(range(len(scores)), key=lambda at: -scores[at])
    best = ranked[0]
    ahead = scores[best] - (scores[ranked[1]] if len(ranked) > 1 else 0)
    return best if scores[best] >= least and ahead >= LEAD_OVER_NEXT else None


def _same_sense(core: str, name: str) -> bool:
    return negations(core) == negations(name)


def _sounding(core: str, name: str) -> float:
    """How alike two words sound, 0 to 100; 0 when one has a negating sound more than the other."""
    ours, theirs = _sound(core), _label_sound(name)
    if [s for s in ours if s in _NEGATING_SOUNDS] != [s for s in theirs if s in _NEGATING_SOUNDS]:
        return 0.0
    return fuzz.ratio(" ".join(ours), " ".join(theirs))


@lru_cache(maxsize=2048)
def _label_sound(label: str) -> tuple[str, ...]:
    """Kept for labels only: what people type is not remembered."""
    return _sound(label)


def _sound(word: str) -> tuple[str, ...]:
    """Syllables without tone. The dictionary of sounds is loaded only when somebody's spelling needs it."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word))


# --- what is said when nothing was understood


def _offer(options: Sequence[str]) -> str:
    if len(options) <= 5 and sum(map(len, options)) <= 50:
        return "请选一个：" + "，".join(f"{at} {option}" for at, option in enumerate(options, 1)) + "。回复数字就可以"
    return f"这里有{len(options)}个选项，回复1到{len(options)}的数字就可以"


def _puzzled(options: Sequence[str]) -> str:
    return "没看懂选的是哪一个。" + _offer(options)


def _undecided(options: Sequence[str], which: Sequence[int]) -> str:
    named = "，还是".join(f"{at + 1} {options[at]}" for at in which[:4])
    return f"是{named}？回复数字就可以"
