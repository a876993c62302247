"""What is remembered of mails and addresses: enough to know them again, and nothing to read."""

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.parsing.mail import Mail


def message_hash(message_id: str) -> bytes:
    """32 bytes by which a Message-ID is known again."""
    return sha256(message_id.strip().strip("<>").encode("utf-8", "surrogatepass")).digest()


def address_hash(workspace_id: UUID, address: str) -> bytes:
    """32 bytes by which an address is known again in a workspace, and in no other."""
    return sha256(workspace_id.bytes + folded(address).encode("utf-8", "surrogatepass")).digest()


def mail_hash(mail: Mail) -> bytes:
    """32 bytes by which a mail is known again, whichever way it comes.

    By its Message-ID when that can be one. Some senders give none, or the same word to everything
    they send: such a mail is known by who wrote it, when, and what.
    """
    if mail.message_id is not None and "@" in mail.message_id[1:-1]:
        return message_hash(mail.message_id)
    seen = sha256(b"rapport-mail-without-id")
    for part in _said(mail):
        seen.update(len(part).to_bytes(8, "big"))
        seen.update(part)
    return seen.digest()


def _said(mail: Mail) -> Iterator[bytes]:
    sender = folded(mail.from_.address) if mail.from_ else ""
    date = mail.date.isoformat() if mail.date else ""
    for text in (mail.message_id or "", sender, date, mail.subject, mail.text, mail.html or ""):
        yield text.encode("utf-8", "surrogatepass")
    for attached in mail.attachments:
        yield attached.content
