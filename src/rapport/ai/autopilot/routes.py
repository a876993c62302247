"""The assistant's settings and its answers, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rapport.ai.autopilot import service
from rapport.ai.autopilot.schemas import (
    AnswerOut,
    AssistantOut,
    AssistantPatch,
    Decision,
    TryIn,
    TryOut,
)
from rapport.conversations.errors import ConversationNotFound, InboxNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(tags=["assistant"], route_class=AgentRoute)


@router.get("/inboxes/{inbox_id}/assistant", responses=problems(InboxNotFound))
async def get_assistant(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.read"))], inbox_id: UUID
) -> AssistantOut:
    """How the assistant of an inbox is set up."""
    return AssistantOut.model_validate(await service.settings_of(ctx, inbox_id))


@router.patch("/inboxes/{inbox_id}/assistant", responses=problems(InboxNotFound))
async def change_assistant(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.manage"))],
    inbox_id: UUID,
    patch: AssistantPatch,
) -> AssistantOut:
    """Switch the assistant of an inbox on or off, or tell it how sure it must be."""
    return AssistantOut.model_validate(await service.change(ctx, inbox_id, patch))


@router.get("/conversations/{conversation_id}/answers", responses=problems(ConversationNotFound))
async def list_conversation_answers(
    ctx: Annotated[Ctx, Depends(Permitted("conversations.read"))], conversation_id: UUID
) -> list[AnswerOut]:
    """What the assistant did in a conversation, and why."""
    return await service.answers_in(ctx, conversation_id)


@router.get("/assistant/answers", responses=problems(CursorMalformed))
async def list_answers(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.read"))],
    decision: Decision | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[AnswerOut]:
    """What the assistant did, the latest first."""
    return await service.answers(ctx, decision=decision, cursor=cursor, limit=limit)


@router.post("/assistant/try", responses=problems(InboxNotFound))
async def try_assistant(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.read"))], question: TryIn
) -> TryOut:
    """What the assistant would answer; nothing is stored or sent."""
    return await service.attempt(ctx, question.inbox_id, question.question)
