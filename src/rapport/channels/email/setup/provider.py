"""What is known about a provider of mail."""

from dataclasses import dataclass
from typing import Literal

from rapport.channels.email.settings.schemas import Provider, Security

Note = Literal["google", "microsoft", "app_password", "enable_imap", "bridge", "mailbox_password"]
"""What to do first; the console says it in words."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, and how it is made safe."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Known:
    """A provider. `mail_hosts` are the ends of the names that its customers' MX records have."""

    key: str
    name: str
    domains: frozenset[str]
    incoming: Server
    outgoing: Server
    note: Note
    oauth: Provider | None = None
    mail_hosts: tuple[str, ...] = ()
    spf: str | None = None
    """What a domain adds to its SPF record to send by this provider."""
    help: str = ""
    per_minute: int | None = None
