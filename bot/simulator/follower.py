"""A phone: what its owner does, and what the chat then shows.

    phone = platform.follower("o-test")
    phone.follow()
    assert phone.say("你好").text == "…"
    phone.tap("查办理进度")                         # an option in any bubble, old ones too
    phone.copies(messages.text("你好", phone.new_msg_id()), 3)      # repeats and races, raw

Each deed posts one signed push and returns its `Exchange`. What was shown is in `conversation`; what the bot did that
WeChat would not take is in `violations`.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.simulator import messages
from bot.simulator.bubbles import Segment, segments
from bot.simulator.conversation import GREY_LINE, Conversation
from bot.simulator.delivery import Answer, Request
from bot.simulator.errors import WeChatSays
from bot.simulator.exchange import Exchange, Postman
from bot.simulator.media import MediaShelf
from bot.simulator.messages import Nodes, PicsEvent, Place, ScanEvent
from bot.simulator.notices import Notices
from bot.simulator.quota import Quota, Trigger
from bot.simulator.replies import Reply

ANSWERED_EVENTS = {"subscribe", "SCAN", "CLICK", "scancode_waitmsg", "location_select"}
"""Events whose answer (and whose failure) a phone shows."""

TYPING_NEEDS_S = 30.0
TYPING_LASTS_S = 10.0
VOICE = b"#!AMR\n" + (b"\x3c" + b"\x00" * 31) * 50  # one second of silence


class NotFollowing(Exception):
    """Who does not follow can write nothing; call `follow` first."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What every phone of a platform uses."""

    postman: Postman
    media: MediaShelf
    notices: Notices
    picture_url: Callable[[bytes], str]
    ticket_of: Callable[[str], str]


class Follower:
    """One phone. Its deeds may be called from several threads."""

    def __init__(self, openid: str, shared: Shared) -> None:
        self.openid = openid
        self.conversation = Conversation(shared.postman.now)
        self.violations: list[str] = []
        self.exchanges: list[Exchange] = []
        self.following = False
        self.blocks_templates = False
        self.subscribed_at = 0
        self.scene = ""
        self.tags: tuple[int, ...] = ()
        self._shared = shared
        self._lock = threading.RLock()
        self._quota = Quota()
        self._last_deed = 0.0
        self._typing_until = 0.0

    # what the owner does

    def follow(self, scene: str = "") -> Exchange:
        """Follow; with a scene, by scanning its code."""
        with self._lock:
            self.following = True
            self.scene = scene
            self.subscribed_at = int(self._now())
        self.conversation.add("system", "grey", "你已关注该公众号")
        return self._deed(messages.subscribe(scene, self._ticket(scene)), "scan" if scene else "follow")

    def unfollow(self) -> Exchange:
        with self._lock:
            self.following = False
            self._quota.lost()
        self.conversation.add("system", "grey", "你已取消关注该公众号")
        return self._sent(messages.unsubscribe())

    def say(self, text: str, menuid: str = "") -> Exchange:
        """Type a text; with `menuid`, tap an option."""
        self._must_follow()
        self.conversation.add("me", "text", text)
        return self._deed(messages.text(text, self._new_id(), menuid), "click" if menuid else "message")

    def tap(self, label: str) -> Exchange:
        """Tap the newest option so labelled (or saying so), in any bubble. Raises LookupError when there is none."""
        for option in self.options():
            if label in (option.text, option.says, option.id):
                return self.say(option.says, option.id)
        raise LookupError(f"no option {label!r}; there are {[option.text for option in self.options()]}")

    def options(self) -> list[Segment]:
        """Every option on the screen, newest bubble first, in its order inside a bubble."""
        bubbles = [line for line in self.conversation.after() if line.side == "account"]
        return [each for line in reversed(bubbles) for each in segments(line.text) if each.kind == "tap"]

    def send_photo(self, content: bytes) -> Exchange:
        self._must_follow()
        return self._deed(self._photo(content), "message")

    def send_photos(self, contents: Sequence[bytes]) -> list[Exchange]:
        """Several at once: their pushes overlap and may arrive in any order."""
        self._must_follow()
        pushes = [self._photo(content) for content in contents]
        with ThreadPoolExecutor(max_workers=max(1, len(pushes))) as threads:
            return list(threads.map(lambda nodes: self._deed(nodes, "message"), pushes))

    def send_voice(self) -> Exchange:
        self._must_follow()
        media = self._shared.media.keep("voice", VOICE)
        self.conversation.add("me", "voice", "语音 1″", media_id=media.media_id)
        return self._deed(messages.voice(media.media_id, self._new_id()), "message")

    def send_sticker(self) -> Exchange:
        """Stickers reach the bot as one fixed text."""
        self._must_follow()
        self.conversation.add("me", "sticker", "[动画表情]")
        return self._deed(messages.text(messages.STICKER, self._new_id()), "message")

    def send_location(self, lat: float, lng: float, label: str = "") -> Exchange:
        self._must_follow()
        self.conversation.add("me", "location", label, detail={"lat": lat, "lng": lng})
        return self._deed(messages.location(Place(lat, lng, label), self._new_id()), "message")

    def send(self, nodes: Nodes, trigger: Trigger | None = "message", created: int | None = None) -> Exchange:
        """Any push at all: the rest of `messages`. `created`: sent then, and held up on its way until now."""
        return self._deed(nodes, trigger, created)

    def click(self, key: str) -> Exchange:
        self._must_follow()
        self.conversation.add("me", "menu", key)
        return self._deed(messages.click(key), "click")

    def view(self, url: str) -> Exchange:
        return self._deed(messages.view(url, 1), None)

    def scan(self, scene: str) -> Exchange:
        """Scan a scene code: a follower's SCAN, or following by it."""
        if not self.following:
            return self.follow(scene)
        self.conversation.add("system", "grey", f"你扫描了场景码 {scene}")
        return self._deed(messages.scan(scene, self._ticket(scene)), "scan")

    def scan_code(self, name: ScanEvent, key: str, result: str) -> Exchange:
        """A scancode_push or scancode_waitmsg button."""
        self._must_follow()
        self.conversation.add("me", "menu", f"扫码：{result}")
        return self._deed(messages.scancode(name, key, result), "click")

    def pick_photos(
        self,
        key: str,
        contents: Sequence[bytes],
        name: PicsEvent = "pic_photo_or_album",
        event_first: bool = True,
    ) -> list[Exchange]:
        """A pic_… button: the event that announces the photos, and the photos. WeChat promises no order."""
        self._must_follow()
        announced = messages.pics(name, key, [hashlib.md5(content).hexdigest() for content in contents])
        before = [self._deed(announced, None)] if event_first else []
        photos = self.send_photos(contents)
        return [*before, *photos] if event_first else [*photos, self._deed(announced, None)]

    def select_location(self, key: str, lat: float, lng: float, label: str = "", poi: str = "") -> list[Exchange]:
        """A location_select button: its event, then a location message."""
        self._must_follow()
        chosen = self._deed(messages.location_select(key, Place(lat, lng, label), poi), None)
        return [chosen, self.send_location(lat, lng, label)]

    def accept_notices(self, template_id: str, accept: bool = True) -> Exchange:
        """Answer the subscription popup; one accept allows one notice."""
        if accept:
            self._shared.notices.accepted(self.openid, template_id)
        return self._deed(messages.subscribe_popup([(template_id, "accept" if accept else "reject")]), None)

    def withdraw_notices(self, template_id: str) -> Exchange:
        self._shared.notices.withdrawn(self.openid, template_id)
        return self._deed(messages.subscribe_change([template_id]), None)

    # for tests of repeats, races and forgeries

    def new_msg_id(self) -> int:
        return self._new_id()

    def photo(self, content: bytes) -> Nodes:
        """The nodes of an image message whose media WeChat keeps; shown in the chat, not sent."""
        return self._photo(content)

    def request(self, nodes: Nodes) -> Request:
        """Signed and sealed, not sent."""
        postman = self._shared.postman
        return postman.sealed(self.openid, postman.xml(self.openid, nodes))

    def copies(self, nodes: Nodes, count: int) -> list[Answer | None]:
        """The same push `count` times at the same moment; the raw answers, unread. Nothing is shown."""
        postman = self._shared.postman
        xml = postman.xml(self.openid, nodes)
        return postman.at_once([postman.sealed(self.openid, xml) for _ in range(count)])

    def read(self, nodes: Nodes, answer: Answer) -> Reply | None:
        """A raw answer as WeChat reads it. Raises Violation."""
        return self._shared.postman.read(self.openid, nodes, answer)

    # what the account does to the phone

    def spend_quota(self) -> None:
        """Raises WeChatSays 45015 or 45047 when no customer-service message may be sent."""
        with self._lock:
            if not self.following:
                raise WeChatSays(45015)
            self._quota.spend(self._now())

    def quota_left(self) -> int:
        with self._lock:
            return self._quota.left(self._now())

    def show_typing(self, command: str) -> None:
        """Raises WeChatSays 45072, 45080, 45081."""
        if command not in ("Typing", "CancelTyping"):
            raise WeChatSays(45072)
        with self._lock:
            now = self._now()
            if now - self._last_deed > TYPING_NEEDS_S:
                raise WeChatSays(45080)
            if command == "Typing" and now < self._typing_until:
                raise WeChatSays(45081)
            self._typing_until = now + TYPING_LASTS_S if command == "Typing" else 0.0
        self.conversation.touch()

    def is_typed_to(self) -> bool:
        return self._now() < self._typing_until

    # inside

    def _now(self) -> float:
        return self._shared.postman.now()

    def _new_id(self) -> int:
        return self._shared.postman.new_msg_id()

    def _must_follow(self) -> None:
        if not self.following:
            raise NotFollowing(self.openid)

    def _ticket(self, scene: str) -> str:
        return self._shared.ticket_of(scene) if scene else ""

    def _photo(self, content: bytes) -> Nodes:
        media = self._shared.media.keep("image", content)
        self.conversation.add("me", "image", media_id=media.media_id)
        return messages.image(media.media_id, self._shared.picture_url(content), self._new_id())

    def _deed(self, nodes: Nodes, trigger: Trigger | None, created: int | None = None) -> Exchange:
        with self._lock:
            self._last_deed = self._now()
            if trigger:
                self._quota.earned(trigger, self._last_deed)
        return self._sent(nodes, created)

    def _sent(self, nodes: Nodes, created: int | None = None) -> Exchange:
        exchange = self._shared.postman.exchange(self.openid, nodes, created)
        with self._lock:
            self.exchanges.append(exchange)
            self._typing_until = 0.0
            if exchange.violation:
                self.violations.append(exchange.violation)
        fields = dict(nodes)
        if fields["MsgType"] != "event" or fields["Event"] in ANSWERED_EVENTS:
            self._show(exchange)
        return exchange

    def _show(self, exchange: Exchange) -> None:
        if exchange.failed:
            self.conversation.add("system", "grey", GREY_LINE)
        elif exchange.reply and self.following:
            reply = exchange.reply
            if reply.kind == "transfer_customer_service":
                self.conversation.add("system", "handover", "已转接人工客服，请等候")
                return
            detail = {"fields": dict(reply.fields), "articles": [dict(each) for each in reply.articles]}
            self.conversation.add(
                "account", reply.kind, reply.text, media_id=reply.media_id, via="passive", detail=detail
            )
