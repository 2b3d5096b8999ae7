"""What can go wrong in storage, by its one name each: nobody outside this folder meets a library's exception."""


class StoreUnavailable(Exception):
    """The store cannot be reached or cannot keep anything now (down, slow, disk full): try again later."""


class InDoubt(StoreUnavailable):
    """A write got no answer, or lies on too few servers: it may be there, and may be gone. To say the same once more as
    if it were not could bring it twice."""


class SessionUnreadable(StoreUnavailable):
    """One person's session or parked draft is there and cannot be opened; everybody else is served."""


class Unreadable(Exception):
    """The bytes are there and cannot be opened: damaged, moved to another place, or sealed with a key that is gone."""


class Missing(Exception):
    """What was asked for is not in the store."""


class KeyringError(Exception):
    """The key file cannot be used; the text names the file and says how to mend it."""


class NotAllowed(Exception):
    """A claim cannot go from its present status to the wanted one."""
