"""One claim as a ZIP for the office's file: a page to read, everything as JSON, the papers as they were sent."""

import json
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from bot.console import review_words, words
from bot.console.desk import Desk
from dialogs import claim as claim_fields
from handlers.picture_file import format_of
from handlers.world import CHINA
from storage.errors import Missing, Unreadable
from storage.filed import Claim
from storage.receipts import shown

IN_MEMORY_BYTES = 8 * 1024 * 1024
SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def packed(desk: Desk, claim: Claim) -> IO[bytes]:
    """The file, at its beginning; whoever reads it closes it. Nothing is masked: it is the office's own file.
    Raises StoreUnavailable."""
    programme = desk.world.knowledge.programmes.get(claim.programme)
    steps = {step.id: step for step in programme.steps} if programme is not None else {}

    def label(key: str) -> str:
        return steps[key].label if key in steps else key

    answers = [
        {
            "id": key,
            "label": label(key),
            "value": claim_fields.spoken_value(steps[key], value) if key in steps else value,
        }
        for key, value in {**claim.answers, **claim.system}.items()
    ]
    whole: dict[str, Any] = {
        "receipt": claim.receipt, "programme": claim.programme, "version": claim.version, "office": claim.office,
        "filed_at": claim.filed_at.isoformat(), "status": claim.status, "answers": answers,
        "papers": [{"slot": slot, "label": label(slot), "state": state} for slot, state in claim.paper_states.items()],
        "events": [
            {"seq": event.seq, "status": event.status, "at": event.at.isoformat(), "by": event.actor,
             "reason": event.reason, "detail": dict(event.detail)}
            for event in claim.events
        ],
    }  # fmt: skip
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 — who asked closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for number, (slot, key) in enumerate(claim.papers.items(), 1):
            try:
                data = desk.world.photos.get(claim.person, key)
            except (Missing, Unreadable):
                whole["papers"][number - 1]["state"] = "missing"
            else:
                archive.writestr(f"材料/{number:02d} {label(slot)}{SUFFIX.get(format_of(data), '.bin')}", data)
        archive.writestr("申领.json", json.dumps(whole, ensure_ascii=False, indent=1))
        archive.writestr("申领.txt", "\r\n".join(_lines(desk, claim, whole)))
    file.seek(0)
    return file


def _lines(desk: Desk, claim: Claim, whole: dict[str, Any]) -> Iterator[str]:
    now = desk.world.clock().astimezone(CHINA)
    yield f"回执号 {shown(claim.receipt)}，{claim.office}"
    yield f"{desk.member.name} 于 {now:%Y-%m-%d %H:%M} 导出。里面有个人信息，请按规定保管。"
    yield f"提交：{claim.filed_at.astimezone(CHINA):%Y-%m-%d %H:%M}，现在：{words.STATUS[claim.status]}"
    yield ""
    yield from (f"{row['label']}：{row['value']}" for row in whole["answers"])
    yield ""
    for number, row in enumerate(whole["papers"], 1):
        yield f"材料 {number} {row['label']}：{review_words.PAPER_STATE.get(row['state'], review_words.CANNOT_OPEN)}"
    yield ""
    for event in claim.events:
        who = "申请人" if event.is_claimants else event.actor
        said = " ".join((event.reason, *event.detail.values())).strip()
        yield f"{event.at.astimezone(CHINA):%Y-%m-%d %H:%M} {words.STATUS[event.status]} {who} {said}".rstrip()
