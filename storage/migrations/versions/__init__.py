"""One file a revision, in order of number."""
