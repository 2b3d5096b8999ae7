"""One person walking a claim as people do, with a WeChat-like phone, and the model of what they were told."""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.simulator.exchange import Exchange
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from tests.chaos.guides import CALLED, PLACES, SKIPPED, WRONG, Question, typed_value
from tests.chaos.model import Model, sorry
from tests.chaos.tally import Storm, Tally

SIDE_QUESTIONS = ("五华区电话是多少", "一个月多少钱", "要带什么材料", "进度", "为什么", "帮助", "要交税吗")
WAITS_MOST = 400
"""So often a person looks again before they are stuck."""
DIFFERENT_BYTES = b"\xff\xfe"


def unlike_any(photo: bytes, number: int) -> bytes:
    """The same picture, other bytes: a comment before the rest of the JPEG."""
    remark = f"chaos {number}".encode()
    return photo[:2] + DIFFERENT_BYTES + (len(remark) + 2).to_bytes(2, "big") + remark + photo[2:]


class Person:
    """Walks until the receipt stands on the phone."""

    def __init__(
        self, number: int, platform: Platform, tally: Tally, storm: Storm, seed: int, pictures: Sequence[bytes]
    ) -> None:
        self.number = number
        self.chance = random.Random(seed * 100_003 + number)
        self.model = Model("kunming" if number % 2 == 0 else "jilin")
        self.follower: Follower = platform.follower(f"oChaos-{number:021d}", following=True)
        self.tally, self.storm, self.pictures = tally, storm, pictures
        self.erases = self.chance.random() < 0.05
        self.drops = not self.erases and self.chance.random() < 0.05
        self.erased = self.stuck = ""
        self.old: list[dict[str, str]] = []
        self.trails: list[str] = []
        """What stood on the phone when something was found, for who looks into it."""
        self.photos_made = 0
        self.made: dict[bytes, str] = {}
        """Every photograph sent, and for what."""
        self.detours = 0
        self.retaken_at = ""

    # the walk

    def walk(self) -> None:
        """To the receipt, then a look at it and what some do afterwards."""
        text, looks = self.says("申领"), 0
        while not self.model.receipts:
            self.thinks()
            looks += 1
            if looks > WAITS_MOST or time.monotonic() > self.storm.until():
                self.stuck = f"open: {self.model.open_in(text)}; after {looks} looks"
                return
            text = self.goes_on(text)
        for _ in range(self.chance.randint(1, 3)):
            self.thinks()
            self.says(self.chance.choice(("进度", "提交", "进度")))
        if len(self.model.receipts) > 1:
            self.model.doubles.append("two receipts")
        if self.erases and self.chance.random() < 0.5:
            self.erases_everything()

    def goes_on(self, text: str) -> str:
        now = self.model.open_in(text) if text and not sorry(text) else None
        if now is None:
            return self.asks_where_it_stands(text)
        if now == "where":
            return self.says(CALLED[self.model.programme])
        if self.chance.random() < 0.15:
            return self.strays(now)
        if now == "":
            return self.at_the_summary()
        question = self.model.question(now)
        if question.kind == "photo":
            return self.photographs(question)
        return self.answers(question)

    def asks_where_it_stands(self, text: str) -> str:
        """No question stands on the screen."""
        if "要停下这次申领吗" in text:
            return self.says("3")
        if "要删除我们这里你的信息吗" in text or "确定吗" in text:
            return self.says("3" if "3 " in text else "2")
        if "没有没填完的申领" in text or "没有在填" in text:
            status = self.says("进度")
            return status if self.model.receipts or sorry(status) or "没有提交过" not in status else self.says("申领")
        if "没有提交过" in text or "已删" in text:
            return self.says("申领")
        return self.says("继续")

    def answers(self, question: Question) -> str:
        if question.choices:
            typed = self.chance.choice(list(question.choices))
            value = question.choices[typed]
            self.model.pending = (question.id, value, b"")
            if question.kind in ("consent", "choice") and self.chance.random() < 0.15:
                return self.taps_twice(question, value)
            return self.says(typed)
        typed = typed_value(question.id, self.number, self.chance)
        self.model.pending = (question.id, PLACES.get(typed, typed), b"")
        return self.says(typed)

    def taps_twice(self, question: Question, value: str) -> str:
        """A thumb that trembles: the same option twice at once. The second must not answer the next question."""
        number = next(typed for typed, means in (question.choices or {}).items() if means == value)
        label = next((one for one in self.follower.options() if one.text.startswith(f"{number} ")), None)
        if label is None:
            return self.says(number)
        with ThreadPoolExecutor(2) as pool:
            taps = [pool.submit(self.follower.say, label.says, label.id) for _ in range(2)]
            exchanges = [tap.result() for tap in taps]
        self.counts("double tap", *exchanges)
        return self.says("继续")

    def photographs(self, question: Question) -> str:
        if question.optional and self.chance.random() < 0.6:
            self.model.pending = (question.id, SKIPPED, b"")
            return self.says("跳过")
        self.photos_made += 1
        portrait = question.id == "portrait"
        base = self.pictures[0] if portrait else self.pictures[1 + self.photos_made % (len(self.pictures) - 1)]
        photo = unlike_any(base, self.number * 1000 + self.photos_made)
        self.made[photo] = f"photograph {self.photos_made} for {question.id}"
        self.model.pending = (question.id, "photo", photo)
        exchange = self.follower.send_photo(photo)
        return self.hears("photograph", exchange)

    def at_the_summary(self) -> str:
        if self.detours < 2 and self.chance.random() < 0.3:
            self.detours += 1
            return self.edits()
        if self.erases and not self.erased and self.chance.random() < 0.5:
            return self.erases_everything()
        if self.drops:
            self.drops = False
            return self.drops_everything()
        self.model.maybe_filed = True
        text = self.says("提交")
        if "还在检查" in text:
            self.thinks()
        return text

    def edits(self) -> str:
        """改N of one line of the summary; then a new value, or 不变."""
        shown = [one for one in self.model.questions if one.edited_as and one.id in self.model.relevant()]
        texts = [(at, one) for at, one in enumerate(shown, 1) if one.kind == "text"]
        at, question = self.chance.choice(texts)
        self.model.maybe_reopened = question.id
        text = self.says(f"改{at}")
        if self.model.open_in(text) != question.id:
            return text
        if self.chance.random() < 0.3:
            self.model.pending = (question.id, self.model.answers[question.id], b"")
            return self.says("不变")
        return self.answers(question)

    def strays(self, now: str) -> str:
        """What people do beside answering."""
        deed = self.chance.choice(("wrong", "wrong", "back", "side", "side", "pause", "cancel", "sticker", "order"))
        if deed == "wrong" and now in WRONG and not self.model.question(now).optional:
            text = self.says(self.chance.choice(WRONG[now]))
            return text if self.model.open_in(text) == now else self.says("继续")
        if deed == "back" and now and not self.model.reopened:
            return self.goes_back()
        if deed == "pause":
            self.says("暂停")
            self.thinks()
            return self.says("继续")
        if deed == "cancel":
            return self.says("取消")
        if deed == "sticker":
            self.hears("sticker", self.follower.send_sticker())
            return self.says("继续")
        if deed == "order":
            self.two_at_once()
            return self.says("继续")
        self.says(self.chance.choice(SIDE_QUESTIONS))
        return self.says("继续")

    def goes_back(self) -> str:
        """上一步, and then what stood there (不变)."""
        relevant = self.model.relevant()
        asked = [one.id for one in self.model.questions if one.id in relevant and one.kind != "consent"]
        now = self.model.follows(kept=False)
        names = [one.id for one in self.model.questions]
        before = [name for name in asked if not now or names.index(name) < names.index(now)]
        if not before:
            return self.says("上一步")
        last = before[-1]
        self.model.maybe_reopened = last
        text = self.says("上一步")
        if self.model.open_in(text) != last or self.model.question(last).kind not in ("text", "choice"):
            return text if self.model.open_in(text) != last else self.keeps(last)
        return self.keeps(last)

    def keeps(self, name: str) -> str:
        before = self.model.answers.get(name, SKIPPED)
        self.model.pending = (name, before, self.model.papers.get(name, b""))
        return self.says("不变")

    def two_at_once(self) -> None:
        """Two side questions in the same second, in any order."""
        with ThreadPoolExecutor(2) as pool:
            said = [pool.submit(self.follower.say, text) for text in ("网点", "要带什么材料")]
            self.counts("two at once", *(one.result() for one in said))

    def drops_everything(self) -> str:
        text = self.says("取消")
        if "要停下这次申领吗" not in text:
            return text
        self.old.append(dict(self.model.answers))
        self.model.maybe_gone = True
        return self.says("2")

    def erases_everything(self) -> str:
        text = self.says("删除我的信息")
        if "要删除我们这里你的信息吗" not in text:
            return text
        filed = bool(self.model.receipts)
        option = "2" if "申领也撤回" in text else "1"
        self.model.maybe_gone = True
        for _ in range(WAITS_MOST):
            text = self.says(option)
            if "已删除" in text:
                break
            text = self.says("删除我的信息")
            if "要删除我们这里你的信息吗" not in text and text and not sorry(text):
                break  # it was done, and its reply was lost
            option = "2" if "申领也撤回" in text else "1"
            self.thinks()
        self.erased = "filed" if filed else "draft"
        self.model.forget()
        return text

    # the phone

    def says(self, text: str) -> str:
        return self.hears("text", self.follower.say(text))

    def hears(self, what: str, exchange: Exchange) -> str:
        """The reply's words; "" when there were none. The model takes them in."""
        self.counts(what, exchange)
        if exchange.failed or not exchange.text or sorry(exchange.text):
            return exchange.text
        before = len(self.model.losses) + len(self.model.doubles)
        self.model.hears(exchange.text)
        if len(self.model.losses) + len(self.model.doubles) > before:
            self.trails.append("\n".join(f"{one.side} {one.text}" for one in self.follower.conversation.after()[-14:]))
        return exchange.text

    def counts(self, what: str, *exchanges: Exchange) -> None:
        now = time.monotonic()
        with self.tally.lock:
            self.tally.deeds[what] += 1
            for exchange in exchanges:
                self.tally.pushes += 1
                self.tally.repeats += exchange.attempts - 1
                self.tally.sorry += sorry(exchange.text)
                if exchange.answer is not None:
                    self.tally.elapsed_s.append(exchange.answer.elapsed_s)
                if exchange.failed and exchange.answer is None:
                    self.tally.silent.append((now - exchange.whole_s, exchange.road))
                elif exchange.failed:
                    self.tally.refused.append(f"{self.number}: {exchange.violation}")
                for other in exchange.others:
                    said = other.text if other is not None else ""
                    if said != exchange.text and not sorry(said) and not sorry(exchange.text):
                        self.tally.refused.append(f"{self.number}: two replies to one {what}")

    def thinks(self) -> None:
        threading.Event().wait(self.storm.think_s(self.chance))
