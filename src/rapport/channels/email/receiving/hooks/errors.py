"""Why a call from a mail provider is not taken."""

from rapport.kernel.errors import NotFound, TooLarge, Unauthenticated, Unprocessable


class HookNotFound(NotFound):
    """There is no such address for incoming mail."""


class HookUnsigned(Unauthenticated):
    """This call does not prove that it comes from the mail provider."""


class HookMalformed(Unprocessable):
    """This call is not in the provider's documented form."""


class MailNotIncluded(Unprocessable):
    """The provider told of a message without sending it along; change its settings."""


class NotificationTooLarge(TooLarge):
    """This message is larger than we accept."""


class NotReceivedHere(Unprocessable):
    """This inbox does not receive its mail by webhook."""
