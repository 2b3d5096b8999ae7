"""The simulator's own crypto beside wechatpy's: two authors, one wire."""

import base64

import pytest
from echo_bot import AES_KEY
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.utils import WeChatSigner

from bot.simulator import crypto

APP_ID = "wx0000000000000000"
PEER = PrpCrypto(base64.b64decode(AES_KEY + "="))
texts = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=80)


@given(texts)
def test_wechatpy_reads_what_the_simulator_encrypts(xml: str) -> None:
    assert PEER.decrypt(crypto.encrypt(xml, AES_KEY, APP_ID), APP_ID) in (xml, xml.encode())


@given(texts)
def test_the_simulator_reads_what_wechatpy_encrypts(xml: str) -> None:
    assert crypto.decrypt(PEER.encrypt(xml, APP_ID).decode(), AES_KEY, APP_ID) == xml


@given(st.lists(st.text(alphabet="abcXYZ0189", max_size=12), min_size=3, max_size=4))
def test_both_sign_alike(parts: list[str]) -> None:
    signer = WeChatSigner()
    signer.add_data(*parts)
    assert crypto.signature(*parts) == signer.signature


def test_another_accounts_cipher_text_is_refused() -> None:
    with pytest.raises(crypto.Undecipherable, match="appid"):
        crypto.decrypt(crypto.encrypt("<xml/>", AES_KEY, "wx-other"), AES_KEY, APP_ID)


@pytest.mark.parametrize("broken", ["", "!!!", "QUJD", base64.b64encode(bytes(48)).decode()])
def test_what_is_no_cipher_text_is_refused(broken: str) -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(broken, AES_KEY, APP_ID)
