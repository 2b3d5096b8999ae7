"""The phone page: plain files, no build, nothing from elsewhere."""
