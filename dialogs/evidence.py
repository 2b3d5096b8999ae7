"""What points to an office besides names of places: its telephone, its address, the bank it pays through."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dialogs.normal import DIGITS, plain
from dialogs.office import Office, dialable

_DIGIT_RUN = re.compile(r"[\d(][\d\s()./·_\-－—–+]*\d")
_HAN_DIGIT = "零〇○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_HAN_DIGITS = re.compile(rf"[{_HAN_DIGIT}][\s{_HAN_DIGIT}\-]{{5,}}[{_HAN_DIGIT}]")
_NOT_DIGIT = re.compile(r"\D")
_COUNTRY = re.compile(r"^(?:00)?86")
_ANY_BANK = re.compile(
    r"(?:招商|民生|光大|浦发|兴业|中信|平安|华夏|邮储|邮政储蓄|邮政|中国|富滇|吉林|广发|渤海|浙商|恒丰|红塔|农商|农村商业|曲靖|昆明|"
    r"延边|长春|村镇|商业|储蓄|盛京|微众|网商)银行|招行|中行|邮储|邮政储蓄|农商行"
)
_OTHER_THAN = re.compile(r"(?:除了|除去|除|不是|不要)[^,，。]{0,8}?(?:银行|行|信用社|联社)(?:以外|之外|外)?")
_IN_BRACKETS = re.compile(r"[（(].*?[）)]")
_LEAST_ADDRESS = 7  # characters: shorter ones are found as street and number in places.toml


class Evidence:
    """Indexes over one directory's telephones, addresses and banks."""

    def __init__(self, offices: Sequence[Office], words: Mapping[str, Any], landmarks: Mapping[str, int]) -> None:
        self._offices = tuple(offices)
        self._phones = _phone_index(offices)
        self._landmarks = landmarks
        self._addresses = _address_index(offices)
        self._banks = _bank_index(offices, words["banks"])

    def rung(self, text: str) -> tuple[Office, ...]:
        """The offices whose telephone numbers stand in the text, however they are broken up."""
        text = _HAN_DIGITS.sub(lambda run: run.group().translate(DIGITS), text)
        found: list[Office] = []
        for run in _DIGIT_RUN.findall(text):
            digits = _NOT_DIGIT.sub("", run)
            whole = self._phones.get(digits) or self._phones.get(_COUNTRY.sub("", digits))
            if whole:
                found += whole
                continue
            for part in re.split(r"[\s/]+", run):  # 62138526 62138524: two numbers side by side
                found += self._phones.get(_NOT_DIGIT.sub("", part), ())
        return tuple(dict.fromkeys(found))

    def paying(self, text: str) -> tuple[Office, ...] | None:
        """The offices paying through the banks named; () when none pays through it, None when no bank is named."""
        text = _OTHER_THAN.sub("", text)
        paying = [office for word, offices in self._banks.items() if word in text for office in offices]
        if paying:
            return tuple(dict.fromkeys(paying))
        return () if _ANY_BANK.search(text) else None

    def is_bank(self, text: str) -> bool:
        """Whether nothing but the name of a bank stands here."""
        return text in self._banks or bool(_ANY_BANK.fullmatch(text))

    def landmark(self, text: str) -> int | None:
        """The office whose address has a street or house of this text that no other address has."""
        hits = {office for words, office in self._landmarks.items() if words in text}
        return hits.pop() if len(hits) == 1 else None

    def at_address(self, text: str) -> Office | None:
        """The office whose whole printed address stands in the text."""
        hits = [office for address, office in self._addresses.items() if address in text]
        return hits[0] if len(hits) == 1 else None


def _phone_index(offices: Iterable[Office]) -> dict[str, tuple[Office, ...]]:
    index: dict[str, tuple[Office, ...]] = {}
    for office in offices:
        for phone in (*office.phones, *dialable(office)):
            digits = _NOT_DIGIT.sub("", phone)
            for form in {digits, digits.lstrip("0"), phone.split("-")[-1]}:
                if office not in index.get(form, ()):
                    index[form] = (*index.get(form, ()), office)
    return index


def _address_index(offices: Iterable[Office]) -> dict[str, Office]:
    index: dict[str, Office] = {}
    for office in offices:
        address = _IN_BRACKETS.sub("", plain(office.address).lower().replace(" ", ""))
        short = address.removeprefix(office.city)
        if len(short) >= _LEAST_ADDRESS:
            index[short] = office
    return index


def _bank_index(offices: Iterable[Office], aliases: Mapping[str, Sequence[str]]) -> dict[str, tuple[Office, ...]]:
    index: dict[str, tuple[Office, ...]] = {}
    for bank in dict.fromkeys(office.bank for office in offices if office.bank):
        paying = tuple(office for office in offices if office.bank == bank)
        for word in (bank, *aliases.get(bank, ())):
            index[plain(word).lower()] = paying
    return index
