"""What telling people outside a reply works with: how the account may do it, who does it, what is remembered of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from handlers.ports import Messenger
from storage.deliveries import Deliveries
from storage.stalled import Stalled
from storage.telling import TellingBoard


@dataclass(frozen=True, slots=True)
class Notice:
    """A template message or subscription notice of this account.

    link      the page it opens when tapped, "" for none
    keywords  WeChat's keyword to the name of our value (dialogs/notice_values.py)
    """

    template_id: str
    link: str = ""
    keywords: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What this account may and wants to do. `waking`: from when until when a nudge may come, China time."""

    customer_service: bool = True
    nudge: bool = True
    waking: tuple[time, time] = (time(8), time(21))
    subscription: Notice | None = None
    template: Notice | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """Those that are set up, in the order of dialogs/pushing.py."""
        there = {
            "custom": self.customer_service, "subscription": self.subscription is not None,
            "template": self.template is not None,
        }  # fmt: skip
        return tuple(way for way, is_there in there.items() if is_there)


@dataclass(frozen=True, slots=True)
class Telling:
    """Built in bot/app.py."""

    rules: Rules
    messenger: Messenger
    board: TellingBoard
    deliveries: Deliveries
    stalled: Stalled
