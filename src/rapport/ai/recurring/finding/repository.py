"""The SQL of looking for problems: what was not read, what is loose, what is growing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import numpy as np
from sqlalchemy import Result, Row, TextClause, text

from rapport.ai.recurring.vectors import WORDS, Placed, Vectors
from rapport.conversations.models import NOBODY
from rapport.kernel.context import Ctx

WINDOW: Final = timedelta(days=30)
"""How long a loose conversation waits for its like."""
_LATELY: Final = timedelta(hours=1)
MOST_LOOSE: Final = 1_500
MOST_PROBLEMS: Final = 500
"""Newcomers are compared with so many problems: those seen last."""
_NOTE: Final = text(
    """
    INSERT INTO problem_conversations
        (workspace_id, conversation_id, customer_id, number, asked_at)
    SELECT workspace_id, id, customer_id, number, created_at FROM conversations
    WHERE workspace_id = :workspace_id AND id = ANY(:ids) AND created_at > :since
      AND visitor_id IS DISTINCT FROM :nobody
    ORDER BY id
    ON CONFLICT (workspace_id, conversation_id)
    DO UPDATE SET space = NULL
    WHERE problem_conversations.problem_id IS NULL
      AND (problem_conversations.space = '' OR problem_conversations.asked_at > :lately)
    """
)
_UNREAD: Final = text(
    """
    SELECT c.conversation_id, c.customer_id, u.name
    FROM problem_conversations c
    LEFT JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id
    WHERE c.workspace_id = :workspace_id AND c.space IS NULL
    ORDER BY c.asked_at, c.number LIMIT :up_to
    """
)
_READ: Final = text(
    """
    UPDATE problem_conversations c SET space = r.space, language = r.language,
        embedding = CAST(r.vector AS vector),
        products = ARRAY(SELECT jsonb_array_elements_text(r.products))
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(id uuid, space text, language text, vector text, products jsonb)
    WHERE c.workspace_id = :workspace_id AND c.conversation_id = r.id AND c.space IS NULL
    RETURNING c.face_id
    """
)
_LOOSE: Final = text(
    """
    SELECT * FROM (
        SELECT conversation_id, customer_id, number, asked_at, barred_ids, space,
            CAST(embedding AS real[]) AS embedding
        FROM problem_conversations
        WHERE workspace_id = :workspace_id AND problem_id IS NULL AND asked_at > :since
          AND embedding IS NOT NULL
        ORDER BY asked_at DESC, number DESC LIMIT :up_to
    ) c ORDER BY asked_at, number
    """
)
_FACES: Final = text(
    """
    SELECT f.face_id, f.problem_id, f.space, CAST(f.embedding AS real[]) AS embedding,
        p.state = 'open' AS is_open, p.decided_at IS NOT NULL AS is_decided
    FROM (
        SELECT * FROM problems
        WHERE workspace_id = :workspace_id AND merged_into_id IS NULL
        ORDER BY last_seen_at DESC, id DESC LIMIT :up_to
    ) p
    JOIN problem_faces f ON f.workspace_id = p.workspace_id AND f.problem_id = p.id
    ORDER BY p.first_seen_at, p.id, f.face_id, f.space
    """
)
_JOIN: Final = text(
    """
    UPDATE problem_conversations c
    SET problem_id = r.problem_id, face_id = r.face_id, nearness = r.nearness
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(id uuid, problem_id uuid, face_id uuid, nearness double precision)
    WHERE c.workspace_id = :workspace_id AND c.conversation_id = r.id AND c.problem_id IS NULL
    """
)
_APART: Final = text(
    "SELECT low_id, high_id FROM problems_apart WHERE workspace_id = :workspace_id"
)
_CLEAR: Final = text(
    """
    DELETE FROM problem_conversations
    WHERE workspace_id = :workspace_id AND conversation_id IN (
        SELECT conversation_id FROM problem_conversations
        WHERE workspace_id = :workspace_id AND problem_id IS NULL AND asked_at <= :before
        ORDER BY asked_at LIMIT 1000
    )
    """
)
_FORGET_SPACES: Final = text(
    """
    UPDATE problem_conversations SET space = NULL, embedding = NULL
    WHERE workspace_id = :workspace_id AND asked_at > :since AND space <> ''
      AND (NOT space = ANY(:spaces)
        OR space = :words AND coalesce(language, 'en') = ANY(:spoken))
    """
)
_OTHER_SPACES: Final = text(
    """
    SELECT bool_or(
        NOT space = ANY(:spaces) OR space = :words AND coalesce(language, 'en') = ANY(:spoken)
    ) FROM (
        SELECT space, language FROM problem_conversations
        WHERE workspace_id = :workspace_id AND space <> '' ORDER BY asked_at DESC LIMIT 50
    ) c
    """
)
_CONTRADICTS: Final = text(
    """
    SELECT EXISTS (
        SELECT FROM problem_conversations c
        WHERE c.workspace_id = :workspace_id AND c.problem_id = ANY(:problems)
          AND cardinality(c.barred_ids) > 0
          AND c.barred_ids && ARRAY(
              SELECT id FROM problems WHERE workspace_id = :workspace_id
                AND (id = ANY(:problems) OR merged_into_id = ANY(:problems))
          )
    )
    """
)
_MOVE: Final = text(
    "UPDATE problem_conversations SET customer_id = :customer_id "
    "WHERE workspace_id = :workspace_id AND conversation_id = :id RETURNING problem_id"
)


@dataclass(frozen=True, slots=True)
class Loose:
    """A conversation that is of no problem yet."""

    id: UUID
    customer_id: UUID
    number: int
    asked_at: datetime
    barred_ids: frozenset[UUID]
    space: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Face:
    """A middle that conversations are compared with, and whose it is."""

    id: UUID
    problem_id: UUID
    space: str
    is_open: bool
    is_decided: bool
    vector: Vectors


class FindingRepository:
    """Looking for problems in one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def note(self, ids: Collection[UUID]) -> None:
        """Have these conversations read, unless they are older than 30 days, or erased.

        Loose ones that said nothing, or began within the hour, are read again: more was said.
        """
        now = self.ctx.now()
        times = {"since": now - WINDOW, "lately": now - _LATELY}
        await self._rows(_NOTE, ids=list(ids), nobody=NOBODY, **times)

    async def unread(self, limit: int) -> Sequence[Row[Any]]:
        """Conversations whose question was not read, the oldest first."""
        return (await self._rows(_UNREAD, up_to=limit)).all()

    async def read(
        self, ids: Sequence[UUID], placed: dict[UUID, Placed], products: dict[UUID, list[str]]
    ) -> set[UUID]:
        """Keep what was read in conversations; those that are not in `placed` said nothing.

        Returns the faces of which some are, because another model read them before.
        """
        rows = _json([_told(id_, placed, products) for id_ in ids])
        return {row.face_id for row in await self._rows(_READ, rows=rows)} - {None}

    async def loose(self) -> list[Loose]:
        """Loose conversations of the last 30 days in their order; the 1,500 latest of more."""
        found = await self._rows(_LOOSE, since=self.ctx.now() - WINDOW, up_to=MOST_LOOSE)
        return [
            Loose(
                row.conversation_id,
                row.customer_id,
                row.number,
                row.asked_at,
                frozenset(row.barred_ids),
                row.space,
                np.array(row.embedding, np.float32),
            )
            for row in found
        ]

    async def faces(self) -> list[Face]:
        """The faces of the 500 problems seen last, those of the eldest first."""
        found = await self._rows(_FACES, up_to=MOST_PROBLEMS)
        return [
            Face(
                row.face_id,
                row.problem_id,
                row.space,
                row.is_open,
                row.is_decided,
                np.array(row.embedding, np.float32),
            )
            for row in found
        ]

    async def join(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put loose conversations (`id`) where the machine thinks that they belong."""
        await self._rows(_JOIN, rows=_json(rows))

    async def apart(self) -> set[frozenset[UUID]]:
        """The pairs that people told apart."""
        return {frozenset(row) for row in await self._rows(_APART)}

    async def clear(self) -> None:
        """Forget some of the conversations that found no like in 30 days."""
        await self._rows(_CLEAR, before=self.ctx.now() - WINDOW)

    async def contradicts(self, problems: Collection[UUID]) -> bool:
        """Whether making these one would bring a conversation back where a person took it out."""
        return bool((await self._rows(_CONTRADICTS, problems=list(problems))).scalar())

    async def forget_spaces(self, spaces: Collection[str], spoken: Collection[str]) -> None:
        """Have conversations of the last 30 days read again whose space is another now.

        `spaces` are in use, and what is said in languages `spoken` is not placed by words alone.
        Whether there are any is judged by the last 50 that were read.
        """
        now = {"spaces": sorted(spaces), "spoken": sorted(spoken), "words": WORDS}
        if (await self._rows(_OTHER_SPACES, **now)).scalar():
            await self._rows(_FORGET_SPACES, since=self.ctx.now() - WINDOW, **now)

    async def move(self, conversation_id: UUID, customer_id: UUID) -> UUID | None:
        """Note whose a conversation is now; its problem, whose numbers are the caller's to keep."""
        found = await self._rows(_MOVE, id=conversation_id, customer_id=customer_id)
        problem_id: UUID | None = found.scalar()
        return problem_id

    async def _rows(self, statement: TextClause, **values: Any) -> Result[Any]:
        bound = {"workspace_id": self.ctx.workspace_id, **values}
        return await self.ctx.session.execute(statement, bound)


def _told(id_: UUID, placed: dict[UUID, Placed], products: dict[UUID, list[str]]) -> dict[str, Any]:
    known = placed.get(id_)
    if known is None:
        return {"id": id_, "space": "", "language": None, "vector": None, "products": []}
    return {
        "id": id_,
        "space": known.space,
        "language": known.language,
        "vector": "[" + ",".join(map(repr, known.vector.tolist())) + "]",
        "products": products.get(id_, []),
    }


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
