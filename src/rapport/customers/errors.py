"""Refusals of this room."""

from rapport.kernel.errors import Conflict, Malformed, NotFound


class CustomerNotFound(NotFound):
    """There is no such customer in this workspace."""


class CustomersTheSame(Malformed):
    """A customer cannot be merged into themselves."""


class CustomerAlreadyMerged(Conflict):
    """The customer was merged into another one; undo that first."""


class CustomerNotMerged(Conflict):
    """The customer is not merged into another one."""


class CustomerErasedAlready(Conflict):
    """The customer was erased; nothing new may be noted about them."""


class IdentityTaken(Conflict):
    """Another customer has this address; merge the two instead."""
