"""Mailboxes as administrators see and set them up."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from rapport.channels.email.settings.problems import Problem
from rapport.channels.email.settings.schemas import (
    Incoming,
    IncomingOut,
    Outgoing,
    OutgoingOut,
    Provider,
    Security,
)
from rapport.channels.email.setup.advising.records import Purpose, Reason
from rapport.channels.email.setup.advising.records import State as RecordState
from rapport.channels.email.setup.discovering.service import Source
from rapport.channels.email.setup.provider import Note
from rapport.channels.email.setup.trying.steps import Name, State
from rapport.kernel.emails import EmailAddress
from rapport.kernel.schemas import In, Out
from rapport.kernel.urls import MAX_URL_CHARS

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE),
]
FromName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_ONE_LINE)
]
Words = Annotated[str, StringConstraints(max_length=10_000)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=8_000)]
Authserv = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=253, pattern=r"^[A-Za-z0-9_.\-]+$"),
]
ClientId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
_HTTP = r"^https?://[^\s\\]+$"
Url = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_URL_CHARS, pattern=_HTTP)
]


def _different(addresses: list[str]) -> list[str]:
    if len({address.casefold() for address in addresses}) < len(addresses):
        raise ValueError("an address is named twice")
    return addresses


Aliases = Annotated[list[EmailAddress], Field(max_length=50), AfterValidator(_different)]


class MailboxIn(In):
    """A new inbox for e-mail. What is left out can be set later."""

    name: Line
    address: EmailAddress
    aliases: Aliases = []
    from_name: FromName | None = None
    is_enabled: bool = True
    incoming: Incoming = Incoming()
    outgoing: Outgoing = Outgoing()
    imap_password: Password | None = None
    smtp_password: Password | None = None
    webhook_secret: Password | None = None


class MailboxPatch(In):
    """What to change about a mailbox; what is left out stays.

    `incoming` and `outgoing` are whole. A password is kept and never shown; null forgets it. When
    the server or the user becomes another, the password has to be given anew.
    """

    address: EmailAddress | None = None
    aliases: Aliases | None = None
    from_name: FromName | None = None
    signature: Words | None = None
    quoting: bool | None = None
    same_mail: Literal["once", "each"] | None = None
    acknowledge: bool | None = None
    acknowledgement: Words | None = None
    undo_s: Annotated[int, Field(ge=0, le=120)] | None = None
    trusted_authserv: Authserv | None = None
    incoming: Incoming | None = None
    outgoing: Outgoing | None = None
    imap_password: Password | None = None
    smtp_password: Password | None = None
    webhook_secret: Password | None = None


class DkimOut(Out):
    """The key that signs mail, when `is_on`."""

    domain: str
    selector: str
    is_on: bool


class MailboxOut(Out):
    """How an inbox receives and sends e-mail: everything but the secrets.

    `webhook_url` is what a service that posts mail is given; null for other ways of receiving.
    """

    inbox_id: UUID
    name: str
    is_enabled: bool
    address: str
    aliases: list[str]
    from_name: str
    signature: str
    quoting: bool
    same_mail: Literal["once", "each"]
    acknowledge: bool
    acknowledgement: str
    undo_s: int
    trusted_authserv: str | None
    incoming: IncomingOut
    outgoing: OutgoingOut
    imap_password_set: bool
    smtp_password_set: bool
    webhook_secret_set: bool
    is_signed_in: bool
    """Whether somebody has signed in at the provider (OAuth)."""
    dkim: DkimOut | None
    webhook_url: str | None


class MailboxesOut(Out):
    """All mailboxes."""

    items: list[MailboxOut]


class AddressIn(In):
    """Whose settings to look for."""

    address: EmailAddress


class ServerOut(Out):
    """Where a server listens."""

    host: str
    port: int
    security: Security


class MailCandidateOut(Out):
    """Settings that an address may have.

    `note` says what to do first, `help` is the provider's own page about it. With `is_elsewhere`
    a server is in another domain than the address, which is how a forged answer would look.
    """

    source: Source
    name: str | None
    note: Note | None
    help: str | None
    oauth: Provider | None
    per_minute: int | None
    user: str
    incoming: ServerOut | None
    outgoing: ServerOut | None
    is_elsewhere: bool


class MailCandidatesOut(Out):
    """What was found, the surest first."""

    items: list[MailCandidateOut]


class TrialIn(In):
    """What to try. With `inbox_id`, passwords that are left out are the kept ones, provided that
    they were given for the same server and user. `to_self` also sends a letter to the address and
    waits for it, for up to half a minute.
    """

    inbox_id: UUID | None = None
    address: EmailAddress
    incoming: Incoming | None = None
    outgoing: Outgoing | None = None
    imap_password: Password | None = None
    smtp_password: Password | None = None
    to_self: bool = False


class StepOut(Out):
    """A step of a trial: `problem` is a word of ours, `said` the server's own words."""

    name: Name
    state: State
    problem: Problem | None
    said: str | None


class FolderSeenOut(Out):
    """A folder of the account. Messages are counted in those that are to be fetched."""

    name: str
    messages: int | None
    use: Literal["all", "archive", "drafts", "flagged", "junk", "sent", "trash"] | None


class TriedOut(Out):
    """One way that was tried."""

    is_ok: bool
    steps: list[StepOut]
    folders: list[FolderSeenOut]


class TrialOut(Out):
    """What came of a trial; null is what was not tried."""

    incoming: TriedOut | None
    outgoing: TriedOut | None
    letter: TriedOut | None


class RecordOut(Out):
    """A DNS record: what to put, what is there, and whether that will do."""

    purpose: Purpose
    type: Literal["TXT", "MX"]
    name: str
    value: str
    found: list[str]
    state: RecordState
    reason: Reason | None


class AdviceOut(Out):
    """The records of a mailbox's domain; none where the domain is a provider's own."""

    domain: str
    is_own_domain: bool
    provider: str | None
    records: list[RecordOut]


class SigningIn(In):
    """Whether to sign."""

    is_on: bool


class OauthIn(In):
    """Sign in at a provider with a client that was registered there.

    Addresses are needed for `other` only, and replace the provider's own where they are given.
    """

    provider: Provider
    client_id: ClientId
    client_secret: Password | None = None
    authorize_url: Url | None = None
    token_url: Url | None = None
    scope: Annotated[str, StringConstraints(max_length=2_000, pattern=_ONE_LINE)] | None = None


class OauthOut(Out):
    """Where the browser goes, and where it comes back to: register the latter with the client."""

    url: str
    redirect_uri: str


class OauthBackIn(In):
    """What the browser brought back."""

    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
