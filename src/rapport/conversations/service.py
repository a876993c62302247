"""Conversations: starting them and adding to them. The front door for all the room can do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from rapport.conversations.drafts import service as drafts
from rapport.conversations.errors import (
    ConversationErasedAlready,
    ConversationNotFound,
    NewerMessages,
)
from rapport.conversations.events import ConversationStarted
from rapport.conversations.handling import (
    add_tags,
    assign,
    assign_team,
    by_number,
    classify,
    get,
    prioritise,
    remove_tags,
    set_handler,
    set_status,
    set_tags,
)
from rapport.conversations.inboxes.service import (
    change_inbox,
    create_inbox,
    delete_inbox,
    get_inbox,
    inboxes,
)
from rapport.conversations.models import NOBODY, Conversation
from rapport.conversations.ports import NewMessage, Stored
from rapport.conversations.ranking import Ranking, locked, rank
from rapport.conversations.reading.service import (
    message_at,
    messages,
    messages_at,
    replies_after,
    state,
    states,
)
from rapport.conversations.reading.visitors import (
    visitor_conversation,
    visitor_conversations,
    visitor_message,
    visitor_messages,
)
from rapport.conversations.repository import ConversationRepository, MessageRepository
from rapport.conversations.rewording import files_of, reword
from rapport.conversations.seen import mark_seen, mark_seen_by_customer, saw
from rapport.conversations.wire import row_of
from rapport.customers import service as customers
from rapport.customers.errors import CustomerErasedAlready
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.files import service as files
from rapport.kernel.ids import new_id

__all__ = [
    "Ranking",
    "add_tags",
    "append",
    "assign",
    "assign_team",
    "by_number",
    "change_inbox",
    "classify",
    "create_inbox",
    "delete_inbox",
    "files_of",
    "get",
    "get_inbox",
    "inboxes",
    "locked",
    "mark_seen",
    "mark_seen_by_customer",
    "message_at",
    "messages",
    "messages_at",
    "prioritise",
    "rank",
    "refuse_if_newer",
    "remove_tags",
    "replies_after",
    "reply",
    "reword",
    "set_handler",
    "set_status",
    "set_tags",
    "start",
    "state",
    "states",
    "visitor_conversation",
    "visitor_conversations",
    "visitor_message",
    "visitor_messages",
]

_AUTHORS = {"customer": "customer", "assistant": "assistant", "system": "system"}


async def start(
    ctx: Ctx,
    inbox_id: UUID,
    customer_id: UUID,
    body: str | None,
    *,
    author_kind: str = "customer",
    author_id: UUID | None = None,
    author_name: str = "",
    subject: str | None = None,
    client_id: str | None = None,
    attachment_ids: Sequence[UUID] = (),
    handler: str | None = None,
    html: str | None = None,
) -> Conversation:
    """Open a conversation with its first message (none when `body` is None).

    A customer's `client_id` makes repeating it harmless: the second delivery returns the
    conversation of the first, whose message with seq 1 bears the same `client_id`. `handler` is who
    shall answer; left out, the inbox decides.

    Raises:
        InboxNotFound, CustomerNotFound: not in this workspace.
        FileNotFound: an attachment is not the actor's to attach.
        CustomerErasedAlready: nothing new may be noted about them.
    """
    conversations = ConversationRepository(ctx)
    customer = await customers.get(ctx, customer_id)
    if customer.erased_at is not None:
        raise CustomerErasedAlready
    inbox = await get_inbox(ctx, inbox_id)
    conversation_id = new_id()
    # Somebody merged into another customer goes on reading what they begin, and only that.
    is_other = ctx.actor.kind == "customer" and ctx.actor.id != customer.id
    visitor_id = ctx.actor.id if is_other else None
    number = await conversations.claim_start(
        conversation_id, customer_id=customer.id, visitor_id=visitor_id, client_id=client_id
    )
    if number is None:
        known = await conversations.started_by(customer.id, client_id or "")
        if known is None:
            raise ConversationNotFound
        return await conversations.get(known)
    conversation = await conversations.add(
        id=conversation_id,
        number=number,
        inbox_id=inbox.id,
        customer_id=customer.id,
        visitor_id=visitor_id,
        subject=subject,
        topic=None,
        status="open",
        tag_ids=[],
        priority="normal",
        handler=handler or inbox.first_handler,
        preview="",
        preview_kind="system",
        public_preview="",
        last_seq=0,
        public_seq=0,
        customer_seen_seq=0,
        agent_seen_seq=0,
        version=1,
        last_activity_at=ctx.now(),
        public_activity_at=ctx.now(),
    )
    await emit(
        ctx,
        ConversationStarted(
            conversation_id=conversation.id,
            inbox_id=inbox.id,
            customer_id=customer.id,
            number=number,
        ),
        subject=conversation.id,
    )
    if body is not None:
        message = NewMessage(
            workspace_id=ctx.workspace_id,
            conversation_id=conversation.id,
            body=body,
            html=html,
            author_kind=author_kind,
            author_id=customer.id if author_kind == "customer" else author_id,
            author_name=author_name,
            client_id=client_id,
            attachment_ids=list(attachment_ids),
        )
        await append(ctx, conversation.id, message)
    return conversation


async def append(
    ctx: Ctx, conversation_id: UUID, message: NewMessage, *, expected_last_seq: int | None = None
) -> Stored:
    """Add one message to a conversation, in the caller's transaction.

    A message whose `client_id` is there already is not added again. A customer's message reopens
    the conversation, an agent's makes them its handler, theirs or the assistant's ends the wait.

    Raises:
        ConversationNotFound: no such conversation, or its author is another customer.
        NewerMessages: somebody else wrote after `expected_last_seq`.
        FileNotFound: an attachment is not the actor's to attach.
        MessageRejected: the text is no text.
    """
    message = replace(message, workspace_id=ctx.workspace_id, conversation_id=conversation_id)
    row = row_of(message)
    if expected_last_seq is not None:
        await refuse_if_newer(ctx, row.conversation_id, expected_last_seq, row.client_id)
    stored = await ConversationRepository(ctx).write(row)
    if message.attachment_ids and not stored.is_duplicate:
        await files.attach(ctx, message.attachment_ids, "message", stored.id)
    if message.author_kind == "agent" and message.author_id is not None:
        await saw(ctx, message.author_id, {conversation_id: stored.seq})
    return stored


async def reply(
    ctx: Ctx,
    conversation_id: UUID,
    body: str,
    *,
    kind: str = "message",
    client_id: str | None = None,
    attachment_ids: Sequence[UUID] = (),
    cards: Sequence[dict[str, Any]] = (),
    answer_id: UUID | None = None,
    expected_last_seq: int | None = None,
    resolve: bool = False,
) -> Stored:
    """Write as whoever acts: a reply to the customer, or a note for the team. See `append`.

    Raises:
        ConversationErasedAlready: nothing more can be written in it.
    """
    if (await get(ctx, conversation_id)).visitor_id == NOBODY:
        raise ConversationErasedAlready
    stored = await append(
        ctx,
        conversation_id,
        NewMessage(
            workspace_id=ctx.workspace_id,
            conversation_id=conversation_id,
            body=body,
            kind=kind,
            author_kind=_AUTHORS.get(ctx.actor.kind, "agent"),
            author_id=ctx.actor.id,
            author_name=ctx.actor.name,
            client_id=client_id,
            attachment_ids=list(attachment_ids),
            cards=list(cards),
            answer_id=answer_id,
        ),
        expected_last_seq=expected_last_seq,
    )
    if ctx.actor.kind == "agent":
        await drafts.drop(ctx, conversation_id)
    if resolve and not stored.is_duplicate:
        await set_status(ctx, conversation_id, "resolved")
    return stored


async def refuse_if_newer(ctx: Ctx, conversation_id: UUID, expected: int, client_id: str) -> None:
    """Stop whoever has not seen the latest messages, unless theirs is stored already.

    Raises:
        NewerMessages: somebody else wrote after the message `expected`.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    if conversation.last_seq <= expected:
        return
    messages_ = MessageRepository(ctx)
    if await messages_.is_stored(conversation_id, client_id):
        return
    newer = await messages_.newer_than(conversation_id, expected, not_by=ctx.actor.id)
    if newer:
        raise NewerMessages(newer)
