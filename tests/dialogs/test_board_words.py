"""Orders to the slot board, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.board_words import BoardWord, board_word
from tests.build import knowledge

LABELS = [step.label for step in knowledge().programmes["kunming"].asked if step.kind == "photo"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("重拍3", BoardWord("retake", (3,))),
        ("重拍第三张", BoardWord("retake", (3,))),
        ("重拍３", BoardWord("retake", (3,))),
        ("重新拍2和5", BoardWord("retake", (2, 5))),
        ("第2张重拍", BoardWord("retake", (2,))),
        ("2、3、4重拍", BoardWord("retake", (2, 3, 4))),
        ("我要重拍国徽面", BoardWord("retake", (2,))),
        ("身份证人像面重拍一下", BoardWord("retake", (1,))),
        ("補拍6", BoardWord("retake", (6,))),
        ("换掉7", BoardWord("retake", (7,))),
        ("2和3对调", BoardWord("swap", (2, 3))),
        ("2和3對調。", BoardWord("swap", (2, 3))),
        ("把第二张和第三张换一下", BoardWord("swap", (2, 3))),
        ("2跟3反了", BoardWord("swap", (2, 3))),
        ("二三对调", BoardWord("swap", (2, 3))),
        ("23对调", BoardWord("swap", (2, 3))),
        ("1和2对调，4和5对调", BoardWord("swap", (1, 2, 4, 5))),
        ("人像面和国徽面放反了", BoardWord("swap", (1, 2))),
        ("银行卡和社保卡发反了", BoardWord("swap", (6, 7))),
        ("跳过8", BoardWord("skip", (8,))),
        ("跳过8和9", BoardWord("skip", (8, 9))),
        ("重拍99", BoardWord("retake", (99,))),
    ],
)
def test_orders(text: str, word: BoardWord) -> None:
    assert board_word(text, LABELS) == word


@pytest.mark.parametrize(
    "text",
    ["", "重拍", "对调", "跳过", "五华区", "昆明市五华区样例路2和3号", "13800138000", "银行卡可以换吗", "我的身份证和银行卡丢了",
     "身份证正面和反面都要吗", "人像面是哪一面", "6222000000000001234", "2", "2和3", "户口册没有怎么办", "没有银行卡",
     "换"],
)  # fmt: skip
def test_what_is_no_order(text: str) -> None:
    assert board_word(text, LABELS) is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    word = board_word(text, LABELS)
    assert word is None or word.papers
