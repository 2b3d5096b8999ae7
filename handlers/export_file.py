"""A person's own data as one file: a ZIP with everything as JSON, a page to read, and the photographs."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from msgspec.structs import replace

from dialogs import claim as claim_fields
from dialogs import identity
from dialogs import rights_words as words
from dialogs.claim_words import aloud
from dialogs.session import Draft
from handlers.records import is_taken
from handlers.world import CHINA, World
from storage.errors import Missing, Unreadable
from storage.filed import Claim

IN_MEMORY_BYTES = 4 * 1024 * 1024
"""A larger file lies on disk, without a name, while it is sent."""


def write(world: World, person: str) -> IO[bytes]:
    """The file, at its beginning; who reads it closes it. Nothing is masked: it is the person's own.

    raises  StoreUnavailable, Unreadable
    """
    session = world.sessions.load(person).session
    blob = world.parked.parked(person)
    sessions = [one for one in (session, world.sessions.session_in(person, blob) if blob is not None else None) if one]
    drafts = [draft for one in sessions for draft in one.drafts]
    claims = world.claims.of(person)
    now = world.clock()
    whole = {
        "exported_at": now.isoformat(),
        "notice_version": world.knowledge.notice.version,
        "openid": next((one.openid for one in sessions), claims[0].openid if claims else ""),
        "drafts": [_draft(world, draft) for draft in drafts],
        "claims": [_claim(world, one) for one in claims],
        "consents": [
            {
                "group": one.group, "answer": one.answer, "at": one.at.isoformat(),
                "notice_version": one.notice_version, "text_sha256": one.text_hash, "channel": one.channel,
            }
            for one in world.consents.of(person)
        ],
        "waiting_consents": [
            {"group": one.group, "answer": one.answer, "at": datetime.fromtimestamp(one.at, CHINA).isoformat()}
            for one in (session.rights.unrecorded if session is not None else ())
        ],
    }  # fmt: skip
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 — who asked closes it
    missing = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name, key in _photographs(drafts, claims):
            try:
                data = world.photos.get(person, key)
                packed.writestr(name + (".png" if data.startswith(b"\x89PNG") else ".jpg"), data)
            except (Missing, Unreadable):
                missing.append(name)
        packed.writestr("我的信息.json", json.dumps({**whole, "photos_missing": missing}, ensure_ascii=False, indent=1))
        packed.writestr("我的信息.txt", "\r\n".join(_readable(whole, missing, now)))
    file.seek(0)
    return file


def holds_anything(world: World, person: str) -> bool:
    """Whether something of this person is kept here at all. Raises StoreUnavailable."""
    session = world.sessions.load(person).session
    if (session is not None and not session.rights.leaving) or world.parked.parked(person) is not None:
        return True
    return bool(world.claims.of(person) or world.consents.of(person) or world.photos.keys_of(person))


def _draft(world: World, draft: Draft) -> dict[str, Any]:
    return {
        "programme": draft.programme, "begun_at": datetime.fromtimestamp(draft.begun_at, CHINA).isoformat(),
        "answers": _labelled(world, draft.programme, _with_identity(world, draft)), "photos": {
            slot: {"state": photo.state, "stored": bool(photo.key), "remark": photo.remark}
            for slot, photo in draft.photos.items()
        },
    }  # fmt: skip


def _with_identity(world: World, draft: Draft) -> Draft:
    programme = world.knowledge.programmes.get(draft.programme)
    found = identity.filled(programme, draft) if programme is not None else {}
    return replace(draft, answers={**draft.answers, **found})


def _claim(world: World, claim: Claim) -> dict[str, Any]:
    answers = _labelled(
        world, claim.programme, Draft(claim.draft_id, claim.programme, claim.version, 0, dict(claim.answers))
    )
    return {
        "receipt": claim.receipt, "programme": claim.programme, "office": claim.office,
        "filed_at": claim.filed_at.isoformat(), "status": claim.status, "kept_by_law": is_taken(world, claim),
        "answers": answers, "system": dict(claim.system), "photos": list(claim.papers),
        "events": [
            {"status": event.status, "at": event.at.isoformat(), "reason": event.reason, "detail": dict(event.detail)}
            for event in claim.events
        ],
    }  # fmt: skip


def _labelled(world: World, programme_id: str, draft: Draft) -> list[dict[str, str]]:
    programme = world.knowledge.programmes.get(programme_id)
    rows = []
    for step_id, value in draft.answers.items():
        step = programme.step(step_id) if programme is not None else None
        said = claim_fields.spoken_value(step, value) if step is not None else value
        rows.append({"id": step_id, "label": step.label if step is not None else step_id, "value": said})
    return rows


def _photographs(drafts: list[Draft], claims: list[Claim]) -> Iterator[tuple[str, str]]:
    for number, draft in enumerate(drafts, 1):
        for slot, photo in draft.photos.items():
            if photo.key:
                yield f"photos/draft{number}_{slot}", photo.key
    for claim in claims:
        for slot, key in claim.papers.items():
            yield f"photos/{claim.receipt}_{slot}", key


def _readable(whole: Mapping[str, Any], missing: list[str], now: datetime) -> Iterator[str]:
    yield f"你的信息，{now:%Y-%m-%d %H:%M} 导出。照片在 photos 文件夹里。"
    yield "里面有证件和银行账号，请不要转给别人；看完可以删掉。"
    for draft in whole["drafts"]:
        yield ""
        yield "没提交的申领："
        yield from (f"{row['label']}：{row['value']}" for row in draft["answers"])
    for claim in whole["claims"]:
        yield ""
        yield f"已提交的申领，回执号 {aloud(claim['receipt'])}，交给 {claim['office']}："
        yield from (f"{row['label']}：{row['value']}" for row in claim["answers"])
    if whole["consents"]:
        yield ""
        yield "你的同意："
        for one in whole["consents"]:
            group = words.GROUPS.get(one["group"], one["group"])
            yield f"{group}：{words.ANSWERS.get(one['answer'], one['answer'])}（{one['at'][:10]}）"
    if missing:
        yield ""
        yield f"有 {len(missing)} 张照片现在取不出来。"
