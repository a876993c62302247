"""Refusals of senders of events, in the form their libraries expect."""

from rapport.kernel.errors import Malformed, Unauthenticated


class WriteKeyUnknown(Unauthenticated):
    """Send a write key as the user name of Basic authentication."""


class EventMalformed(Malformed):
    """This is not an event in the documented form."""


class EventTooLarge(Malformed):
    """An event is at most 32 KB, and a batch at most 500 KB and 2,500 events."""
