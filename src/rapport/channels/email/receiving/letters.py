"""A message that was read, on its way to where it belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.models import Mailbox
from rapport.channels.email.parsing import Mail
from rapport.channels.email.receiving.attaching import Examined
from rapport.channels.email.receiving.evidence import Sender
from rapport.channels.email.trust import Verdict


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was read, with all that was found out before anything is written."""

    raw_id: UUID
    mail: Mail
    envelope: Envelope
    verdict: Verdict
    files: Sequence[Examined] = ()
    files_left: int = 0
    """Files that stay in the message as it came."""
    is_cut: bool = False
    """Whether only its beginning was fetched."""


@dataclass(frozen=True, slots=True)
class Case:
    """A letter in the light of what the workspace knows: to whom it came, and from whom."""

    letter: Letter
    mailbox: Mailbox
    ours: frozenset[str]
    message_hash: bytes
    sender: Sender
    is_authenticated: bool
    """Whether it is proved that the sender wrote this."""
    notices: tuple[str, ...] = ()
    remark: str = ""
    """What somebody of ours wrote above a mail that they passed on."""

    @property
    def mail(self) -> Mail:
        """What the letter says."""
        return self.letter.mail

    @property
    def client_id(self) -> str:
        """The name under which repeating it is harmless."""
        return f"mail:{self.message_hash.hex()}"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a letter: the state of its `RawMail`, and where its message is."""

    state: str
    reason: str | None = None
    conversation_id: UUID | None = None
    seq: int | None = None
    customer_id: UUID | None = None
    keeps_bytes: bool = True
