from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx

_TAKE = text(
    """
    WITH moved AS (
        UPDATE conversations SET customer_id = :into_id, version = version + 1,
            visitor_id = nullif(coalesce(visitor_id, :customer_id), :into_id)
        WHERE workspace_id = :workspace_id AND customer_id = :customer_id AND id IN (
            SELECT s.conversation_id FROM conversation_starts s
            WHERE s.workspace_id = :workspace_id AND s.customer_id = :customer_id
        )
        RETURNING id
    ), starts AS (
        -- A browser's own id may be taken by another browser of the same person.
        UPDATE conversation_starts s SET customer_id = :into_id,
            visitor_id = nullif(coalesce(s.visitor_id, :customer_id), :into_id),
            client_id = CASE
            WHEN EXISTS (
                SELECT FROM conversation_starts o
                WHERE o.workspace_id = s.workspace_id AND o.customer_id = :into_id
                  AND o.client_id = s.client_id
            ) THEN NULL ELSE s.client_id
        END
        FROM moved
        WHERE s.workspace_id = :workspace_id AND s.conversation_id = moved.id
    )
    INSERT INTO conversation_moves (workspace_id, merge_id, conversation_id)
    SELECT :workspace_id, :merge_id, id FROM moved
    ON CONFLICT DO NOTHING
    RETURNING conversation_id
    """
)
_GIVE_BACK = text(
    """
    WITH taken AS (
        DELETE FROM conversation_moves
        WHERE workspace_id = :workspace_id AND merge_id = :merge_id
        RETURNING conversation_id
    ), starts AS (
        UPDATE conversation_starts s
        SET customer_id = :customer_id, visitor_id = nullif(s.visitor_id, :customer_id) FROM taken
        WHERE s.workspace_id = :workspace_id AND s.conversation_id = taken.conversation_id
    )
    UPDATE conversations c SET customer_id = :customer_id, version = c.version + 1,
        visitor_id = nullif(c.visitor_id, :customer_id) FROM taken
    WHERE c.workspace_id = :workspace_id AND c.id = taken.conversation_id
    RETURNING c.id
    """
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
        """Give all conversations of a customer to another; which those were."""
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

    async def give_back(self, merge_id: UUID, customer_id: UUID) -> list[UUID]:
        """Return to a customer what their merge had moved; which those were."""
        found = await self.ctx.session.execute(
            _GIVE_BACK,
            {
                "workspace_id": self.ctx.workspace_id,
                "merge_id": merge_id,
                "customer_id": customer_id,
            },
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
