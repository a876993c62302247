"""Mailboxes, and messages as they come in."""

from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.models import Mailbox
from rapport.channels.email.receiving import reading, store
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Clock

FRONT = "mx.test"
"""The mail server in front of us, whose word about senders is believed."""
US = "support@shop.example"


async def make_mailbox(
    ctx: Ctx, *, address: str = US, first_handler: str = "none", **values: Any
) -> Mailbox:
    """An inbox for mail to `address`, which neither fetches nor sends anything."""
    inbox = await conversations.create_inbox(
        ctx, name=address, channel="email", first_handler=first_handler
    )
    given = {
        "key": str(new_id()),
        "address": address,
        "aliases": [],
        "from_name": "The Shop",
        "signature": "",
        "quoting": True,
        "same_mail": "once",
        "acknowledge": False,
        "acknowledgement": "",
        "undo_s": 0,
        "trusted_authserv": FRONT,
        "incoming": {"kind": "none"},
        "outgoing": {"kind": "none"},
        "dkim": None,
        "secrets": None,
        "version": 1,
    } | values
    mailbox = Mailbox(workspace_id=ctx.workspace_id, id=inbox.id, created_at=ctx.now(), **given)
    ctx.session.add(mailbox)
    await ctx.session.flush()
    return mailbox


def letter(
    clock: Clock,
    text: str = "Where is my parcel?",
    *,
    sender: str = "Ada Lovelace <ada@home.example>",
    to: str = US,
    subject: str = "My parcel",
    message_id: str | None = None,
    is_proved: bool = True,
    html: str | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A message as a mail server hands it over.

    `headers` are further fields, with underscores for dashes. With `is_proved` the server in front
    vouches for its sender. `files` are name, type and content.
    """
    mail = EmailMessage(policy=policy.SMTP)
    if is_proved:
        domain = sender.rpartition("@")[2].rstrip(">")
        mail["Authentication-Results"] = f"{FRONT}; dmarc=pass header.from={domain}"
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock())
    mail["Message-ID"] = message_id or f"<{new_id()}@home.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


async def receive(
    database: Database,
    workspace: UUID,
    mailbox: Mailbox,
    raw: bytes,
    *,
    source: str | None = None,
    envelope: Envelope | None = None,
) -> UUID | None:
    """Keep a message, and read it at once; its `RawMail`, or None if its source was known."""
    async with database.begin(workspace, SYSTEM) as ctx:
        raw_id = await store.keep(
            ctx, mailbox.id, source or f"test:{new_id()}", raw, envelope or Envelope()
        )
    if raw_id is not None:
        await reading.read(database, workspace, raw_id)
    return raw_id
