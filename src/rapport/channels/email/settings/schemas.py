"""How a mailbox receives and sends: what is kept of it, and what is secret."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from rapport.kernel.schemas import In, Out

MAX_FOLDERS: Final = 20
IMAPS_PORT: Final = 993
SUBMISSION_PORT: Final = 587

Security = Literal["tls", "starttls", "plain"]
"""TLS from the first byte, after STARTTLS and never without it, or none at all."""
Auth = Literal["password", "oauth"]
Provider = Literal["google", "microsoft", "other"]
Webhook = Literal["postmark", "mailgun", "sendgrid", "ses", "raw"]
_HOST = r"^[A-Za-z0-9_]([A-Za-z0-9_.\-]{0,251}[A-Za-z0-9])?$|^\[?[0-9A-Fa-f:.]{2,45}\]?$|^$"
Host = Annotated[str, StringConstraints(strip_whitespace=True, max_length=253, pattern=_HOST)]
Port = Annotated[int, Field(ge=1, le=65_535)]
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
User = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=320, pattern=_NO_CONTROLS)
]
FolderName = Annotated[
    str, StringConstraints(min_length=1, max_length=250, pattern=r"^[^\x00-\x1f\x7f]+$")
]


def _different(folders: list[str]) -> list[str]:
    if len(set(folders)) < len(folders):
        raise ValueError("a folder is named twice")
    return folders


class Incoming(In):
    """How mail comes in: fetched by IMAP, brought by SMTP or LMTP (`receiver`), posted, or not."""

    kind: Literal["imap", "receiver", "webhook", "none"] = "none"
    host: Host = ""
    port: Port = IMAPS_PORT
    security: Security = "tls"
    user: User = ""
    auth: Auth = "password"
    provider: Provider | None = None
    folders: Annotated[
        list[FolderName], Field(min_length=1, max_length=MAX_FOLDERS), AfterValidator(_different)
    ] = ["INBOX"]
    webhook: Webhook | None = None
    since: date | None = None
    """Mail the server got before this day stays where it is; null fetches all of it."""


class Outgoing(In):
    """How mail goes out. Without a user nobody signs in, as is usual with a relay of one's own."""

    kind: Literal["smtp", "none"] = "none"
    host: Host = ""
    port: Port = SUBMISSION_PORT
    security: Security = "starttls"
    user: User = ""
    auth: Auth = "password"
    provider: Provider | None = None
    per_minute: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """What the provider lets through; null sends as fast as it takes."""
    number_in_subject: bool = False
    """Whether subjects name the conversation, as in `[#123]`."""


class OAuth(BaseModel):
    """What opens an account at a provider without its password."""

    refresh_token: str
    access_token: str | None = None
    expires_at: datetime | None = None
    """When the access token ends."""
    client_id: str
    client_secret: str | None = None
    token_url: str


class Secrets(BaseModel):
    """Everything secret about a mailbox, sealed as one JSON object."""

    model_config = ConfigDict(extra="ignore")

    imap_password: str | None = None
    smtp_password: str | None = None
    oauth: OAuth | None = None
    dkim_private_key: str | None = None
    """PKCS#8 in PEM."""
    webhook_secret: str | None = None


class Dkim(BaseModel):
    """The public half of the key that signs our mail; the private half is in `Secrets`."""

    domain: str
    selector: str
    public_key: str
    """What stands behind `p=`: the key in base64, RSA as SubjectPublicKeyInfo."""
    is_on: bool
    """Whether we sign. Not before the record was seen: a signature nobody can check does harm."""


class IncomingOut(Out):
    """See `Incoming`."""

    kind: Literal["imap", "receiver", "webhook", "none"]
    host: str
    port: int
    security: Security
    user: str
    auth: Auth
    provider: Provider | None
    folders: list[str]
    webhook: Webhook | None
    since: date | None


class OutgoingOut(Out):
    """See `Outgoing`."""

    kind: Literal["smtp", "none"]
    host: str
    port: int
    security: Security
    user: str
    auth: Auth
    provider: Provider | None
    per_minute: int | None
    number_in_subject: bool
