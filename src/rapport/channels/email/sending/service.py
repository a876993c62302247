"""Mail that agents write: answers, and conversations that we begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed
from rapport.channels.delivery.schemas import HeldDraft
from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox
from rapport.channels.email.parsing import Address
from rapport.channels.email.sending import addressing
from rapport.channels.email.sending.addressing import Reach, as_json
from rapport.channels.email.sending.errors import (
    MailNotPossible,
    MailTooLarge,
    NoRecipient,
    OwnAddress,
    RecipientUnsubscribed,
    SendAtTooLate,
    TooManyRecipients,
)
from rapport.channels.email.sending.repository import CorrespondentRepository
from rapport.channels.email.sending.schemas import (
    MAX_RECIPIENTS,
    MailIn,
    MailingOut,
    NewMailIn,
    PersonOut,
    RecipientIn,
    ReplyOut,
    WarningOut,
    WhyNot,
)
from rapport.channels.email.settings import service as settings
from rapport.conversations import service as conversations
from rapport.conversations.models import NOBODY, Conversation
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound

MAX_ATTACHED_BYTES: Final = 25 * 1024 * 1024
MAX_DELAY: Final = timedelta(days=365)


async def defaults(ctx: Ctx, conversation_id: UUID) -> ReplyOut:
    """What an answer by mail is, when nobody says otherwise.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await conversations.get(ctx, conversation_id)
    mailbox = await addressing.sending_mailbox(ctx, conversation)
    found = await addressing.thread(ctx, conversation_id)
    reach = await addressing.reach(ctx, conversation, found)
    why_not = _why_not(conversation, mailbox, reach)
    return ReplyOut(
        inbox_id=mailbox.id if mailbox else None,
        sender=PersonOut(name=mailbox.from_name, address=mailbox.address) if mailbox else None,
        to=_shown(reach.to),
        cc=_shown(reach.cc),
        bcc=[],
        subject=addressing.answer_subject(mailbox, conversation, found) if mailbox else "",
        quote=bool(mailbox and mailbox.quoting and found.is_authenticated),
        can_quote=found.is_authenticated,
        is_authenticated=found.is_authenticated,
        undo_s=mailbox.undo_s if mailbox else 0,
        why_not=why_not,
        warnings=await warnings(ctx, [*reach.to, *reach.cc]),
    )


async def reply(ctx: Ctx, conversation_id: UUID, mail: MailIn) -> Delivery:
    """Hold an answer by mail for as long as the mailbox lets it be taken back; see `delivery.hold`.

    Raises:
        ConversationNotFound, InboxNotFound, NotAMailbox: not in this workspace.
        MailNotPossible: nothing can be sent in this conversation.
        NoRecipient, TooManyRecipients, OwnAddress: nobody, or somebody who must not, would get it.
        MailTooLarge, FileNotFound: the attachments cannot be sent.
        NewerMessages: somebody else wrote after `expected_last_seq`.
    """
    conversation = await conversations.get(ctx, conversation_id)
    if mail.inbox_id is not None:
        mailbox: Mailbox | None = await settings.mailbox(ctx, mail.inbox_id)
    else:
        mailbox = await addressing.sending_mailbox(ctx, conversation)
    found = await addressing.thread(ctx, conversation_id)
    reach = await addressing.reach(ctx, conversation, found)
    to, cc = _chosen(mail.to, reach.to), _chosen(mail.cc, reach.cc)
    why_not = _why_not(conversation, mailbox, Reach(to))
    if mailbox is None or (why_not is not None and why_not != "no_address"):
        raise MailNotPossible(why_not or "no_mailbox")
    quote = mailbox.quoting if mail.quote is None else mail.quote
    subject = mail.subject or addressing.answer_subject(mailbox, conversation, found)
    addressed = await addressed_to(
        ctx,
        mailbox,
        (to, cc, _chosen(mail.bcc, ())),
        kind="answer",
        subject=addressing.numbered(mailbox, conversation.number, subject),
        quote=quote and found.is_authenticated,
        answers=found.answered.seq if found.answered else None,
    )
    await _refuse_too_much(ctx, mail.attachment_ids)
    return await deliveries.hold(
        ctx,
        settings.CHANNEL,
        conversation_id,
        _draft(mail, resolve=mail.resolve),
        addressed,
        due_at=_due_at(ctx, mailbox, mail.send_at),
        expected_last_seq=mail.expected_last_seq,
    )


async def begin(ctx: Ctx, mail: NewMailIn) -> MailingOut:
    """Begin a conversation with a mail of ours, held as an answer is.

    Its customer is whom it goes to first. Repeating it with the same `client_id` changes nothing.

    Raises:
        InboxNotFound, NotAMailbox: not in this workspace.
        MailNotPossible: the mailbox does not send.
        RecipientUnsubscribed: somebody wants no mail from us that answers none of theirs.
        CustomerErasedAlready: nothing new may be noted about whom it goes to.
        OwnAddress, TooManyRecipients, MailTooLarge, FileNotFound: see `reply`.
    """
    mailbox = await settings.mailbox(ctx, mail.inbox_id)
    if settings.outgoing_of(mailbox).kind == "none":
        raise MailNotPossible("not_sending")
    groups = tuple(_chosen(part, ()) for part in (mail.to, mail.cc, mail.bcc))
    everybody = [one for group in groups for one in group]
    if any(it.kind == "unsubscribed" for it in await warnings(ctx, everybody)):
        raise RecipientUnsubscribed
    await _refuse_too_much(ctx, mail.attachment_ids)
    first = groups[0][0]
    customer = await customers.find_or_create_by_identity(
        ctx, "email", folded(first.address), name=first.name, email=first.address
    )
    conversation = await conversations.start(
        ctx,
        mailbox.id,
        customer.id,
        None,
        subject=mail.subject,
        client_id=mail.client_id,
        handler="agent",
    )
    addressed = await addressed_to(
        ctx,
        mailbox,
        groups,
        kind="new",
        subject=addressing.numbered(mailbox, conversation.number, mail.subject),
        quote=False,
        answers=None,
    )
    held = await deliveries.hold(
        ctx,
        settings.CHANNEL,
        conversation.id,
        _draft(mail, resolve=False),
        addressed,
        due_at=_due_at(ctx, mailbox, mail.send_at),
    )
    return MailingOut(conversation_id=conversation.id, delivery_id=held.id)


async def warnings(ctx: Ctx, people: Sequence[Address]) -> list[WarningOut]:
    """Why mail to some of these people may not arrive or not be wanted."""
    known = await CorrespondentRepository(ctx).many({folded(one.address) for one in people})
    told = []
    for one in known:
        since = {
            "bounced": (one.bounced_at, one.bounce_reason or one.bounce_status),
            "complained": (one.complained_at, None),
            "unsubscribed": (one.unsubscribed_at, None),
        }
        told += [
            WarningOut.model_validate(
                {"address": one.address, "kind": kind, "at": at, "detail": detail}
            )
            for kind, (at, detail) in since.items()
            if at is not None
        ]
    return told


async def addressed_to(
    ctx: Ctx, mailbox: Mailbox, groups: Sequence[Sequence[Address]], **options: Any
) -> Addressed:
    """A mail to these people (to, cc, bcc), each once.

    Raises:
        NoRecipient, TooManyRecipients, OwnAddress: see the classes.
    """
    ours, seen = await settings.our_addresses(ctx), set[str]()
    kept: dict[str, list[Address]] = {}
    for name, group in zip(("to", "cc", "bcc"), groups, strict=True):
        kept[name] = []
        for one in group:
            if folded(one.address) in ours:
                raise OwnAddress
            if folded(one.address) not in seen:
                seen.add(folded(one.address))
                kept[name].append(one)
    first = next((one for group in kept.values() for one in group), None)
    if first is None:
        raise NoRecipient
    if len(seen) > MAX_RECIPIENTS:
        raise TooManyRecipients
    return Addressed(
        inbox_id=mailbox.id,
        peer=folded(first.address),
        recipients={name: as_json(group) for name, group in kept.items()},
        options=options,
    )


def _why_not(conversation: Conversation, mailbox: Mailbox | None, reach: Reach) -> WhyNot | None:
    if conversation.visitor_id == NOBODY:
        return "erased"
    if mailbox is None:
        return "no_mailbox"
    if settings.outgoing_of(mailbox).kind == "none":
        return "not_sending"
    return None if reach.to else "no_address"


def _chosen(
    given: Sequence[RecipientIn] | None, otherwise: Sequence[Address]
) -> tuple[Address, ...]:
    if given is None:
        return tuple(otherwise)
    return tuple(Address(one.name, one.address) for one in given)


def _shown(people: Sequence[Address]) -> list[PersonOut]:
    return [PersonOut(name=one.name, address=one.address) for one in people]


def _draft(mail: MailIn | NewMailIn, *, resolve: bool) -> HeldDraft:
    return HeldDraft(
        client_id=mail.client_id,
        body=mail.body,
        attachment_ids=mail.attachment_ids,
        cards=mail.cards,
        subject=mail.subject,
        resolve=resolve,
    )


def _due_at(ctx: Ctx, mailbox: Mailbox, send_at: datetime | None) -> datetime:
    soonest = ctx.now() + timedelta(seconds=mailbox.undo_s)
    if send_at is None:
        return soonest
    if send_at > ctx.now() + MAX_DELAY:
        raise SendAtTooLate
    return max(soonest, send_at)


async def _refuse_too_much(ctx: Ctx, attachment_ids: Sequence[UUID]) -> None:
    attached = await files.describe_many(ctx, attachment_ids)
    if len(attached) < len(set(attachment_ids)):
        raise FileNotFound
    if sum(it.size_bytes for it in attached.values()) > MAX_ATTACHED_BYTES:
        raise MailTooLarge
