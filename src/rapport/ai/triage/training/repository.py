from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from rapport.ai.triage.training.errors import TrainedModelNotFound
from rapport.ai.triage.training.models import TextVector, TrainedModel
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository

_ABOUT: Final = text(
    """
    SELECT id, revision FROM triage_models
    WHERE workspace_id = :workspace_id AND (content IS NOT NULL OR state = 'training')
      AND sources && CAST(:things AS uuid[])
    ORDER BY id LIMIT 1
    """
)
_DISTURB: Final = text(
    "UPDATE triage_models SET revision = revision + 1 "
    "WHERE workspace_id = :workspace_id AND state = 'training' AND step = 'gather'"
)
_SWEEP: Final = text(
    """
    DELETE FROM triage_vectors WHERE workspace_id = :workspace_id
      AND (embedder <> :embedder OR digest <> ALL(CAST(:digests AS bytea[])))
    """
)


class TrainedModelRepository(Repository[TrainedModel]):
    """The models of one workspace."""

    model = TrainedModel
    missing = TrainedModelNotFound

    async def page(self, *, before: UUID | None, limit: int) -> Sequence[TrainedModel]:
        """Models, the latest first."""
        statement = self.select()
        if before is not None:
            statement = statement.where(TrainedModel.id < before)
        statement = statement.order_by(TrainedModel.id.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()

    async def many(self, ids: Collection[UUID]) -> dict[UUID, TrainedModel]:
        """Models by their ids; those that are not here are left out."""
        found = await self.ctx.session.scalars(self.select().where(TrainedModel.id.in_(list(ids))))
        return {row.id: row for row in found}

    async def in_state(self, state: str, *, lock: bool = False) -> TrainedModel | None:
        """The one model that is `training` or `serving`."""
        statement = self.select().where(TrainedModel.state == state)
        if lock:
            statement = statement.with_for_update()
        found: TrainedModel | None = await self.ctx.session.scalar(statement)
        return found

    async def latest(self) -> TrainedModel | None:
        """The one whose training began last."""
        found = await self.page(before=None, limit=1)
        return found[0] if found else None

    async def kept(self) -> Sequence[TrainedModel]:
        """Those whose bytes are kept, the latest first."""
        statement = self.select().where(TrainedModel.content.is_not(None))
        statement = statement.order_by(TrainedModel.id.desc())
        return (await self.ctx.session.scalars(statement)).all()

    async def serving(self) -> tuple[UUID, int] | None:
        """The id of the model in use, and its revision."""
        statement = select(TrainedModel.id, TrainedModel.revision).where(
            TrainedModel.workspace_id == self.ctx.workspace_id, TrainedModel.state == "serving"
        )
        row = (await self.ctx.session.execute(statement)).one_or_none()
        return None if row is None else (row.id, row.revision)

    async def content(self, id_: UUID) -> bytes | None:
        """The bytes of a model."""
        found: bytes | None = await self._column(TrainedModel.content, id_)
        return found

    async def sources(self, id_: UUID) -> list[UUID]:
        """The conversations that a model was learned from, but those that were erased."""
        return list(await self._column(TrainedModel.sources, id_) or ())

    async def about(self, things: Collection[UUID]) -> tuple[UUID, int] | None:
        """One kept or growing model that was learned from some conversations, and its revision."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        row = (await self.ctx.session.execute(_ABOUT, values)).one_or_none()
        return None if row is None else (row.id, row.revision)

    async def disturb(self) -> None:
        """Have a training that is gathering just now gather once more."""
        await self.ctx.session.execute(_DISTURB, {"workspace_id": self.ctx.workspace_id})

    async def _column(self, column: Any, id_: UUID) -> Any:
        return await self.ctx.session.scalar(
            select(column).where(
                TrainedModel.workspace_id == self.ctx.workspace_id, TrainedModel.id == id_
            )
        )


class VectorRepository:
    """The vectors of one workspace's texts."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def known(self, embedder: str, digests: Collection[bytes]) -> dict[bytes, bytes]:
        """The vectors that are kept, by the digests of their texts."""
        statement = select(TextVector.digest, TextVector.vector).where(
            TextVector.workspace_id == self.ctx.workspace_id,
            TextVector.embedder == embedder,
            TextVector.digest.in_(list(digests)),
        )
        return {row.digest: row.vector for row in await self.ctx.session.execute(statement)}

    async def keep(self, embedder: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep vectors; those that are here already stay."""
        if rows:
            mine = {"workspace_id": self.ctx.workspace_id, "embedder": embedder}
            statement = upsert(TextVector).on_conflict_do_nothing()
            await self.ctx.session.execute(statement, [{**mine, **row} for row in rows])

    async def sweep(self, embedder: str, digests: Collection[bytes]) -> None:
        """Forget what is not among these texts, or is another embedder's."""
        await self.ctx.session.execute(
            _SWEEP,
            {
                "workspace_id": self.ctx.workspace_id,
                "embedder": embedder,
                "digests": list(digests),
            },
        )

    async def forget(self, conversation_ids: Collection[UUID]) -> int:
        """Forget what is from conversations; how many there were."""
        gone = await self.ctx.session.scalars(
            delete(TextVector)
            .where(
                TextVector.workspace_id == self.ctx.workspace_id,
                TextVector.conversation_id.in_(list(conversation_ids)),
            )
            .returning(TextVector.digest)
        )
        return len(gone.all())
