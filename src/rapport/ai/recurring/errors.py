"""What recurring issues refuse."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class ProblemNotFound(NotFound):
    """No such problem in this workspace."""


class ConversationNotInProblem(NotFound):
    """The conversation is not one of this problem's."""


class ProblemsTheSame(Unprocessable):
    """A problem cannot be merged into itself."""


class ProblemWouldBeEmpty(Conflict):
    """At least one conversation must stay; rename the problem instead."""
