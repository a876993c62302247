"""What is on its way out, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.describing import describe
from rapport.channels.delivery.errors import DeliveryNotFound, DeliveryUnderWay
from rapport.channels.delivery.schemas import DeliveriesOut, DeliveryOut, HeldDraft
from rapport.conversations.errors import ConversationNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.http import Permitted, problems

router = APIRouter(
    tags=["deliveries"], route_class=AgentRoute, responses=problems(Unauthenticated, Forbidden)
)
CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanReply = Annotated[Ctx, Depends(Permitted("conversations.reply"))]


@router.get("/conversations/{conversation_id}/deliveries", responses=problems(ConversationNotFound))
async def list_deliveries(conversation_id: UUID, ctx: CanRead) -> DeliveriesOut:
    """What went out of a conversation, or is about to: the latest 500, the oldest first."""
    return DeliveriesOut(items=await deliveries.of_conversation(ctx, conversation_id))


@router.post(
    "/deliveries/{delivery_id}/cancel", responses=problems(DeliveryNotFound, DeliveryUnderWay)
)
async def cancel_delivery(delivery_id: UUID, ctx: CanReply) -> HeldDraft:
    """Take back a message that is still held; answers with what was written."""
    return await deliveries.cancel(ctx, delivery_id)


@router.post(
    "/deliveries/{delivery_id}/send", responses=problems(DeliveryNotFound, DeliveryUnderWay)
)
async def send_delivery(delivery_id: UUID, ctx: CanReply) -> DeliveryOut:
    """Send what is held at once, or try again what has failed."""
    return await describe(ctx, await deliveries.send_now(ctx, delivery_id))
