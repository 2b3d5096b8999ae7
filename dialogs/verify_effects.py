"""The real-name check by somebody else's service: what the core asks of the shell, and what it is told."""

from dataclasses import dataclass

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class BeginVerification:
    """Make a link for this draft, before the reply, without the network; answer with VerificationBegun."""

    draft: str


@dataclass(frozen=True, slots=True)
class AskVerification:
    """Ask what became of it, before the reply, with a short time-out; answer with VerificationTold."""

    draft: str
    attempt: int
    reference: str


@dataclass(frozen=True, slots=True)
class VerificationBegun:
    """
    attempt    when, in unix seconds: tells it from an earlier one of the same draft
    reference  by which the service knows it
    """

    draft: str
    attempt: int
    reference: str
    link: str


class VerificationTold(Struct, frozen=True):
    """What the service says: state is verified, pending, failed or expired.

    words  why it failed, for the person
    """

    draft: str
    attempt: int
    state: str
    name: str = ""
    id_number: str = ""
    words: str = ""


VerifyEffect = BeginVerification | AskVerification
ANSWERED = (BeginVerification, AskVerification)
VerifyInput = VerificationBegun | VerificationTold
