"""What the assistant kept of the questions it took up."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from rapport.ai.autopilot.models import Answer
from rapport.ai.autopilot.repository import AnswerRepository
from rapport.ai.autopilot.schemas import AnswerOut
from rapport.conversations import service as conversations
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def answers_in(ctx: Ctx, conversation_id: UUID) -> list[AnswerOut]:
    """What the assistant did in a conversation, in order.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await conversations.get(ctx, conversation_id)
    rows = await AnswerRepository(ctx).of(conversation.id)
    return [AnswerOut.model_validate(row) for row in rows]


async def answers(
    ctx: Ctx, *, decision: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[AnswerOut]:
    """What the assistant did anywhere in the workspace, the latest first."""
    after = None if cursor is None else decode_cursor(cursor, datetime, UUID)
    rows = await AnswerRepository(ctx).page(decision=decision, after=after, limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Page(
        items=[AnswerOut.model_validate(row) for row in shown],
        next=None if last is None else encode_cursor([last.created_at, last.id]),
    )


async def kept(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, Answer]:
    """What it made of some questions, by id; what is gone meanwhile is left out."""
    return await AnswerRepository(ctx).many(ids)


async def count_once(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, Answer]:
    """The same of those that nobody counted before; asked again, they are left out."""
    new = await AnswerRepository(ctx).count_once(ids)
    return await AnswerRepository(ctx).many(new)


async def last_answered(ctx: Ctx, answer: Answer) -> Answer | None:
    """What it answered last in the same conversation, before `answer`."""
    return await AnswerRepository(ctx).answered_before(answer)
