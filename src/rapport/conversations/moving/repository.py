from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx

# A conversation keeps in `conversation_moves` the merge that first took it from whom it was begun
# with, however often it moves on; so it can be put where it belongs after any merge or unmerge.
_FAMILY = """
    RECURSIVE family AS (
        SELECT CAST(:customer_id AS uuid) AS id
        UNION
        SELECT c.id FROM family f
        JOIN customers c ON c.workspace_id = :workspace_id AND c.merged_into_id = f.id
    ), away AS (
        SELECT v.conversation_id, v.merge_id, first.customer_id AS origin_id
        FROM family f
        JOIN customer_merges m ON m.workspace_id = :workspace_id AND m.customer_id = f.id
        JOIN conversation_moves v ON v.workspace_id = :workspace_id AND v.merge_id = m.id
        CROSS JOIN LATERAL (
            SELECT o.merge_id FROM conversation_moves o
            WHERE o.workspace_id = :workspace_id AND o.conversation_id = v.conversation_id
            ORDER BY o.merge_id LIMIT 1
        ) AS earliest
        JOIN customer_merges first
            ON first.workspace_id = :workspace_id AND first.id = earliest.merge_id
        WHERE first.customer_id IN (SELECT id FROM family)
    )
"""
_TAKE = text(
    f"""
    WITH {_FAMILY}, mine AS (
        SELECT s.conversation_id FROM family f
        JOIN conversation_starts s ON s.workspace_id = :workspace_id AND s.customer_id = f.id
    ), moved AS (
        UPDATE conversations c SET customer_id = :into_id, version = version + 1,
            visitor_id = nullif(coalesce(c.visitor_id, c.customer_id), :into_id)
        WHERE c.workspace_id = :workspace_id AND c.customer_id <> :into_id AND c.id IN (
            SELECT conversation_id FROM mine UNION SELECT conversation_id FROM away
        )
        RETURNING c.id
    ), starts AS (
        -- A browser's own id may be taken by another browser of the same person.
        UPDATE conversation_starts s SET customer_id = :into_id,
            visitor_id = nullif(coalesce(s.visitor_id, s.customer_id), :into_id),
            client_id = CASE
            WHEN EXISTS (
                SELECT FROM conversation_starts o
                WHERE o.workspace_id = s.workspace_id AND o.customer_id = :into_id
                  AND o.client_id = s.client_id
            ) THEN NULL ELSE s.client_id
        END
        FROM moved
        WHERE s.workspace_id = :workspace_id AND s.conversation_id = moved.id
    ), noted AS (
        INSERT INTO conversation_moves (workspace_id, merge_id, conversation_id)
        SELECT :workspace_id, :merge_id, m.id FROM moved m
        WHERE NOT EXISTS (
            SELECT FROM conversation_moves v
            WHERE v.workspace_id = :workspace_id AND v.conversation_id = m.id
        )
        ON CONFLICT DO NOTHING
    )
    SELECT id FROM moved ORDER BY id
    """  # noqa: S608 - our own words
)
_GIVE_BACK = text(
    f"""
    WITH {_FAMILY}, home AS (
        DELETE FROM conversation_moves v USING away
        WHERE v.workspace_id = :workspace_id AND v.conversation_id = away.conversation_id
          AND away.origin_id = :customer_id
    ), starts AS (
        UPDATE conversation_starts s
        SET customer_id = :customer_id, visitor_id = nullif(s.visitor_id, :customer_id) FROM away
        WHERE s.workspace_id = :workspace_id AND s.conversation_id = away.conversation_id
    ), moved AS (
        UPDATE conversations c SET customer_id = :customer_id, version = c.version + 1,
            visitor_id = nullif(c.visitor_id, :customer_id) FROM away
        WHERE c.workspace_id = :workspace_id AND c.id = away.conversation_id
        RETURNING c.id
    )
    SELECT id FROM moved ORDER BY id
    """  # noqa: S608 - our own words
)
_HAND_OVER = text(
    """
    WITH handed AS (
        UPDATE conversation_starts SET visitor_id = nullif(:to_id, customer_id)
        WHERE workspace_id = :workspace_id AND visitor_id = :visitor_id
        RETURNING conversation_id
    )
    UPDATE conversations c SET visitor_id = nullif(:to_id, c.customer_id), version = c.version + 1
    FROM handed
    WHERE c.workspace_id = :workspace_id AND c.id = handed.conversation_id
    RETURNING c.id
    """
)


class MovingRepository:
    """Conversations changing customers."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def take(self, merge_id: UUID, customer_id: UUID, into_id: UUID) -> list[UUID]:
        """Give the conversations of a customer, and of all who are part of them, to another.

        Which those were. `merge_id` is noted for those that had never moved.
        """
        found = await self.ctx.session.execute(
            _TAKE,
            {
                "workspace_id": self.ctx.workspace_id,
                "merge_id": merge_id,
                "customer_id": customer_id,
                "into_id": into_id,
            },
        )
        return [row[0] for row in found]

    async def give_back(self, customer_id: UUID) -> list[UUID]:
        """Return to a customer what began with them or who is part of them; which those were."""
        found = await self.ctx.session.execute(
            _GIVE_BACK, {"workspace_id": self.ctx.workspace_id, "customer_id": customer_id}
        )
        return [row[0] for row in found]

    async def hand_over(self, visitor_id: UUID, to_id: UUID) -> list[UUID]:
        """Let another visitor read what `visitor_id` may, instead of them; which those were."""
        found = await self.ctx.session.execute(
            _HAND_OVER,
            {
                "workspace_id": self.ctx.workspace_id,
                "visitor_id": visitor_id,
                "to_id": to_id,
            },
        )
        return [row[0] for row in found]
