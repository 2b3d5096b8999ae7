"""Where a PicUrl may point to. It comes with a message: whoever sends one must not choose whom our server asks."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

WECHAT_PICTURES: Final = ("*.qpic.cn",)
"""Where PicUrl points to, in the wild: mmbiz.qpic.cn and its kin."""

_URL_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]!$&'()*+,;=%")


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether a URL points to one of the hosts ("host", "host:port" or "*.domain" on the usual ports).

    Refused is also whatever two parsers could read differently.
    """
    if not url or not _URL_CHARS.issuperset(url):  # "@" and "\\" are not among them
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        return False
    for allowed in hosts:
        if allowed.startswith("*."):
            if host.endswith(allowed[1:].lower()) and port in (None, 80, 443):
                return True
        elif allowed.lower() in (host if port is None else f"{host}:{port}", parts.netloc.lower()):
            return True
    return False
