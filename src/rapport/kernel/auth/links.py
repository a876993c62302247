"""The addresses in which a token reaches a person.

The token stands after `#`: browsers do not send that part, so it is in no log and no Referer.
"""

from rapport.kernel.settings.process import Settings


def sign_in(settings: Settings, token: str) -> str:
    """Where a one-time link signs in."""
    return f"{settings.origin}/sign-in/link#token={token}"


def invitation(settings: Settings, token: str) -> str:
    """Where an invitation is accepted."""
    return f"{settings.origin}/invite#token={token}"


def reset(settings: Settings, token: str) -> str:
    """Where a new password is chosen."""
    return f"{settings.origin}/reset#token={token}"
