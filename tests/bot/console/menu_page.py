"""The menu editor as a browser without JavaScript has it: every field of the form in its order, and its buttons."""

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from tests.bot.console.office import Browser

EDIT = "/console/menu/edit"


class Fields(HTMLParser):
    """The successful controls of the form `menus`, as (name, value)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = False
        self._select: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "menus"
        if not self._inside:
            return
        if tag == "input":
            self.found.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = [given["name"]]
        elif tag == "option" and (len(self._select) == 1 or "selected" in given):
            self._select[1:] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select" and self._inside:
            self.found.append((self._select[0], self._select[1]))


@dataclass
class Editor:
    """An operator at the form."""

    browser: Browser
    fields: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, wish: str = "") -> "Editor":
        editor = cls(browser)
        editor._read(browser.opens(EDIT + (f"?from={wish}" if wish else "")))
        return editor

    def ids(self) -> dict[str, str]:
        """Each button's name to its id; of a menu for a tag its tag."""
        rows = self.rows()
        return {row["name"] or row["key"]: row["id"] for row in rows}

    def rows(self) -> list[dict[str, str]]:
        """The blocks from top to bottom."""
        rows: list[dict[str, str]] = []
        for name, value in self.fields:
            if name in ("csrf_token", "base", "note"):
                continue
            if name == "id":
                rows.append({})
            rows[-1][name] = value
        return rows

    def fills(self, block: str, **said: str) -> None:
        """Type into fields of the block with this id."""
        now = ""
        for at, (name, value) in enumerate(self.fields):
            now = value if name == "id" else now
            if now == block and name in said:
                self.fields[at] = (name, said[name])

    def names(self) -> list[str]:
        return [row["name"] for row in self.rows() if row["node"] != "menu"]

    def presses(self, do: str, **said: str) -> str:
        """One of the page's buttons."""
        sent = [(name, said.get(name, value)) for name, value in self.fields] + [("do", do)]
        answer = self.browser.http.post(f"{self.browser.address}{EDIT}", data=sent, timeout=30)
        self.browser.status, self.browser.page = answer.status_code, answer.text
        self._read(answer.text)
        return unescape(answer.text)

    def _read(self, page: str) -> None:
        reader = Fields()
        reader.feed(page)
        self.fields = reader.found
