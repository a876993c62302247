"""The help centre: what is published, as pages that need no JavaScript."""
