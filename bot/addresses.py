"""Addresses of services in the settings: checked so early and told so shortly that no error quotes a password.

Libraries name what they choke on: a "/" in a password ends the host for them, and "port 's3cret' is no number" is said.
"""

import re

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?"
_ADDRESS = re.compile(rf"[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?(?P<hosts>(?:{_HOST}(?:,{_HOST})*)?)(?P<rest>(?:[/?][^@]*)?)")
_SECRET = re.compile(r"(?i)[?&][^=&]*(?:pass(?!file)|secret|token)[^=&]*=")
WRONG = (
    "is no address such as scheme://user:password@host:port/name; write / @ : ? # of a password as %2F %40 %3A %3F %23"
)


def checked(url: str) -> str:
    """The URL, or "". Raises ValueError, which quotes nothing of it."""
    if url and not _ADDRESS.fullmatch(url):
        raise ValueError(WRONG)
    if _SECRET.search(url):
        raise ValueError("takes the password before the host, as in scheme://user:password@host, not behind a ?")
    return url


def hosts_of(url: str) -> str:
    """What may be shown of it: host and port, "" for a socket or a file."""
    found = _ADDRESS.fullmatch(url)
    return found["hosts"] if found is not None else ""
