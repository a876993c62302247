from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy import text

from rapport.conversations.errors import RejectedMessageNotFound
from rapport.conversations.models import RejectedMessage
from rapport.kernel.repository import Repository

KEEP: Final[LiteralString] = (
    "SELECT keep_rejected_message(%(workspace_id)s, %(id)s, %(conversation_id)s, %(author_kind)s, "
    "%(author_id)s, %(client_id)s, %(payload)s, %(reason)s, %(at)s)"
)


class RejectedRepository(Repository[RejectedMessage]):
    """Messages of one workspace that were put aside."""

    model = RejectedMessage
    missing = RejectedMessageNotFound

    async def waiting(
        self, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[RejectedMessage]:
        """Those that are not stored yet, the latest first, from `after` on."""
        statement = self.select().where(RejectedMessage.stored_at.is_(None))
        if after is not None:
            statement = statement.where(
                text(
                    "(rejected_messages.created_at, rejected_messages.id) < (:at, :after_id)"
                ).bindparams(at=after[0], after_id=after[1])
            )
        statement = statement.order_by(RejectedMessage.created_at.desc(), RejectedMessage.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()
