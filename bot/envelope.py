"""Signature and AES of a callback body, both ways. Every failure is a Rejected that tells the sender nothing.

source   docs/decisions/0001-envelope.md; the platform's page service/guide/dev/message/encryption
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Callable, Mapping
from typing import Literal, cast

from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder

from bot.callback_xml import MAX_BYTES, Malformed, read

Mode = Literal["plain", "compatible", "safe"]
_PARAM_CHARS = 128
_ECHO_CHARS = 1024
_SALT_BYTES = 16
_AES_BLOCK = 16
_PAD_MAX = 32


class Rejected(Exception):
    """A request that is not WeChat's, or not one we can read.

    status   400 or 403, for the HTTP answer, whose body stays empty
    reason   a few fixed words for the log and the counter; nothing of the request
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class Envelope:
    """Opens what WeChat posts and seals what we answer. Immutable; safe to share between threads."""

    def __init__(
        self, token: str, app_id: str, encoding_aes_key: str = "", mode: Mode = "safe", freshness_s: int = 300
    ) -> None:
        """Raises ValueError when the settings cannot work: an empty token lets anyone sign."""
        if not token:
            raise ValueError("token is empty: anyone could sign")
        if not app_id:
            raise ValueError("app_id is empty")
        self.mode = mode
        self._token = token
        self._app_id = app_id.encode()
        self._freshness_s = freshness_s
        self._key = b"" if mode == "plain" else _aes_key(encoding_aes_key)
        self._cipher = WeChatCipher(self._key) if self._key else None

    @property
    def seals(self) -> bool:
        """Whether replies are to be encrypted. `success` and the empty body never are."""
        return self._cipher is not None

    def verify_url(self, args: Mapping[str, str], now: float) -> str:
        """The echostr of a GET, to be answered verbatim as text/plain. Raises Rejected."""
        self._signed(args, now)
        return _param(args, "echostr", _ECHO_CHARS)

    def open(self, args: Mapping[str, str], body: bytes | Callable[[], bytes], now: float) -> bytes:
        """The message XML of a POST.

        args     the query string; `now` in unix seconds
        body     or what reads it, asked only once the query is known to be signed: a stranger's body that comes in
                 drips holds no thread of ours
        returns  the XML in clear: the encrypted part wherever the account encrypts
        raises   Rejected
        """
        timestamp, nonce = self._signed(args, now)
        body = body() if callable(body) else body
        if not body:
            raise Rejected(400, "empty body")
        if len(body) > MAX_BYTES:
            raise Rejected(400, "body too long")
        if self._cipher is None:
            if args.get("encrypt_type", "raw") == "aes" and not _outer(body, "MsgType"):
                raise Rejected(400, "encrypted body in plain mode")
            return body
        encrypted = _outer(body, "Encrypt")
        if not encrypted:
            raise Rejected(403, "plaintext body in an encrypted mode")
        expected = self._signature(timestamp, nonce, encrypted)
        if not _same(expected, _param(args, "msg_signature", _PARAM_CHARS)):
            raise Rejected(403, "wrong msg_signature")
        return self._decrypted(encrypted)

    def seal(self, xml: str, timestamp: int) -> bytes:
        """The encrypted reply envelope; the same words at the same second give the same bytes.

        A repeat of a push must get the reply its first delivery got, whoever of us answers it. So salt and nonce
        are derived from key and words instead of drawn; both stay unpredictable without the key.
        """
        if self._cipher is None:
            raise ValueError("plain mode does not encrypt")
        words = xml.encode()
        derived = hmac.digest(self._key, str(timestamp).encode() + b"\n" + words, "sha256")
        nonce = derived[_SALT_BYTES:].hex()
        plain = derived[:_SALT_BYTES] + struct.pack(">I", len(words)) + words + self._app_id
        encrypted = base64.b64encode(cast(bytes, self._cipher.encrypt(PKCS7Encoder.encode(plain)))).decode()
        signature = self._signature(str(timestamp), nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp>"
            f"<Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _signed(self, args: Mapping[str, str], now: float) -> tuple[str, str]:
        """Timestamp and nonce of a request whose `signature` is right and whose time is near."""
        given = _param(args, "signature", _PARAM_CHARS)
        timestamp = _param(args, "timestamp", 12)
        nonce = _param(args, "nonce", _PARAM_CHARS)
        if not timestamp.isdigit():
            raise Rejected(400, "timestamp is no number")
        if not _same(self._signature(timestamp, nonce), given):
            raise Rejected(403, "wrong signature")
        if abs(now - int(timestamp)) > self._freshness_s:
            raise Rejected(403, "stale timestamp")
        return timestamp, nonce

    def _signature(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self._token, *parts))).encode()).hexdigest()

    def _decrypted(self, encrypted: str) -> bytes:
        """The XML inside: 16 random bytes, its length as uint32 big-endian, the XML, the app_id, padding up to 32."""
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Rejected(400, "bad base64") from error
        if not sealed or len(sealed) % _AES_BLOCK:
            raise Rejected(400, "bad cipher length")
        assert self._cipher is not None
        plain = cast(bytes, self._cipher.decrypt(sealed))
        pad = plain[-1]
        if not 1 <= pad <= _PAD_MAX or len(plain) < pad or plain[-pad:] != bytes((pad,)) * pad:
            raise Rejected(400, "bad padding")
        content = plain[_SALT_BYTES:-pad]
        if len(content) < 4:
            raise Rejected(400, "bad content length")
        end = 4 + int(struct.unpack(">I", content[:4])[0])
        if end > len(content):
            raise Rejected(400, "bad content length")
        if not hmac.compare_digest(content[end:], self._app_id):
            raise Rejected(403, "foreign app_id")
        return content[4:end]


def _aes_key(encoded: str) -> bytes:
    """The 32 key bytes of EncodingAESKey: 43 letters and digits."""
    if len(encoded) != 43 or not (encoded.isascii() and encoded.isalnum()):
        raise ValueError("encoding_aes_key must be 43 letters and digits")
    return base64.b64decode(encoded + "=")


def _param(args: Mapping[str, str], name: str, max_chars: int) -> str:
    """One query parameter, given once, printable ASCII without blanks. Raises Rejected."""
    getlist = getattr(args, "getlist", None)  # werkzeug's MultiDict would quietly take the first of several
    if getlist is not None and len(getlist(name)) > 1:
        raise Rejected(400, f"{name} is repeated")
    value = args.get(name, "")
    if not value:
        raise Rejected(400, f"{name} is missing")
    if len(value) > max_chars or not value.isascii() or not value.isprintable() or " " in value:
        raise Rejected(400, f"{name} is malformed")
    return value


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


def _outer(body: bytes, name: str) -> str:
    """The text of one element of the outer XML, "" without it."""
    try:
        value = read(body).get(name)
    except Malformed as error:
        raise Rejected(400, f"body is {error}") from error
    if not value.isascii():
        raise Rejected(400, f"{name} is malformed")
    return value
