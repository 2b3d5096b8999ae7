"""A real-name check behind HTTP: signed links, signed questions, one form of answer. See docs/verifier.md."""

import secrets
import time
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import requests

from bot.signing import KEY_ID, NONCE, SIGNATURE, TIMESTAMP, signed
from handlers.ports import Verdict, VerifierError

MAX_BYTES = 8 * 1024
TIMEOUT_S = (1.0, 1.5)
"""To connect, and between two packets: a person waits."""
WORDS_MOST = 60
"""Characters of a reason that are shown."""
_IN_LINK = {KEY_ID: "key", TIMESTAMP: "at", NONCE: "nonce", SIGNATURE: "signature"}
"""No name begins like an HTML entity: “&timestamp” is × to a careless reader of the link."""


class Result(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the service says, asked or of its own accord; `words` why it failed, fit to show."""

    reference: str
    status: Literal["verified", "pending", "failed", "expired"]
    name: str = ""
    id_number: str = ""
    words: str = ""

    @property
    def verdict(self) -> Verdict:
        """As the shell knows it."""
        return Verdict(self.status, self.name[:100], self.id_number[:30], self.words[:WORDS_MOST])


decode = msgspec.json.Decoder(Result).decode
"""Raises msgspec.MsgspecError for everything else, however deep."""


class HttpVerifier:
    """The Verifier of handlers/ports.py. Safe to share between threads."""

    def __init__(self, url: str, key_id: str, secret: bytes) -> None:
        self._url = url
        self._path = urlsplit(url).path
        self._key_id = key_id
        self._secret = secret

    def begin(self, reference: str, now: int) -> str:
        """The signature makes the link ours: the service need not be told of the reference before."""
        headers = self._signed(f"{self._path}/verify?reference={reference}", now)
        query = urlencode({"reference": reference, **{_IN_LINK[name]: value for name, value in headers.items()}})
        return f"{self._url}/verify?{query}"

    def result(self, reference: str) -> Verdict:
        """Raises VerifierError."""
        where = f"/verifications/{quote(reference, safe='')}"
        headers = self._signed(f"{self._path}{where}", int(time.time()))
        try:
            with requests.Session() as session:
                session.trust_env = False
                with session.get(
                    f"{self._url}{where}", headers=headers, timeout=TIMEOUT_S, stream=True, allow_redirects=False
                ) as answer:
                    if answer.status_code == 404:  # the link was never opened
                        return Verdict("pending")
                    if answer.status_code != 200:
                        raise VerifierError(f"status {answer.status_code}")
                    result = decode(next(answer.iter_content(MAX_BYTES), b""))
        except (requests.RequestException, msgspec.MsgspecError, OSError) as trouble:
            raise VerifierError(type(trouble).__name__) from None
        if result.reference != reference:
            raise VerifierError("another reference")
        return result.verdict

    def _signed(self, target: str, now: int) -> dict[str, str]:
        nonce = secrets.token_hex(16)
        return signed("GET", target, b"", key_id=self._key_id, secret=self._secret, now=now, nonce=nonce)
