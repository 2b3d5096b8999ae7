"""Bytes made small and back, by dictionaries that must never change."""

import hashlib
import zlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.packing import _FIRST, packed, unpacked

RELEASED = {1: "7af2", 2: "d98a"}
"""The beginning of each dictionary's SHA-256: with another one nothing that was stored can be read."""


@given(st.binary(max_size=2000))
def test_whatever_is_packed_comes_back(plain: bytes) -> None:
    assert unpacked(packed(plain)) == plain


@given(st.binary(max_size=500))
def test_what_the_first_release_packed_can_be_read(plain: bytes) -> None:
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15, zdict=_FIRST)
    assert unpacked(deflate.compress(plain) + deflate.flush()) == plain


def test_released_dictionaries_never_change() -> None:
    second = files("storage").joinpath("familiar_2.dat").read_bytes()
    found = {number: hashlib.sha256(one).hexdigest()[:4] for number, one in ((1, _FIRST), (2, second))}
    assert found == RELEASED


@pytest.mark.parametrize("bad", [b"\x07", b"\x1f" + b"abc", b"\x17" + b"\xff" * 9, b"\xff" * 20])
def test_what_is_damaged_or_of_a_later_release_is_refused(bad: bytes) -> None:
    with pytest.raises(zlib.error):
        assert unpacked(bad) is None
