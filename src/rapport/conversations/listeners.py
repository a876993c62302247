"""What this room does after the fact: the search index, the timeline, merged customers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.conversations.events import (
    ConversationClassified,
    ConversationMoved,
    ConversationStarted,
    ConversationStatusChanged,
    MessageAdded,
)
from rapport.conversations.models import Conversation
from rapport.conversations.moving import service as moving
from rapport.conversations.reading.repository import ReadingRepository
from rapport.conversations.repository import ConversationRepository
from rapport.conversations.search import service as search
from rapport.conversations.telling import service as telling
from rapport.customers import service as customers
from rapport.customers.events import CustomersMerged, CustomersUnmerged, CustomerUpdated
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, batch_reader, reader

telling.register()
FOLLOWED = 50
"""How many conversations of a customer hear of a change of their name."""
MISTAKEN = 500
"""How many conversations of a customer forget the name of whom they were taken for."""


@batch_reader(
    "conversations.search",
    ConversationStarted,
    MessageAdded,
    ConversationClassified,
    ConversationMoved,
    CustomerUpdated,
    CustomersUnmerged,
)
async def keep_words(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Add what was said, and who said it, to the search index.

    What changes hands is indexed anew: nobody is found by the name of whom they were taken for.
    """
    said: list[tuple[UUID, int]] = []
    renamed: set[UUID] = set()
    moved: set[UUID] = set()
    for record in records:
        match record.event:
            case MessageAdded() as added:
                said.append((added.conversation_id, added.seq))
            case CustomerUpdated() as updated:
                renamed |= {
                    *await ReadingRepository(ctx).of_customer(updated.customer_id, FOLLOWED)
                }
            case ConversationStarted() | ConversationClassified() as event:
                renamed.add(event.conversation_id)
            case ConversationMoved() as event:
                moved.add(event.conversation_id)
            case CustomersUnmerged() as event:
                moved |= {*await ReadingRepository(ctx).of_customer(event.into_id, MISTAKEN)}
    await search.index_messages(ctx, said)
    for conversation_id in sorted(renamed - moved):
        await search.index_conversation(ctx, conversation_id)
    for conversation_id in sorted(moved):
        await search.index_anew(ctx, conversation_id)


@batch_reader("conversations.timeline", ConversationStarted, ConversationStatusChanged)
async def keep_timeline(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Put conversations that start and end on their customer's timeline."""
    ids = {UUID(record.payload["conversation_id"]) for record in records}
    known = {row.id: row for row in await ConversationRepository(ctx).many(sorted(ids))}
    rows = list[dict[str, Any]]()
    for record in records:
        match record.event:
            case ConversationStarted() as event if event.conversation_id in known:
                rows.append(_start(event, record, known[event.conversation_id]))
            case ConversationStatusChanged(status="resolved") as event:
                if event.conversation_id in known:
                    rows.append(_end(record, known[event.conversation_id]))
    new = await customers.record_many(ctx, rows)
    for row in rows:
        if row["kind"] == "conversation_started" and row["source"] in new:
            await customers.count_conversation(ctx, row["customer_id"])


def _start(
    event: ConversationStarted, record: Recorded, conversation: Conversation
) -> dict[str, Any]:
    return {
        "customer_id": event.customer_id,
        "kind": "conversation_started",
        "source": f"conversation_started:{conversation.id}",
        "title": f"Conversation #{conversation.number} started",
        "text": conversation.subject or conversation.public_preview,
        "at": record.created_at,
        "conversation_id": conversation.id,
        "data": {},
    }


def _end(record: Recorded, conversation: Conversation) -> dict[str, Any]:
    count = conversation.public_seq
    return {
        "customer_id": conversation.customer_id,
        "kind": "conversation_resolved",
        "source": f"conversation_resolved:{record.cursor}",
        "title": f"Conversation #{conversation.number} resolved",
        "text": f"{count} messages" if count != 1 else "1 message",
        "at": record.created_at,
        "conversation_id": conversation.id,
        "data": {},
    }


@reader("conversations.merges", CustomersMerged, CustomersUnmerged)
async def follow_merges(ctx: Ctx, event: Event, _: Recorded) -> None:
    """Let the conversations of a merged customer follow them, and return when it is undone."""
    match event:
        case CustomersMerged():
            await moving.follow(ctx, event.merge_id, event.customer_id, event.into_id)
        case CustomersUnmerged():
            await moving.go_back(ctx, event.merge_id, event.customer_id)
