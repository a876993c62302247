"""Refusals of this room."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class IntentNotFound(NotFound):
    """There is no such intent in this workspace."""


class ExampleNotFound(NotFound):
    """There is no such example of this intent."""


class ReadingNotFound(NotFound):
    """This message was not read: it is no customer's, or not yet, or it was erased."""


class IntentNameTaken(Conflict):
    """Another intent, perhaps an archived one, already has this name."""


class IntentArchived(Conflict):
    """This intent is archived; bring it back before you use it."""


class TooManyIntents(Unprocessable):
    """A workspace may have 300 intents at a time; archive those that nobody needs."""


class TooManyExamples(Unprocessable):
    """An intent may have 500 typed examples; messages labelled by people do not count."""
