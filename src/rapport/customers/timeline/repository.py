from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from rapport.customers.errors import EntryNotFound
from rapport.customers.models import TimelineItem
from rapport.kernel.repository import Repository

After = tuple[datetime, UUID] | None

# Each member of a family gives its newest entries by the index, already in order; only those few
# are sorted together. However long the timelines are, no more is read than is shown.
_PAGE: Final = """
    SELECT t.* FROM unnest(CAST(:family AS uuid[])) AS f(id)
    CROSS JOIN LATERAL (
        SELECT i.* FROM timeline_items i
        WHERE i.workspace_id = :workspace_id AND i.customer_id = f.id {kinds} {after}
        ORDER BY i.at DESC, i.id DESC LIMIT :up_to
    ) AS t
    ORDER BY t.at DESC, t.id DESC LIMIT :up_to
"""
_KINDS: Final = "AND i.kind = ANY(:kinds)"
_AFTER: Final = "AND (i.at, i.id) < (CAST(:at AS timestamptz), CAST(:after_id AS uuid))"


class TimelineReader(Repository[TimelineItem]):
    """What happened to customers: reading it, and taking entries away."""

    model = TimelineItem
    missing = EntryNotFound

    async def page(
        self,
        family: Collection[UUID],
        *,
        kinds: Collection[str] | None,
        after: After,
        limit: int,
    ) -> Sequence[TimelineItem]:
        """What happened to any of these customers, newest first, from `after` on."""
        sql = _PAGE.format(
            kinds=_KINDS if kinds is not None else "", after=_AFTER if after is not None else ""
        )
        values = {"family": list(family), "workspace_id": self.ctx.workspace_id, "up_to": limit}
        if kinds is not None:
            values["kinds"] = list(kinds)
        if after is not None:
            values |= {"at": after[0], "after_id": after[1]}
        statement = select(TimelineItem).from_statement(text(sql).bindparams(**values))
        return (await self.ctx.session.scalars(statement)).all()

    async def many(self, ids: Collection[UUID]) -> Sequence[TimelineItem]:
        """Entries by their ids; unknown ones are left out."""
        statement = self.select().where(TimelineItem.id.in_(list(ids)))
        return (await self.ctx.session.scalars(statement)).all()
