"""Outermost: HTTP in and out, processes, screens."""
