"""The core's own words: what comes in, what is remembered of a person, what goes out. All frozen, all plain values."""

from dataclasses import dataclass
from typing import NewType

from msgspec import Struct

OpenId = NewType("OpenId", str)
"""A follower of this account, as WeChat names them to us. Never in a log, never a Redis key in clear."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is already known when a place or a question is to be understood.

    province      "云南省" | "吉林省" | "" when not known
    last_insured  name of the office of the claim's last-insured place, "" when not known
    asked         names of the offices offered by the question that was just asked back
    """

    province: str = ""
    last_insured: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """An answer understood: the normalised value, and a note to show where there is one."""

    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer not taken. `why` says what is wrong and what to do; `example` shows a good answer."""

    why: str
    example: str = ""


Reading = Filled | Refused


class Tap(Struct, frozen=True, omit_defaults=True):
    """A tappable option: shown as `label`; tapping sends `says` with `id` as WeChat's bizmsgmenuid."""

    label: str
    says: str
    id: str


class Link(Struct, frozen=True, omit_defaults=True):
    """A page to open, or, where the phone knows mini programs and `appid` is set, that mini program instead."""

    label: str
    url: str
    appid: str = ""
    path: str = ""


class Say(Struct, frozen=True, omit_defaults=True):
    """One piece of a reply: text, then links, then the options under it, one a line."""

    text: str
    taps: tuple[Tap, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to send instead of text; `name` is a file the operator sets, `else_say` what to say without it."""

    name: str
    else_say: str


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture that WeChat holds already under this media_id; `else_say` where it cannot be sent."""

    media_id: str
    else_say: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the chat to a human agent (transfer_customer_service); `else_say` where the account has none."""

    else_say: str


Reply = Say | Picture | SentPicture | HandOver
