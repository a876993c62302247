"""Refusals about mail that came in."""

from rapport.kernel.errors import Conflict, NotFound


class RawMailNotFound(NotFound):
    """There is no such message as it came in this workspace."""


class MailNotFound(NotFound):
    """There is no such mail in this conversation."""


class MailNotWaiting(Conflict):
    """This message was dealt with; only what failed or still waits can be tried again."""


class MailNotAStrangers(Conflict):
    """Only what somebody wrote who was not part of the conversation can be given one of its own."""
