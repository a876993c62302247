"""Why a provider would not answer, in our words: its own may hold the key or the prompt."""

from collections.abc import Iterator
from typing import Final

from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.kernel.egress import AddressRefused
from rapport.kernel.errors import RapportError, Unreachable

_OURS: Final = (ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable)
_REASONS: Final = {
    401: "The language model's address does not know this key.",
    402: "The account at the language model's address has no credit left.",
    403: "This key may not use the language model.",
    404: "There is no model of this name at this address, or no model at all.",
    413: "The language model finds the request too long.",
    429: "The account at the language model's address has no credit left, or reached its cap.",
}
_PRIVATE: Final = (
    "This address is not on the public internet. An administrator of the server can allow it by "
    "RAPPORT_EGRESS_ALLOW."
)


def refused_by(status: int) -> str:
    """What a status below 500 means."""
    told = _REASONS.get(status, "The language model's address did not accept the request.")
    return f"{told} (HTTP {status})"


def refusal_of(error: BaseException) -> RapportError:
    """Our error for one that was raised on the way, whatever a library has wrapped it in."""
    for cause in _causes(error):
        if isinstance(cause, AddressRefused):
            return ChatRefused(_PRIVATE)
        if isinstance(cause, _OURS):
            return cause
        if isinstance(cause, Unreachable):
            return ChatUnreachable(cause.detail)
    return ChatUnreachable()


def seconds_of(header: str | None) -> int | None:
    """A Retry-After in whole seconds, at least one; None when there is none we can read."""
    try:
        return max(1, round(float(header))) if header else None
    except ValueError:
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
