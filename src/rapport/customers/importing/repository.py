from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from rapport.customers.errors import ImportNotFound
from rapport.customers.importing.models import Import, ImportRow
from rapport.customers.models import Customer, Identity
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository

# What an import does not bring, and nobody but somebody else can have added.
_TOUCHED: Final = text(
    """
    SELECT c.id FROM customers c
    WHERE c.workspace_id = :workspace_id AND c.id = ANY(:ids) AND (
        c.merged_into_id IS NOT NULL OR c.own IS NOT NULL OR c.erased_at IS NOT NULL
        OR c.conversation_count > 0 OR c.verified
        OR EXISTS (SELECT FROM consents o
            WHERE o.workspace_id = c.workspace_id AND o.customer_id = c.id)
        OR EXISTS (SELECT FROM pain_points o
            WHERE o.workspace_id = c.workspace_id AND o.customer_id = c.id)
        OR EXISTS (SELECT FROM customer_changes o
            WHERE o.workspace_id = c.workspace_id AND o.customer_id = c.id
              AND o.source <> 'import')
        OR EXISTS (SELECT FROM customer_merges o
            WHERE o.workspace_id = c.workspace_id AND (o.customer_id = c.id OR o.into_id = c.id))
        OR EXISTS (SELECT FROM timeline_items o
            WHERE o.workspace_id = c.workspace_id AND o.customer_id = c.id
              AND o.kind NOT IN ('imported', 'identity_added'))
        OR EXISTS (SELECT FROM identities o
            WHERE o.workspace_id = c.workspace_id AND o.customer_id = c.id
              AND (o.verified OR o.is_shared OR o.source <> 'import'))
    )
    """
)


class ImportRepository(Repository[Import]):
    """Imports of one workspace."""

    model = Import
    missing = ImportNotFound

    async def page(self, *, before: UUID | None, limit: int) -> Sequence[Import]:
        """Imports, the latest first."""
        statement = self.select()
        if before is not None:
            statement = statement.where(Import.id < before)
        statement = statement.order_by(Import.id.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()

    async def in_state(self, *states: str) -> Sequence[Import]:
        """Imports in one of these states, the oldest first."""
        statement = self.select().where(Import.state.in_(states)).order_by(Import.id).limit(100)
        return (await self.ctx.session.scalars(statement)).all()


class ImportRowRepository:
    """What became of the rows of imports."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def add_many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Note what became of rows."""
        empty: dict[str, Any] = {"customer_id": None, "before": {}, "after": {}, "identity_ids": []}
        rest: dict[str, Any] = {"cells": [], "errors": [], "keys": []}
        mine = {"workspace_id": self.ctx.workspace_id}
        if rows:
            values = [{**mine, **empty, **rest, **row} for row in rows]
            await self.ctx.session.execute(insert(ImportRow), values)

    async def page(
        self, import_id: UUID, *, outcomes: Collection[str], after: int, limit: int
    ) -> Sequence[ImportRow]:
        """Rows with one of these outcomes, in their order, behind a number."""
        statement = (
            select(ImportRow)
            .where(
                ImportRow.workspace_id == self.ctx.workspace_id,
                ImportRow.import_id == import_id,
                ImportRow.row > after,
                ImportRow.outcome.in_(list(outcomes)),
            )
            .order_by(ImportRow.row)
        )
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def newest(self, import_id: UUID, limit: int) -> Sequence[ImportRow]:
        """The last rows that changed somebody, the last first."""
        statement = (
            select(ImportRow)
            .where(
                ImportRow.workspace_id == self.ctx.workspace_id,
                ImportRow.import_id == import_id,
                ImportRow.outcome.in_(["created", "updated"]),
            )
            .order_by(ImportRow.row.desc())
        )
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def forget(self, import_id: UUID, numbers: Collection[int]) -> None:
        """Forget what became of rows."""
        await self.ctx.session.execute(
            delete(ImportRow).where(
                ImportRow.workspace_id == self.ctx.workspace_id,
                ImportRow.import_id == import_id,
                ImportRow.row.in_(list(numbers)),
            )
        )

    async def forget_failed(self, import_ids: Collection[UUID]) -> None:
        """Forget what stood in rows that failed."""
        await self.ctx.session.execute(
            update(ImportRow)
            .where(
                ImportRow.workspace_id == self.ctx.workspace_id,
                ImportRow.import_id.in_(list(import_ids)),
                ImportRow.outcome == "failed",
            )
            .values(cells=[])
        )


class BulkRepository:
    """Many customers at once."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def owners(self, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
        """Who has these addresses, by channel and address; free ones are left out."""
        if not places:
            return {}
        statement = select(Identity.channel, Identity.address, Identity.customer_id).where(
            Identity.workspace_id == self.ctx.workspace_id,
            tuple_(Identity.channel, Identity.address).in_(sorted(places)),
        )
        rows = await self.ctx.session.execute(statement)
        return {(row.channel, row.address): row.customer_id for row in rows}

    async def add_customers(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write new customers."""
        if rows:
            now = self.ctx.now()
            mine = {
                "workspace_id": self.ctx.workspace_id,
                "created_at": now,
                "first_seen_at": now,
                "last_seen_at": now,
            }
            await self.ctx.session.execute(insert(Customer), [{**mine, **row} for row in rows])

    async def add_identities(
        self, rows: Sequence[Mapping[str, Any]]
    ) -> list[tuple[UUID, UUID, str]]:
        """Write addresses nobody has; the new ones as id, customer and channel."""
        if not rows:
            return []
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now()}
        statement = (
            upsert(Identity)
            .on_conflict_do_nothing()
            .returning(Identity.id, Identity.customer_id, Identity.channel)
        )
        values = [{**mine, "id": new_id(), "source": "import", **row} for row in rows]
        connection = await self.ctx.session.connection()
        found = await connection.execute(statement, values)
        return [(row.id, row.customer_id, row.channel) for row in found]

    async def touched(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of these customers whom somebody has dealt with since they came."""
        values = {"workspace_id": self.ctx.workspace_id, "ids": list(ids)}
        return set(await self.ctx.session.scalars(_TOUCHED, values))

    async def remove_all(self, customer_ids: Collection[UUID]) -> bool:
        """Delete customers; False when something still refers to one, and all of them stay."""
        try:
            async with self.ctx.session.begin_nested():
                await self.ctx.session.execute(
                    delete(Customer).where(
                        Customer.workspace_id == self.ctx.workspace_id,
                        Customer.id.in_(list(customer_ids)),
                    )
                )
        except IntegrityError:
            return False
        return True

    async def remove_identities(self, customer_id: UUID, ids: Collection[UUID]) -> None:
        """Take addresses away that came with an import and that nobody has proved or marked."""
        await self.ctx.session.execute(
            delete(Identity).where(
                Identity.workspace_id == self.ctx.workspace_id,
                Identity.id.in_(list(ids)),
                Identity.customer_id == customer_id,
                Identity.verified.is_(False),
                Identity.is_shared.is_(False),
            )
        )
