"""Speaking IMAP to a server, read-only."""

from rapport.channels.email.imap.client import Connection, Examined, Security
from rapport.channels.email.imap.errors import (
    Disconnected,
    FolderMissing,
    ImapError,
    LoginMissing,
    LoginRefused,
    Nonsense,
    Refused,
    StartTlsMissing,
)
from rapport.channels.email.imap.fetched import Fetched

__all__ = [
    "Connection",
    "Disconnected",
    "Examined",
    "Fetched",
    "FolderMissing",
    "ImapError",
    "LoginMissing",
    "LoginRefused",
    "Nonsense",
    "Refused",
    "Security",
    "StartTlsMissing",
]
