"""How questions in people's own words are understood."""

import subprocess
import sys
from collections import Counter
from statistics import median

import pytest

from dialogs.concepts import Words
from dialogs.guide import Guide
from dialogs.guide_files import read_book
from dialogs.questions import read_sign
from dialogs.syllables import sound, syllables
from tests.dialogs.score_questions import Judged, labelled, the_directory, the_guide, unheard

GUIDE = the_guide()
DIRECTORY = the_directory()


@pytest.fixture(scope="module")
def results() -> list[Judged]:
    """Each question put to a guide that has heard only the other half of them."""
    return unheard(DIRECTORY, list(labelled()), parts=2)


def test_almost_every_question_is_answered_rightly_or_rightly_offered(results: list[Judged]) -> None:
    count = Counter(one.verdict for one in results)
    wrong = [one.labelled.q for one in results if one.verdict == "wrong"]
    assert len(results) > 1500
    assert (count["right"] + count["offered"]) / len(results) >= 0.98
    assert len(wrong) / len(results) < 0.01, wrong


def test_most_questions_are_answered_at_once(results: list[Judged]) -> None:
    assert sum(one.verdict == "right" for one in results) / len(results) >= 0.75


def test_every_question_of_the_list_is_in_the_set(results: list[Judged]) -> None:
    asked = Counter(one.labelled.faq for one in results)
    assert all(asked[number] >= 5 for number in range(1, 46) if number != 43)


def test_a_question_takes_a_moment(results: list[Judged]) -> None:
    # measured at 0.6 ms; the room is for busy test machines
    assert median(one.micros for one in results) < 5_000


def test_every_question_as_shown_finds_itself() -> None:
    for number in range(1, 46):
        asked = GUIDE.ask(GUIDE.question(number), DIRECTORY)
        assert number in (asked.faq, *asked.offered), GUIDE.question(number)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("次职能领失业金吗", 1),
        ("主動辭職可以領失業金嗎", 1),
        ("zi ji ci zhi neng ling ma", 1),
        ("zìjǐ cízhí néng lǐng ma", 1),
        ("ZIJICIZHINENGLINGMA", 1),
        ("领了失业金会不会影响养老今", 25),
        ("能 领 几 个 月", 6),
        ("能领几个月？？？", 6),
        ("５月份辞职了没失业登记，先登记还是先申领", 11),
    ],
)
def test_typos_pinyin_and_old_characters_are_understood(said: str, number: int) -> None:
    asked = GUIDE.ask(said, DIRECTORY)
    assert number in (asked.faq, *asked.offered)


def test_two_things_at_once_are_offered_not_guessed() -> None:
    asked = GUIDE.ask("离职证明和户口本没有", DIRECTORY)
    assert asked.faq is None
    assert {15, 37} <= set(asked.offered)


def test_nonsense_is_not_guessed_at() -> None:
    for said in ("啊啊啊啊", "666", "。。。", "asdfgh", "窗前明月光", "\U0001f600"):
        asked = GUIDE.ask(said, DIRECTORY)
        assert (asked.kind, asked.faq) == ("other", None), said
        assert asked.reply


def test_a_homophone_is_found_by_its_sound() -> None:
    words = Words({"quit": ("辞职",), "can": ("能领",)}, ordinary=("can",))
    assert words.seen("次职能领").concepts.keys() == {"quit", "can"}
    assert words.seen("辞职").concepts == {"quit": 1.0}


def test_a_longer_word_hides_the_shorter_one_inside() -> None:
    words = Words({"register": ("失业登记",), "jobless": ("失业",)})
    assert set(words.seen("失业登记").concepts) == {"register"}
    assert set(words.seen("失业了").concepts) == {"jobless"}


@pytest.mark.parametrize(
    ("char", "heard"), [("辞", "ci"), ("职", "zi"), ("领", "lin"), ("女", "nu"), ("A", "A"), ("䶮", "䶮"), ("，", "，")]
)
def test_sounds_are_folded(char: str, heard: str) -> None:
    assert sound(char) == heard


def test_pinyin_is_cut_into_syllables() -> None:
    assert syllables("shiyejin") == ("si", "ye", "jin")
    assert syllables("hello") == ()
    assert syllables("") == ()


def test_a_sign_names_only_known_concepts() -> None:
    sign = read_sign("!quit can -again", ("quit", "can", "again"))
    assert sign.wants == {"quit", "can"}
    assert sign.lacks == {"again"}
    with pytest.raises(ValueError, match="quitt"):
        read_sign("quitt", ("quit",))
    with pytest.raises(ValueError, match="wants no concept"):
        read_sign("-quit", ("quit",))


def test_no_pronunciation_dictionary_is_loaded_for_it() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, dialogs.guide; print('pypinyin' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "False"


def test_the_helpers_account_says_that_it_does_not_submit() -> None:
    book = GUIDE.book
    helper = Guide(read_book(*_texts(), "helper"))
    assert "不替你提交" in helper.faq(45)
    assert "你确认后" in GUIDE.faq(45)
    assert book.role == "agency"


def _texts() -> tuple[str, str]:
    from importlib.resources import files

    programmes = files("dialogs.programmes")
    return programmes.joinpath("faq.toml").read_text("utf-8"), programmes.joinpath("guide.toml").read_text("utf-8")
