"""What a person says to the slot board: "重拍3", "重拍2和5", "2和3对调", "人像面和国徽面放反了", "跳过8"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dialogs.normal import DIGITS, plain

Deed = Literal["retake", "swap", "skip"]

_ONE = r"(?:把|将|第)*(\d{1,2})(?:张|项|个|号)?(?:照片|图)?"
_AND = r"(?:和|跟|与|同|、|,|/| )"
_SWAPPED = (
    r"(?:对调|调换|互换|交换|对换|换一下|换过来|调过来|调一下|换位置|(?:放|发|弄|搞|拍)?(?:反|颠倒|错位)了?)"
)
_SWAP = re.compile(
    rf" *{_ONE} *{_AND}* *{_ONE} *(?:的?位置)?"
    rf"{_SWAPPED}(?:一下|了|吧)?[,;、和 ]*"
)
_LISTED = rf"{_ONE}(?: *{_AND}+ *{_ONE})*"
_RETAKE = r"(?:重拍|重新拍|重新发|补拍|重发|再拍|换掉?)"
_SKIP = r"(?:跳过|不交|没有)"
_ANY_DEED = re.compile(f"{_SWAPPED}|{_RETAKE}|{_SKIP}")
"""What no sentence about the board is without: most sentences are about something else."""
_VERBS: tuple[tuple[Deed, str], ...] = (("retake", _RETAKE), ("skip", _SKIP))
_PARTS = ("人像面", "国徽面", "发证机关页", "本人页", "彩色照片", "银行卡", "社保卡", "存折", "身份证")
_COUNTED = re.compile(r"(?<=第)[一二两三四五六七八九]|[二两三四五六七八九]|一(?![下张])")
"""Han digits that number a paper: not those of "换一下" and "重拍一张"."""
_TENS = (("十二", "12"), ("十一", "11"), ("十", "10"))


@dataclass(frozen=True, slots=True)
class BoardWord:
    """What to do with papers, named by their numbers on the board, from 1. Numbers may be out of range.

    deed    "retake" and "skip": each of `papers`; "swap": pairs of them, first with second, third with fourth
    """

    deed: Deed
    papers: tuple[int, ...]


def board_word(text: str, labels: Sequence[str]) -> BoardWord | None:
    """Understand a sentence about the board; None when it is about something else.

    labels  of the papers, in order: one can be named by its label, or by a part of it that no other has
    """
    said = plain(text).lower().strip(" 。.!！,~")
    if len(said) > 60 or not _ANY_DEED.search(said):
        return None
    if swaps := _swaps(_numbered(said, labels)):
        return BoardWord("swap", swaps)
    for deed, verb in _VERBS:
        own_words = said if deed == "skip" else _numbered(said, labels)
        numbers = _digits(own_words)
        if re.fullmatch(rf"(?:我?要|请|想)? *{verb} *{_LISTED}吧?", numbers) or re.fullmatch(
            rf"{_LISTED} *(?:要|想|都)?{verb}(?:一张|一下)?吧?", numbers
        ):
            return BoardWord(deed, tuple(int(number) for number in re.findall(r"\d{1,2}", numbers)))
    return None


def _swaps(said: str) -> tuple[int, ...]:
    """The pairs, when the whole sentence is nothing but exchanges."""
    numbers, end = [], 0
    text = _digits(said)
    for pair in _SWAP.finditer(text):
        if pair.start() != end:
            return ()
        numbers += [int(pair[1]), int(pair[2])]
        end = pair.end()
    return tuple(numbers) if end == len(text) else ()


def _numbered(said: str, labels: Sequence[str]) -> str:
    """The sentence with papers' names replaced by their numbers."""
    for number, label in enumerate(labels, 1):
        for name in _names(label, labels):
            said = said.replace(name, f" {number} ")
    return re.sub(" +", " ", said).strip()


def _names(label: str, labels: Sequence[str]) -> list[str]:
    """The label and the parts of it that name no other paper, longest first."""
    parts = {label, *re.split(r"[（）()]", label), *(part for part in _PARTS if part in label)}
    if "社会保障卡" in label:
        parts |= {"社会保障卡", "社保卡"}
    own = (part for part in parts if len(part) > 1 and sum(part in other for other in labels) <= 1)
    return sorted(own, key=lambda part: (-len(part), part))


def _digits(text: str) -> str:
    for han, number in _TENS:
        text = text.replace(han, number)
    return _COUNTED.sub(lambda han: han[0].translate(DIGITS), text)
