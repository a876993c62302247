"""The SQL of what is known about problems: reading one, changing it, keeping its numbers."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import TextClause, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from rapport.ai.recurring.errors import ProblemNotFound
from rapport.ai.recurring.models import Problem, ProblemConversation, ProblemsApart
from rapport.kernel.repository import Repository

REMEMBERED: Final = 200
"""The middle of a problem is that of so many of its last conversations."""
_HOLD: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('recurring:' || :key, 0))")
_COUNT: Final = text(
    """
    WITH theirs AS (
        SELECT c.* FROM problem_conversations c
        WHERE c.workspace_id = :workspace_id AND c.conversation_id = ANY(:ids)
          AND c.problem_id IS NOT NULL
    ), hours AS (
        INSERT INTO problem_hours AS h (workspace_id, problem_id, hour, count)
        SELECT workspace_id, problem_id, date_trunc('hour', asked_at, 'UTC'), :by * count(*)
        FROM theirs GROUP BY 1, 2, 3
        ON CONFLICT (workspace_id, problem_id, hour)
        DO UPDATE SET count = greatest(0, h.count + excluded.count)
    ), products AS (
        INSERT INTO problem_products AS p (workspace_id, problem_id, product, count)
        SELECT workspace_id, problem_id, unnest(products), :by * count(*)
        FROM theirs GROUP BY 1, 2, 3
        ON CONFLICT (workspace_id, problem_id, product)
        DO UPDATE SET count = greatest(0, p.count + excluded.count)
    ), customers AS (
        INSERT INTO problem_customers AS u (workspace_id, problem_id, customer_id, count)
        SELECT workspace_id, problem_id, customer_id, :by * count(*) FROM theirs GROUP BY 1, 2, 3
        ON CONFLICT (workspace_id, problem_id, customer_id)
        DO UPDATE SET count = greatest(0, u.count + excluded.count)
    )
    UPDATE problems p SET
        conversation_count = greatest(0, p.conversation_count + :by * t.count),
        first_seen_at = least(p.first_seen_at, t.first_at),
        last_seen_at = greatest(p.last_seen_at, t.last_at)
    FROM (
        SELECT problem_id, count(*) AS count, min(asked_at) AS first_at, max(asked_at) AS last_at
        FROM theirs GROUP BY problem_id
    ) t
    WHERE p.workspace_id = :workspace_id AND p.id = t.problem_id
    """
)
_TIDY: Final = (
    text(
        "DELETE FROM problem_customers WHERE workspace_id = :workspace_id "
        "AND problem_id = ANY(:problems) AND count <= 0"
    ),
    text(
        "DELETE FROM problem_products WHERE workspace_id = :workspace_id "
        "AND problem_id = ANY(:problems) AND count <= 0"
    ),
    text(
        """
        UPDATE problems p SET customer_count = (
            SELECT count(*) FROM problem_customers u
            WHERE u.workspace_id = p.workspace_id AND u.problem_id = p.id
        ) WHERE p.workspace_id = :workspace_id AND p.id = ANY(:problems)
        """
    ),
)
_DROP_FACES: Final = text(
    "DELETE FROM problem_faces WHERE workspace_id = :workspace_id AND face_id = ANY(:faces)"
)
_DRAW_FACES: Final = text(
    """
    INSERT INTO problem_faces (workspace_id, face_id, space, problem_id, embedding)
    SELECT :workspace_id, f.id, s.space, coalesce(f.merged_into_id, f.id), l2_normalize(m.middle)
    FROM problems f
    CROSS JOIN unnest(CAST(:spaces AS text[])) AS s(space)
    CROSS JOIN LATERAL (
        SELECT avg(c.embedding) AS middle FROM (
            SELECT embedding FROM problem_conversations c
            WHERE c.workspace_id = :workspace_id AND c.face_id = f.id AND c.space = s.space
              AND c.embedding IS NOT NULL
            ORDER BY c.asked_at DESC, c.number DESC LIMIT :remembered
        ) c
    ) m
    WHERE f.workspace_id = :workspace_id AND f.id = ANY(:faces) AND m.middle IS NOT NULL
    """
)
_SPACES: Final = text(
    "SELECT DISTINCT space FROM problem_conversations WHERE workspace_id = :workspace_id "
    "AND face_id = ANY(:faces) AND space <> ''"
)
_MERGE: Final = tuple(
    text(statement)
    for statement in (
        "UPDATE problem_conversations SET problem_id = :into "
        "WHERE workspace_id = :workspace_id AND problem_id = :gone",
        "UPDATE problem_faces SET problem_id = :into "
        "WHERE workspace_id = :workspace_id AND problem_id = :gone",
        "UPDATE problems SET merged_into_id = :into WHERE workspace_id = :workspace_id "
        "AND (id = :gone OR merged_into_id = :gone)",
        """
        INSERT INTO problems_apart (workspace_id, low_id, high_id)
        SELECT workspace_id, least(other, CAST(:into AS uuid)), greatest(other, CAST(:into AS uuid))
        FROM (
            SELECT workspace_id, CASE WHEN low_id = :gone THEN high_id ELSE low_id END AS other
            FROM problems_apart WHERE workspace_id = :workspace_id AND :gone IN (low_id, high_id)
        ) a
        WHERE other <> :into
        ON CONFLICT DO NOTHING
        """,
        "DELETE FROM problems_apart WHERE workspace_id = :workspace_id "
        "AND :gone IN (low_id, high_id)",
        """
        UPDATE problems p SET
            conversation_count = p.conversation_count + g.conversation_count,
            first_seen_at = least(p.first_seen_at, g.first_seen_at),
            last_seen_at = greatest(p.last_seen_at, g.last_seen_at),
            alerted_at = greatest(p.alerted_at, g.alerted_at),
            alerted_count = p.alerted_count + g.alerted_count
        FROM problems g
        WHERE p.workspace_id = :workspace_id AND p.id = :into
          AND g.workspace_id = :workspace_id AND g.id = :gone
        """,
    )
)


def _pour(table: str, key: str) -> tuple[TextClause, TextClause]:
    """The counts of one problem, added to another's."""
    return (
        text(
            f"INSERT INTO {table} AS t (workspace_id, problem_id, {key}, count) "  # noqa: S608
            f"SELECT workspace_id, :into, {key}, count FROM {table} "
            "WHERE workspace_id = :workspace_id AND problem_id = :gone "
            f"ON CONFLICT (workspace_id, problem_id, {key}) "
            "DO UPDATE SET count = t.count + excluded.count"
        ),
        text(
            f"DELETE FROM {table} "  # noqa: S608
            "WHERE workspace_id = :workspace_id AND problem_id = :gone"
        ),
    )


_POUR: Final = (
    *_pour("problem_hours", "hour"),
    *_pour("problem_customers", "customer_id"),
    *_pour("problem_products", "product"),
)


class ProblemRepository(Repository[Problem]):
    """The problems of one workspace."""

    model = Problem
    missing = ProblemNotFound

    async def hold(self) -> None:
        """Have problems to oneself until the transaction ends: looking and deciding take turns."""
        await self.ctx.session.execute(_HOLD, {"key": str(self.ctx.workspace_id)})

    async def root(self, problem_id: UUID, *, lock: bool = False) -> Problem:
        """A problem, or the one that it was merged into.

        Raises:
            ProblemNotFound: no such problem in this workspace.
        """
        problem = await self.get(problem_id, lock=lock)
        if problem.merged_into_id is None:
            return problem
        return await self.get(problem.merged_into_id, lock=lock)

    async def members(
        self, problem_id: UUID, conversation_ids: Collection[UUID]
    ) -> Sequence[ProblemConversation]:
        """Those of the conversations that are the problem's, in the order in which they began."""
        row = ProblemConversation
        statement = select(row).where(
            row.workspace_id == self.ctx.workspace_id,
            row.problem_id == problem_id,
            row.conversation_id.in_(list(conversation_ids)),
        )
        return (await self.ctx.session.scalars(statement.order_by(row.asked_at, row.number))).all()

    async def put(
        self, conversation_ids: Collection[UUID], problem_id: UUID, *, barred_from: UUID | None
    ) -> None:
        """Put conversations into a problem, as a person does; they are not to return to another."""
        row = ProblemConversation
        values: dict[str, Any] = {
            "problem_id": problem_id,
            "face_id": problem_id,
            "nearness": None,
            "joined_by": "person",
        }
        if barred_from is not None:
            values["barred_ids"] = func.array_append(row.barred_ids, barred_from)
        await self._change(conversation_ids, values)

    async def take_out(self, conversation_id: UUID, problem_id: UUID) -> None:
        """Let a conversation be loose, and never again this problem's."""
        row = ProblemConversation
        await self._change(
            [conversation_id],
            {
                "problem_id": None,
                "face_id": None,
                "nearness": None,
                "joined_by": "machine",
                "barred_ids": func.array_append(row.barred_ids, problem_id),
            },
        )

    async def _change(self, conversation_ids: Collection[UUID], values: dict[str, Any]) -> None:
        row = ProblemConversation
        await self.ctx.session.execute(
            update(row)
            .where(
                row.workspace_id == self.ctx.workspace_id,
                row.conversation_id.in_(list(conversation_ids)),
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    async def count(self, conversation_ids: Collection[UUID], *, by: int) -> None:
        """Add these conversations to the numbers of their problems, or with -1 take them away."""
        await self._execute(_COUNT, ids=list(conversation_ids), by=by)

    async def tidy(self, problem_ids: Collection[UUID]) -> None:
        """Forget who and what is counted no more, and count the customers again."""
        for statement in _TIDY:
            await self._execute(statement, problems=list(problem_ids))
        await self._refresh()

    async def draw(self, face_ids: Collection[UUID]) -> None:
        """Derive the middles of these faces anew from their last conversations in each space."""
        faces = list(face_ids)
        if not faces:
            return
        await self._execute(_DROP_FACES, faces=faces)
        found = await self.ctx.session.scalars(
            _SPACES, {"workspace_id": self.ctx.workspace_id, "faces": faces}
        )
        spaces = list(found)
        await self._execute(_DRAW_FACES, faces=faces, spaces=spaces, remembered=REMEMBERED)

    async def merge(self, gone: UUID, into: UUID) -> None:
        """Make two problems one: numbers, conversations, faces, and what each is apart from."""
        await self.ctx.session.flush()
        for statement in (*_POUR, *_MERGE):
            await self._execute(statement, gone=gone, into=into)
        await self.tidy([into])

    async def keep_apart(self, one: UUID, other: UUID) -> None:
        """Note that two problems are not the same, whatever speaks for it."""
        low, high = sorted((one, other))
        row = {"workspace_id": self.ctx.workspace_id, "low_id": low, "high_id": high}
        await self.ctx.session.execute(upsert(ProblemsApart).values(row).on_conflict_do_nothing())

    async def found(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write new problems."""
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now(), "name": ""}
        await self.ctx.session.execute(insert(Problem), [{**mine, **row} for row in rows])

    async def _execute(self, statement: TextClause, **values: Any) -> None:
        await self.ctx.session.execute(statement, {"workspace_id": self.ctx.workspace_id, **values})

    async def _refresh(self) -> None:
        """Let rows that were read before be read again: statements above went past them."""
        await self.ctx.session.flush()
        for row in [row for row in self.ctx.session.identity_map.values() if type(row) is Problem]:
            await self.ctx.session.refresh(row)
