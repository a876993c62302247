"""Refusals of this room."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class GapNotFound(NotFound):
    """There is no such gap in this workspace."""


class GapMerged(Conflict):
    """The gap was merged into another one; look there."""


class GapsTheSame(Unprocessable):
    """A gap cannot be merged into itself."""


class GapHasArticle(Conflict):
    """The gap has an article already; unlink it first."""


class GapUnanswered(Conflict):
    """No colleague has answered this question yet, so there is nothing to write from."""
