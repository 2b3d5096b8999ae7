"""The judge of one person: what their phone was told, and so what must be kept. It knows the guides by itself.

An answer whose reply never came may or may not be kept: the next question tells which. Whatever was answered and then
acknowledged by the next question must never be asked again by itself, and no question may be passed over.
"""

import re
from dataclasses import dataclass, field

from tests.chaos.guides import GUIDES, SKIPPED, SUMMARY, WHERE, Question

PHOTO_BACK = ("要重拍", "没有取到", "处理不了", "没有保存好")
"""A photograph is asked for again, with words that say so."""
NO_DRAFT = ("没有没填完的申领", "现在没有在填的申领", "已删掉这次填的内容和照片", "已删除")
SORRY = ("现在系统忙", "刚才出了点问题", "现在查不到", "你的答案安全保存着")
RECEIPT = re.compile(r"回执号[^0-9]{0,12}(\d{4} \d{4} \d{4} \d)")
MARK = re.compile(r"【\d+/\d+】")


class Found(Exception):
    """Something acknowledged was lost, or recorded twice."""


def sorry(text: str) -> bool:
    """The bot says that it could not, and to try again."""
    return any(words in text for words in SORRY)


@dataclass
class Model:
    """What one person was told."""

    programme: str
    answers: dict[str, str] = field(default_factory=dict)
    """Acknowledged, or skipped as SKIPPED; of a photograph only its name."""
    papers: dict[str, bytes] = field(default_factory=dict)
    pending: tuple[str, str, bytes] | None = None
    """An answer on its way: question, value, photograph."""
    maybe_gone: bool = False
    """A deletion or a dropping was asked for, and no answer came yet."""
    maybe_filed: bool = False
    """提交 was said, and no answer came yet: the draft may be gone, and then there is a receipt."""
    reopened: str = ""
    maybe_reopened: str = ""
    begun: bool = False
    receipts: set[str] = field(default_factory=set)
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)

    @property
    def questions(self) -> tuple[Question, ...]:
        return GUIDES[self.programme]

    def question(self, name: str) -> Question:
        return next(one for one in self.questions if one.id == name)

    def follows(self, *, kept: bool) -> str:
        """The question that must be open now; `kept`: if what is on its way was kept. "" is the summary."""
        answers, reopened = dict(self.answers), self.reopened
        if kept and self.pending is not None:
            answers[self.pending[0]] = self.pending[1]
            reopened = "" if reopened == self.pending[0] else reopened
        if reopened and self._asked(self.question(reopened), answers):
            return reopened
        return next((one.id for one in self.questions if self._asked(one, answers) and one.id not in answers), "")

    @staticmethod
    def _asked(question: Question, answers: dict[str, str]) -> bool:
        if question.when is not None and answers.get(question.when[0]) != question.when[1]:
            return False
        return not question.unless_skipped or answers.get(question.unless_skipped, "?") != SKIPPED

    def relevant(self) -> dict[str, str]:
        """What a filed claim must hold."""
        return {
            one.id: self.answers[one.id]
            for one in self.questions
            if one.id in self.answers and self._asked(one, self.answers)
        }

    def open_in(self, text: str) -> str | None:
        """Which question this reply puts: its name, "" for the summary, "where", or None when there is none."""
        if SUMMARY in text:
            return ""
        if WHERE in text:
            return "where"
        marks = list(MARK.finditer(text))
        if not marks:
            return None
        last = text[marks[-1].end() :]
        return next((one.id for one in self.questions if last.startswith(one.words) or one.words in last), None)

    def hears(self, text: str) -> str | None:
        """Take in a reply that the phone showed; the question that is open now, None when it does not say."""
        for number in RECEIPT.findall(text):
            if "已删除" not in text:
                self.receipts.add(number.replace(" ", ""))
        self._photographs_back(text)
        if "没有提交过" in text and self.maybe_filed and not self.receipts:
            self.losses.append(f"a submitted draft of {len(self.answers)} answers is gone")
            self.forget()
            return None
        if any(words in text for words in NO_DRAFT):
            return self._without_draft(text)
        now = self.open_in(text)
        if now is None:
            return None
        if now == "where":
            if self.begun and not self.maybe_gone:
                self.losses.append(f"asked where again after {len(self.answers)} answers")
            self.forget()
            return now
        self.begun, self.maybe_gone, self.maybe_filed = True, False, False
        self._settle(now)
        return now

    def _settle(self, now: str) -> None:
        if now in (self.follows(kept=False),) and now != self.follows(kept=True):
            self.pending = None
        elif now == self.follows(kept=True):
            self._keep()
        elif self.maybe_reopened and now == self.maybe_reopened:
            self.reopened, self.pending = now, None
        elif now in self.answers or (self.pending is not None and now == self.pending[0]):
            self.losses.append(f"{now} asked again")
            self.reopened, self.pending = now, None
        else:
            passed = self.follows(kept=True)
            self.doubles.append(f"{passed or 'summary'} passed over, {now or 'summary'} open")
            self.pending = None
            self.answers.setdefault(passed, "?")
        self.maybe_reopened = ""

    def _keep(self) -> None:
        if self.pending is not None:
            name, value, photo = self.pending
            self.answers[name] = value
            self.papers.pop(name, None)
            if photo:
                self.papers[name] = photo
            if self.reopened == name:
                self.reopened = ""
        self.pending = None

    def _photographs_back(self, text: str) -> None:
        """The person is told that a photograph must be sent again: it is open once more."""
        for question in self.questions:
            if question.kind != "photo":
                continue
            name = re.escape(question.edited_as)
            if any(re.search(rf"{name}(这张照片)?{words}", text) for words in PHOTO_BACK):
                if self.pending is not None and self.pending[0] == question.id:
                    self.pending = None
                self.answers.pop(question.id, None)
                self.papers.pop(question.id, None)

    def _without_draft(self, text: str) -> None:
        if self.maybe_filed and "已删" not in text:
            return  # 进度 will tell
        if self.begun and not self.maybe_gone and not self.receipts and "已删" not in text:
            self.losses.append(f"a draft of {len(self.answers)} answers is gone")
        if "没有在填" in text or "没有没填完" in text or "已删" in text:
            self.forget()

    def forget(self) -> None:
        """The draft is gone, as asked for; a filed claim's record stays in `filed`."""
        if not self.receipts:
            self.answers, self.papers = {}, {}
        self.pending, self.begun, self.maybe_gone, self.maybe_filed = None, False, False, False
        self.reopened, self.maybe_reopened = "", ""
