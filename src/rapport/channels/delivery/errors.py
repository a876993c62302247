"""Refusals of this room."""

from rapport.kernel.errors import Conflict, NotFound


class DeliveryNotFound(NotFound):
    """There is no such delivery in this workspace."""


class DeliveryUnderWay(Conflict):
    """It is on its way or settled already, and cannot be taken back or sent now."""
