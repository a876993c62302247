"""Training models, putting them to use, and going back."""

from typing import Any, Final
from uuid import UUID

from rapport.ai.triage.training.errors import (
    ModelNotPromotable,
    NothingToRollBackTo,
    TrainingOver,
    TrainingUnderWay,
)
from rapport.ai.triage.training.events import TrainedModelChanged
from rapport.ai.triage.training.models import TrainedModel
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.ai.triage.training.schemas import (
    FiguresOut,
    ModelRow,
    ScoreOut,
    TrainedModelOut,
    TrainingSettings,
)
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor
from rapport.kernel.settings import workspace as workspace_settings

KEPT: Final = 10
"""Of so many models the bytes are kept, the one in use and the one before it among them."""
RULE: Final = "rule"

workspace_settings.register("triage_models", TrainingSettings, needs="assistant.manage")


async def start(ctx: Ctx) -> TrainedModel:
    """Have a model trained; the job that does it is queued by the caller.

    Raises:
        TrainingUnderWay: one is being trained.
    """
    models = TrainedModelRepository(ctx)
    if await models.in_state("training") is not None:
        raise TrainingUnderWay
    row = await models.add(
        state="training",
        step="gather",
        percent=0,
        content=None,
        sources=[],
        examples=0,
        digest="",
        figures=None,
        compared=None,
        compared_id=None,
        created_by=str(ctx.actor),
        created_by_name=ctx.actor.name,
        finished_at=None,
        promoted_by=None,
        promoted_at=None,
        error=None,
        forgot_at=None,
        revision=0,
    )
    await _announce(ctx, row, "triage_model.started")
    return row


async def cancel(ctx: Ctx, model_id: UUID) -> TrainedModel:
    """Give a training up; its job notices within seconds.

    Raises:
        TrainedModelNotFound, TrainingOver: there is no such training.
    """
    row = await TrainedModelRepository(ctx).get(model_id, lock=True)
    if row.state != "training":
        raise TrainingOver
    row.state, row.finished_at = "cancelled", ctx.now()
    await _announce(ctx, row, "triage_model.cancelled")
    return row


async def fail(ctx: Ctx, row: TrainedModel, code: str) -> None:
    """Note what stopped a training; `row` is locked."""
    row.state, row.error, row.finished_at = "failed", code, ctx.now()
    await told(ctx, row)


async def promote(ctx: Ctx, model_id: UUID, *, by: str | None = None) -> TrainedModel:
    """Put a model to use instead of the one in use; `by` is the actor unless it is told.

    One that is in use already stays so, and nothing is announced.

    Raises:
        TrainedModelNotFound: no such model.
        ModelNotPromotable: it is not ready, or its bytes are not kept.
    """
    models = TrainedModelRepository(ctx)
    row = await models.get(model_id, lock=True)
    if row.state == "serving":
        return row
    kept = {one.id for one in await models.kept()}
    if row.state not in {"ready", "retired"} or row.id not in kept:
        raise ModelNotPromotable
    await _replace(ctx, row)
    row.promoted_by, row.promoted_at = by or str(ctx.actor), ctx.now()
    await _announce(ctx, row, "triage_model.promoted")
    await tidy(ctx)
    return row


async def roll_back(ctx: Ctx) -> TrainedModel:
    """Put the model to use that was in use before; doing it again goes back one more.

    Raises:
        NothingToRollBackTo: see there.
    """
    models = TrainedModelRepository(ctx)
    current = await models.in_state("serving", lock=True)
    before = _before(current, list(await models.kept()))
    if current is None or before is None:
        raise NothingToRollBackTo
    await _replace(ctx, before)
    current.promoted_by = current.promoted_at = None  # nobody goes back to it
    await _announce(ctx, before, "triage_model.rolled_back")
    return before


async def get(ctx: Ctx, model_id: UUID) -> TrainedModelOut:
    """A model, with its figures. Raises TrainedModelNotFound."""
    models = TrainedModelRepository(ctx)
    return describe(await models.get(model_id), {one.id for one in await models.kept()})


async def page(ctx: Ctx, *, cursor: str | None = None, limit: int = 50) -> Page[ModelRow]:
    """Models, the latest first."""
    (before,) = decode_cursor(cursor, UUID) if cursor is not None else (None,)
    models = TrainedModelRepository(ctx)
    rows = await models.page(before=before, limit=limit + 1)
    shown, kept = rows[:limit], {one.id for one in await models.kept()}
    return Page(
        items=[row_of(row, kept) for row in shown],
        next=encode_cursor([shown[-1].id]) if len(rows) > limit else None,
    )


async def tidy(ctx: Ctx) -> None:
    """Keep the bytes of the last models only; of the others their figures stay."""
    kept = list(await TrainedModelRepository(ctx).kept())
    current = next((one for one in kept if one.state == "serving"), None)
    before = _before(current, kept)
    first = [one for one in (current, before) if one is not None]
    others = [one for one in kept if one not in first]
    for row in others[max(0, KEPT - len(first)) :]:
        row.content, row.sources = None, []
        row.state = "retired"
        await told(ctx, row)


async def told(ctx: Ctx, row: TrainedModel) -> None:
    """Let everybody who looks at models know."""
    await ctx.session.flush()
    await emit(ctx, TrainedModelChanged(model_id=row.id))


def row_of(row: TrainedModel, kept: set[UUID]) -> ModelRow:
    """A model as a list tells it; `kept` are those whose bytes are kept."""
    return ModelRow.model_validate(_values(row, kept))


def describe(row: TrainedModel, kept: set[UUID]) -> TrainedModelOut:
    """A model with all that is known of it."""
    figures = row.figures or {}
    return TrainedModelOut(
        **_values(row, kept),
        digest=row.digest,
        figures=FiguresOut(**row.figures) if row.figures else None,
        compared_figures=FiguresOut(**row.compared) if row.compared else None,
        learn_s=figures.get("learn_s"),
        peak_mb=figures.get("peak_mb"),
    )


def _values(row: TrainedModel, kept: set[UUID]) -> dict[str, Any]:
    names = ModelRow.model_fields.keys() - {"score", "compared", "can_promote"}
    return {
        **{name: getattr(row, name) for name in names},
        "score": ScoreOut(**row.figures) if row.figures else None,
        "compared": ScoreOut(**row.compared) if row.compared else None,
        "can_promote": row.state in {"ready", "retired"} and row.id in kept,
    }


async def _announce(ctx: Ctx, row: TrainedModel, verb: str) -> None:
    await told(ctx, row)
    details: dict[str, object] = {"examples": row.examples}
    await audit.record(ctx, verb, subject=f"triage_model:{row.id}", details=details)


async def _replace(ctx: Ctx, row: TrainedModel) -> None:
    """Put a model to use; the one in use first makes room."""
    current = await TrainedModelRepository(ctx).in_state("serving", lock=True)
    if current is not None:
        current.state = "retired"
        await told(ctx, current)
    row.state = "serving"


def _before(current: TrainedModel | None, kept: list[TrainedModel]) -> TrainedModel | None:
    """The model that was in use before the current one."""
    if current is None or current.promoted_at is None:
        return None
    earlier = [
        (one.promoted_at, one)
        for one in kept
        if one.state == "retired" and one.promoted_at and one.promoted_at < current.promoted_at
    ]
    return max(earlier, key=lambda it: it[0])[1] if earlier else None
