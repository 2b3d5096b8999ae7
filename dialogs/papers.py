"""Which paper a photograph shows, by the words an OCR read on it, and what is worth saying of it.

Advice only: an OCR misses words and misreads digits, so nothing here refuses a photograph, and a word that was not read
says nothing. The signs of each paper are those of our own drawings and of the printed forms; where two papers could be
meant, none is named.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dialogs.normal import plain
from dialogs.paper_numbers import card_numbers, id_numbers
from dialogs.photo_words import Reason
from dialogs.readers.masking import masked

__all__ = [
    "NAMES",
    "PAPERS",
    "Box",
    "Paper",
    "Seen",
    "card_numbers",
    "id_numbers",
    "may_be_portrait",
    "paper_of",
    "remarks",
    "seen_in",
]

Paper = Literal[
    "id_portrait", "id_emblem", "household_issuer", "household_own", "bank_card", "social_card", "employment_cert",
    "passbook", "portrait",
]  # fmt: skip
PAPERS: tuple[Paper, ...] = get_args(Paper)

NAMES: Mapping[Paper, str] = {
    "id_portrait": "身份证人像面",
    "id_emblem": "身份证国徽面",
    "household_issuer": "户口册发证机关页",
    "household_own": "户口册本人页",
    "bank_card": "银行卡",
    "social_card": "社会保障卡",
    "employment_cert": "就业创业证",
    "passbook": "存折",
    "portrait": "1寸照片",
}

Box = tuple[float, float, float, float]
"""Left, top, width and height as shares of the picture's width and height."""

_OF_THE_HOLDER = ("id_portrait", "household_own", "social_card", "employment_cert")
"""Papers that bear their holder's identity number."""
_FACE_WIDTH = (0.30, 0.75)
_OFF_CENTRE = 0.15
_FEW_CHARACTERS = 12
"""A photographer's mark or the print of a shirt; a paper has more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader made out on one photograph. Numbers are for comparing only: they are neither kept nor logged.

    paper       None when undecided
    faces       where faces look at the camera; not whose. Empty also where nobody looked for them
    text_found  whether anything was read at all
    """

    paper: Paper | None = None
    id_numbers: tuple[str, ...] = ()
    card_numbers: tuple[str, ...] = ()
    faces: tuple[Box, ...] = ()
    text_found: bool = False


@dataclass(frozen=True, slots=True)
class _Signs:
    """How a paper is known, by patterns of its print. No phrase counts twice.

    own      of no other paper of ours: one is needed where there are any, and one of another's rules a paper out
    shared   others bear them too
    least    how many of own and shared are needed together
    longest  characters on the whole picture; more is a leaflet that talks about papers
    needs    all of these are needed besides
    """

    own: tuple[str, ...]
    shared: tuple[str, ...]
    least: int
    longest: int
    needs: tuple[str, ...] = ()


_SIGNS: Mapping[Paper, _Signs] = {
    "id_portrait": _Signs((), ("姓名", "性别", "民族", "出生"), 1, 130, ("公民身份号码", "(?<!其他)住址")),
    "id_emblem": _Signs(("居民身份证", "签发机关"), ("有效期限", "公安局"), 2, 110),
    "household_issuer": _Signs(
        ("居民户口[簿册]", "户口登记机关", "省级公安机关", "户主姓名"), ("户别", "户号", "户口专用", "住址"), 3, 500
    ),
    "household_own": _Signs(
        ("常住人口登记卡", "与户主关系", "何时由何地迁来", "兵役状况", "服务处所", "曾用名"),
        ("籍贯", "婚姻状况", "文化程度", "出生地", "宗教信仰", "户口专用", "公民身份"),
        2,
        600,
    ),
    "social_card": _Signs(("社会保障卡", "社会保障号码"), ("姓名", "(?<!保障)卡号", "发卡日期", "人力资源"), 2, 200),
    "employment_cert": _Signs(
        ("就业创业证|就业失业登记证", "失业登记(?!证)", "就业登记"),
        ("证书编号", "发证机[关构]", "发证日期", "登记日期", "失业日期", "失业原因", "求职意向", "公民身份号码"),
        2,
        600,
    ),
    "passbook": _Signs(
        ("存折", "一本通"), ("户名", "[账帐]号", "开户", "储蓄(?!存折)", "凭证号", "支取", "余额"), 2, 600
    ),
    "bank_card": _Signs(
        (),
        ("银行|信用社|农商|农信", "银联|unionpay", "借记|储蓄卡|信用卡|debit", "validthru|有效期(?!限)|month/?year"),
        2,
        160,
    ),
}
_NO_CARD = re.compile(
    "户名|开户|[账帐]号|余额|交易|回单|转账|凭证|客户|身份|公积金|医疗|支行|储蓄(?!卡)|活期|定期|通存通兑"
)
"""On slips, books and screens about a bank account, not on the face of a card."""
_OTHERS = re.compile(
    "居住证|通行证|护照|驾驶|行驶证|永久居留|残疾|结婚证|离婚证|营业执照|证明书|(?:合同|关系)的?证明|通知书|指南|申请表|临时"
)
"""Papers that nobody asks for and that look like ours."""


def paper_of(lines: Sequence[str]) -> Paper | None:
    """The paper whose words these are; None when they are too few, or fit two papers or one that nobody asks for.

    lines  as an OCR read them, in any order; words may be split over lines or run together
    """
    text = _run_together(lines)
    if _OTHERS.search(text):
        return None
    telling = {paper for paper, signs in _SIGNS.items() if _count(signs.own, text)}
    fitting = [paper for paper, signs in _SIGNS.items() if telling <= {paper} and _fits(signs, text)]
    if "bank_card" in fitting and (_NO_CARD.search(text) or not card_numbers(lines)):
        fitting.remove("bank_card")
    return fitting[0] if len(fitting) == 1 else None


def _run_together(lines: Sequence[str]) -> str:
    return "".join(plain(line).replace(" ", "").lower() for line in lines)


def _count(patterns: Sequence[str], text: str) -> int:
    return sum(re.search(pattern, text) is not None for pattern in patterns)


def _fits(signs: _Signs, text: str) -> bool:
    own = _count(signs.own, text)
    return (
        len(text) <= signs.longest
        and (own > 0 or not signs.own)
        and own + _count(signs.shared, text) >= signs.least
        and _count(signs.needs, text) == len(signs.needs)
    )


def seen_in(lines: Sequence[str], faces: Sequence[Box] = ()) -> Seen:
    """What was read and the faces that were found, put together. A lone large face without words is a portrait."""
    paper = paper_of(lines)
    if may_be_portrait(lines) and len(faces) == 1 and not _misplaced(faces[0]):
        paper = "portrait"
    return Seen(paper, id_numbers(lines), card_numbers(lines), tuple(faces), _run_together(lines) != "")


def may_be_portrait(lines: Sequence[str]) -> bool:
    """Whether so little is printed that the picture may be a person's: only then a face tells anything."""
    return len(_run_together(lines)) <= _FEW_CHARACTERS


def remarks(wanted: Paper, seen: Seen, typed: Mapping[str, str], known_ids: Collection[str]) -> tuple[Reason, ...]:
    """What is worth telling the person, all of it advice, the weightiest first; empty when nothing is.

    typed      what the claimant typed, by the kind of its step: {"bank_card": "6222…", "id_number": "9901…"}
    known_ids  the identity numbers read on the claim's other papers
    """
    if seen.paper is not None and seen.paper != wanted and not _serves(wanted, seen):
        return (Reason("wrong_paper", "advise", about=NAMES[seen.paper], wanted=NAMES[wanted]),)
    return (*_of_numbers(wanted, seen, typed, known_ids), *(_of_faces(seen.faces) if wanted == "portrait" else ()))


def _serves(wanted: Paper, seen: Seen) -> bool:
    """A social-security card with a bank's number on it is a bank card too."""
    return wanted == "bank_card" and seen.paper == "social_card" and bool(seen.card_numbers)


def _of_numbers(wanted: Paper, seen: Seen, typed: Mapping[str, str], known_ids: Collection[str]) -> Iterator[Reason]:
    if wanted in _OF_THE_HOLDER and seen.id_numbers:
        told = typed.get("id_number", "")
        others, whose = ((told,), "typed") if told else (known_ids, "papers")
        if others and not set(others) & set(seen.id_numbers):
            yield Reason("other_id_number", "advise", about=masked("id_number", seen.id_numbers[0]), wanted=whose)
    card = typed.get("bank_card", "")
    if wanted == "bank_card" and card and len(seen.card_numbers) == 1:
        read = seen.card_numbers[0]
        if _repeats_aside(read) != _repeats_aside(card):
            yield Reason("other_card_number", "advise", about=masked("bank_card", read))


def _repeats_aside(number: str) -> str:
    """An OCR loses a digit in a row of equal ones, and one in ten such slips has a right check digit."""
    return re.sub(r"(.)\1+", r"\1", number)


def _of_faces(faces: Sequence[Box]) -> Iterator[Reason]:
    if not faces:
        yield Reason("no_face", "advise", 0, 1)
    elif len(faces) > 1:
        yield Reason("several_faces", "advise", len(faces), 1)
    elif place := _misplaced(faces[0]):
        yield Reason("face_place", "advise", faces[0][2], about=place)


def _misplaced(face: Box) -> str:
    """ "small" | "large" | "aside", or "" for a face as a photographer places it."""
    left, top, width, height = face
    if not _FACE_WIDTH[0] <= width <= _FACE_WIDTH[1]:
        return "small" if width < _FACE_WIDTH[0] else "large"
    off = max(abs(left + width / 2 - 0.5), abs(top + height / 2 - 0.5))
    return "aside" if off > _OFF_CENTRE else ""
