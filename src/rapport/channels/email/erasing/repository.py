from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.channels.email import threading
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Match, Reach
from rapport.kernel.telling import NO_ID, rows_of

MAILS = rows_of(
    """
    SELECT conversation_id, seq, created_at, sender, reply_to, "to", cc, subject, quoted_html,
        verdict, auto, message_id, "references", notices
    FROM email_details
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
      AND (conversation_id, seq) > (:after_conversation_id, :after_seq)
    ORDER BY conversation_id, seq LIMIT :up_to
    """,
    after={"conversation_id": NO_ID, "seq": 0},
)
ORIGINALS = rows_of(
    """
    SELECT r.id, r.created_at, i.name AS inbox, r.conversation_id, r.seq, r.size_bytes, r.envelope
    FROM email_raw r
    JOIN inboxes i ON i.workspace_id = r.workspace_id AND i.id = r.inbox_id
    WHERE r.workspace_id = :workspace_id AND r.id > :after_id AND (
        r.conversation_id = ANY(:things) OR r.customer_id = ANY(:things) OR r.id = ANY(:things)
    )
    ORDER BY r.id LIMIT :up_to
    """
)
ADDRESSES = rows_of(
    """
    SELECT c.address, c.bounced_at, c.bounce_status, c.bounce_reason, c.complained_at,
        c.unsubscribed_at, c.acknowledged_at
    FROM email_correspondents c
    WHERE c.workspace_id = :workspace_id AND c.address > :after_address AND c.address IN (
        SELECT lower(i.address) FROM identities i
        WHERE i.workspace_id = :workspace_id AND i.customer_id = ANY(:things)
          AND i.channel = 'email'
    )
    ORDER BY c.address LIMIT :up_to
    """,
    after={"address": ""},
)

_ADDRESSES_OF: Final = text(
    """
    SELECT address FROM identities
    WHERE workspace_id = :workspace_id AND customer_id = ANY(:things) AND channel = 'email'
    """
)
_UNFILED: Final = text(
    """
    SELECT id FROM email_raw
    WHERE workspace_id = :workspace_id AND customer_id IS NULL AND conversation_id IS NULL
      AND people && CAST(:people AS bytea[])
    """
)
_DETAILS: Final = text(
    """
    DELETE FROM email_details WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
    RETURNING raw_id
    """
)
_RAW: Final = text(
    """
    DELETE FROM email_raw WHERE workspace_id = :workspace_id AND id IN (
        SELECT id FROM email_raw
        WHERE workspace_id = :workspace_id AND (
            conversation_id = ANY(:things) OR customer_id = ANY(:things) OR id = ANY(:things)
        )
        LIMIT :up_to
    )
    RETURNING id
    """
)
# That a mail was here once is kept, without whose it was: it must not come back by itself.
_KNOWN: Final = text(
    """
    UPDATE email_known SET conversation_id = NULL, seq = NULL, participants = '{}'
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
    RETURNING inbox_id
    """
)
_CORRESPONDENTS: Final = text(
    """
    DELETE FROM email_correspondents WHERE workspace_id = :workspace_id AND address IN (
        SELECT lower(i.address) FROM identities i
        WHERE i.workspace_id = :workspace_id AND i.customer_id = ANY(:things)
          AND i.channel = 'email'
    )
    RETURNING workspace_id
    """
)
_AGED: Final = text(
    """
    SELECT r.id, r.source AS label, r.created_at AS at FROM email_raw r
    WHERE r.workspace_id = :workspace_id AND r.created_at < :before AND r.state <> 'received'
      AND (CAST(:inbox_id AS uuid) IS NULL OR r.inbox_id = :inbox_id)
    ORDER BY r.created_at, r.id LIMIT :up_to
    """
)
_REMOVE: Final = text(
    "DELETE FROM email_raw WHERE workspace_id = :workspace_id AND id = ANY(:things) RETURNING id"
)
_LET_GO: Final = text(
    "UPDATE email_details SET raw_id = NULL "
    "WHERE workspace_id = :workspace_id AND raw_id = ANY(:things) RETURNING seq"
)


class ErasingRepository:
    """Forgetting mail of one workspace. Each method says what it changed."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def unfiled(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Messages from one of these customers, as far as they say, that were filed with nobody."""
        addresses = await self._run(_ADDRESSES_OF, things)
        if not addresses:
            return []
        people = [threading.address_hash(self.ctx.workspace_id, it) for it in addresses]
        values = {"workspace_id": self.ctx.workspace_id, "people": people}
        return list(await self.ctx.session.scalars(_UNFILED, values))

    async def details(self, things: Collection[UUID]) -> Sequence[UUID | None]:
        """Delete what these conversations' mails had beyond their words; their originals' ids."""
        return await self._run(_DETAILS, things)

    async def originals(self, things: Collection[UUID], *, up_to: int) -> Sequence[UUID]:
        """Delete the rows of messages as they came, of conversations and customers."""
        return await self._run(_RAW, things, up_to=up_to)

    async def known(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Forget whose mails were known."""
        return await self._run(_KNOWN, things)

    async def correspondents(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete what is known about the addresses of customers, while those are known."""
        return await self._run(_CORRESPONDENTS, things)

    async def aged(self, reach: Reach, limit: int) -> Sequence[Match]:
        """Messages as they came that a rule is about, the oldest first."""
        values = {"before": reach.before, "inbox_id": reach.inbox_id, "up_to": limit}
        rows = await self.ctx.session.execute(
            _AGED, {"workspace_id": self.ctx.workspace_id, **values}
        )
        return [Match(row.id, row.label, row.at) for row in rows]

    async def remove(self, ids: Collection[UUID]) -> Sequence[UUID]:
        """Delete rows of messages as they came; what is told of their mails stays."""
        await self._run(_LET_GO, ids)
        return await self._run(_REMOVE, ids)

    async def _run(self, statement: Any, things: Collection[UUID], **more: Any) -> Sequence[Any]:
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things), **more}
        return list(await self.ctx.session.scalars(statement, values))
