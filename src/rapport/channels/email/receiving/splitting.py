"""Giving a stranger's mail a conversation of its own."""

from uuid import UUID

from rapport.channels.email import threading
from rapport.channels.email.envelope import Envelope
from rapport.channels.email.errors import MailNotAStrangers
from rapport.channels.email.parsing import parse
from rapport.channels.email.receiving import messages
from rapport.channels.email.receiving.attaching import examine
from rapport.channels.email.receiving.evidence import sender_of
from rapport.channels.email.receiving.letters import Case, Letter
from rapport.channels.email.receiving.raw import bytes_of
from rapport.channels.email.receiving.repository import (
    DetailRepository,
    KnownRepository,
    RawRepository,
)
from rapport.channels.email.receiving.service import detail
from rapport.channels.email.settings import service as settings
from rapport.channels.email.trust import UNKNOWN, Verdict
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings


async def split(ctx: Ctx, conversation_id: UUID, seq: int) -> UUID:
    """Begin a conversation with what a stranger wrote into another one; answers go there then.

    The message stays where it was written, for others have read it there. Doing it twice gives
    the conversation of the first time.

    Raises:
        MailNotFound: no such mail, or the message as it came is gone.
        MailNotAStrangers: it was written by somebody who takes part.
    """
    told = await detail(ctx, conversation_id, seq)
    if "split" not in told.notices and (not told.is_stranger or told.raw_id is None):
        raise MailNotAStrangers
    assert told.raw_id is not None
    raw = await RawRepository(ctx).get(told.raw_id, lock=True)
    if "split" in told.notices and raw.conversation_id is not None:
        return raw.conversation_id
    mailbox, ours = await settings.mailbox_with_ours(ctx, raw.inbox_id)
    content = await bytes_of(ctx.port(FileStore), ctx.workspace_id, raw.id)
    mail, envelope = parse(content), Envelope.from_json(raw.envelope)
    kept, left = await examine(mail, max_bytes=ctx.port(Settings).max_file_bytes)
    verdict = Verdict.from_json(told.verdict) if told.verdict else UNKNOWN
    sender = sender_of(mail, envelope, ours)
    case = Case(
        letter=Letter(raw.id, mail, envelope, verdict, kept, left),
        mailbox=mailbox,
        ours=ours,
        message_hash=threading.mail_hash(mail),
        sender=sender,
        is_authenticated=verdict.is_authenticated and not sender.is_ours,
    )
    filed = await messages.begin(ctx, case)
    assert filed.conversation_id is not None
    place = {"conversation_id": filed.conversation_id, "seq": filed.seq}
    await KnownRepository(ctx).move(case.message_hash, mailbox.id, **place)
    raw.conversation_id, raw.seq = filed.conversation_id, filed.seq
    raw.customer_id = filed.customer_id
    await DetailRepository(ctx).mark_split(conversation_id, seq)
    await messages.announce(ctx, conversation_id, seq)
    await audit.record(
        ctx,
        "mail.split",
        subject=f"conversation:{conversation_id}",
        details={"seq": seq, "into": str(filed.conversation_id)},
    )
    return filed.conversation_id
