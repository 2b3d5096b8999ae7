"""A claimant in a terminal: what is typed goes, signed, to the real webhook; what the account says is printed.

Lines that begin with / are deeds; everything else is said. Works with a pipe as standard input: each line is done
before the next is read. Uses the simulator that already runs at settings.host:port (so the bot's api_base_url is
right), else starts one there.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import requests

from bot.simulator import papers
from bot.simulator.platform import Platform
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings

HELP = """\
直接打字就是说话。也可以：
  /follow [场景值]        关注          /unfollow            取消关注
  /tap 选项               点一个选项     /options             现在能点的选项
  /photo 文件 [文件…]     发照片         /paper 名字 [名字…]  发样例证件（/papers 看名字）
  /location 纬度 经度 [名] 发位置        /voice /sticker      发语音、表情
  /menu                   看菜单        /click KEY           点菜单
  /pick KEY 名字 [名字…]  菜单发照片     /scan 场景值         扫码
  /wait [秒]              等一条消息     /quit                离开"""


class Refused(Exception):
    """A deed that could not be done; its words are for the person at the terminal."""


@dataclass
class Phone:
    """One follower, played over the simulator's /phone JSON. `shows_mine`: print what the follower said as well."""

    url: str
    openid: str
    out: TextIO
    shows_mine: bool = True
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, deed: str, **given: Any) -> None:
        """Do it, then print what came. Raises Refused."""
        self._post(deed, json=given)

    def send_files(self, paths: list[str]) -> None:
        """Raises Refused for a file that cannot be read."""
        try:
            held = [("photo", (Path(path).name, Path(path).read_bytes())) for path in paths]
        except OSError as wrong:
            raise Refused(f"读不到文件：{wrong.filename}") from wrong
        self._post("photos", files=held)

    def log(self, wait_s: float = 0.0) -> dict[str, Any]:
        """Fetch what is new and print it; the whole answer, for its menu."""
        with self._lock:
            after = self._seen
        response = _http().get(
            f"{self.url}/phone/{quote(self.openid)}/log", params={"after": after, "wait": wait_s}, timeout=wait_s + 30
        )
        said: dict[str, Any] = response.json()
        self._print(said["lines"])
        return said

    def options(self) -> list[str]:
        """Labels of every option on the screen, the oldest first."""
        said = _http().get(f"{self.url}/phone/{quote(self.openid)}/log", timeout=30).json()
        return [piece["text"] for line in said["lines"] for piece in line["segments"] if piece["kind"] == "tap"]

    def _post(self, deed: str, **body: Any) -> None:
        response = _http().post(f"{self.url}/phone/{quote(self.openid)}/{deed}", timeout=120, **body)
        said = response.json()
        if not response.ok:
            raise Refused(str(said.get("error", response.status_code)))
        self._print(said["lines"])
        for exchange in said["exchanges"]:
            if exchange["violation"]:
                self.out.write(f"  （微信不接受：{exchange['violation']}）\n")
        self.out.flush()

    def _print(self, lines: list[dict[str, Any]]) -> None:
        with self._lock:
            for line in lines:
                if line["id"] > self._seen:
                    self._seen = line["id"]
                    if self.shows_mine or line["side"] != "me":
                        self.out.write(rendered(line))
            self.out.flush()


def _http() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # the simulator is on this machine: no proxy between
    return session


def rendered(line: Mapping[str, Any]) -> str:
    """One line of the chat as a terminal shows it; options in 【】."""
    if line["side"] == "system":
        return f"      —— {line['text']} ——\n"
    if line["side"] == "me":
        return f"我> {line['text'] or '[' + line['kind'] + ']'}\n"
    if line["kind"] == "news":
        text = "\n".join(f"[{each['Title']}] {each['Url']}" for each in line["detail"]["articles"])
    else:
        text = "".join(_piece(piece) for piece in line["segments"]) or f"[{line['kind']}]"
    how = "（稍后发来）" if line["via"] == "custom" else ""
    first, *rest = text.split("\n")
    return "".join(f"{part}\n" for part in (f"号> {how}{first}", *(f"    {each}" for each in rest)))


def _piece(piece: Mapping[str, str]) -> str:
    match piece["kind"]:
        case "tap":
            return f"【{piece['text']}】"
        case "link":
            return f"{piece['text']} <{piece['href']}>"
        case _:
            return piece["text"]


def _need(words: list[str], count: int, usage: str) -> list[str]:
    if len(words) < count:
        raise Refused(f"用法：{usage}")
    return words


def obey(phone: Phone, typed: str) -> bool:
    """Do one typed line; False ends the chat. Raises Refused."""
    if not typed.startswith("/"):
        phone.do("say", text=typed)
        return True
    command, *words = typed[1:].split()
    deeds: Mapping[str, Callable[[], None]] = {
        "follow": lambda: phone.do("follow", scene=" ".join(words)),
        "unfollow": lambda: phone.do("unfollow"),
        "tap": lambda: phone.do("tap", label=" ".join(_need(words, 1, "/tap 选项"))),
        "options": lambda: _say(phone, "、".join(dict.fromkeys(phone.options())) or "没有可以点的选项"),
        "photo": lambda: phone.send_files(_need(words, 1, "/photo 文件")),
        "paper": lambda: phone.do("papers", names=_need(words, 1, "/paper 名字")),
        "papers": lambda: _say(phone, "\n".join(f"{name}  {label}" for name, label in papers.LABELS.items())),
        "location": lambda: _location(phone, _need(words, 2, "/location 纬度 经度")),
        "voice": lambda: phone.do("voice"),
        "sticker": lambda: phone.do("sticker"),
        "menu": lambda: _say(phone, "\n".join(_menu(phone.log()["menu"])) or "没有菜单"),
        "click": lambda: phone.do("click", key=_need(words, 1, "/click KEY")[0]),
        "pick": lambda: phone.do("pick", key=_need(words, 2, "/pick KEY 名字")[0], names=words[1:]),
        "scan": lambda: phone.do("scan", scene=" ".join(_need(words, 1, "/scan 场景值"))),
        "wait": lambda: _wait(phone, words),
        "help": lambda: _say(phone, HELP),
    }
    if command in ("quit", "q", "exit"):
        return False
    if command not in deeds:
        raise Refused(f"没有 /{command}。/help 看能做什么")
    deeds[command]()
    return True


def _say(phone: Phone, text: str) -> None:
    phone.out.write(text + "\n")
    phone.out.flush()


def _wait(phone: Phone, words: list[str]) -> None:
    seconds = words[0] if words else "20"
    if not seconds.isdecimal():
        raise Refused("用法：/wait 秒")
    phone.log(wait_s=min(25.0, float(seconds)))


def _location(phone: Phone, words: list[str]) -> None:
    try:
        lat, lng = float(words[0]), float(words[1])
    except ValueError as wrong:
        raise Refused("纬度和经度是数字，比如 /location 25.04 102.71") from wrong
    phone.do("location", lat=lat, lng=lng, label=" ".join(words[2:]))


def _menu(buttons: list[dict[str, Any]], indent: str = "") -> Iterator[str]:
    for button in buttons:
        leads_to = button.get("key") or button.get("url") or ""
        yield f"{indent}{button['name']}  {button.get('type', '')} {leads_to}".rstrip()
        yield from _menu(button.get("sub_button") or [], indent + "  ")


@contextmanager
def _platform(settings: SimulatorSettings) -> Iterator[str]:
    """The address of the simulator that runs already, else of one that lives as long as the chat."""
    running = f"http://{settings.host}:{settings.port}"
    try:
        said = _http().get(f"{running}/phone/state", timeout=2).json()
        if "account" in said:
            yield running
            return
    except (requests.RequestException, json.JSONDecodeError):
        pass
    with serving(Platform(settings), settings.host, settings.port) as url:
        yield url


def chat(
    settings: SimulatorSettings, openid: str = "", follow: bool = True, source: TextIO | None = None,
    out: TextIO | None = None,
) -> None:  # fmt: skip
    """Talk until /quit or the end of the input.

    openid  an old phone of a running simulator; empty takes a new one
    follow  a new phone follows first, so that the first thing seen is the account's welcome
    raises  OSError  when no simulator runs at the port and something else does
    """
    source, out = source or sys.stdin, out or sys.stdout
    with ExitStack() as open_things:
        url = open_things.enter_context(_platform(settings))
        made = _http().post(f"{url}/phone/phones", json={"openid": openid, "follow": follow}, timeout=60).json()
        phone = Phone(url, made["openid"], out, shows_mine=not source.isatty())
        if source.isatty():
            out.write("正在和公众号说话。/help 看能做什么，/quit 离开\n")
            threading.Thread(target=_listen, args=(phone,), daemon=True).start()
        phone.log()
        for typed in source:
            try:
                if typed.strip() and not obey(phone, typed.strip()):
                    break
            except Refused as why:
                _say(phone, f"  （{why}）")
        phone.log()


def _listen(phone: Phone) -> None:
    """Print what the account says later, until the simulator is gone."""
    while True:
        try:
            phone.log(wait_s=25.0)
        except (requests.RequestException, json.JSONDecodeError, KeyError):
            return
