"""What sources refuse."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class SourceNotFound(NotFound):
    """No such source in this workspace."""


class DocumentNotFound(NotFound):
    """No such file or snippet in this workspace."""


class CrawlUnderWay(Conflict):
    """The source is being crawled; wait until it is done, or cancel it."""


class NothingToCancel(Conflict):
    """The source is not being crawled."""


class AddressOutside(Unprocessable):
    """This address does not belong to the source."""


class TextUnreadable(Unprocessable):
    """No text can be read from this."""
