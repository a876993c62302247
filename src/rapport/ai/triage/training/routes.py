"""The agent API of models of what messages are about."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rapport.ai.triage.training import service
from rapport.ai.triage.training.errors import (
    ModelNotPromotable,
    NothingToRollBackTo,
    TrainedModelNotFound,
    TrainingOver,
    TrainingUnderWay,
)
from rapport.ai.triage.training.jobs import begin
from rapport.ai.triage.training.schemas import (
    ModelRow,
    TrainedModelOut,
    TrainingSettings,
    TrainingSettingsOut,
    TrainingSettingsPatch,
)
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.kernel.settings import workspace as workspace_settings

router = APIRouter(prefix="/triage/models", tags=["triage"], route_class=AgentRoute)
CanRead = Annotated[Ctx, Depends(Permitted("assistant.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("assistant.manage"))]


@router.get("", responses=problems(CursorMalformed))
async def list_triage_models(
    ctx: CanRead,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[ModelRow]:
    """Models that were trained, or are being trained, the latest first."""
    return await service.page(ctx, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=problems(Forbidden, TrainingUnderWay))
async def train_triage_model(ctx: CanManage) -> TrainedModelOut:
    """Train a model on all that people taught, in the background."""
    return service.describe(await begin(ctx), set())


@router.get("/settings")
async def get_training_settings(ctx: CanRead) -> TrainingSettingsOut:
    """When models are trained by themselves, and who puts them to use."""
    found = await workspace_settings.get(ctx, TrainingSettings)
    return TrainingSettingsOut(**found.model_dump())


@router.patch("/settings", responses=problems(Forbidden))
async def change_training_settings(
    ctx: CanManage, patch: TrainingSettingsPatch
) -> TrainingSettingsOut:
    """Change when models are trained by themselves, and who puts them to use."""
    wanted = patch.model_dump(exclude_unset=True)
    changed = await workspace_settings.update(ctx, TrainingSettings, wanted)
    return TrainingSettingsOut(**changed.model_dump())


@router.post("/rollback", responses=problems(Forbidden, NothingToRollBackTo))
async def roll_back_triage_model(ctx: CanManage) -> TrainedModelOut:
    """Put the model to use again that was in use before; once more goes back further."""
    return await service.get(ctx, (await service.roll_back(ctx)).id)


@router.get("/{model_id}", responses=problems(TrainedModelNotFound))
async def get_triage_model(ctx: CanRead, model_id: UUID) -> TrainedModelOut:
    """A model with its figures, beside those of the model that was in use, on the same messages."""
    return await service.get(ctx, model_id)


@router.post(
    "/{model_id}/cancel", responses=problems(Forbidden, TrainedModelNotFound, TrainingOver)
)
async def cancel_triage_training(ctx: CanManage, model_id: UUID) -> TrainedModelOut:
    """Give a training up."""
    return service.describe(await service.cancel(ctx, model_id), set())


@router.post(
    "/{model_id}/promote", responses=problems(Forbidden, TrainedModelNotFound, ModelNotPromotable)
)
async def promote_triage_model(ctx: CanManage, model_id: UUID) -> TrainedModelOut:
    """Put a model to use instead of the one in use."""
    return await service.get(ctx, (await service.promote(ctx, model_id)).id)
