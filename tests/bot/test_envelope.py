"""The envelope against wechatpy's WeChatCrypto, an independent writer and reader of the same format."""

import base64
import hashlib
import re
import struct
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from werkzeug.datastructures import MultiDict

from bot.callback_xml import MAX_BYTES
from bot.envelope import Envelope, Rejected
from bot.wire import Malformed, parse

TOKEN = "claimbotToken"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = 1_795_324_800
SAFE = Envelope(TOKEN, APP_ID, AES_KEY, "safe")
COMPATIBLE = Envelope(TOKEN, APP_ID, AES_KEY, "compatible")
PLAIN = Envelope(TOKEN, APP_ID, mode="plain")
PEER = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
XML = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oABC]]></FromUserName>"
    "<CreateTime>1795324800</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[我要申领😀]]></Content><MsgId>7</MsgId></xml>"
)


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(timestamp: object = NOW, nonce: str = "n0nce", **more: str) -> dict[str, str]:
    stamp = str(timestamp)
    return {"signature": sha1(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, **more}


def posted(xml: str = XML, peer: WeChatCrypto = PEER, clear: str = "") -> tuple[dict[str, str], bytes]:
    """What WeChat posts in safe mode: the peer's own envelope, under the name WeChat's page gives."""
    sealed = peer.encrypt_message(xml, "n0nce", str(NOW))
    return wrapped(between(sealed, "Encrypt"), clear)


def wrapped(encrypt: str, clear: str = "") -> tuple[dict[str, str], bytes]:
    args = signed(encrypt_type="aes", msg_signature=sha1(TOKEN, str(NOW), "n0nce", encrypt), openid="oABC")
    return (
        args,
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName>{clear}<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode(),
    )


def between(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.S)
    assert found, name
    return found[1]


def aes(plain: bytes) -> str:
    """Encrypt raw bytes as they are, whatever their padding."""
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def refused(envelope: Envelope, args: Any, body: bytes, now: float = NOW) -> tuple[int, str]:
    with pytest.raises(Rejected) as caught:
        envelope.open(args, body, now)
    return caught.value.status, caught.value.reason


# -- both directions with the peer ---------------------------------------------------------------------------------


def test_what_the_peer_seals_is_opened():
    assert SAFE.open(*posted(), NOW).decode() == XML


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_words_survive_both_ways(words):
    assert SAFE.open(*posted(words), NOW).decode() == words
    reply = SAFE.seal(words, NOW).decode()
    read = PEER.decrypt_message(reply, between(reply, "MsgSignature"), str(NOW), between(reply, "Nonce"))
    assert read == words


def test_every_length_around_the_padding_block_survives():
    for length in range(70):
        reply = SAFE.seal("x" * length, NOW).decode()
        read = PEER.decrypt_message(reply, between(reply, "MsgSignature"), str(NOW), between(reply, "Nonce"))
        assert read == "x" * length


def test_a_repeat_gets_the_same_bytes_and_other_words_other_salt():
    assert SAFE.seal(XML, NOW) == SAFE.seal(XML, NOW)
    nonces = {between(SAFE.seal(words, at).decode(), "Nonce") for words in ("甲", "乙") for at in (NOW, NOW + 1)}
    assert len(nonces) == 4


def test_the_sealed_timestamp_is_in_seconds():
    assert between(SAFE.seal(XML, NOW).decode(), "TimeStamp") == str(NOW)


# -- URL verification ----------------------------------------------------------------------------------------------


def test_the_echo_string_comes_back_as_it_was():
    for envelope in (SAFE, COMPATIBLE, PLAIN):
        assert envelope.verify_url(signed(echostr="5837397621943"), NOW) == "5837397621943"


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce", "echostr"])
def test_url_verification_needs_every_parameter(missing):
    args = signed(echostr="1")
    del args[missing]
    with pytest.raises(Rejected) as caught:
        SAFE.verify_url(args, NOW)
    assert caught.value.status == 400


def test_url_verification_refuses_a_wrong_token():
    with pytest.raises(Rejected) as caught:
        Envelope("another", APP_ID, mode="plain").verify_url(signed(echostr="1"), NOW)
    assert caught.value.status == 403


# -- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce", "msg_signature"])
def test_a_missing_parameter_is_refused(missing):
    args, body = posted()
    del args[missing]
    assert refused(SAFE, args, body) == (400, f"{missing} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timestamp", "１７９５"),
        ("timestamp", "-5"),
        ("timestamp", "1e9"),
        ("timestamp", " 1795324800"),
        ("timestamp", "9" * 40),
        ("nonce", "好"),
        ("nonce", "a\x00b"),
        ("nonce", "a b"),
        ("nonce", "n" * 500),
        ("signature", "ü" * 40),
        ("signature", "\ud800"),
        ("msg_signature", "= ="),
    ],
)
def test_an_odd_parameter_is_refused(name, value):
    args, body = posted()
    assert refused(SAFE, {**args, name: value}, body)[0] == 400


def test_a_wrong_signature_is_refused():
    args, body = posted()
    assert refused(SAFE, {**args, "signature": "0" * 40}, body) == (403, "wrong signature")


def test_the_plain_signature_does_not_stand_for_msg_signature():
    args, body = posted()
    assert refused(SAFE, {**args, "msg_signature": args["signature"]}, body) == (403, "wrong msg_signature")


def test_a_repeated_parameter_is_refused():
    args, body = posted()
    assert refused(SAFE, MultiDict([*args.items(), ("nonce", "other")]), body) == (400, "nonce is repeated")
    assert SAFE.open(MultiDict(args), body, NOW).decode() == XML


@pytest.mark.parametrize("off_s", [-301, 301, 86400])
def test_an_old_or_future_request_is_refused(off_s):
    assert refused(SAFE, *posted(), now=NOW + off_s) == (403, "stale timestamp")


@pytest.mark.parametrize("off_s", [-300, 0, 300])
def test_five_minutes_either_way_are_fresh(off_s):
    assert SAFE.open(*posted(), NOW + off_s).decode() == XML


def test_plaintext_is_refused_wherever_the_account_encrypts():
    for envelope in (SAFE, COMPATIBLE):
        assert refused(envelope, signed(), XML.encode())[0] == 403


def test_in_compatible_mode_only_the_encrypted_part_counts():
    forged = "<FromUserName>somebody_else</FromUserName><MsgType>text</MsgType><Content>取消</Content>"
    assert COMPATIBLE.open(*posted(clear=forged), NOW).decode() == XML


def test_in_plain_mode_the_body_is_taken_and_an_encrypted_one_named():
    assert PLAIN.open(signed(), XML.encode(), NOW) == XML.encode()
    assert refused(PLAIN, *posted()) == (400, "encrypted body in plain mode")


def test_a_changed_cipher_is_refused():
    args, body = posted()
    assert refused(SAFE, args, body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AAAA")) == (
        403,
        "wrong msg_signature",
    )


def test_a_message_for_another_account_is_refused():
    other = WeChatCrypto(TOKEN, AES_KEY, "wxffffffffffffffff")
    assert refused(SAFE, *posted(peer=other)) == (403, "foreign app_id")
    longer = WeChatCrypto(TOKEN, AES_KEY, APP_ID + "x")
    assert refused(SAFE, *posted(peer=longer)) == (403, "foreign app_id")


@pytest.mark.parametrize(
    ("encrypt", "reason"),
    [
        ("not-base64!", "bad base64"),
        ("AAAA=AAA", "bad base64"),
        ("QUJD", "bad cipher length"),
        (aes(bytes(32)), "bad padding"),
        (aes(bytes(31) + b"\x21"), "bad padding"),
        (aes(bytes(30) + b"\x01\x02"), "bad padding"),
        (aes(bytes(28) + b"\x04" * 4), "foreign app_id"),
        (aes(bytes(16) + b"\x10" * 16), "bad content length"),
        (aes(b"\x20" * 32), "bad content length"),
        (aes(b"r" * 16 + struct.pack(">I", 2**32 - 1) + b"x" * 11 + b"\x01"), "bad content length"),
    ],
)
def test_rubbish_inside_a_rightly_signed_envelope_is_refused(encrypt, reason):
    assert refused(SAFE, *wrapped(encrypt))[1] == reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"\x00\xff",
        b"<html><Encrypt>x</Encrypt></html>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<?xml version="1.0" encoding="utf-16"?><xml><Encrypt>x</Encrypt>',
        "<xml><Encrypt>好</Encrypt></xml>".encode(),
        b"<xml>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</xml>",
        b" " * (MAX_BYTES + 1),
    ],
)
def test_a_body_that_is_no_envelope_is_refused(body):
    assert refused(SAFE, signed(msg_signature="0" * 40), body)[0] == 400


def test_nested_tags_cost_less_than_a_millisecond():
    body = b"<xml>" + b"<a>" * 21_000
    best = min(_took(lambda: refused(SAFE, signed(), body)) for _ in range(20))
    assert best < 0.001


def _took(deed) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def test_nothing_of_the_request_is_in_a_refusal():
    with pytest.raises(Rejected) as caught:
        SAFE.open(signed(nonce="SECRETNONCE") | {"signature": "x" * 40}, XML.encode(), NOW)
    assert "SECRETNONCE" not in repr(caught.value) and TOKEN not in repr(caught.value)


@given(
    st.dictionaries(
        st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"]), st.text()
    ),
    st.binary(max_size=300),
)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_only_rejected_is_raised(args, body):
    for envelope in (SAFE, COMPATIBLE, PLAIN):
        with pytest.raises(Rejected):
            envelope.open(args, body, NOW)
        with pytest.raises(Rejected):
            envelope.verify_url(args, NOW)


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<xml>{text}</xml>".encode("utf-8", "replace"))
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_rightly_signed_is_read_rejected_or_malformed(body):
    try:
        parse(PLAIN.open(signed(), body, NOW))
    except (Rejected, Malformed) as error:
        assert str(error)


# -- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "short", AES_KEY + "=", AES_KEY[:-1] + "好", AES_KEY[:-1] + "-"])
def test_a_wrong_aes_key_stops_at_the_start(key):
    with pytest.raises(ValueError, match="43"):
        Envelope(TOKEN, APP_ID, key)


def test_an_empty_token_stops_at_the_start():
    with pytest.raises(ValueError, match="anyone could sign"):
        Envelope("", APP_ID, AES_KEY)


def test_plain_mode_seals_nothing():
    assert not PLAIN.seals and SAFE.seals and COMPATIBLE.seals
    with pytest.raises(ValueError, match="plain"):
        PLAIN.seal(XML, NOW)
