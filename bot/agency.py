"""The agency's own platform as an Agency (handlers/ports.py): the contract is docs/agency-api.yaml."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bot.agency_http import AgencyHttp
from bot.agency_wire import Malformed, read_result
from handlers.ports import AgencyUnavailable, Result
from storage.filed import Claim

_FIELDS_MOST, _FIELD_CHARS = 40, 200
_MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"RIFF", "image/webp"))


class HttpAgency:
    """Every method raises AgencyUnavailable, AgencyRefused."""

    hands_over = True

    def __init__(self, http: AgencyHttp) -> None:
        self._http = http

    def check(self) -> None:
        """Does it answer, and know our key?"""
        self._http.call("GET", "/v1/ping", _once())

    def prefill(self, id_number: str) -> Mapping[str, str]:
        """What its systems know of this person, by step id. The number goes in the body: addresses end in logs."""
        return self._fields_of("/v1/prefill", id_number)

    def sync_social_card(self, id_number: str) -> Mapping[str, str]:
        """What the social-security card holds, by its own labels."""
        return self._fields_of("/v1/social-card", id_number)

    def submit(self, claim: Claim, papers: Mapping[str, Callable[[], bytes]]) -> str:
        """Say what there is, give the papers it does not have yet, say it again: after a broken try only the rest is
        sent. One paper is in memory at a time."""
        listed = {slot: _described(opened()) for slot, opened in papers.items()}
        body = _body(
            {
                "receipt": claim.receipt, "programme": claim.programme, "version": claim.version,
                "office": claim.office, "filed_at": claim.filed_at.isoformat(), "answers": dict(claim.answers),
                "papers": [{"slot": slot, **paper} for slot, paper in listed.items()],
            }
        )  # fmt: skip
        status, found = self._http.call("POST", "/v1/claims", claim.draft_id, body)
        if status == 409:
            missing = found.get("missing")
            for slot, paper in listed.items():
                if not isinstance(missing, list) or paper["sha256"] in missing:
                    self._give(papers[slot]())
            status, found = self._http.call("POST", "/v1/claims", claim.draft_id, body)
        reference = found.get("reference")
        if status == 409 or not isinstance(reference, str) or not 0 < len(reference) <= 100:
            raise AgencyUnavailable("garbled")
        return reference

    def hand_in(self, claim: Claim, seq: int, slot: str, paper: Callable[[], bytes]) -> None:
        """One new paper, in the place of one asked for again."""
        data = paper()
        self._give(data)
        body = _body(_described(data))
        status, _ = self._http.call(
            "PUT", f"/v1/claims/{claim.receipt}/papers/{slot}", f"{claim.draft_id}-{seq}", body
        )  # fmt: skip
        if status == 409:
            raise AgencyUnavailable("garbled")  # it has lost what it has just taken

    def result(self, claim: Claim, after: int, within_s: float = 0) -> Result | None:
        """Its newest result, if that is beyond `after`."""
        status, found = self._http.call(
            "GET", f"/v1/claims/{claim.receipt}/result?after={after}", _once(), within_s=within_s
        )
        if status == 204:
            return None
        try:
            receipt, result = read_result(json.dumps(found).encode())
        except Malformed as wrong:
            raise AgencyUnavailable("garbled") from wrong
        if receipt != claim.receipt:
            raise AgencyUnavailable("garbled")
        return result if result.seq > after else None

    def withdraw(self, claim: Claim) -> None:
        """The claimant takes it back."""
        self._http.call("POST", f"/v1/claims/{claim.receipt}/withdrawal", f"{claim.draft_id}-withdraw", b"{}")

    def _give(self, data: bytes) -> None:
        described = _described(data)
        self._http.call("PUT", f"/v1/papers/{described['sha256']}", _once(), data, described["media_type"])

    def _fields_of(self, target: str, id_number: str) -> Mapping[str, str]:
        _, found = self._http.call("POST", target, _once(), _body({"id_number": id_number}))
        fields = found.get("fields")
        if not isinstance(fields, dict) or len(fields) > _FIELDS_MOST:
            raise AgencyUnavailable("garbled")
        return {key[:40]: value[:_FIELD_CHARS] for key, value in fields.items() if isinstance(value, str) and value}


def _described(data: bytes) -> dict[str, Any]:
    media_type = next((name for magic, name in _MAGIC if data.startswith(magic)), "application/octet-stream")
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "media_type": media_type}


def _body(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _once() -> str:
    """A name for a deed that may be done any number of times."""
    return secrets.token_hex(16)
