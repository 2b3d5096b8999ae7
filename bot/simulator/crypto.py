"""Signature and AES of the callback, written from the platform's rules and nothing else.

Neither the bot's code nor wechatpy is used: two sides that share code share its mistakes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # PKCS#7 is padded to 32 bytes, not to AES's own 16


class Undecipherable(Exception):
    """A cipher text that is not what this account's key and appid would give."""


def signature(*parts: str) -> str:
    """Lower-case hex SHA-1 over the sorted parts, joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def key_of(aes_key: str) -> bytes:
    """The 32 AES key bytes of a 43-character EncodingAESKey."""
    try:
        key = base64.b64decode(aes_key + "=")
    except binascii.Error as wrong:
        raise ValueError("EncodingAESKey is not base64") from wrong
    if len(key) != 32:
        raise ValueError("EncodingAESKey does not hold 32 bytes")
    return key


def encrypt(xml: str, aes_key: str, app_id: str) -> str:
    """16 random bytes, length, XML and appid, padded, AES-256-CBC, base64."""
    key, body = key_of(aes_key), xml.encode()
    plain = secrets.token_bytes(16) + struct.pack(">I", len(body)) + body + app_id.encode()
    missing = BLOCK - len(plain) % BLOCK
    plain += bytes([missing]) * missing
    worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(worker.update(plain) + worker.finalize()).decode()


def decrypt(cipher_text: str, aes_key: str, app_id: str) -> str:
    """The XML inside.

    raises  Undecipherable  bad base64, length, padding, UTF-8 or another account's appid
    """
    key = key_of(aes_key)
    try:
        raw = base64.b64decode(cipher_text, validate=True)
        worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = worker.update(raw) + worker.finalize()
    except ValueError as wrong:  # binascii.Error and wrong block lengths are both ValueErrors
        raise Undecipherable(str(wrong)) from wrong
    missing = padded[-1] if padded else 0
    if not 1 <= missing <= BLOCK or padded[-missing:] != bytes([missing]) * missing:
        raise Undecipherable("padding is not PKCS#7 with block 32")
    plain = padded[:-missing]
    if len(plain) < 20:
        raise Undecipherable("too short")
    end = 20 + struct.unpack(">I", plain[16:20])[0]
    if plain[end:] != app_id.encode():
        raise Undecipherable("the appid at the end is not this account's")
    try:
        return plain[20:end].decode()
    except UnicodeDecodeError as wrong:
        raise Undecipherable("not UTF-8") from wrong
