"""Refusals that every channel shares."""

from rapport.kernel.errors import Conflict


class Undeliverable(Conflict):
    """The provider will never deliver this message, however often we ask."""
