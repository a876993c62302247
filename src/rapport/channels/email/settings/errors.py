"""What setting up a mailbox may be refused for."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class NotAMailbox(NotFound):
    """This inbox does not receive or send e-mail."""


class AddressTaken(Conflict):
    """Another inbox has this address already."""


class SecretNeeded(Unprocessable):
    """Enter the password anew: what is kept is only sent to the server it was entered for."""


class SettingsIncomplete(Unprocessable):
    """Something is missing that is needed to receive or send mail this way."""


class PlainRefused(Unprocessable):
    """Passwords go to mail servers by TLS only, except to those that the administrator allowed."""
