"""How far people have read."""

from uuid import UUID

from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.events import ConversationSeen, CustomerSeen
from rapport.conversations.handling import get
from rapport.conversations.repository import ConversationRepository, SeenRepository
from rapport.conversations.schemas import ReadBy
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def mark_seen(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """Note that the acting agent has read up to `seq`; marks only ever move forward.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    await saw(ctx, ctx.actor.id, {conversation.id: min(seq, conversation.last_seq)})


async def saw(ctx: Ctx, agent_id: UUID, seqs: dict[UUID, int]) -> None:
    """Note how far an agent has read; the conversations are locked already, or get locked here."""
    moved = await SeenRepository(ctx).advance(agent_id, seqs)
    for conversation in await ConversationRepository(ctx).many(sorted(moved), lock=True):
        seq = seqs[conversation.id]
        conversation.agent_seen_seq = max(conversation.agent_seen_seq, seq)
        await emit(
            ctx,
            ConversationSeen(conversation_id=conversation.id, agent_id=agent_id, seq=seq),
            subject=conversation.id,
        )
    await ctx.session.flush()


async def mark_seen_by_customer(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """Note that the customer has read up to `seq`; the mark only ever moves forward.

    Raises:
        ConversationNotFound: no such conversation, or the acting customer may not read it.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    if ctx.actor.kind == "customer" and conversation.reader_id != ctx.actor.id:
        raise ConversationNotFound
    seq = min(seq, conversation.public_seq)
    if seq <= conversation.customer_seen_seq:
        return
    conversation.customer_seen_seq = seq
    conversation.version += 1
    await ctx.session.flush()
    await emit(ctx, CustomerSeen(conversation_id=conversation.id, seq=seq), subject=conversation.id)


async def read_by(ctx: Ctx, conversation_id: UUID) -> list[ReadBy]:
    """How far each agent has read, the furthest first.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await get(ctx, conversation_id)
    return [ReadBy.model_validate(row) for row in await SeenRepository(ctx).of(conversation_id)]
