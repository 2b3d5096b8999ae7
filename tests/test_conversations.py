"""Talks as data, played through the real webhook in safe mode.

Lines: `> text` the person types; `> [照片 name]` sends a paper, `> [关注]`, `> [菜单 KEY]`, `> [点 label]` taps an
option, `> [位置 lat lng]`, `> [扫码 scene]`, `> [语音]`, `> [表情]`. `< words` must stand in the reply, `! words` must
not; `# …` is a remark.
"""

import re
from pathlib import Path

import pytest

from bot.simulator.follower import Follower
from tests.whole import Bot, paper

TALKS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))
_DEED = re.compile(r"^\[(\S+?)(?: (.*))?\]$")


def act(follower: Follower, line: str) -> str:
    """Do what a `>` line says; the reply's text, options included."""
    deed = _DEED.match(line)
    if deed is None:
        exchange = follower.say(line)
    else:
        word, rest = deed[1], deed[2] or ""
        match word:
            case "关注":
                exchange = follower.follow(rest)
            case "照片":
                exchange = follower.send_photo(paper(rest))
            case "菜单":
                exchange = follower.click(rest)
            case "点":
                exchange = follower.tap(rest)
            case "位置":
                lat, lng = rest.split()
                exchange = follower.send_location(float(lat), float(lng))
            case "扫码":
                exchange = follower.scan(rest)
            case "语音":
                exchange = follower.send_voice()
            case "表情":
                exchange = follower.send_sticker()
            case _:
                raise AssertionError(f"unknown deed {word}")
    assert not exchange.failed, line
    return exchange.text


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.stem)
def test_talk(talk: Path, bot: Bot) -> None:
    follower = bot.platform.follower("oTalk-0000000000000000000001")
    reply, said = "", ""
    for number, line in enumerate(talk.read_text(encoding="utf-8").splitlines(), 1):
        mark, _, words = line.partition(" ")
        where = f"{talk.name}:{number} after «{said}» got:\n{reply}"
        match mark:
            case ">":
                said, reply = words, act(follower, words)
            case "<":
                assert words in reply, where
            case "!":
                assert words not in reply, where
            case _:
                assert not line.strip() or line.startswith("#"), f"{talk.name}:{number} is no line of a talk"
