"""One call to WeChat that says something outside a reply, and how it ended: every remedy becomes one decision here."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dialogs import notice_values
from dialogs.inbox import End, Outcome
from dialogs.model import OpenId, Say
from dialogs.pushing import Plan
from handlers.ports import Remedy, WeChatError
from handlers.telling import Telling

PAUSE_S = 1800
"""A way that an operator must mend (no permission, account blocked) is left alone so long, for everybody."""
FIRST_DELAY_S, LONGEST_DELAY_S = 30, 1800
MINUTE_S = 60
_ENDS: dict[Remedy, End] = {
    "again": "again", "later": "again", "renew": "paused", "unreachable": "gone", "closed": "closed",
    "declined": "declined", "quota": "used_up", "gone": "refused", "alarm": "paused", "defect": "refused",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it. `msg_id` by which a receipt will name it; `trouble` is fit for a log, "" when all went well;
    `is_alarm`: an operator must act."""

    outcome: Outcome
    msg_id: str = ""
    trouble: str = ""
    is_alarm: bool = False


def made(telling: Telling, openid: OpenId, plan: Plan, now: datetime, tries: int) -> Attempt:
    """Send it. `tries` failed before: the next one is put off the longer."""
    match plan.way:
        case "custom":
            return said(telling, openid, plan.messages, tries)
        case "subscription":
            notice = telling.rules.subscription
        case _:
            notice = telling.rules.template
    assert notice is not None
    try:
        values = notice_values.values(notice.keywords, plan.about, plan.receipt, now)
    except ValueError as wrong:  # `claimbot check` says it too
        trouble = f"[telling.{plan.way}] keyword {wrong} cannot be filled"
        return Attempt(Outcome("refused", template=notice.template_id), trouble=trouble, is_alarm=True)

    def call() -> str:
        if plan.way == "subscription":
            telling.messenger.send_subscription(openid, notice.template_id, values, page=notice.link)
            return ""
        return telling.messenger.send_template(
            openid, notice.template_id, values, url=notice.link, client_msg_id=_client_msg_id(plan)
        )

    return _attempt(call, tries, notice.template_id)


def said(telling: Telling, openid: OpenId, messages: tuple[str, ...], tries: int = 0) -> Attempt:
    """Customer-service messages, one after the other. When a later one fails, the first has been seen: unsure."""
    attempt = Attempt(Outcome("arrived"))
    for at, text in enumerate(messages):

        def call(text: str = text) -> str:
            telling.messenger.send(openid, Say(text))
            return ""

        attempt = _attempt(call, tries)
        if attempt.outcome.end != "arrived":
            return Attempt(Outcome("unsure"), "", attempt.trouble, attempt.is_alarm) if at else attempt
    return attempt


def _attempt(call: Callable[[], str], tries: int, template: str = "") -> Attempt:
    try:
        return Attempt(Outcome("arrived", template=template), call())
    except WeChatError as error:
        end: End = "unsure" if error.unsure else _ENDS[error.remedy]
        least = MINUTE_S if error.remedy == "later" else 0
        delay_s = least + min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(tries, 10)) * random.uniform(0.5, 1.0)
        is_alarm = error.remedy in ("alarm", "renew", "defect") and not error.unsure
        return Attempt(Outcome(end, int(delay_s), template), "", str(error), is_alarm)


def _client_msg_id(plan: Plan) -> str:
    """The same for the same news: WeChat sends it once within ten minutes. It names nobody."""
    names = "\0".join(f"{item.ticket} {item.at}" for item in plan.items)
    return hashlib.blake2b(names.encode(), digest_size=16).hexdigest()
