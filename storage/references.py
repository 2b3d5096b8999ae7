"""Names of one real-name check for the service that makes it: they say nothing to it, and nobody can make one up."""

import base64
import binascii

from storage.errors import Unreadable
from storage.keyring import Keyring

_CONTEXT = b"verification"
MAX_CHARS = 400


class References:
    """Sealed, so that nothing need be kept to know whose a reference is."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def of(self, person: str, draft: str, attempt: int) -> str:
        """A reference in letters, digits, - and _."""
        sealed = self._keyring.seal(f"{person} {draft} {attempt}".encode(), _CONTEXT)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def opened(self, reference: str) -> tuple[str, str, int] | None:
        """(person, draft, attempt); None when it is none of ours."""
        if len(reference) > MAX_CHARS or not reference.isascii():
            return None
        try:
            sealed = base64.b64decode(reference + "=" * (-len(reference) % 4), altchars=b"-_", validate=True)
            person, draft, attempt = self._keyring.open_sealed(sealed, _CONTEXT).decode().split(" ")
        except (binascii.Error, ValueError, Unreadable):
            return None
        return person, draft, int(attempt)
