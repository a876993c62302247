"""Conversations that change customers, because two customers turned out to be one person."""

from uuid import UUID

from rapport.conversations.events import ConversationMoved
from rapport.conversations.moving.repository import MovingRepository
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def follow(ctx: Ctx, merge_id: UUID, customer_id: UUID, into_id: UUID) -> None:
    """Give the conversations of a merged customer to the one they became.

    Browsers read no more than before: agents who merge two customers prove nothing about either.
    A reader of the log does so after each merge. Whoever merges a customer who is waiting for an
    answer calls it in the same transaction; the second time changes nothing.
    """
    survivor_id = (await customers.get(ctx, into_id)).id
    if survivor_id == customer_id or (await customers.get(ctx, customer_id)).id != survivor_id:
        return  # undone meanwhile
    moved = await MovingRepository(ctx).take(merge_id, customer_id, survivor_id)
    await _announce(ctx, moved, survivor_id)


async def go_back(ctx: Ctx, merge_id: UUID, customer_id: UUID) -> None:
    """Return to a customer what began with them, once their merge `merge_id` is undone.

    Whatever other merges took those conversations further, or were undone before.
    """
    if (await customers.get(ctx, customer_id)).id != customer_id:
        return  # merged again meanwhile
    moved = await MovingRepository(ctx).give_back(customer_id)
    await _announce(ctx, moved, customer_id)


async def hand_over(ctx: Ctx, visitor_id: UUID, to_id: UUID) -> None:
    """Let a visitor who has proved to be the customer `to_id` read on as that customer.

    For conversations that merges have moved; the others must be moved by one first.
    """
    if visitor_id != to_id:
        handed = await MovingRepository(ctx).hand_over(visitor_id, to_id)
        await _announce(ctx, handed, to_id)


async def _announce(ctx: Ctx, moved: list[UUID], customer_id: UUID) -> None:
    for conversation_id in moved:
        await emit(
            ctx,
            ConversationMoved(conversation_id=conversation_id, customer_id=customer_id),
            subject=conversation_id,
        )
