"""Replies that an agent has begun and not sent: one per agent and conversation."""

from typing import Literal
from uuid import UUID

from rapport.conversations.drafts.repository import DraftRepository
from rapport.conversations.events import DraftChanged
from rapport.conversations.handling import get
from rapport.conversations.schemas import DraftOut
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

DraftKind = Literal["message", "note"]


async def find(ctx: Ctx, conversation_id: UUID) -> DraftOut | None:
    """The acting agent's draft in a conversation; None when they have none.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await get(ctx, conversation_id)
    found = await DraftRepository(ctx).find(conversation_id)
    return None if found is None else DraftOut.model_validate(found)


async def save(ctx: Ctx, conversation_id: UUID, *, body: str, kind: DraftKind) -> DraftOut:
    """Keep a reply of the acting agent to finish later; an empty one is dropped.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await get(ctx, conversation_id)
    if not body.strip():
        await drop(ctx, conversation_id)
        return DraftOut(body="", kind=kind, updated_at=ctx.now())
    drafts = DraftRepository(ctx)
    await drafts.save(conversation_id, body=body, kind=kind)
    await _announce(ctx, conversation_id)
    return DraftOut.model_validate(await drafts.find(conversation_id))


async def drop(ctx: Ctx, conversation_id: UUID) -> None:
    """Forget the acting agent's draft; that there is none is fine.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    await get(ctx, conversation_id)
    if await DraftRepository(ctx).drop(conversation_id):
        await _announce(ctx, conversation_id)


async def _announce(ctx: Ctx, conversation_id: UUID) -> None:
    await emit(
        ctx,
        DraftChanged(conversation_id=conversation_id, agent_id=ctx.actor.id),
        subject=conversation_id,
    )
