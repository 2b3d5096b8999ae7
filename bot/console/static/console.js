// Only comfort lives here: every page works without it.
