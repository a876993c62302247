"""What visitors read: their own conversations, without notes, ids or addresses of the team.

A conversation is a visitor's own when they began it, or when they have proved to be the customer
whose it is. That agents merge two customers lets neither of them read more.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.reading.repository import ReadingRepository
from rapport.conversations.reading.service import attachments_of, beside, cut
from rapport.conversations.schemas import (
    AgentName,
    VisitorAuthor,
    VisitorConversation,
    VisitorMessage,
)
from rapport.kernel.context import Ctx
from rapport.kernel.files import pictures
from rapport.kernel.schemas import Page

SHOWN = 50


async def visitor_conversations(ctx: Ctx, visitor_id: UUID) -> list[VisitorConversation]:
    """The visitor's last 50 conversations, the last started first."""
    reading = ReadingRepository(ctx)
    ids = await reading.of_visitor(visitor_id, SHOWN)
    rows = await reading.by_ids(ids)
    return await shown_to_visitors(
        ctx, [rows[id_] for id_ in ids if id_ in rows and rows[id_].reader_id == visitor_id]
    )


async def visitor_conversation(
    ctx: Ctx, visitor_id: UUID, conversation_id: UUID
) -> VisitorConversation:
    """One conversation of the visitor.

    Raises:
        ConversationNotFound: no such conversation, or it is not theirs.
    """
    rows = await ReadingRepository(ctx).by_ids([conversation_id])
    row = rows.get(conversation_id)
    if row is None or row.reader_id != visitor_id:
        raise ConversationNotFound
    return (await shown_to_visitors(ctx, [row]))[0]


async def visitor_messages(
    ctx: Ctx,
    visitor_id: UUID,
    conversation_id: UUID,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
    limit: int = 50,
) -> Page[VisitorMessage]:
    """What was said, in ascending order: the newest, those before, or the first ones after.

    Notes are not there; their places in the order are gaps. `next` is the seq to go on from.

    Raises:
        ConversationNotFound: no such conversation, or it is not theirs.
    """
    await visitor_conversation(ctx, visitor_id, conversation_id)
    rows = await ReadingRepository(ctx).thread(
        conversation_id, before=before_seq, after=after_seq, limit=limit + 1, public_only=True
    )
    shown, following = cut(rows, limit, forward=after_seq is not None)
    return Page(items=await visitor_messages_from(ctx, shown), next=following)


async def visitor_message(
    ctx: Ctx, visitor_id: UUID, conversation_id: UUID, seq: int
) -> VisitorMessage:
    """One message of the visitor's conversation.

    Raises:
        ConversationNotFound: no such message, or not for them.
    """
    await visitor_conversation(ctx, visitor_id, conversation_id)
    rows = await ReadingRepository(ctx).messages_at([(conversation_id, seq)])
    public = await visitor_messages_from(ctx, [row for row in rows if row.kind != "note"])
    if not public:
        raise ConversationNotFound
    return public[0]


async def shown_to_visitors(ctx: Ctx, rows: Sequence[Any]) -> list[VisitorConversation]:
    """Conversations as their customers see them; the names of agents are read together."""
    assignees = {row.assignee_id for row in rows if row.assignee_id is not None}
    names = await ReadingRepository(ctx).agent_names(assignees)
    return [
        VisitorConversation(
            id=row.id,
            status=row.status,
            preview=row.public_preview,
            last_seq=row.public_seq,
            seen_seq=row.customer_seen_seq,
            agent_seen_seq=min(row.agent_seen_seq, row.public_seq),
            last_activity_at=row.public_activity_at,
            assignee=AgentName(name=names[row.assignee_id]) if row.assignee_id in names else None,
            handler=row.handler,
        )
        for row in rows
    ]


async def visitor_messages_from(ctx: Ctx, rows: Sequence[Any]) -> list[VisitorMessage]:
    """Messages as the customer of their conversation sees them. Notes must be left out already."""
    attached = await attachments_of(ctx, rows)
    return [
        VisitorMessage(
            id=row.id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            author=VisitorAuthor(
                kind="me" if row.author_kind == "customer" else row.author_kind,
                name=row.author_name,
            ),
            body=row.body,
            html=pictures.linked(row.html, attached),
            cards=row.cards,
            attachments=beside(row, attached),
            client_id=row.client_id if row.author_kind == "customer" else None,
            created_at=row.created_at,
        )
        for row in rows
    ]
