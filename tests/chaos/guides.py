"""What the two guides ask, as the test knows it: the judge's own knowledge, read from the guides and not from the
product. A question is recognised by words that stand in it; what a person answers becomes a value."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "choice", "consent", "photo", "notice"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a guide.

    id       as a filed claim names its answer or its paper
    words    stand in the question and in no other
    choices  what is typed, and the value it means
    when     only asked when this answer was given before
    optional may be skipped
    edited_as  its name in the summary
    """

    id: str
    kind: Kind
    words: str
    choices: Mapping[str, str] | None = None
    when: tuple[str, str] | None = None
    unless_skipped: str = ""
    optional: bool = False
    edited_as: str = ""


CONSENT = {"1": "yes", "同意": "yes"}
SKIPPED = ""

KUNMING = (
    Question("notice", "notice", "申领前，请认真阅读", {"我已阅读": "read"}),
    Question("medical_way", "choice", "你选哪种缴纳医保的方式", {"1": "agent", "2": "other"}, edited_as="缴纳医保的方式"),
    Question("medical_card", "text", "请发你的个人医保卡号", when=("medical_way", "agent"), edited_as="个人医保卡号"),
    Question("home_address", "text", "请发你的详细常住地址", edited_as="个人详细常住地址"),
    Question("consent_bank", "consent", "下一步要填银行账号", CONSENT),
    Question("bank_account", "text", "请发你本人的银行卡号", edited_as="个人银行账号"),
    Question("phone", "text", "请发你的联系电话", edited_as="领取人联系电话"),
    Question("consent_papers", "consent", "下面要证件照片：身份证、户口册", CONSENT),
    Question("consent_portrait", "consent", "还要一张你的 1 寸照片", CONSENT),
    Question("id_portrait", "photo", "请拍身份证人像面", edited_as="身份证人像面"),
    Question("id_emblem", "photo", "请拍身份证国徽面", edited_as="身份证国徽面"),
    Question("household_issuer", "photo", "请拍户口册的发证机关页", edited_as="户口册（发证机关页）"),
    Question("household_own", "photo", "请拍户口册的本人页", edited_as="户口册（本人页）"),
    Question("portrait", "photo", "请发你近期的 1 寸免冠彩色照片", edited_as="近期1寸免冠彩色照片"),
    Question("bank_card_photo", "photo", "请拍你本人的银行卡", edited_as="申领人本人银行卡"),
    Question("social_card_photo", "photo", "请拍你的社会保障卡", edited_as="社会保障卡"),
    Question("employment_cert_2", "photo", "有就业创业证吗", optional=True, edited_as="就业创业证第2页（选填）"),
    Question(
        "employment_cert_3", "photo", "请拍就业创业证第 3 页", optional=True, unless_skipped="employment_cert_2",
        edited_as="就业创业证第3页（选填）",
    ),
)  # fmt: skip
JILIN = (
    Question("last_insured", "text", "你最后一次交失业保险，是在哪个市", edited_as="失业保险最后参保地"),
    Question(
        "paid_one_year", "choice", "满 1 年了吗", {"1": "yes", "2": "no", "3": "unsure"}, edited_as="缴费满1年"
    ),
    Question(
        "leaving", "choice", "你是怎么离开单位的",
        {"1": "ended", "2": "dismissed", "3": "agreed", "4": "employer_fault", "5": "own", "6": "unsure"},
        edited_as="离职的原因",
    ),
    Question("phone", "text", "请发你的联系电话", edited_as="联系电话"),
    Question("papers_set", "choice", "你用哪套证件", {"1": "social_card", "2": "id_and_bank"}, edited_as="用哪套证件"),
    Question("consent_papers", "consent", "下面要证件照片，只用于这次申领", CONSENT),
    Question(
        "social_card_photo", "photo", "请拍激活的金融社会保障卡", when=("papers_set", "social_card"),
        edited_as="激活金融社会保障卡",
    ),
    Question("id_card_photo", "photo", "请拍本人身份证", when=("papers_set", "id_and_bank"), edited_as="本人身份证"),
    Question("consent_bank", "consent", "下面要拍银行卡或存折", CONSENT, when=("papers_set", "id_and_bank")),
    Question(
        "bank_card_photo", "photo", "请拍银行卡，有卡号的一面", when=("papers_set", "id_and_bank"), optional=True,
        edited_as="银行卡",
    ),
    Question(
        "passbook_photo", "photo", "请拍存折有账号的一页", when=("papers_set", "id_and_bank"), optional=True,
        edited_as="存折",
    ),
)  # fmt: skip
GUIDES: Mapping[str, tuple[Question, ...]] = {"kunming": KUNMING, "jilin": JILIN}
CALLED = {"kunming": "昆明", "jilin": "吉林省"}
WHERE = "你最后一次参保在哪里"
SUMMARY = "请核对（还没有提交）"
WRONG = {
    "medical_card": ("A", "不知道"), "bank_account": ("6222000000000001235", "123"), "phone": ("12345",),
    "home_address": ("1",), "medical_way": ("苹果", "9"), "notice": ("香蕉",), "last_insured": ("火星",),
    "paid_one_year": ("香蕉", "9"), "leaving": ("香蕉",), "papers_set": ("香蕉",),
}  # fmt: skip
PLACES = {"延吉市": "延吉市社会保险局", "农安县": "农安县社会保险局", "珲春市": "珲春市社会保险局"}
"""The place a person names, and the office the guide's list has for it."""


def typed_value(question: str, number: int, chance: random.Random) -> str:
    """A right answer unlike anybody else's, where the question leaves room; as typed, and as it is kept."""
    match question:
        case "medical_card":
            return f"A{number:04d}{chance.randint(100, 999)}"
        case "home_address":
            return f"昆明市{chance.choice(('五华区', '盘龙区', '西山区', '官渡区'))}样例路{number + 1}号{chance.randint(1, 99)}栋"
        case "bank_account":
            return with_check_digit(f"622200000{number:05d}{chance.randint(1000, 9999)}")
        case "phone":
            return f"138{number:04d}{chance.randint(1000, 9999)}"
        case "last_insured":
            return chance.choice(tuple(PLACES))
    raise AssertionError(question)


def with_check_digit(digits: str) -> str:
    """Luhn."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if at % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return digits + str(-total % 10)
