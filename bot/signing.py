"""Signed requests between us and an agency or a verifier, HMAC-SHA256 over what is asked, when, and of what body.

The signed text is method, path with query, timestamp, nonce and the SHA-256 of the body in hex, a line each. The nonce
is the idempotency key as well: a request repeated under the same nonce is the same deed.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

KEY_ID: Final = "X-Claimbot-Key"
TIMESTAMP: Final = "X-Claimbot-Timestamp"
NONCE: Final = "X-Claimbot-Nonce"
SIGNATURE: Final = "X-Claimbot-Signature"
FRESHNESS_S: Final = 300
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,100}")
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


class NotSigned(Exception):
    """The request is not our partner's. The text is a few fixed words for the log; nothing of the request."""


def signed(
    method: str, target: str, body: bytes, *, key_id: str, secret: bytes, now: int, nonce: str
) -> dict[str, str]:
    """The headers of a request. `target` is path and query, `now` unix seconds, `nonce` 8 to 100 of A-Za-z0-9_-."""
    return {
        KEY_ID: key_id, TIMESTAMP: str(now), NONCE: nonce,
        SIGNATURE: _signature(secret, method, target, str(now), nonce, body),
    }  # fmt: skip


def verified(
    method: str, target: str, body: bytes, headers: Mapping[str, str], *, secrets: Mapping[str, bytes], now: float
) -> str:
    """The nonce of a request that our partner signed. `secrets` by key id: two are valid while they change.
    Raises NotSigned."""
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        raise NotSigned("headers missing or malformed")
    if abs(now - int(timestamp)) > FRESHNESS_S:
        raise NotSigned("stale")
    secret = secrets.get(headers.get(KEY_ID, ""))
    if not secret:
        raise NotSigned("unknown key")
    expected = _signature(secret, method, target, timestamp, nonce, body)
    if not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode()):
        raise NotSigned("wrong signature")
    return nonce


def _signature(secret: bytes, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    text = "\n".join((method.upper(), target, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
