"""Draw a dictionary for storage/packing.py: what sessions and replies of today are made of.

    python -m benchmarks.familiar FILE

Only for a new number: a dictionary that was released must never change.
"""

import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import msgspec

from bot.app import build_knowledge
from dialogs import claim_words, photo_words, wording
from dialogs.knowledge import Account
from dialogs.model import Say, Tap
from dialogs.programme import Step
from dialogs.session import Arrival, Draft, Numbering, Photo, Reach, Rights, Session
from storage.sessions import KeptReply

ANSWERS = {
    "kunming": {
        "notice": "read", "medical_way": "agent", "medical_card": "A", "home_address": "昆明市",
        "consent_bank": "yes", "bank_account": "62", "phone": "13", "consent_papers": "yes", "consent_portrait": "yes",
    },
    "jilin": {"insured_place": "吉林省", "phone": "13"},
}  # fmt: skip


def words(module: ModuleType) -> list[str]:
    """The sentences of a wording file."""
    return [text for name, text in vars(module).items() if name.isupper() and isinstance(text, str)]


def drawn() -> bytes:
    """Sentences first, then whole sessions as they lie in Redis, the likeliest last: near ones cost least."""
    programmes = build_knowledge(Account("", "agency")).programmes
    sentences = [*words(claim_words), *words(photo_words)]
    for programme in programmes.values():
        sentences += [programme.opening, *(text for step in programme.asked for text in of_step(step))]
    sentences += words(wording)
    sessions = b"".join(session(name, programmes[name].version) for name in ("jilin", "kunming"))
    return "\n".join(dict.fromkeys(sentences)).encode() + sessions


def of_step(step: Step) -> list[str]:
    """All that a step may put into a reply."""
    texts = [getattr(step, one.name) for one in fields(step) if one.name in ("prompt", "hint", "label", "id")]
    return [*texts, *(option.label for option in step.options)]


def session(programme: str, version: str) -> bytes:
    """A person in mid-claim, without anything of their own."""
    slots = (
        "id_portrait", "id_emblem", "household_issuer", "household_own", "portrait", "bank_card_photo",
        "social_card_photo",
    )  # fmt: skip
    photos = {slot: Photo("good", "", key="", came_at=1, sent_at=1, order=2**60) for slot in slots}
    draft = Draft("", programme, version, 2**31, ANSWERS[programme], photos)
    person = Session(
        "", draft, province="云南省" if programme == "kunming" else "吉林省", arrivals=(Arrival("", 2**31, "0"),),  # type: ignore[arg-type]
        numbering=Numbering(2**31, 2**60, 3), consents={"bank": "yes", "papers": "yes", "portrait": "yes"},
        last_at=2**31, reach=Reach(5, 2**31), rights=Rights("2026-11-24"),
    )  # fmt: skip
    reply = KeptReply(b"", "text", (Say("✓ "), Say("", (Tap("跳过", "跳过", ""),))), 2**31)
    return msgspec.msgpack.encode([person, b"", [reply]])


def main() -> None:
    """Write it."""
    Path(sys.argv[1]).write_bytes(drawn())


if __name__ == "__main__":
    main()
