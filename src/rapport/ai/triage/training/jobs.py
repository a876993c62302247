"""Trainings as jobs: when somebody asks, when enough labels came, and after an erasure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.ai.triage.training import running, service
from rapport.ai.triage.training.models import TrainedModel
from rapport.ai.triage.training.ports import Labels
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.ai.triage.training.schemas import TrainingSettings
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.settings import workspace as workspace_settings

STALLED: Final = timedelta(days=1)
"""A training that takes longer has lost its job."""


@jobs.task("triage.train")
async def train(workspace_id: str, model_id: str) -> None:
    """Train a model; broken off, it goes on."""
    await running.run(jobs.worker_database(), UUID(workspace_id), UUID(model_id))


@jobs.periodic("triage.retrain", "*/15 * * * *")
async def retrain(_: datetime) -> None:
    """Begin trainings that are due, in every workspace."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            if await is_due(ctx):
                await begin(ctx)


async def begin(ctx: Ctx) -> TrainedModel:
    """Have a model trained, in the background.

    Raises:
        TrainingUnderWay: one is being trained.
    """
    row = await service.start(ctx)
    lock = f"triage_model:{ctx.workspace_id}"
    await jobs.defer(ctx, train, lock=lock, model_id=str(row.id))
    return row


async def is_due(ctx: Ctx) -> bool:
    """Whether so many labels came as the settings say, or what the model in use knows was erased.

    Both count from the beginning of the last training, however it ended. One that has lost its job
    is given up.
    """
    models, labels = TrainedModelRepository(ctx), ctx.ports.find(Labels)
    running_one = await models.in_state("training", lock=True)
    if running_one is not None:
        if running_one.created_at < ctx.now() - STALLED:
            await service.fail(ctx, running_one, "training_stalled")
        return False
    if labels is None:
        return False
    last, serving = await models.latest(), await models.in_state("serving")
    since = last.created_at if last is not None else None
    forgot_at = serving.forgot_at if serving is not None else None
    if forgot_at is not None and since is not None and forgot_at >= since:
        return True
    wanted = (await workspace_settings.get(ctx, TrainingSettings)).retrain_after
    return wanted is not None and await labels.added_since(ctx, since, up_to=wanted) >= wanted
