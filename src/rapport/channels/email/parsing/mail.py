"""What a mail says, once it is read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

MAX_PROBLEMS: Final = 50

AutoKind = Literal["reply", "list", "bulk", "bounce", "receipt"]
"""What a mail nobody wrote by hand is: an answer of a machine, something for many, a report."""


@dataclass(frozen=True, slots=True)
class Address:
    """A person or a list, as named in a header. One of the two may be empty, never both."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail.

    `name` is safe to save under. `inline` says that the text shows it, or means to: it is named by
    `content_id` in the HTML or was sent as part of the text. `content_id` has no angle brackets.
    """

    name: str
    content_type: str
    inline: bool
    content_id: str | None
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes, decoded."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Auto:
    """Whether a person wrote this. `reason` names the header or the sign that told."""

    kind: AutoKind | None
    reason: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that could not be delivered (RFC 3464), or not yet.

    `recipient` is the first address that could not be reached and `recipients` all of them, also
    as they were before somebody forwarded. `status` is an enhanced status code (RFC 3463) such as
    `5.1.1`, or "" when none was given. `original_message_id` is of the mail that bounced, without
    brackets.
    """

    recipient: str
    recipients: tuple[str, ...]
    status: str
    diagnostic: str
    is_permanent: bool
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report of what became of a mail of ours at its reader's (RFC 8098)."""

    recipient: str
    disposition: str
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Invite:
    """What a calendar invitation says (RFC 5545, RFC 6047).

    Times are ISO 8601: a date for whole days, with an offset where the zone is known, and without
    one where it is not.
    """

    method: str
    summary: str
    starts: str
    ends: str
    location: str
    organizer: str
    uid: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Header fields that others judge by: values as sent, unfolded, the newest first."""

    return_path: str | None
    delivered_to: tuple[str, ...]
    received: tuple[str, ...]
    authentication_results: tuple[str, ...]
    list_id: str | None
    list_unsubscribe: str | None
    auto: tuple[tuple[str, str], ...]
    """The fields that may say a machine sent this, lower-case names and their values."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message, read as far as it could be.

    Lines of text end in a line feed, and nothing has a NUL. `html` is as the sender wrote it and
    must go through `kernel.richtext.sanitise` before anybody sees it; it is None when the mail has
    none. Message ids have no angle brackets. `problems` says in words what was wrong with the mail.
    """

    from_: Address | None
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    subject: str
    date: datetime | None
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    auto: Auto
    bounce: Bounce | None
    receipt: Receipt | None
    invite: Invite | None
    is_encrypted: bool
    is_signed: bool
    trace: Trace
    problems: tuple[str, ...]


class Problems:
    """Collects what is wrong with a mail: each sentence once, the first 50."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def note(self, problem: str) -> None:
        """Remember `problem`."""
        if len(self._found) < MAX_PROBLEMS:
            self._found[problem] = None

    def all(self) -> tuple[str, ...]:
        """What was noted, in order."""
        return tuple(self._found)
