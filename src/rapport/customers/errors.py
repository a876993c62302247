"""Refusals of this room."""

from rapport.kernel.errors import Conflict, Forbidden, Malformed, NotFound, Unprocessable


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


class AddressNotFound(NotFound):
    """The customer has no such address."""


class AddressInvalid(Unprocessable):
    """This cannot be an address on that channel."""


class AttributeInvalid(Unprocessable):
    """The value does not fit what this attribute is."""


class AttributeTaken(Conflict):
    """There is an attribute with this key already."""


class AttributeNotFound(NotFound):
    """There is no such attribute here."""


class CompanyNotFound(NotFound):
    """There is no such company in this workspace."""


class CompanyTaken(Conflict):
    """There is a company of this name already."""


class PainPointNotFound(NotFound):
    """There is no such pain point."""


class EntryNotFound(NotFound):
    """There is no such entry on the timeline."""


class EntryNotYours(Forbidden):
    """Only who wrote an entry, or an administrator, takes it away."""


class SuggestionNotFound(NotFound):
    """There is no such suggestion."""


class SuggestionDecided(Conflict):
    """Somebody has decided this already."""


class WriteKeyNotFound(NotFound):
    """There is no such write key."""


class ImportNotFound(NotFound):
    """There is no such import."""


class ImportUnreadable(Unprocessable):
    """The file is not a table whose first line names its columns."""


class ImportUnderWay(Conflict):
    """The import is not in a state that allows this."""


class MappingInvalid(Unprocessable):
    """The columns cannot be used like this."""
