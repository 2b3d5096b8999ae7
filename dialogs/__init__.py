"""The core that decides: a session and an answer in; the next session, replies and effects out. Pure."""
