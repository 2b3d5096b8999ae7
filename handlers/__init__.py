"""The shell: one inbound message becomes one finished turn."""
