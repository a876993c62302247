"""Errors a caller can act on.

Anything else that is raised is a bug: it is logged with its traceback and answered with a bare 500.
"""

import re
from typing import ClassVar


class RapportError(Exception):
    """An expected refusal or failure, with a sentence a person may read.

    A subclass's docstring is its default message and its class name, in snake case, is its stable
    `code`: clients and translations switch on the code, never on the sentence.
    """

    status: ClassVar[int] = 500
    """HTTP status when the error reaches the edge."""
    retryable: ClassVar[bool] = False
    """Whether a job that fails with it should be tried again."""
    fields: dict[str, str] | None = None
    """Particulars for programs, by name; they become the problem's `fields`."""

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None) -> None:
        """Use `detail` instead of the docstring when the caller needs the particulars.

        `retry_after` is in seconds and becomes the header of that name.
        """
        self.detail = detail or self.title()
        self.retry_after = retry_after
        super().__init__(self.detail)

    @classmethod
    def title(cls) -> str:
        """What this kind of error says when nothing particular is known."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def stable_code(cls) -> str:
        """The class name in snake case, e.g. `conversation_closed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def code(self) -> str:
        """See `stable_code`."""
        return self.stable_code()


class Malformed(RapportError):
    """The request is not in a form we can read."""

    status = 400


class Unauthenticated(RapportError):
    """Sign in first."""

    status = 401


class Forbidden(RapportError):
    """You may not do that."""

    status = 403


class NotFound(RapportError):
    """Nothing here by that name."""

    status = 404


class Conflict(RapportError):
    """The thing is not in a state that allows this."""

    status = 409


class TooLarge(RapportError):
    """This is larger than we accept."""

    status = 413


class Unprocessable(RapportError):
    """The request is well formed, but something in it is not acceptable."""

    status = 422


class TooMany(RapportError):
    """Too many attempts; wait a moment and try again."""

    status = 429
    retryable = True


class Overloaded(RapportError):
    """More is coming in than can be stored; try again in a moment."""

    status = 503
    retryable = True


class Unreachable(RapportError):
    """An outside service did not answer as it should; trying again may help."""

    status = 502
    retryable = True
