"""All that the conversation knows besides the person: programmes, offices, guide, and whose account it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.guide import Guide
from dialogs.model import Link
from dialogs.notice import NO_NOTICE, Notice
from dialogs.offices import Directory, Office, dialable
from dialogs.programme import Programme
from dialogs.reasons import NO_REASONS, Reasons


@dataclass(frozen=True, slots=True)
class Account:
    """Whose official account it is.

    operator  shown in the greeting, for example "昆明市就业局"
    role      "agency": claims are filed with its desk; "helper": papers are only prepared
    agents    whether a chat can be handed to a human agent in WeChat
    hands_over  claims are handed over to the agency's own platform, which decides
    notices_url  the page on which people accept subscription notices, "" without one
    agent_hours  when, on working days: from and until, in minutes of the day; empty: always
    verifies  whether a service checks who a claimant is; card: where the electronic social-security card is to be had
    """

    operator: str = "本公众号运营方"
    role: Literal["agency", "helper"] = "agency"
    agents: bool = False
    hands_over: bool = False
    notices_url: str = ""
    agent_hours: tuple[tuple[int, int], ...] = ()
    verifies: bool = False
    card: Link | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Immutable; the same for everybody until an operator changes it. `greeting` "" for the one of wording.py."""

    programmes: Mapping[str, Programme]
    directory: Directory
    guide: Guide
    account: Account = Account()
    reasons: Reasons = NO_REASONS
    notice: Notice = NO_NOTICE
    greeting: str = ""

    def of_province(self, province: str) -> Programme | None:
        """The programme of this province."""
        return next((programme for programme in self.programmes.values() if programme.province == province), None)

    def office(self, name: str, programme: Programme | None = None) -> Office:
        """The office of this name; the programme's default (or the first one's) where it is gone from the directory."""
        office = self.directory.named(name)
        if office is not None:
            return office
        return self.default_office(programme or next(iter(self.programmes.values())))

    def default_office(self, programme: Programme) -> Office:
        """The programme's own office; proved to exist when it was loaded."""
        office = self.directory.named(programme.default_office)
        assert office is not None, programme.default_office
        return office

    def phone(self, office_name: str, programme: Programme | None = None) -> str:
        """The office's telephone numbers ready to dial."""
        return " 或 ".join(dialable(self.office(office_name, programme)))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a turn happens, and what may be needed in it: a fresh random id for a draft that may begin, the receipt
    number of a deed that may be done. All given by the shell."""

    now: datetime
    fresh_id: str
    receipt: str = ""


"""`now` is in the claimants' time zone (Asia/Shanghai)."""
