"""All that the conversation knows besides the person: programmes, offices, guide, and whose account it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.guide import Guide
from dialogs.offices import Directory, Office, dialable
from dialogs.programme import Programme
from dialogs.reasons import NO_REASONS, Reasons


@dataclass(frozen=True, slots=True)
class Account:
    """Whose official account it is.

    operator  shown in the greeting, for example "昆明市就业局"
    role      "agency": claims are filed with its desk; "helper": papers are only prepared
    agents    whether a chat can be handed to a human agent in WeChat
    """

    operator: str = "本公众号运营方"
    role: Literal["agency", "helper"] = "agency"
    agents: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Immutable; the same for everybody until an operator changes it. `greeting` "" for the one of wording.py."""

    programmes: Mapping[str, Programme]
    directory: Directory
    guide: Guide
    account: Account = Account()
    reasons: Reasons = NO_REASONS
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
    """When a turn happens, and a fresh random id for a draft that may begin in it. Both given by the shell."""

    now: datetime
    fresh_id: str


"""`now` is in the claimants' time zone (Asia/Shanghai)."""
