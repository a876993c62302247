"""All the SQL about gaps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from rapport.ai.gaps.errors import GapNotFound
from rapport.ai.gaps.grouping import Candidate, Placed
from rapport.ai.gaps.models import Gap, GapQuestion, GapSource
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository
from rapport.kernel.telling import rows_of

COMPARED: Final = 500
"""A question is compared with so many gaps, those asked last."""
QUESTIONS = rows_of(
    """
    SELECT id, asked_at, conversation_id, seq, reason, confidence FROM assistant_gap_questions
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
_NEAREST: Final = text(
    """
    SELECT id, language, words,
           CASE WHEN model = :model AND vector_dims(centre) = :dimensions
                THEN 1 - (centre <=> CAST(:vector AS vector)) END AS cosine
    FROM (
        SELECT id, language, words, model, centre FROM assistant_gaps
        WHERE workspace_id = :workspace_id AND state <> 'merged'
        ORDER BY last_asked_at DESC LIMIT :up_to
    ) recent
    """
)
_RECOUNT: Final = text(
    """
    UPDATE assistant_gaps g SET asked = q.asked, customers = q.customers,
        confidence = q.confidence, first_asked_at = q.first_at, last_asked_at = q.last_at
    FROM (
        SELECT count(*)::int AS asked, count(DISTINCT customer_id)::int AS customers,
               avg(confidence) AS confidence, min(asked_at) AS first_at, max(asked_at) AS last_at
        FROM assistant_gap_questions WHERE workspace_id = :workspace_id AND gap_id = :gap_id
    ) q
    WHERE g.workspace_id = :workspace_id AND g.id = :gap_id AND q.asked > 0
    """
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the list."""

    state: str
    by_count: bool
    after: Sequence[Any] | None
    limit: int


class GapRepository(Repository[Gap]):
    """The gaps of one workspace."""

    model = Gap
    missing = GapNotFound

    async def page(self, wanted: Wanted) -> Sequence[Gap]:
        """Gaps in a state, the most or the last asked first, from `after` on."""
        column = Gap.asked if wanted.by_count else Gap.last_asked_at
        statement = self.select().where(Gap.state == wanted.state)
        if wanted.after is not None:
            statement = statement.where(tuple_(column, Gap.id) < tuple(wanted.after))
        statement = statement.order_by(column.desc(), Gap.id.desc()).limit(wanted.limit)
        return (await self.ctx.session.scalars(statement)).all()

    async def held(self, gap_id: UUID) -> Gap:
        """A gap as it is now, locked. Raises GapNotFound."""
        gap = await self.get(gap_id, lock=True)
        await self.ctx.session.refresh(gap)
        return gap

    async def candidates(self, placed: Placed) -> list[Candidate]:
        """The gaps asked last, and how near each is to a question."""
        vector = None if placed.vector is None else str(placed.vector.tolist())
        values = {
            "workspace_id": self.ctx.workspace_id,
            "model": placed.model,
            "dimensions": 0 if placed.vector is None else len(placed.vector),
            "vector": vector,
            "up_to": COMPARED,
        }
        rows = await self.ctx.session.execute(_NEAREST, values)
        return [Candidate(row.id, row.language, row.words, row.cosine) for row in rows]

    async def with_article(self, article_id: UUID) -> Sequence[Gap]:
        """The gaps that an article answers or is to answer, locked."""
        statement = self.select().where(Gap.article_id == article_id).with_for_update()
        return (await self.ctx.session.scalars(statement.order_by(Gap.id))).all()

    async def without_article(self) -> Sequence[Gap]:
        """The gaps whose article, a draft or published, is not there any more, locked."""
        statement = self.select().where(
            Gap.article_id.is_(None), Gap.state.in_(["drafted", "answered"])
        )
        return (await self.ctx.session.scalars(statement.with_for_update())).all()

    async def recount(self, gap: Gap) -> None:
        """Count the questions of a gap anew; one without any stays as it was."""
        await self.ctx.session.flush()
        values = {"workspace_id": self.ctx.workspace_id, "gap_id": gap.id}
        await self.ctx.session.execute(_RECOUNT, values)
        await self.ctx.session.refresh(gap)


class QuestionRepository(Repository[GapQuestion]):
    """The questions in the gaps of one workspace."""

    model = GapQuestion

    async def of_answer(self, answer_id: UUID) -> GapQuestion | None:
        """The question that a record of the assistant is about."""
        found: GapQuestion | None = await self.ctx.session.scalar(
            self.select().where(GapQuestion.answer_id == answer_id)
        )
        return found

    async def latest(self, gap_id: UUID, limit: int) -> Sequence[GapQuestion]:
        """The last times it was asked, the latest first."""
        statement = self.select().where(GapQuestion.gap_id == gap_id)
        order = (GapQuestion.asked_at.desc(), GapQuestion.id.desc())
        return (await self.ctx.session.scalars(statement.order_by(*order).limit(limit))).all()

    async def last_of(self, gap_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, int]]:
        """Where each gap was asked last: conversation and seq."""
        found = await self.ctx.session.execute(
            text(
                "SELECT g.id AS gap_id, q.conversation_id, q.seq "
                "FROM unnest(CAST(:ids AS uuid[])) AS g (id) CROSS JOIN LATERAL ("
                "SELECT conversation_id, seq FROM assistant_gap_questions "
                "WHERE workspace_id = :workspace_id AND gap_id = g.id "
                "ORDER BY asked_at DESC, id DESC LIMIT 1) q"
            ),
            {"workspace_id": self.ctx.workspace_id, "ids": list(gap_ids)},
        )
        return {row.gap_id: (row.conversation_id, row.seq) for row in found}

    async def has_asked(self, gap_id: UUID, customer_id: UUID) -> bool:
        """Whether a customer asked it before."""
        found = await self.ctx.session.scalar(
            select(GapQuestion.id)
            .where(
                GapQuestion.workspace_id == self.ctx.workspace_id,
                GapQuestion.gap_id == gap_id,
                GapQuestion.customer_id == customer_id,
            )
            .limit(1)
        )
        return found is not None

    async def move(self, gap_id: UUID, into: UUID) -> None:
        """Give all questions of a gap to another."""
        await self._update(GapQuestion.gap_id == gap_id, gap_id=into)

    async def give(self, conversation_id: UUID, customer_id: UUID) -> set[UUID]:
        """Say whose a conversation is now; the gaps that this concerns."""
        is_here = GapQuestion.conversation_id == conversation_id
        return await self._update(is_here, customer_id=customer_id)

    async def forget(self, conversations: Collection[UUID], limit: int) -> list[UUID]:
        """Remove up to `limit` questions asked in these; the gap of each."""
        some = (
            select(GapQuestion.id)
            .where(
                GapQuestion.workspace_id == self.ctx.workspace_id,
                GapQuestion.conversation_id.in_(conversations),
            )
            .limit(limit)
        )
        gone = await self.ctx.session.execute(
            delete(GapQuestion)
            .where(
                GapQuestion.workspace_id == self.ctx.workspace_id,
                GapQuestion.id.in_(some),
            )
            .returning(GapQuestion.gap_id)
        )
        return [row.gap_id for row in gone]

    async def _update(self, condition: Any, **values: Any) -> set[UUID]:
        moved = await self.ctx.session.execute(
            update(GapQuestion)
            .where(GapQuestion.workspace_id == self.ctx.workspace_id, condition)
            .values(**values)
            .returning(GapQuestion.gap_id)
        )
        return {row.gap_id for row in moved}


class SourceRepository:
    """What the drafts of one workspace's gaps were made of."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def of(self, gap_id: UUID) -> Sequence[GapSource]:
        """The messages behind a draft, sentence by sentence."""
        statement = select(GapSource).where(*self._of(gap_id))
        order = (GapSource.sentence, GapSource.conversation_id, GapSource.seq)
        return (await self.ctx.session.scalars(statement.order_by(*order))).all()

    async def replace(self, gap_id: UUID, sources: Collection[tuple[int, UUID, int]]) -> None:
        """Make these the sources: sentence, conversation and seq."""
        await self.ctx.session.execute(delete(GapSource).where(*self._of(gap_id)))
        rows = [
            {
                "workspace_id": self.ctx.workspace_id,
                "gap_id": gap_id,
                "sentence": sentence,
                "conversation_id": conversation_id,
                "seq": seq,
            }
            for sentence, conversation_id, seq in sources
        ]
        if rows:
            await self.ctx.session.execute(insert(GapSource).values(rows))

    async def forget(self, conversations: Collection[UUID]) -> int:
        """Remove those in these conversations; how many there were."""
        gone = await self.ctx.session.execute(
            delete(GapSource)
            .where(
                GapSource.workspace_id == self.ctx.workspace_id,
                GapSource.conversation_id.in_(conversations),
            )
            .returning(GapSource.seq)
        )
        return len(gone.all())

    def _of(self, gap_id: UUID) -> list[Any]:
        return [GapSource.workspace_id == self.ctx.workspace_id, GapSource.gap_id == gap_id]


def placed(question: GapQuestion) -> Placed:
    """A kept question as it is compared."""
    vector: NDArray[np.float32] | None = None
    if question.embedding is not None:
        vector = np.asarray(question.embedding, np.float32)
    return Placed(question.words, vector, question.model)
