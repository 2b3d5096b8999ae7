"""One push and what came of it: the same message up to three times, then the bot's answer or the grey line."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.simulator import messages
from bot.simulator.delivery import Answer, NoAnswer, Post, Request, over_bad_line, sealed
from bot.simulator.messages import Nodes
from bot.simulator.replies import Asked, Reply, Violation, read
from bot.simulator.roads import Roads
from bot.simulator.settings import SimulatorSettings

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """What WeChat made of one push.

    attempts   how often it was posted
    answer     the answer that counted; None when none came in time
    reply      what the follower is shown; None for `success` and for failures
    violation  why the answer was not taken, "" when it was; an absent answer is one
    others     what the bot answered to other attempts, read but not shown: must be the same
    whole_s    from the first attempt to the answer that counted
    road       the trouble that met it on its way, "" for none
    """

    attempts: int
    answer: Answer | None = None
    reply: Reply | None = None
    violation: str = ""
    others: tuple[Reply | None, ...] = ()
    whole_s: float = 0.0
    road: str = ""

    @property
    def text(self) -> str:
        return self.reply.text if self.reply else ""

    @property
    def failed(self) -> bool:
        return bool(self.violation)


class Postman:
    """Carries pushes to the bot. Threads may come at once."""

    def __init__(
        self, settings: SimulatorSettings, post: Post, now: Callable[[], float], has_media: Callable[[str], bool]
    ) -> None:
        self.settings = settings
        self.post = post
        self.now = now
        self.roads = Roads()
        self._has_media = has_media
        self._lock = threading.Lock()
        self._msg_id = 24_000_000_000_000_000 + secrets.randbelow(10**15)

    def point_at(self, bot_url: str) -> None:
        """The webhook, when it is known only after the platform was built."""
        self.settings = replace(self.settings, bot_url=bot_url)

    def new_msg_id(self) -> int:
        """64 bits, larger than any 32-bit counter, never the same again."""
        with self._lock:
            self._msg_id += 1 + secrets.randbelow(1000)
            return self._msg_id

    def xml(self, sender: str, nodes: Nodes, created: int | None = None) -> str:
        """The push in clear, with CreateTime now unless told."""
        return messages.render(self.settings.account_id, sender, created or int(self.now()), nodes)

    def sealed(self, sender: str, xml: str) -> Request:
        """Signed (and encrypted) anew: two calls differ in nonce, timestamp and cipher text."""
        return sealed(xml, sender, self.settings, int(self.now()))

    def exchange(self, sender: str, nodes: Nodes, created: int | None = None) -> Exchange:
        """Post, again while no answer comes, and read the answer."""
        trouble = self.roads.take(sender, self.xml(sender, nodes, created))
        kind, delay_s = (trouble.kind, trouble.delay_s) if trouble else ("", 0.0)
        offset_s = trouble.offset_s if trouble else 0
        if offset_s:
            created = (created or int(self.now())) + offset_s
        xml = self.xml(sender, nodes, created)
        if trouble and kind == "hold":
            time.sleep(delay_s)
        if trouble and kind == "gather":
            self.roads.gather(trouble)
        began = first = time.monotonic()
        why, unheard = "", []
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1:
                time.sleep(max(0.0, began + self.settings.repeat_s - time.monotonic()))
            began, sent = time.monotonic(), attempt
            request = self._request(sender, xml, offset_s)
            try:
                if attempt == 1 and kind == "overlap":
                    sent = 2
                    answers = self._overlapping(request, self._request(sender, xml, offset_s), delay_s)
                    answer, unheard = answers[-1], list(answers[:-1])
                elif attempt == 1 and kind in ("cut", "slow"):
                    answer = over_bad_line(request, self.settings.patience_s, lasts_s=delay_s, cut=kind == "cut")
                else:
                    answer = self.post(request, self.settings.patience_s)
            except NoAnswer as wrong:
                why = f"no answer: {wrong}"
                continue
            if attempt == 1 and kind == "lost":
                unheard.append(answer)
                continue
            try:
                reply = self.read(sender, nodes, answer)
                others = tuple(self.read(sender, nodes, one) for one in unheard)
                return Exchange(sent, answer, reply, others=others, whole_s=time.monotonic() - first, road=kind)
            except Violation as wrong:
                return Exchange(sent, answer, violation=str(wrong), road=kind)
        return Exchange(ATTEMPTS, violation=why, whole_s=time.monotonic() - first, road=kind)

    def _request(self, sender: str, xml: str, offset_s: int) -> Request:
        return sealed(xml, sender, self.settings, int(self.now()) + offset_s)

    def _overlapping(self, first: Request, second: Request, after_s: float) -> list[Answer]:
        """The second is posted while the first may still be unanswered. Raises NoAnswer when neither was."""
        answers: list[Answer | None] = [None, None]

        def run(at: int, request: Request) -> None:
            with suppress(NoAnswer):
                answers[at] = self.post(request, self.settings.patience_s)

        early = threading.Thread(target=run, args=(0, first))
        early.start()
        time.sleep(after_s)
        run(1, second)
        early.join()
        heard = [answer for answer in answers if answer is not None]
        if not heard:
            raise NoAnswer("neither of two")
        return heard

    def read(self, sender: str, nodes: Nodes, answer: Answer) -> Reply | None:
        """An answer as WeChat reads it. Raises Violation."""
        asked = Asked(sender, str(dict(nodes)["MsgType"]), self.now(), self._has_media)
        return read(answer, asked, self.settings)

    def at_once(self, requests: Sequence[Request]) -> list[Answer | None]:
        """Post all of them at the same moment; None where no answer came. The order is kept."""
        answers: list[Answer | None] = [None] * len(requests)
        start = threading.Barrier(len(requests))

        def run(at: int) -> None:
            start.wait()
            try:
                answers[at] = self.post(requests[at], self.settings.patience_s)
            except NoAnswer:
                answers[at] = None

        threads = [threading.Thread(target=run, args=(at,)) for at in range(len(requests))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers
