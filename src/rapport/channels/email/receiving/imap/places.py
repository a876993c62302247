"""Which folder of which account, and how far it was read."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from rapport.channels.email.settings.schemas import Incoming


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of the account behind a mailbox."""

    workspace_id: UUID
    inbox_id: UUID
    folder: str
    account: str
    """Another one when server or user are others: UIDs mean nothing between accounts."""
    server: str | None = None
    """See `server_of`."""

    def source(self, uid_validity: int, uid: int) -> str:
        """By what a message from here is known when it is fetched again."""
        return f"imap:{self.account}:{self.folder}:{uid_validity}:{uid}"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read."""

    uid_validity: int
    last_uid: int


def account_of(incoming: Incoming) -> str:
    """A short name of server and user, which tells neither."""
    whole = f"{incoming.host.lower()}\0{incoming.port}\0{incoming.user}"
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def server_of(incoming: Incoming) -> str | None:
    """The server's name in small letters; None when nothing proves that it is it."""
    return None if incoming.security == "plain" else incoming.host.lower().rstrip(".")
