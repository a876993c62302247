"""The training of one model, from gathering to putting it to use; broken off at any time."""

import asyncio
from typing import Any, Final
from uuid import UUID

from rapport.ai.triage.intents.analysis import MAX_CHARS
from rapport.ai.triage.intents.material import NOWHERE, Material
from rapport.ai.triage.intents.memory import Vectors
from rapport.ai.triage.training import apart, ruling, service
from rapport.ai.triage.training.apart import Learned
from rapport.ai.triage.training.clearing import without
from rapport.ai.triage.training.gathering import Gathered, gather
from rapport.ai.triage.training.models import TrainedModel
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.ai.triage.training.schemas import TrainingSettings
from rapport.ai.triage.training.tasks import NO_SOURCE, task
from rapport.ai.triage.training.vectors import embedded
from rapport.inference.ports import Embedder
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.settings import workspace as workspace_settings

_SHARES: Final = {
    "gather": (0, 2),
    "embed": (2, 40),
    "learn": (40, 95),
    "evaluate": (95, 97),
    "compare": (97, 99),
}
"""From which per cent to which each step takes."""


class NotWanted(Exception):
    """The training was cancelled."""


async def run(database: Database, workspace_id: UUID, model_id: UUID) -> None:
    """Train a model that is to be trained; one that is not any more is left alone.

    Broken off, it begins again, and finds the vectors it has made.

    Raises:
        RapportError: trying again may help; what would not is noted at the model.
    """
    try:
        await Training(database, workspace_id, model_id).run()
    except NotWanted:
        return
    except RapportError as error:
        if jobs.may_help(error):
            raise
        await _fail(database, workspace_id, model_id, error.code)


async def _fail(database: Database, workspace_id: UUID, model_id: UUID, code: str) -> None:
    async with database.begin(workspace_id, SYSTEM) as ctx:
        row = await TrainedModelRepository(ctx).get(model_id, lock=True)
        if row.state == "training":
            await service.fail(ctx, row, code)


class Training:
    """One training; each of its transactions is short."""

    def __init__(self, database: Database, workspace_id: UUID, model_id: UUID) -> None:
        """Train the model with this id."""
        self._database = database
        self._workspace_id = workspace_id
        self._model_id = model_id
        self._percent = -1

    async def run(self) -> None:
        """All steps, one after another.

        Raises:
            NotWanted: it was cancelled meanwhile.
            RapportError: a step failed.
        """
        gathered = await self._gather()
        embedder = self._database.ports.find(Embedder)
        both = (*gathered.learned, *gathered.held)
        made = None
        if embedder is not None:
            made = await embedded(
                self._database,
                self._workspace_id,
                self._model_id,
                embedder,
                both,
                lambda part: self._tell("embed", part),
            )
        name = embedder.name if embedder is not None else None
        in_use, content = await self._in_use()
        task = await asyncio.to_thread(_task, gathered, made, name, content)
        learned = await apart.learned(task, self._tell, self._look)
        await self._finish(gathered, learned, in_use)

    async def _gather(self) -> Gathered:
        """What to learn from, noted at the model; anew where something was erased meanwhile."""
        await self._tell("gather", 0.0)
        while True:
            async with self._begin() as ctx:
                revision = (await self._row(ctx)).revision
                gathered = await gather(ctx)
            async with self._begin() as ctx:
                row = await self._row(ctx, lock=True)
                if row.revision == revision:
                    row.step, row.examples = "embed", len(gathered.learned)
                    row.digest, row.sources = gathered.digest, sorted(gathered.sources)
                    return gathered

    async def _in_use(self) -> tuple[UUID | None, bytes | None]:
        async with self._begin() as ctx:
            models = TrainedModelRepository(ctx)
            serving = await models.serving()
            return (
                (None, None) if serving is None else (serving[0], await models.content(serving[0]))
            )

    async def _finish(self, gathered: Gathered, learned: Learned, in_use: UUID | None) -> None:
        """Keep the model, without what was erased meanwhile, and do as the rule says."""
        async with self._begin() as ctx:
            here = set(await TrainedModelRepository(ctx).sources(self._model_id))
        content = await asyncio.to_thread(without, learned.content, gathered.sources - here)
        async with self._begin() as ctx:
            row = await self._row(ctx, lock=True)
            still = set(await TrainedModelRepository(ctx).sources(self._model_id))
            if still != here:
                content = without(content, here - still)
            taught = {one.conversation_id for one in gathered.learned}
            row.content, row.sources = content, sorted(still & taught)
            row.figures = _figures(learned.figures, gathered)
            row.compared, row.compared_id = _figures(learned.compared, gathered), in_use
            if learned.compared is None:
                row.compared_id = None
            row.state, row.percent, row.finished_at = "ready", 100, ctx.now()
            row.revision += 1
            await service.told(ctx, row)
            settings = await workspace_settings.get(ctx, TrainingSettings)
            if settings.promotion == "rule" and ruling.is_better(
                row.figures, row.compared, settings
            ):
                await service.promote(ctx, row.id, by=service.RULE)
            else:
                await service.tidy(ctx)

    async def _tell(self, step: str, part: float) -> None:
        """Say how far it is, when that is news."""
        start, end = _SHARES[step]
        percent = round(start + (end - start) * part)
        if percent <= self._percent:
            return
        self._percent = percent
        async with self._begin() as ctx:
            row = await self._row(ctx, lock=True)
            row.step, row.percent = step, percent
            await service.told(ctx, row)

    async def _look(self) -> None:
        async with self._begin() as ctx:
            await self._row(ctx)

    async def _row(self, ctx: Ctx, *, lock: bool = False) -> TrainedModel:
        row = await TrainedModelRepository(ctx).find(self._model_id, lock=lock)
        if row is None or row.state != "training":
            raise NotWanted
        return row

    def _begin(self) -> Any:
        return self._database.begin(self._workspace_id, SYSTEM)


def _task(
    gathered: Gathered, made: Vectors | None, embedder: str | None, serving: bytes | None
) -> bytes:
    border = len(gathered.learned)
    sides = (None, None) if made is None else (made[:border], made[border:])
    learned, held = (
        Material(
            texts=[one.text[:MAX_CHARS] for one in examples],
            intents=[str(one.intents[0]) if one.intents else NOWHERE for one in examples],
            vectors=vectors,
            embedder=embedder,
            further=[[str(it) for it in one.intents[1:]] for one in examples],
            writers=[one.customer_id and str(one.customer_id) for one in examples],
            sources=[(one.conversation_id or NO_SOURCE).bytes for one in examples],
        )
        for examples, vectors in zip((gathered.learned, gathered.held), sides, strict=True)
    )
    return task(learned, held, serving)


def _figures(found: dict[str, Any] | None, gathered: Gathered) -> dict[str, Any] | None:
    return None if found is None else {**found, "are_peoples": gathered.are_peoples}
