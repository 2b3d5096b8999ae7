"""Bytes to requests, one shape for each layer that an attacker can reach: the form of the guided run's inputs, of the
corpus and of every input that once broke something."""

import random
from collections.abc import Callable, Sequence

from tests.fuzz import samples
from tests.fuzz.house import Request, enciphered, envelope, padded, sealed, signed

OPENID = "oFuzzed-{:020d}"
PEOPLE = 300


def forged(data: bytes) -> Sequence[Request]:
    """Query, headers and body as somebody without the token would send them: up to three lines."""
    query, _, rest = data.partition(b"\n")
    header, _, body = rest.partition(b"\n")
    name, _, value = header.partition(b":")
    headers = {name.decode("latin-1"): value.decode("latin-1")} if value else {}
    return [Request(query, body, headers)]


def enveloped(data: bytes) -> Sequence[Request]:
    """Any body under a right signature."""
    start, end = data.find(b"<Encrypt><![CDATA["), data.find(b"]]></Encrypt>")
    encrypt = data[start + 18 : end].decode("utf-8", "replace") if 0 <= start < end else "x"
    return [signed(data, encrypt)]


def encoded(data: bytes) -> Sequence[Request]:
    """Any Encrypt under a right msg_signature."""
    return [envelope(data.decode("utf-8", "replace").replace("]]>", ""))]


def ciphered(data: bytes) -> Sequence[Request]:
    """Any plaintext of the cipher: salt, length, message, appid and padding are all the sender's."""
    return [enciphered(data if len(data) % 16 == 0 else padded(data))]


def pushed(data: bytes) -> Sequence[Request]:
    """Any message in a right envelope."""
    return [sealed(data)]


def talked(data: bytes) -> Sequence[Request]:
    """A talk: each line a text of one person, "image" a photograph, "@key" a menu button, "!event" an event."""
    rng = random.Random(data)
    openid = OPENID.format(rng.randrange(PEOPLE))
    requests = []
    for line in data.decode("utf-8", "replace").splitlines()[:40]:
        said = [("ToUserName", "gh_1"), ("FromUserName", openid), ("CreateTime", str(1790000000 + len(requests)))]
        if line.startswith(("@", "!")):
            said += [("MsgType", "event"), ("Event", "CLICK" if line[0] == "@" else line[1:41]), ("EventKey", line[1:])]
        elif line == "image":
            said += [("MsgType", "image"), ("MediaId", f"m{rng.random()}"), ("PicUrl", "http://mmbiz.qpic.cn/x")]
        else:
            said += [("MsgType", "text"), ("Content", line)]
        said.append(("MsgId", str(rng.randrange(2**62))))
        requests.append(sealed(_xml(said)))
    return requests


SHAPES: Sequence[Callable[[bytes], Sequence[Request]]] = (forged, enveloped, encoded, ciphered, pushed, talked)
PUSHED, TALKED = 4, 5


def requests_of(data: bytes) -> Sequence[Request]:
    """The requests of one input: its first byte names the shape."""
    return SHAPES[data[0] % len(SHAPES)](data[1:]) if data else ()


def _xml(said: Sequence[tuple[str, str]]) -> bytes:
    inner = "".join(f"<{name}><![CDATA[{text.replace(']]>', '')}]]></{name}>" for name, text in said)
    return f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass")


def seeds() -> list[bytes]:
    """What a guided run starts from: WeChat's samples, talks, and a good envelope of each shape."""
    found = [bytes((PUSHED,)) + message for message in samples.messages()]
    found += [bytes((TALKED,)) + path.read_bytes() for path in sorted(samples.CORPUS.glob("*.talk"))]
    good = sealed(samples.messages()[0])
    found.append(bytes((0,)) + good.query + b"\ncontent-type:text/xml\n" + good.body)
    return [
        *found,
        bytes((1,)) + good.body,
        b"\x02AAAA",
        bytes((3,)) + bytes(16) + b"\0\0\0\x06<xml/>wx0000000000000000",
    ]
