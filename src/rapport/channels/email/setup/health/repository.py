"""All the SQL about how mailboxes do. Every count is bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from rapport.channels.delivery.models import Delivery
from rapport.channels.email.models import Folder, RawMail
from rapport.kernel.context import Ctx

MOST: Final = 1_000
"""Nobody needs to know how many more there are."""
_LOOKED_THROUGH: Final = 2_000
_OVERDUE: Final = timedelta(minutes=1)
_RECENT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on its way out of an inbox. Counts end at `MOST`."""

    waiting: int
    """Due for a minute or more, and not sent."""
    waiting_since: datetime | None
    scheduled: int
    """To be sent later, or still to be taken back."""
    failed: int
    """Within seven days."""
    reason: str | None
    """Of the latest that waits or failed."""
    response: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """What came in and did not become a message yet. Counts end at `MOST`."""

    received: int
    failed: int
    last_at: datetime | None
    """When mail last came in, however it did; null where that is long ago."""


class HealthRepository:
    """How the mailboxes of one workspace do."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self._ctx = ctx
        self._session = ctx.session

    async def folders(self, inbox_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Folder]]:
        """The folders that are fetched, by inbox."""
        rows = await self._session.scalars(
            select(Folder)
            .where(Folder.workspace_id == self._ctx.workspace_id, Folder.inbox_id.in_(inbox_ids))
            .order_by(Folder.inbox_id, Folder.name)
        )
        found: dict[UUID, list[Folder]] = {each: [] for each in inbox_ids}
        for row in rows:
            found[row.inbox_id].append(row)
        return found

    async def queue(self, inbox_id: UUID) -> Queue:
        """What is on its way out of an inbox."""
        now = self._ctx.now()
        mine = (Delivery.workspace_id == self._ctx.workspace_id) & (Delivery.inbox_id == inbox_id)
        sending = mine & Delivery.state.in_(("queued", "sending", "unknown"))
        overdue = sending & (func.coalesce(Delivery.queued_at, Delivery.due_at) <= now - _OVERDUE)
        failed = mine & (Delivery.state == "failed") & (Delivery.created_at > now - _RECENT)
        since = await self._session.scalar(
            select(func.coalesce(Delivery.queued_at, Delivery.due_at))
            .where(overdue)
            .order_by(Delivery.due_at, Delivery.id)
            .limit(1)
        )
        trouble = await self._trouble(overdue & Delivery.reason.is_not(None))
        trouble = trouble or await self._trouble(failed)
        return Queue(
            waiting=await self._count(select(Delivery.id).where(overdue)),
            waiting_since=since,
            scheduled=await self._count(select(Delivery.id).where(mine, Delivery.state == "held")),
            failed=await self._count(select(Delivery.id).where(failed)),
            reason=trouble[0] if trouble else None,
            response=trouble[1] if trouble else None,
        )

    async def unread(self, inbox_id: UUID) -> Unread:
        """What came into an inbox and is not dealt with."""
        mine = (RawMail.workspace_id == self._ctx.workspace_id) & (RawMail.inbox_id == inbox_id)
        latest = (
            select(RawMail.inbox_id, RawMail.created_at)
            .where(RawMail.workspace_id == self._ctx.workspace_id)
            .order_by(RawMail.created_at.desc(), RawMail.id.desc())
            .limit(_LOOKED_THROUGH)
            .subquery()
        )
        return Unread(
            received=await self._count(select(RawMail.id).where(mine, RawMail.state == "received")),
            failed=await self._count(select(RawMail.id).where(mine, RawMail.state == "failed")),
            last_at=await self._session.scalar(
                select(func.max(latest.c.created_at)).where(latest.c.inbox_id == inbox_id)
            ),
        )

    async def _trouble(self, which: Any) -> tuple[str | None, str | None] | None:
        row = (
            await self._session.execute(
                select(Delivery.reason, Delivery.response)
                .where(which)
                .order_by(Delivery.created_at.desc(), Delivery.id.desc())
                .limit(1)
            )
        ).first()
        return (row.reason, row.response) if row else None

    async def _count(self, rows: Select[Any]) -> int:
        some = rows.limit(MOST).subquery()
        return int(await self._session.scalar(select(func.count()).select_from(some)) or 0)
