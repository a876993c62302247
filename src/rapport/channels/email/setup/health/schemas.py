"""How mailboxes do, as the console and programs see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from rapport.kernel.schemas import Out

IncomingState = Literal["off", "connecting", "catching_up", "listening", "failing"]
OutgoingState = Literal["off", "ok", "waiting", "failing"]


class FolderHealthOut(Out):
    """How a folder does that is fetched."""

    name: str
    state: Literal["connecting", "catching_up", "listening", "failing"]
    error: str | None
    failing_since: datetime | None
    behind: int
    last_mail_at: datetime | None
    seen_at: datetime | None


class IncomingHealthOut(Out):
    """How receiving does. `error` is a word of ours; see the page about e-mail.

    `behind` counts what the server has and we have not, `unread` what is kept and not yet read,
    `unreadable` what could not be dealt with; the latter two end at 1,000.
    """

    kind: Literal["imap", "receiver", "webhook", "none"]
    state: IncomingState
    error: str | None
    failing_since: datetime | None
    last_mail_at: datetime | None
    seen_at: datetime | None
    behind: int
    unread: int
    unreadable: int
    folders: list[FolderHealthOut]


class OutgoingHealthOut(Out):
    """How sending does. `waiting` is a minute late or more, `failed` is of seven days.

    Counts end at 1,000. `reason` is a word of ours, `response` what the server said.
    """

    kind: Literal["smtp", "none"]
    state: OutgoingState
    waiting: int
    waiting_since: datetime | None
    scheduled: int
    failed: int
    reason: str | None
    response: str | None


class HealthOut(Out):
    """How a mailbox does."""

    inbox_id: UUID
    name: str
    address: str
    is_enabled: bool
    incoming: IncomingHealthOut
    outgoing: OutgoingHealthOut


class HealthsOut(Out):
    """How all mailboxes do."""

    items: list[HealthOut]
