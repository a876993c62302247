from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text

from rapport.kernel.context import Ctx

_MESSAGES: Final = text(
    """
    SELECT * FROM customer_messages(
        :workspace_id, CAST(:family AS uuid[]), CAST(:at AS timestamptz), CAST(:id AS uuid), :up_to
    ) ORDER BY created_at DESC, id DESC LIMIT :up_to
    """
)


class TellingRepository:
    """What was said to and by customers, whatever the conversation."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def newest(
        self, family: Sequence[UUID], *, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[Row[Any]]:
        """The newest messages of these customers before a place, newest first."""
        at, after_id = after or (None, None)
        values = {"workspace_id": self.ctx.workspace_id, "family": list(family)}
        place = {"at": at, "id": after_id, "up_to": limit}
        return (await self.ctx.session.execute(_MESSAGES, {**values, **place})).all()
