"""What this room does after the fact: the search index, the timeline, merged customers."""

from uuid import UUID

from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.events import (
    ConversationClassified,
    ConversationMoved,
    ConversationStarted,
    ConversationStatusChanged,
    MessageAdded,
)
from rapport.conversations.moving import service as moving
from rapport.conversations.reading.repository import ReadingRepository
from rapport.conversations.search import service as search
from rapport.conversations.service import get
from rapport.customers import service as customers
from rapport.customers.events import CustomersMerged, CustomersUnmerged, CustomerUpdated
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, reader

FOLLOWED = 50
"""How many conversations of a customer hear of a change of their name."""


@reader(
    "conversations.search",
    ConversationStarted,
    MessageAdded,
    ConversationClassified,
    ConversationMoved,
    CustomerUpdated,
)
async def keep_words(ctx: Ctx, event: Event, _: Recorded) -> None:
    """Add what was said, and who said it, to the search index."""
    match event:
        case MessageAdded():
            try:
                await search.index_message(ctx, event.conversation_id, event.seq)
            except ConversationNotFound:
                return  # erased in the meantime
        case CustomerUpdated():
            ids = await ReadingRepository(ctx).of_customer(event.customer_id, FOLLOWED)
            for conversation_id in ids:
                await search.index_conversation(ctx, conversation_id)
        case ConversationStarted() | ConversationClassified() | ConversationMoved():
            await search.index_conversation(ctx, event.conversation_id)


@reader("conversations.timeline", ConversationStarted, ConversationStatusChanged)
async def keep_timeline(ctx: Ctx, event: Event, record: Recorded) -> None:
    """Put conversations that start and end on their customer's timeline."""
    if isinstance(event, ConversationStarted):
        await _note_start(ctx, event, record)
    elif isinstance(event, ConversationStatusChanged) and event.status == "resolved":
        await _note_end(ctx, event.conversation_id, record)


async def _note_start(ctx: Ctx, event: ConversationStarted, record: Recorded) -> None:
    try:
        conversation = await get(ctx, event.conversation_id)
    except ConversationNotFound:
        return
    is_new = await customers.record(
        ctx,
        event.customer_id,
        kind="conversation_started",
        source=f"conversation_started:{event.conversation_id}",
        title=f"Conversation #{event.number} started",
        text=conversation.subject or conversation.public_preview,
        at=record.created_at,
        conversation_id=event.conversation_id,
    )
    if is_new:
        await customers.count_conversation(ctx, conversation.customer_id)


async def _note_end(ctx: Ctx, conversation_id: UUID, record: Recorded) -> None:
    try:
        conversation = await get(ctx, conversation_id)
    except ConversationNotFound:
        return
    count = conversation.public_seq
    await customers.record(
        ctx,
        conversation.customer_id,
        kind="conversation_resolved",
        source=f"conversation_resolved:{record.cursor}",
        title=f"Conversation #{conversation.number} resolved",
        text=f"{count} messages" if count != 1 else "1 message",
        at=record.created_at,
        conversation_id=conversation_id,
    )


@reader("conversations.merges", CustomersMerged, CustomersUnmerged)
async def follow_merges(ctx: Ctx, event: Event, _: Recorded) -> None:
    """Let the conversations of a merged customer follow them, and return when it is undone."""
    match event:
        case CustomersMerged():
            await moving.follow(ctx, event.merge_id, event.customer_id, event.into_id)
        case CustomersUnmerged():
            await moving.go_back(ctx, event.merge_id, event.customer_id)
