"""What tests of the core are built from: knowledge, sessions, moments; name only what the test is about."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.app import build_knowledge
from dialogs import engine
from dialogs.conversation import converse, said_of
from dialogs.effects import (
    ClaimFiled,
    ClaimsRead,
    ClaimStatus,
    ClaimWithdrawn,
    FetchPhoto,
    FileClaim,
    Input,
    PhotoJudged,
    ReadClaims,
    Said,
    Sent,
    Turn,
    WithdrawClaim,
)
from dialogs.help_effects import HelpJoined, HelpOffered, JoinHelp, OfferHelp
from dialogs.knowledge import Account, Knowledge, Moment
from dialogs.model import OpenId, Say
from dialogs.records import ConsentGiven, FiledRecord, ReadRecords, RecordsRead
from dialogs.session import Draft, Session

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))
MOMENT = Moment(NOW, "d" * 32, "3528914603715")
KUNMING_ANSWERS = {
    "notice": "read", "medical_way": "agent", "medical_card": "A1234567", "home_address": "昆明市五华区样例路1号",
    "consent_bank": "yes", "bank_account": "6222000000000001234", "phone": "13800138000", "consent_papers": "yes",
    "consent_portrait": "yes",
}  # fmt: skip


@lru_cache(maxsize=2)
def knowledge(role: str = "agency") -> Knowledge:
    """The shipped programmes, offices and guide."""
    return build_knowledge(Account("样例机构", role))  # type: ignore[arg-type]


def a_session(programme: str = "kunming", answers: dict[str, str] | None = None) -> Session:
    """A person in the middle of a claim."""
    version = knowledge().programmes[programme].version
    province = knowledge().programmes[programme].province
    draft = Draft("d" * 32, programme, version, int(NOW.timestamp()), dict(answers or {}))
    return Session(OpenId("oTest-0000000000000000000001"), draft, province=province)


def text_of(turn: Turn) -> str:
    """All that is said in a turn."""
    return "\n".join(
        "\n".join((reply.text, *(tap.label for tap in reply.taps))) if isinstance(reply, Say) else reply.else_say
        for reply in turn.replies
    )


class Talk:
    """A conversation with the core alone; photographs are judged good at once, claims filed in memory."""

    def __init__(self, session: Session, known: Knowledge | None = None) -> None:
        self.session = session
        self.known = known or knowledge()
        self.filed: list[str] = []
        self.claims: tuple[ClaimStatus, ...] = ()
        self.withdrawn: list[str] = []
        self.records: tuple[FiledRecord, ...] = ()
        self.consents: tuple[ConsentGiven, ...] = ()
        self.tickets = 0
        self.sent_at = int(NOW.timestamp())

    def says(self, text: str, tap: str = "") -> str:
        """Type (or tap) something; what is answered."""
        return self.told(Said(text, tap))

    def sends(self, verdict: str = "good", says: str = "") -> str:
        """Send a photograph that is judged like this; the news and the question after it."""
        self.tickets += 1
        ticket = f"{self.tickets:016x}"
        self.sent_at += 10
        turn = self._advance(Sent(ticket, "media", sent_at=self.sent_at, order=self.tickets))
        if any(isinstance(effect, FetchPhoto) for effect in turn.effects):
            self.judged(ticket, verdict, says)
            final = said_of(self.known, self.session, (ticket,), reading_too=True)
            assert final is not None
            self.session = final.session
            return text_of(final)
        return text_of(turn)

    def judged(self, ticket: str, verdict: str = "good", says: str = "") -> None:
        """The worker's verdict on a photograph, for the slot in which it stands now."""
        draft = self.session.draft
        slot = engine.slot_of(draft, ticket) if draft is not None else None
        key = ticket.rjust(40, "0") if verdict in ("good", "advise") else ""
        self._advance(PhotoJudged(ticket, verdict, says, key, "", slot or ""))

    def told(self, told: Input) -> str:
        """Any input; what is answered."""
        return text_of(self._advance(told))

    def _advance(self, told: Input) -> Turn:
        turn = converse(self.known, self.session, told, MOMENT)
        self.session = turn.session
        for effect in turn.effects:
            if isinstance(effect, FileClaim):
                if effect.draft.id not in self.filed:
                    self.filed.append(effect.draft.id)
                return self._advance(ClaimFiled("3528914603715", int(NOW.timestamp())))
            if isinstance(effect, WithdrawClaim):
                self.withdrawn.append(effect.receipt)
                return self._advance(ClaimWithdrawn(effect.receipt, "done"))
            if isinstance(effect, ReadClaims):
                return self._advance(ClaimsRead(self.claims, effect.why))
            if isinstance(effect, ReadRecords):
                return self._advance(RecordsRead(effect.why, self.records, self.consents, part=effect.part))
            if isinstance(effect, OfferHelp):
                return self._advance(HelpOffered("h" * 32, "12345678", int(NOW.timestamp()) + 1800))
            if isinstance(effect, JoinHelp):
                return self._advance(HelpJoined("unknown"))
        return turn


def nobody_listens() -> "redis.Redis":
    """A Redis that is away, found out at once: redis-py's own client tries again for seconds."""
    return redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
