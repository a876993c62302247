"""What it means when a session breaks off."""

import asyncio

from rapport.channels.email.imap import (
    Disconnected,
    FolderMissing,
    ImapError,
    LoginMissing,
    LoginRefused,
    Nonsense,
    Refused,
    StartTlsMissing,
)
from rapport.channels.email.oauth import OAuthRefused
from rapport.channels.email.settings import problems
from rapport.channels.email.settings.problems import Problem
from rapport.kernel.egress import AddressRefused
from rapport.kernel.errors import Unreachable


class PlainRefused(Exception):
    """The password would go there for everybody on the way to read."""


class NotKept(Exception):
    """What was fetched could not be stored; it is fetched again."""


_KINDS: tuple[tuple[type[BaseException], Problem], ...] = (
    (LoginMissing, "login_missing"),
    (StartTlsMissing, "starttls_missing"),
    (FolderMissing, "folder_missing"),
    (Nonsense, "unexpected_answer"),
    (PlainRefused, "plain_refused"),
    (OAuthRefused, "oauth_refused"),
    (NotKept, "not_kept"),
)
_LASTING: frozenset[Problem] = frozenset(
    {"login_refused", "app_password_needed", "access_switched_off", "oauth_refused"}
)
"""What somebody must do something about; who asks again and again is locked out."""


def problem_of(error: Exception, *, by_oauth: bool) -> Problem | None:
    """A word for what went wrong with the server; None when it is a mistake of ours."""
    if isinstance(error, LoginRefused):
        return problems.of_login(str(error), by_oauth=by_oauth)
    for kind, problem in _KINDS:
        if isinstance(error, kind):
            return problem
    if isinstance(error, Refused | Disconnected):
        said = problems.of_login(str(error))
        if said in {"too_many_connections", "server_busy"}:
            return said
        return "disconnected" if isinstance(error, Disconnected) else "unexpected_answer"
    if isinstance(error, ImapError):
        return "unexpected_answer"
    if isinstance(error, OSError | EOFError | Unreachable | AddressRefused | asyncio.TimeoutError):
        return problems.of_connecting(error)
    return None


def needs_somebody(problem: Problem) -> bool:
    """Whether it stays as it is until somebody does something."""
    return problem in _LASTING
