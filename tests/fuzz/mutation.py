"""Generated inputs: samples and talks, torn at every layer of the envelope. The same seed gives the same inputs."""

import base64
import random
import time
from collections.abc import Callable
from dataclasses import replace

from tests.fuzz import samples
from tests.fuzz.house import APP_ID, Request, enciphered, envelope, padded, sealed, signed
from tests.fuzz.shapes import OPENID, PEOPLE

TORN = (
    b"<!DOCTYPE xml [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>", b"<!DOCTYPE x SYSTEM 'http://127.0.0.1/x'>",
    b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='gbk'?>", b"\xef\xbb\xbf", b"\xff\xfe",
    b"<![CDATA[", b"]]>", b"</xml>", b"<xml>", b"\x00", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"&#x0;", b"&#x110000;",
    b"&amp;", b"&x;", b"<!--", b"-->", b"<?php ?>", b"<a" * 900, b"<xml>" * 300, b"<FromUserName>x</FromUserName>",
    b"<MsgType>event</MsgType>", b"<x y='z' y='z'/>", b"\r\n" * 3000, b" " * 60000, b"<Encrypt>AAAA</Encrypt>", b"xmlns:a='b'",
    "【收到不支持的消息类型，暂无法显示】".encode(),
)  # fmt: skip
"""What is put into a message somewhere."""


def torn(rng: random.Random, data: bytes) -> bytes:
    """A few changes to some bytes."""
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(body) + 1)
        match rng.randrange(7):
            case 0 if body:
                body[at % len(body)] ^= 1 << rng.randrange(8)
            case 1 if body:
                body[at % len(body)] = rng.randrange(256)
            case 2:
                del body[at : at + rng.randrange(1, 40)]
            case 3:
                body[at:at] = rng.choice(TORN)
            case 4:
                body[at:at] = body[at : at + rng.randrange(1, 200)]
            case 5:
                other = rng.choice(samples.messages())
                start = rng.randrange(len(other))
                body[at:at] = other[start : start + rng.randrange(1, 200)]
            case _:
                del body[at:]
    return bytes(body)


def a_message(rng: random.Random) -> bytes:
    """A push: made up of odd values, or WeChat's own, or one of these torn."""
    openid = OPENID.format(rng.randrange(PEOPLE)) if rng.random() < 0.999 else samples.a_text(rng)
    dice = rng.random()
    if dice < 0.55:
        return samples.a_push(rng, openid)
    message = rng.choice(samples.messages())
    message = message.replace(b"fromUser", openid.encode("utf-8", "replace"))
    message = message.replace(b"1234567890123456", str(rng.randrange(2**62)).encode())
    return message if dice < 0.65 else torn(rng, message)


def talk(rng: random.Random) -> Request:
    """A text of somebody in the middle of something."""
    openid = OPENID.format(rng.randrange(PEOPLE))
    said = samples.a_text(rng).encode("utf-8", "surrogatepass").replace(b"]]>", b"")
    return sealed(
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{int(time.time())}</CreateTime>"
        f"<MsgType>text</MsgType><MsgId>{rng.randrange(2**62)}</MsgId><Content><![CDATA[".encode()
        + said + b"]]></Content></xml>"
    )  # fmt: skip


def push(rng: random.Random) -> Request:
    """Any push in a right envelope."""
    return sealed(a_message(rng))


def hostile_cipher(rng: random.Random) -> Request:
    """A right key, and a plaintext that lies about its length, padding or account."""
    xml = a_message(rng)[:40000]
    salt, length, app_id, end = rng.randbytes(16), len(xml), APP_ID.encode(), b""
    match rng.randrange(6):
        case 0:
            length = rng.choice((0, 1, 2**32 - 1, 2**31, length + 1, length - 1, length + 18)) % 2**32
        case 1:
            app_id = rng.choice((b"", b"wx1111111111111111", app_id[:-1], app_id + b"\0", app_id.upper(), b"\xff" * 18))
        case 2:
            end = bytes((rng.randrange(256),)) * rng.choice((1, 16, 32, 33, 255))
        case 3:
            salt = salt[: rng.randrange(16)]
        case 4:
            return enciphered(rng.randbytes(16 * rng.randrange(1, 9)))
        case _:
            return enciphered(padded(torn(rng, salt + length.to_bytes(4, "big") + xml + app_id)))
    plain = salt + length.to_bytes(4, "big") + xml + app_id
    return enciphered(plain + end + bytes(-len(plain + end) % 16) if end else padded(plain))


def hostile_envelope(rng: random.Random) -> Request:
    """A right signature round an Encrypt or a body that is none."""
    good = push(rng)
    match rng.randrange(6):
        case 0:
            return replace(good, body=torn(rng, good.body))
        case 1:
            return envelope(
                rng.choice(("", "=", "A" * 43, "A" * 44, "é" * 20, "AAA=AAAA", " AAAA", "A" * 70000, "\ud83d"))
            )
        case 2:
            return envelope(base64.b64encode(rng.randbytes(rng.randrange(200))).decode())
        case 3:
            return signed(torn(rng, a_message(rng)), "x")
        case 4:
            name = rng.choice(
                ("content-encoding", "transfer-encoding", "content-type", "expect", "x-forwarded-for", "host")
            )
            value = rng.choice(
                ("gzip", "chunked", "application/json", "multipart/form-data; boundary=x", "100-continue", "é")
            )
            body = rng.choice((good.body, b"\x1f\x8b\x08" + rng.randbytes(40), b"{}", b"--x\r\n\r\n--x--"))
            return replace(good, body=body, headers={name: value})
        case _:
            length = rng.choice((None, "0", "1", "-1", "999999999", "x", "1e3", "٣"))
            return replace(good, length=length, body=rng.choice((good.body, b"x" * 70000, b"")))


def forged(rng: random.Random) -> Request:
    """Not from WeChat: no signature, a wrong one, an old one, one used twice over, a GET."""
    good = push(rng)
    match rng.randrange(7):
        case 0:
            return replace(good, query=torn(rng, good.query))
        case 1:
            return Request(rng.randbytes(rng.randrange(60)), torn(rng, good.body))
        case 2:
            return signed(good.body, "x", at=int(time.time()) + rng.choice((-301, 301, -(10**6), 10**9)))
        case 3:
            return signed(good.body, **{rng.choice(("signature", "timestamp", "nonce")): rng.choice(samples.NUMBERS)})
        case 4:
            return replace(good, query=good.query + b"&" + rng.choice(good.query.split(b"&")))
        case 5:
            return replace(
                good, method="GET", query=good.query + b"&echostr=" + rng.randbytes(8).hex().encode(), body=b""
            )
        case _:
            return replace(good, query=b"&".join(rng.sample(good.query.split(b"&"), rng.randrange(5))))


Maker = Callable[[random.Random], Request]
MAKERS: dict[str, tuple[int, Maker]] = {
    "forged": (12, forged), "envelope": (13, hostile_envelope), "cipher": (15, hostile_cipher), "push": (35, push),
    "talk": (25, talk),
}  # fmt: skip
"""What is made, and how often of a hundred."""


def generated(rng: random.Random) -> tuple[str, Request]:
    """One input, and which layer it is about."""
    (name,) = rng.choices(list(MAKERS), [share for share, _ in MAKERS.values()])
    return name, MAKERS[name][1](rng)
