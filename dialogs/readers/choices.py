"""One of a few options: by number, by place, by its words, by yes or no. A negation is never read as its positive."""

from collections.abc import Sequence
from functools import lru_cache

from dialogs.model import Filled, Reading, Refused
from dialogs.normal import bare
from dialogs.readers.option_places import option_at
from dialogs.readers.option_words import option_said
from dialogs.readers.typed import whole

LONGEST = 300

_EXTRA = str.maketrans(
    {chr(0x2775 + n): str(n) for n in range(1, 11)}
    | {chr(0x277F + n): str(n) for n in range(1, 11)}
    | {chr(0x2789 + n): str(n) for n in range(1, 11)}
    | {"\u20e3": None, "🔟": "10", "壹": "一", "贰": "二", "叁": "三", "弌": "一", "弍": "二", "俩": "二", "仨": "三"}
)
"""Circled figures that Unicode does not fold, keycaps, and the numerals of cheques."""


def a_choice(text: str, options: Sequence[str], aliases: Sequence[Sequence[str]] = ()) -> Reading:
    """The option a person means, as its own text.

    aliases  other words for each option, in the options' order; may be shorter than the options or empty
    returns  Filled with the option's text; Refused when nothing, several or a number out of range was said
    """
    if not options:
        return Refused("现在没有可选的内容")
    if len(text) > LONGEST:
        return Refused("这段话太长了。" + _offer(options), "1")
    key = bare(whole(text).translate(_EXTRA))
    if not key:
        return Refused("没有看到回答。" + _offer(options), "1")
    names = _names(tuple(options), tuple(tuple(more) for more in aliases))
    exact = [at for at, own in enumerate(names) if key in own]
    if exact:
        return Filled(options[exact[0]])

    def by_words(words: str) -> int | None:
        exactly = [at for at, own in enumerate(names) if words in own]
        said = exactly[0] if exactly else option_said(words, names)
        return said if isinstance(said, int) else None

    at = option_at(key, names, by_words)
    if isinstance(at, str):
        return Refused(at, "1")
    meant = at if at is not None else option_said(key, names)
    if isinstance(meant, int):
        return Filled(options[meant])
    return Refused(_undecided(options, meant) if meant else "没看懂选的是哪一个。" + _offer(options), "1")


@lru_cache(maxsize=256)
def _names(options: tuple[str, ...], aliases: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Every word for each option, comparable, its own text first."""
    padded = aliases + ((),) * (len(options) - len(aliases))
    return tuple(
        tuple(dict.fromkeys((bare(whole(option)), *filter(None, (bare(whole(word)) for word in more)))))
        for option, more in zip(options, padded, strict=False)
    )


def _offer(options: Sequence[str]) -> str:
    if len(options) <= 5 and sum(map(len, options)) <= 50:
        return "请选一个：" + "，".join(f"{at} {option}" for at, option in enumerate(options, 1)) + "。回复数字就可以"
    return f"这里有{len(options)}个选项，回复1到{len(options)}的数字就可以"


def _undecided(options: Sequence[str], which: Sequence[int]) -> str:
    if len(which) > 4:
        return "有几个选项都像。" + _offer(options)
    named = "，还是".join(f"{at + 1} {options[at]}" for at in which)
    return f"是{named}？回复数字就可以"
