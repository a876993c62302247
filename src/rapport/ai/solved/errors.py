"""Refusals of this room."""

from rapport.kernel.errors import Conflict, NotFound


class SolvedNotFound(NotFound):
    """There is no such solved conversation in this workspace."""


class SolvedDecided(Conflict):
    """Somebody decided about this solved conversation already."""


class SolvedOff(Conflict):
    """Solved conversations are not used here; an administrator can switch them on."""


class TakingUnderWay(Conflict):
    """Solved conversations are being looked through already."""


class TakingNotUnderWay(Conflict):
    """Nothing is being looked through."""
