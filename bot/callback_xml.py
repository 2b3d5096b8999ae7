"""The XML of WeChat's callbacks, read by expat: no DTD, no entities of its own, bounded in depth and nodes."""

from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

MAX_BYTES = 64 * 1024
_CONTROLS = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
"""What XML cannot hold and people paste all the same: dropped, rather than their whole message."""
MAX_DEPTH = 8
MAX_NODES = 256


class Malformed(Exception):
    """Not a callback body: the reason is fit for a log, it holds nothing of the body."""


@dataclass(slots=True)
class Node:
    """One element: its own text, and the elements in it in their order."""

    name: str
    text: str = ""
    nodes: list["Node"] = field(default_factory=list)

    def find(self, name: str) -> "Node | None":
        """The first element of this name directly in this one."""
        for node in self.nodes:
            if node.name == name:
                return node
        return None

    def raw(self, name: str) -> str:
        """The text of the first element of this name as it was sent, "" without one."""
        node = self.find(name)
        return node.text if node else ""

    def get(self, name: str) -> str:
        """As `raw`, without blanks around it."""
        return self.raw(name).strip()

    def every(self, name: str) -> list["Node"]:
        """All elements of this name at any depth below this one, in document order."""
        found = []
        for node in self.nodes:
            if node.name == name:
                found.append(node)
            found += node.every(name)
        return found


def read(body: bytes) -> Node:
    """The root element of a callback body. Raises Malformed, never anything else."""
    if len(body) > MAX_BYTES:
        raise Malformed("too long")
    top = Node("")
    path = [top]
    count = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_NODES or len(path) > MAX_DEPTH:
            raise Malformed("too many or too deep elements")
        node = Node(name)
        path[-1].nodes.append(node)
        path.append(node)

    def end(_name: str) -> None:
        path.pop()

    def text(words: str) -> None:
        path[-1].text += words

    def doctype(*_: object) -> None:
        raise Malformed("document type")

    # the encoding is fixed here, so that a declaration of another one cannot change what is read
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body.translate(None, _CONTROLS), True)
    except ExpatError as error:
        raise Malformed("not well-formed") from error
    root = top.nodes[0]
    if root.name != "xml":
        raise Malformed("not a callback")
    return root
