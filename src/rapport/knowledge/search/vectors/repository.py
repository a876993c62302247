"""The SQL of vectors, and of the indexes they make up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.knowledge.models import Chunk, ChunkVector, SearchIndex, documents
from rapport.knowledge.search.chunking import Part

_OF_DOCUMENT = (documents.c.workspace_id == Chunk.workspace_id) & (
    documents.c.id == Chunk.article_id
)
_KEEP = text("""
    INSERT INTO chunk_vectors (workspace_id, chunk_id, model, article_id, kind, embedding)
    SELECT c.workspace_id, c.id, i.model, c.article_id, c.kind, CAST(made.vector AS vector)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:vectors AS text[])) AS made (id, vector)
    JOIN chunks c ON c.workspace_id = :workspace_id AND c.id = made.id
    JOIN search_indexes i ON i.workspace_id = :workspace_id AND i.model = :model
    WHERE i.state <> 'retired'
    ORDER BY c.id
    FOR KEY SHARE OF c, i
    ON CONFLICT DO NOTHING
""")
_DROP = text("""
    DELETE FROM chunk_vectors
    WHERE workspace_id = :workspace_id AND model = :model AND chunk_id IN (
        SELECT chunk_id FROM chunk_vectors
        WHERE workspace_id = :workspace_id AND model = :model LIMIT :up_to
    )
    RETURNING 1
""")


@dataclass(frozen=True, slots=True)
class Pending:
    """A part that awaits a vector, and the title it stands under."""

    id: UUID
    title: str
    part: Part
    is_title: bool


class IndexRepository(Repository[SearchIndex]):
    """The indexes of one workspace: one serves, another may be built, others are going."""

    model = SearchIndex

    async def all(self, *, lock: bool = False) -> Sequence[SearchIndex]:
        """All of them as they are now, the eldest first; locked until the transaction ends."""
        query = self.select().order_by(SearchIndex.id).execution_options(populate_existing=True)
        return (await self.ctx.session.scalars(query.with_for_update() if lock else query)).all()

    async def serving(self) -> SearchIndex | None:
        """The one that answers questions."""
        found: SearchIndex | None = await self.ctx.session.scalar(
            self.select()
            .where(SearchIndex.state == "serving")
            .execution_options(populate_existing=True)
        )
        return found

    async def ensure(self, model: str, state: str, description: str) -> None:
        """Have an index of this model: as it is where it is there, in `state` where it is not.

        It is not made when another one came to serve meanwhile.
        """
        now = self.ctx.now()
        row = {
            "workspace_id": self.ctx.workspace_id,
            "id": new_id(),
            "created_at": now,
            "model": model,
            "description": description,
            "state": state,
            "state_at": now,
        }
        await self.ctx.session.execute(insert(SearchIndex).values(row).on_conflict_do_nothing())

    async def enter(self, model: str, state: str, description: str) -> None:
        """Let an index enter a state, with its last error forgotten."""
        await self._change(
            model, state=state, state_at=self.ctx.now(), error=None, description=description
        )

    async def describe(self, model: str, description: str) -> None:
        """Note how its model is asked now."""
        await self._change(model, description=description)

    async def note(self, model: str, *, dimensions: int | None = None, error: str | None) -> None:
        """Remember how long its vectors are, or why there are none."""
        known = {} if dimensions is None else {"dimensions": dimensions}
        await self._change(model, error=error, **known)

    async def _change(self, model: str, **values: str | int | datetime | None) -> None:
        await self.ctx.session.execute(
            update(SearchIndex)
            .where(SearchIndex.workspace_id == self.ctx.workspace_id, SearchIndex.model == model)
            .values(values)
            .execution_options(synchronize_session=False)
        )


class VectorRepository:
    """The vectors of one workspace, by the model that made them."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def pending(
        self, model: str, locales: Sequence[str], *, article_id: UUID | None = None, limit: int
    ) -> list[Pending]:
        """Parts in these locales of which the model made nothing yet, document by document."""
        made = exists().where(
            ChunkVector.workspace_id == Chunk.workspace_id,
            ChunkVector.chunk_id == Chunk.id,
            ChunkVector.model == model,
        )
        query = (
            select(Chunk.id, documents.c.title, Chunk.heading, Chunk.text, Chunk.kind)
            .join_from(Chunk, documents, _OF_DOCUMENT)
            .where(Chunk.workspace_id == self.ctx.workspace_id, ~made)
            .where(documents.c.workspace_id == self.ctx.workspace_id)
            .where(documents.c.locale.in_(locales))
        )
        if article_id is not None:
            query = query.where(Chunk.article_id == article_id, documents.c.id == article_id)
        found = await self.ctx.session.execute(
            query.order_by(Chunk.article_id, Chunk.position).limit(limit)
        )
        return [
            Pending(row.id, row.title, Part(row.heading, row.text), row.kind == "title")
            for row in found
        ]

    async def keep(self, model: str, ids: Sequence[UUID], vectors: NDArray[np.float32]) -> None:
        """Keep what a model made of parts.

        Parts that have gone meanwhile, or are known already, are passed over, and everything is
        when the model's index is on its way out.
        """
        await self.ctx.session.execute(
            _KEEP,
            {
                "workspace_id": self.ctx.workspace_id,
                "model": model,
                "ids": list(ids),
                "vectors": [literal(vector) for vector in vectors],
            },
        )

    async def progress(self, model: str, locales: Sequence[str]) -> tuple[int, int]:
        """Of how many parts in these locales the model made something, and how many there are."""
        of_model = (
            (ChunkVector.workspace_id == Chunk.workspace_id)
            & (ChunkVector.chunk_id == Chunk.id)
            & (ChunkVector.model == model)
        )
        found = await self.ctx.session.execute(
            select(func.count(ChunkVector.chunk_id), func.count())
            .select_from(Chunk)
            .join(documents, _OF_DOCUMENT)
            .outerjoin(ChunkVector, of_model)
            .where(Chunk.workspace_id == self.ctx.workspace_id, documents.c.locale.in_(locales))
        )
        done, total = found.one()
        return done, total

    async def drop(self, model: str, *, limit: int) -> int:
        """Delete up to `limit` vectors of a model; returns how many there were."""
        gone = await self.ctx.session.execute(
            _DROP, {"workspace_id": self.ctx.workspace_id, "model": model, "up_to": limit}
        )
        return len(gone.all())


def literal(vector: NDArray[np.float32]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
