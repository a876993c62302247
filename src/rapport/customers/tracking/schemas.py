"""What the agent API says about write keys, and what senders are answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from rapport.kernel.schemas import In, Out

KeyKind = Literal["server", "browser"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a sender.

    At least one of `user_id` and `anonymous_id` is there. `at` is when it happened by our clock.
    """

    kind: str
    message_id: str | None
    user_id: str | None
    anonymous_id: str | None
    previous_id: str | None
    group_id: str | None
    name: str
    """The event's name, or that of the page."""
    traits: Mapping[str, Any]
    properties: Mapping[str, Any]
    context: Mapping[str, Any]
    at: datetime


class WriteKeyOut(Out):
    """A key with which events are sent; the key itself is never shown again."""

    id: UUID
    name: str
    kind: KeyKind
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class WriteKeysOut(Out):
    """All keys, the latest first."""

    items: list[WriteKeyOut]


class NewWriteKeyOut(WriteKeyOut):
    """A new key, with its text this once."""

    key: str


class WriteKeyIn(In):
    """A new key: for a server, which is believed, or for browsers, where it is public."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    kind: KeyKind


class ReceivedOut(Out):
    """What senders are answered."""

    success: bool
