"""What visitors and their widgets may be refused for."""

from rapport.kernel.errors import Forbidden, NotFound, Unauthenticated, Unprocessable


class WidgetNotFound(NotFound):
    """There is no chat with this key, or it is switched off."""


class NotAWebChat(NotFound):
    """This inbox is not a web chat."""


class OriginRefused(Forbidden):
    """This chat may not be used on this web site."""


class VisitorUnknown(Unauthenticated):
    """The visitor's session has ended; start a new one."""


class IdentityRequired(Unauthenticated):
    """This chat is only for visitors whose web site says who they are."""


class IdentityRefused(Unauthenticated):
    """The proof of identity is forged, expired, or meant for another chat."""


class IdentityUnconfigured(Unprocessable):
    """Create the identity secret first: without it no visitor could prove who they are."""


class MessageEmpty(Unprocessable):
    """A message needs words or a file."""
