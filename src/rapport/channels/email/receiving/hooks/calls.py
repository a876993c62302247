"""A call from a mail provider, and what it tells."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

import httpx
import msgspec

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks.errors import HookMalformed, HookUnsigned
from rapport.channels.email.receiving.reporting.service import Report

T = TypeVar("T")

WINDOW: Final = timedelta(minutes=5)
"""How far the time in a signature may be from ours."""
RETRIES: Final = timedelta(days=4)
"""The same for providers that go on sending for days what they signed once."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came; `headers` have names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came along. `source` is by what it is known when it comes again."""

    source: str
    raw: bytes
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Told:
    """What a call tells. `once` is what may be used only once, whatever else stands in the call."""

    messages: tuple[Message, ...] = ()
    reports: tuple[Report, ...] = ()
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What a call is judged by: the mailbox's secret, the time, and a way to ask the provider."""

    secret: str
    now: datetime
    client: Callable[[], httpx.AsyncClient]


class Provider(Protocol):
    """How one provider speaks."""

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """Look at the headers, before the body is read.

        Raises:
            HookUnsigned: they cannot be the provider's.
        """

    async def read(self, call: Call, door: Door) -> Told:
        """What a call tells.

        Raises:
            HookUnsigned: it is not signed, or not by this provider, or too long ago.
            HookMalformed: it is signed and says nothing that we understand.
            MailNotIncluded: the provider is set up to tell of messages without sending them.
        """


def decoded(body: bytes | str, shape: type[T]) -> T:
    """JSON in a form we know; what else stands in it is passed over.

    Raises:
        HookMalformed: it is another form, or none.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise HookMalformed from error


def require_same(given: str | bytes, expected: str | bytes) -> None:
    """Compare a proof without telling how much of it was right.

    Raises:
        HookUnsigned: it is another one, or there is none to compare with.
    """
    left = given.encode(errors="replace") if isinstance(given, str) else given
    right = expected.encode(errors="replace") if isinstance(expected, str) else expected
    if not right or not hmac.compare_digest(left, right):
        raise HookUnsigned


def require_recent(seconds: str, now: datetime, within: timedelta = WINDOW) -> None:
    """Refuse what was signed too long ago; nothing is signed in the future.

    Raises:
        HookUnsigned: the time is no number of seconds since 1970, or out of the window.
    """
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        raise HookUnsigned
    age = now.timestamp() - int(seconds)
    if not -WINDOW.total_seconds() <= age <= within.total_seconds():
        raise HookUnsigned("This call was signed too long ago.")


def digest(*parts: bytes) -> str:
    """A name for content."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.hexdigest()
