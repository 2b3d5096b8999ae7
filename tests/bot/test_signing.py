"""Signed requests: what was signed is taken, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.signing import FRESHNESS_S, NONCE, SIGNATURE, NotSigned, signed, verified

SECRETS = {"k1": b"first secret", "k2": b"second secret"}
NOW = 1_790_000_000


@given(st.sampled_from(["GET", "POST"]), st.text(max_size=40), st.binary(max_size=200), st.sampled_from(["k1", "k2"]))
def test_what_was_signed_is_taken_within_its_time(method: str, target: str, body: bytes, key_id: str) -> None:
    headers = signed(method, target, body, key_id=key_id, secret=SECRETS[key_id], now=NOW, nonce="abcdefgh")
    for now in (NOW - FRESHNESS_S, NOW + FRESHNESS_S):
        assert verified(method, target, body, headers, secrets=SECRETS, now=now) == "abcdefgh"
    with pytest.raises(NotSigned):
        verified(method, target, body, headers, secrets=SECRETS, now=NOW + FRESHNESS_S + 1)
    with pytest.raises(NotSigned):
        verified(method, target, body + b"x", headers, secrets=SECRETS, now=NOW)
    with pytest.raises(NotSigned):
        verified(method, target + "x", body, headers, secrets=SECRETS, now=NOW)


@given(st.dictionaries(st.sampled_from(["X-Claimbot-Key", "X-Claimbot-Timestamp", NONCE, SIGNATURE]), st.text()))
def test_hostile_headers_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        verified("POST", "/agency/callback", b"{}", headers, secrets=SECRETS, now=NOW)


def test_the_known_signature() -> None:
    """By hand: printf 'POST\\n/a?b=1\\n1790000000\\nabcdefgh\\n%s' "$(printf '{}' | sha256sum | cut -c-64)" | openssl ..."""
    headers = signed("post", "/a?b=1", b"{}", key_id="k1", secret=b"first secret", now=NOW, nonce="abcdefgh")
    assert headers[SIGNATURE] == "efa97ae2d873251a34e1df7e38a7007777e01a3a79ac496c58a3d517c3791cd7"
