"""Conversations that change customers, because two customers turned out to be one person."""

from uuid import UUID

from rapport.conversations.events import ConversationMoved
from rapport.conversations.moving.repository import MovingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def follow(ctx: Ctx, merge_id: UUID, customer_id: UUID, into_id: UUID) -> None:
    """Give the conversations of a merged customer to the one they became.

    Browsers read no more than before: agents who merge two customers prove nothing about either.
    A reader of the log does so after each merge. Whoever merges a customer who is waiting for an
    answer calls it in the same transaction; the second time changes nothing.
    """
    moved = await MovingRepository(ctx).take(merge_id, customer_id, into_id)
    await _announce(ctx, moved, into_id)


async def go_back(ctx: Ctx, merge_id: UUID, customer_id: UUID) -> None:
    """Return to a customer what their merge had moved, once it is undone."""
    moved = await MovingRepository(ctx).give_back(merge_id, customer_id)
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
