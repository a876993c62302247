"""Which language models a workspace uses, for agents; what they do is `rapport.inference`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from rapport.ai.language_models.schemas import EmbeddingsOut
from rapport.ai.language_models.service import embeddings
from rapport.inference.errors import (
    CurrencyInUse,
    CurrencyNeeded,
    ModelAddressPlain,
    ModelKeyNeeded,
)
from rapport.inference.gateway import service
from rapport.inference.gateway.schemas import (
    CallOut,
    ModelIn,
    ModelsIn,
    ModelsOut,
    ModelTrialOut,
    UsageOut,
)
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(tags=["assistant"], route_class=AgentRoute)
Managed = Annotated[Ctx, Depends(Permitted("assistant.manage"))]
Read = Annotated[Ctx, Depends(Permitted("assistant.read"))]


@router.get("/assistant/models")
async def get_language_models(ctx: Managed) -> ModelsOut:
    """The language models in the order in which they are asked, and what they may cost."""
    return await service.configured(ctx)


@router.put(
    "/assistant/models",
    responses=problems(ModelKeyNeeded, ModelAddressPlain, CurrencyNeeded, CurrencyInUse),
)
async def configure_language_models(ctx: Managed, wanted: ModelsIn) -> ModelsOut:
    """Use these language models in this order, and no others, within these limits."""
    return await service.configure(ctx, wanted)


@router.post("/assistant/models/test", responses=problems(ModelKeyNeeded, ModelAddressPlain))
async def test_language_model(ctx: Managed, model: ModelIn) -> ModelTrialOut:
    """Ask a language model one tiny thing; what is wrong comes in words. Nothing is stored."""
    return await service.try_out(ctx, model)


@router.get("/assistant/usage")
async def get_model_usage(
    ctx: Read, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> list[UsageOut]:
    """What language models were used for and cost, by day and purpose, the latest day first."""
    return await service.usage(ctx, days)


@router.get("/assistant/calls", responses=problems(CursorMalformed))
async def list_model_calls(
    ctx: Managed,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[CallOut]:
    """What was asked of language models, the latest first, without the words."""
    return await service.calls(ctx, cursor=cursor, limit=limit)


@router.get("/assistant/embeddings")
async def get_embeddings(ctx: Read) -> EmbeddingsOut:
    """What understands meanings here, and which of the articles' languages it understands."""
    return await embeddings(ctx)
