"""How an answer is understood: a typed text to a normalised value, or to what is wrong with it and a good example."""

from collections.abc import Sequence
from datetime import date

from dialogs.model import Reading
from dialogs.readers.choices import a_choice
from dialogs.readers.dates import a_date
from dialogs.readers.masking import grouped, looks_sensitive, masked, redacted
from dialogs.readers.numbers import a_bank_card, a_card_number, an_id_number
from dialogs.readers.phones import a_phone
from dialogs.readers.texts import a_name, a_text, an_address

__all__ = [
    "KINDS",
    "a_bank_card",
    "a_card_number",
    "a_choice",
    "a_date",
    "a_name",
    "a_phone",
    "a_text",
    "an_address",
    "an_id_number",
    "grouped",
    "looks_sensitive",
    "masked",
    "read",
    "redacted",
]

KINDS = ("id_number", "bank_card", "social_card", "phone", "date", "choice", "address", "name", "text")


def read(
    kind: str,
    text: str,
    *,
    today: date,
    options: Sequence[str] = (),
    aliases: Sequence[Sequence[str]] = (),
    area_code: str = "",
) -> Reading:
    """An answer to a question of this kind. Raises ValueError for a kind that is none of KINDS; never for a text."""
    match kind:
        case "id_number":
            return an_id_number(text, today)
        case "bank_card":
            return a_bank_card(text)
        case "social_card":
            return a_card_number(text)
        case "phone":
            return a_phone(text, area_code)
        case "date":
            return a_date(text, today)
        case "choice":
            return a_choice(text, options, aliases)
        case "address":
            return an_address(text)
        case "name":
            return a_name(text)
        case "text":
            return a_text(text)
    raise ValueError(f"unknown kind of answer: {kind!r}; one of {', '.join(KINDS)}")
