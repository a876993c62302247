"""Refusals of this room."""

from rapport.kernel.errors import Unprocessable


class PatternUnknown(Unprocessable):
    """A fact names a pattern that the workspace's triage settings do not have."""
