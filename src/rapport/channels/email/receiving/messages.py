"""Letters becoming messages of conversations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.events import MailDetailed
from rapport.channels.email.parsing import Address, Mail
from rapport.channels.email.receiving.evidence import participants
from rapport.channels.email.receiving.letters import Case, Filed
from rapport.channels.email.receiving.repository import DetailRepository, KnownRepository
from rapport.channels.email.receiving.wording import Wording, word
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.conversations.ports import NewMessage, Stored
from rapport.customers import service as customers
from rapport.customers.models import Customer
from rapport.kernel import richtext
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.files import service as files

LATE: Final = timedelta(days=2)
"""What was written longer ago than this is history that is being fetched; no machine answers it."""
MAX_SUBJECT_CHARS: Final = 200
_QUIET: Final = frozenset({"reply", "bulk", "bounce", "receipt"})
"""Automatic mail that nobody waits for an answer to. What a list passes on, a person wrote."""


async def begin(ctx: Ctx, case: Case) -> Filed:
    """Open a conversation with a letter.

    No machine answers it unless it is proved who wrote it, and a person, lately: anything else
    would let strangers send our answers to whom they like.
    """
    customer = await _customer(ctx, case)
    wording, attachment_ids = await _worded(ctx, case)
    case = _noticed(ctx, case, wording)
    answers = case.is_authenticated and case.mail.auto.kind is None and "late" not in case.notices
    conversation = await conversations.start(
        ctx,
        case.mailbox.id,
        customer.id,
        wording.body,
        author_name=_name(case),
        subject=case.mail.subject[:MAX_SUBJECT_CHARS] or None,
        client_id=f"{case.client_id}:{case.mailbox.id.hex[-12:]}",
        attachment_ids=attachment_ids,
        handler=None if answers else "none",
        html=wording.html,
    )
    return await _filed(ctx, case, conversation, 1, wording)


async def append(ctx: Ctx, case: Case, conversation: Conversation, *, is_stranger: bool) -> Filed:
    """Add a letter to a conversation.

    What a machine sent is a message of the system: it wakes nobody and opens nothing again. All
    else counts as the customer's, whoever of their side wrote it; the name is the writer's.
    """
    wording, attachment_ids = await _worded(ctx, case)
    case = _noticed(ctx, case, wording)
    is_quiet = case.mail.auto.kind in _QUIET
    message = NewMessage(
        workspace_id=ctx.workspace_id,
        conversation_id=conversation.id,
        body=wording.body,
        html=wording.html,
        kind="system" if is_quiet else "message",
        author_kind="system" if is_quiet else "customer",
        author_id=None if is_quiet else conversation.customer_id,
        author_name=_name(case),
        client_id=case.client_id,
        attachment_ids=list(attachment_ids),
    )
    stored = await conversations.append(ctx, conversation.id, message)
    return await _filed(ctx, case, conversation, stored.seq, wording, is_stranger=is_stranger)


async def append_report(ctx: Ctx, case: Case, conversation_id: UUID, said: str) -> Filed:
    """Add what became of a mail of ours to its conversation, in our words."""
    conversation = await conversations.get(ctx, conversation_id)
    wording = Wording(said, richtext.from_plain(said), "", None, has_blocked_images=False)
    stored = await _say(ctx, conversation, said, client_id=case.client_id, name=_name(case))
    return await _filed(ctx, case, conversation, stored.seq, wording)


async def _say(
    ctx: Ctx, conversation: Conversation, said: str, *, client_id: str, name: str = ""
) -> Stored:
    message = NewMessage(
        workspace_id=ctx.workspace_id,
        conversation_id=conversation.id,
        body=said,
        html=richtext.from_plain(said),
        kind="system",
        author_kind="system",
        author_name=name,
        client_id=client_id,
    )
    return await conversations.append(ctx, conversation.id, message)


async def _customer(ctx: Ctx, case: Case) -> Customer:
    sender = case.sender
    if not sender.address:
        return await customers.create(ctx, name=sender.name)
    return await customers.find_or_create_by_identity(
        ctx,
        "email",
        folded(sender.address),
        name=sender.name,
        email=sender.address,
        verified=case.is_authenticated,
    )


async def _worded(ctx: Ctx, case: Case) -> tuple[Wording, Sequence[UUID]]:
    """The words of a letter, and its files, which are stored with it."""
    ids, pictures = list[UUID](), dict[str, UUID]()
    for one in case.letter.files:
        file = await files.store(ctx, one.file)
        ids.append(file.id)
        if one.content_id is not None:
            pictures[one.content_id] = file.id
    return word(case.mail, pictures), ids


def _noticed(ctx: Ctx, case: Case, wording: Wording) -> Case:
    """The case with what there is to tell beside its words."""
    mail = case.mail
    told = {
        "encrypted": mail.is_encrypted,
        "signed": mail.is_signed and not mail.is_encrypted,
        "invite": mail.invite is not None,
        "images_blocked": wording.has_blocked_images,
        "attachment_withheld": case.letter.files_left > 0,
        "truncated": case.letter.is_cut,
        "late": mail.date is not None and ctx.now() - mail.date > LATE,
    }
    return replace(case, notices=(*case.notices, *(name for name, is_so in told.items() if is_so)))


async def _filed(
    ctx: Ctx,
    case: Case,
    conversation: Conversation,
    seq: int,
    wording: Wording,
    *,
    is_stranger: bool = False,
) -> Filed:
    """Note what a message has beyond its words, and know it again by its id."""
    await KnownRepository(ctx).claim(
        case.message_hash,
        case.mailbox.id,
        conversation_id=conversation.id,
        seq=seq,
        participants=participants(
            ctx, case.mail, case.sender, case.ours, is_authenticated=case.is_authenticated
        ),
    )
    await DetailRepository(ctx).put(
        conversation.id, seq, **_details(case, wording), is_stranger=is_stranger
    )
    await announce(ctx, conversation.id, seq)
    if case.remark:
        await _remark(ctx, conversation, case)
    return Filed("stored", None, conversation.id, seq, conversation.customer_id)


async def announce(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """Tell that there is something new to show beside a message."""
    event = MailDetailed(conversation_id=conversation_id, seq=seq)
    await emit(ctx, event, subject=conversation_id)


def _details(case: Case, wording: Wording) -> dict[str, Any]:
    """What a `MailDetail` says of a letter, except where it is."""
    return {
        **told_by(case.mail, wording),
        "raw_id": case.letter.raw_id,
        "delivery_id": None,
        "verdict": case.letter.verdict.as_json(),
        "notices": list(case.notices),
    }


def told_by(mail: Mail, wording: Wording) -> dict[str, Any]:
    """The part of it that the mail itself tells."""
    author = mail.from_
    elsewhere = next((one for one in mail.reply_to if one.address), None)
    if elsewhere and folded(elsewhere.address) == folded(author.address if author else ""):
        elsewhere = None
    return {
        "sender": _shown(author),
        "reply_to": _shown(elsewhere),
        "to": [_shown(one) for one in mail.to],
        "cc": [_shown(one) for one in mail.cc],
        "subject": mail.subject,
        "quoted_html": wording.quoted_html,
        "auto": mail.auto.kind,
        "message_id": mail.message_id,
        "references": list(mail.references),
    }


async def _remark(ctx: Ctx, conversation: Conversation, case: Case) -> None:
    """Keep what was written above a mail that somebody of ours passed on, for the team only."""
    message = NewMessage(
        workspace_id=ctx.workspace_id,
        conversation_id=conversation.id,
        body=case.remark,
        html=richtext.from_plain(case.remark),
        kind="note",
        author_kind="system",
        author_name=_name(case),
        client_id=f"{case.client_id}:remark",
    )
    await conversations.append(ctx, conversation.id, message)


def _name(case: Case) -> str:
    return case.sender.name or case.sender.address


def _shown(one: Address | None) -> dict[str, str] | None:
    return None if one is None else {"name": one.name, "address": one.address}
