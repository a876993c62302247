"""What intents need, and what is known in conversations, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.ai.gathering import service
from rapport.ai.gathering.errors import PatternUnknown
from rapport.ai.gathering.schemas import ConversationFactsOut, FactsIn, IntentFactsOut
from rapport.ai.triage.errors import IntentArchived, IntentNotFound
from rapport.conversations.errors import ConversationNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems

router = APIRouter(tags=["triage"], route_class=AgentRoute)
Read = Annotated[Ctx, Depends(Permitted("conversations.read"))]
Shown = Annotated[Ctx, Depends(Permitted("assistant.read"))]
Managed = Annotated[Ctx, Depends(Permitted("assistant.manage"))]


@router.get("/triage/intents/{intent_id}/facts", responses=problems(IntentNotFound))
async def list_intent_facts(ctx: Shown, intent_id: UUID) -> IntentFactsOut:
    """What must be known before a wish of this kind can be met."""
    return await service.facts_of(ctx, intent_id)


@router.put(
    "/triage/intents/{intent_id}/facts",
    responses=problems(IntentNotFound, IntentArchived, PatternUnknown),
)
async def set_intent_facts(ctx: Managed, intent_id: UUID, wanted: FactsIn) -> IntentFactsOut:
    """Say what must be known, instead of what was said before; nothing of it: nothing is asked."""
    return await service.set_facts(ctx, intent_id, wanted)


@router.get("/conversations/{conversation_id}/facts", responses=problems(ConversationNotFound))
async def list_conversation_facts(ctx: Read, conversation_id: UUID) -> ConversationFactsOut:
    """What is known in a conversation of what its wish needs."""
    return await service.known_in(ctx, conversation_id)
