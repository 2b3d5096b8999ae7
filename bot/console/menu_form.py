"""The menu as an HTML form: a flat run of blocks in the order they stand on the page, and back.

Each block sends every one of its fields, so that the lists of one name stay side by side; dragging a block elsewhere
needs no new names. A block is a menu for a tag ("menu"), an upper button ("top") or one below it ("sub"). The default
menu needs no block: it is what stands before the first "menu".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from bot.menu import Button, Menu
from bot.menu_limits import NEEDS, Fault
from bot.menu_set import MenuSet, SetFault, Tagged

FIELDS = ("id", "node", "name", "type", "key", "url", "appid", "pagepath", "media")
MOST_BLOCKS, MOST_CHARS, MOST_TAGGED = 200, 2000, 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """One button's fields as they are on the page; `media` holds a media_id or an article_id. Of a "menu" only `key`,
    its tag, counts."""

    id: str
    node: str
    name: str = ""
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media: str = ""


@dataclass(slots=True)
class Top:
    """An upper button with those below it."""

    block: Block
    subs: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """One menu; `block` None for the default one."""

    block: Block | None
    tops: list[Top] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.block.id if self.block is not None else ""


@dataclass(slots=True)
class Form:
    """The whole page."""

    parts: list[Part]
    touched: str = ""
    """The block that was changed last: it is shown open."""
    deed: str = ""
    """What was done to it: where the keyboard stands next."""

    def blocks(self) -> list[Block]:
        """Every block from top to bottom."""
        found = []
        for part in self.parts:
            found += [part.block] if part.block is not None else []
            for top in part.tops:
                found += [top.block, *top.subs]
        return found

    def fresh(self, node: str, **fields: str) -> Block:
        """A new block with an id nobody has."""
        taken = {block.id for block in self.blocks()}
        number = len(taken) + 1
        while str(number) in taken:
            number += 1
        self.touched = str(number)
        return Block(str(number), node, **fields)


def form_of(wanted: MenuSet) -> Form:
    """A menu ready to be edited."""
    form = Form([Part(None)])
    for at, menu in enumerate(wanted.menus):
        if at:
            form.parts.append(Part(form.fresh("menu", key=wanted.tagged[at - 1].tag)))
        part = form.parts[-1]
        for button in menu.buttons:
            part.tops.append(Top(_block(form, "top", button)))
            for sub in button.subs:
                part.tops[-1].subs.append(_block(form, "sub", sub))
    form.touched = ""
    return form


def _block(form: Form, node: str, button: Button) -> Block:
    return form.fresh(
        node, name=button.name, type=button.type, key=button.key, url=button.url, appid=button.appid,
        pagepath=button.pagepath, media=button.media_id or button.article_id,
    )  # fmt: skip


def read_form(said: "MultiDict[str, str]") -> Form:
    """What a browser sent. Whatever it is becomes a form: lists of unlike length are filled up, ids made single."""
    form = Form([Part(None)])
    seen: set[str] = set()
    rows = zip_longest(*(said.getlist(name) for name in FIELDS), fillvalue="")
    for row in islice(rows, MOST_BLOCKS):
        block = Block(*(value.strip()[:MOST_CHARS] for value in row))
        if not block.id.isascii() or not block.id.isdigit() or len(block.id) > 6 or block.id in seen:
            block = replace(form.fresh(""), **{name: getattr(block, name) for name in FIELDS[1:]})
        seen.add(block.id)
        _place(form, block)
    form.touched = ""
    return form


def _place(form: Form, block: Block) -> None:
    tops = form.parts[-1].tops
    if block.node == "menu":
        form.parts.append(Part(block))
    elif block.node == "sub" and tops:
        tops[-1].subs.append(block)
    else:
        tops.append(Top(replace(block, node="top")))


def set_of(form: Form) -> MenuSet:
    """The menus a form stands for: of each button only what its type needs."""
    menus = [Menu(tuple(_upper(top) for top in part.tops)) for part in form.parts]
    tags = [part.block.key for part in form.parts if part.block is not None]
    return MenuSet(menus[0], tuple(Tagged(tag, menu) for tag, menu in zip(tags, menus[1:], strict=True)))


def _upper(top: Top) -> Button:
    if top.subs:
        return Button(top.block.name, subs=tuple(_button(sub) for sub in top.subs))
    return _button(top.block)


def _button(block: Block) -> Button:
    needs = NEEDS.get(block.type, ())
    kept = {name: getattr(block, "media" if name.endswith("_id") else name) for name in needs}
    return Button(block.name, block.type, **kept)


def faults_by_block(form: Form, found: Sequence[SetFault]) -> Mapping[str, list[Fault]]:
    """Each fault under the id of its block; under "" those of the default menu as a whole."""
    told: dict[str, list[Fault]] = {}
    for one in found:
        part, fault = form.parts[one.menu], one.fault
        name = part.id
        if fault.top is not None:
            top = part.tops[fault.top]
            name = top.block.id if fault.sub is None else top.subs[fault.sub].id
        told.setdefault(name, []).append(fault)
    return told


def changed(form: Form, deed: str, name: str) -> None:
    """One of the page's buttons: add_top, add_sub, add_menu, up, down, remove; `name` is the block it stands at.
    What cannot be done changes nothing."""
    form.touched, form.deed = name, deed
    if deed == "add_menu" and len(form.parts) <= MOST_TAGGED:
        form.parts.append(Part(form.fresh("menu")))
        form.parts[-1].tops.append(Top(form.fresh("top", type="click")))
    for part in form.parts:
        if deed == "add_top" and part.id == name and len(form.blocks()) < MOST_BLOCKS:
            part.tops.append(Top(form.fresh("top", type="click")))
            return
        for top in part.tops:
            if deed == "add_sub" and top.block.id == name and len(form.blocks()) < MOST_BLOCKS:
                top.subs.append(form.fresh("sub", type="click"))
                return
    if deed in ("up", "down", "remove"):
        _moved(form, deed, name)


def _moved(form: Form, deed: str, name: str) -> None:
    step = {"up": -1, "down": 1}.get(deed)
    for at, part in enumerate(form.parts[1:], 1):
        if part.id == name:
            _shift(form.parts, at, step, lowest=1)
            return
    for part in form.parts:
        for at, top in enumerate(part.tops):
            if top.block.id == name:
                _shift(part.tops, at, step)
                return
            for place, sub in enumerate(top.subs):
                if sub.id == name:
                    _shift_sub(part.tops, at, place, step)
                    return


def _shift(row: list[T], at: int, step: int | None, lowest: int = 0) -> None:
    """Move by a step, or take away when there is none."""
    one = row.pop(at)
    if step is not None:
        row.insert(min(max(at + step, lowest), len(row)), one)


def _shift_sub(tops: list[Top], at: int, place: int, step: int | None) -> None:
    """At the end of its row a sub-button goes over to the neighbour."""
    subs = tops[at].subs
    if step is None or 0 <= place + step < len(subs):
        _shift(subs, place, step)
    elif 0 <= at + step < len(tops):
        neighbour = tops[at + step].subs
        neighbour.insert(len(neighbour) if step < 0 else 0, subs.pop(place))
