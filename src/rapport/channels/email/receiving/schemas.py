"""What agents see of mail that came in. Output fields are always present."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from rapport.kernel.schemas import Out

RawState = Literal["received", "stored", "ignored", "duplicate", "failed"]
Result = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]


class AddressOut(Out):
    """Somebody named in a mail; the name may be empty."""

    name: str
    address: str


class VerdictOut(Out):
    """Whether the address in From is proved, and what each check came to."""

    is_authenticated: bool
    spf: Result
    dkim: Result
    dmarc: Result
    arc: Result
    domain: str
    by: Literal["us", "front", "arc", "nobody"]
    reasons: list[str]


class MailOut(Out):
    """What a message that came or went by mail has beyond its words.

    `quoted_html` is what was taken off the message: what it quotes, and the signature. `auto` says
    which kind of machine wrote it. `verdict` is null for ours.
    """

    conversation_id: UUID
    seq: int
    sender: AddressOut | None
    reply_to: AddressOut | None
    to: list[AddressOut]
    cc: list[AddressOut]
    subject: str
    quoted_html: str
    verdict: VerdictOut | None
    auto: Literal["reply", "list", "bulk", "bounce", "receipt"] | None
    is_stranger: bool
    notices: list[str]
    has_raw: bool


class RawMailOut(Out):
    """A message as it came, and what became of it.

    `sender` is who it says it is from once it was read, before that whom SMTP named, if anybody.
    """

    id: UUID
    inbox_id: UUID
    source: str
    state: RawState
    reason: str | None
    size_bytes: int
    attempts: int
    sender: str | None
    subject: str | None
    conversation_id: UUID | None
    seq: int | None
    created_at: datetime
