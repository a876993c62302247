from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from rapport.customers.errors import CustomerNotFound
from rapport.customers.models import (
    Company,
    Customer,
    Identity,
    Merge,
    TimelineItem,
)
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository

After = tuple[datetime, UUID] | None

# Merges form short chains: X became A, A became B.
_FAMILY = text(
    """
    WITH RECURSIVE family AS (
        SELECT CAST(:id AS uuid) AS id
        UNION
        SELECT c.id FROM family f
        JOIN customers c ON c.workspace_id = :workspace_id AND c.merged_into_id = f.id
    )
    SELECT id FROM family
    """
)
_FAMILIES = text(
    """
    WITH RECURSIVE family AS (
        SELECT u.id AS root_id, u.id FROM unnest(CAST(:ids AS uuid[])) AS u(id)
        UNION
        SELECT f.root_id, c.id FROM family f
        JOIN customers c ON c.workspace_id = :workspace_id AND c.merged_into_id = f.id
    )
    SELECT root_id, id FROM family ORDER BY id
    """
)
_ROOTS = text(
    """
    WITH RECURSIVE chain AS (
        SELECT c.id AS begin_id, c.id, c.merged_into_id, 0 AS depth FROM customers c
        WHERE c.workspace_id = :workspace_id AND c.id = ANY(:ids)
        UNION ALL
        SELECT f.begin_id, c.id, c.merged_into_id, f.depth + 1 FROM chain f
        JOIN customers c ON c.workspace_id = :workspace_id AND c.id = f.merged_into_id
        WHERE f.depth < 100
    )
    SELECT begin_id AS id, id AS root_id FROM chain WHERE merged_into_id IS NULL
    """
)
# Built once: every message from outside runs these, and building them takes longer than that.
_BY_IDENTITY = (
    select(Customer, Identity)
    .join(
        Identity,
        (Identity.workspace_id == Customer.workspace_id) & (Identity.customer_id == Customer.id),
    )
    .where(Identity.workspace_id == bindparam("workspace_id"))
    .where(Identity.channel == bindparam("channel"), Identity.address == bindparam("address"))
)
_CLAIM = insert(Identity).on_conflict_do_nothing().returning(Identity.id)
_ENTER = (
    insert(TimelineItem)
    .on_conflict_do_nothing()
    .returning(TimelineItem.id, TimelineItem.customer_id, TimelineItem.source)
)
_SEARCH = text(
    "SELECT id FROM search_customers(:workspace_id, CAST(:words AS text[]), "
    "CAST(:at AS timestamptz), CAST(:id AS uuid), :size)"
)


class Entered(NamedTuple):
    """An item that is on somebody's timeline now."""

    id: UUID
    customer_id: UUID
    source: str


class CustomerRepository(Repository[Customer]):
    """Customers of one workspace."""

    model = Customer
    missing = CustomerNotFound

    async def by_identity(self, channel: str, address: str) -> tuple[Customer, Identity] | None:
        """Whose address this is: the customer it came to, who may be part of another since."""
        asked = {"workspace_id": self.ctx.workspace_id, "channel": channel, "address": address}
        row = (await self.ctx.session.execute(_BY_IDENTITY, asked)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def recent(self, *, after: After, limit: int) -> Sequence[Customer]:
        """Customers by when they were last seen, from `after` on."""
        statement = self.select().where(
            Customer.merged_into_id.is_(None), Customer.erased_at.is_(None)
        )
        if after is not None:
            statement = statement.where(
                text("(customers.last_seen_at, customers.id) < (:at, :after_id)").bindparams(
                    at=after[0], after_id=after[1]
                )
            )
        statement = statement.order_by(Customer.last_seen_at.desc(), Customer.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def of_company(self, company_id: UUID, *, after: After, limit: int) -> Sequence[Customer]:
        """The people of a company, last seen first, from `after` on."""
        statement = self.select().where(
            Customer.company_id == company_id, Customer.merged_into_id.is_(None)
        )
        if after is not None:
            statement = statement.where(
                tuple_(Customer.last_seen_at, Customer.id) < tuple_(after[0], after[1])
            )
        statement = statement.order_by(Customer.last_seen_at.desc(), Customer.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def matching(self, words: list[str], *, after: After, limit: int) -> Sequence[Customer]:
        """Customers whose name or an address contains every word, last seen first."""
        at, after_id = after or (None, None)
        found = await self.ctx.session.execute(
            _SEARCH,
            {
                "workspace_id": self.ctx.workspace_id,
                "words": words,
                "at": at,
                "id": after_id,
                "size": limit,
            },
        )
        return await self.in_order([row.id for row in found])

    async def in_order(self, ids: list[UUID]) -> Sequence[Customer]:
        """The customers with these ids, in their order; unknown ones are left out."""
        rows = await self.ctx.session.scalars(self.select().where(Customer.id.in_(ids)))
        by_id = {row.id: row for row in rows}
        return [by_id[id_] for id_ in ids if id_ in by_id]

    async def family(self, customer_id: UUID) -> list[UUID]:
        """The customer and everybody who was merged into them."""
        found = await self.ctx.session.execute(
            _FAMILY, {"id": customer_id, "workspace_id": self.ctx.workspace_id}
        )
        return [row.id for row in found]

    async def families(self, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """These customers, each with everybody who was merged into them, themselves first."""
        found = await self.ctx.session.execute(
            _FAMILIES, {"ids": list(ids), "workspace_id": self.ctx.workspace_id}
        )
        families: dict[UUID, list[UUID]] = {id_: [id_] for id_ in ids}
        for row in found:
            if row.id != row.root_id:
                families[row.root_id].append(row.id)
        return families

    async def roots(self, ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Who these customers became, by their own ids; unknown ones are left out."""
        found = await self.ctx.session.execute(
            _ROOTS, {"ids": list(ids), "workspace_id": self.ctx.workspace_id}
        )
        return {row.id: row.root_id for row in found}

    async def merged_into(self, customer_id: UUID) -> Sequence[Customer]:
        """Who was merged into a customer, themselves, in the order in which they came."""
        live = (
            (Merge.workspace_id == Customer.workspace_id)
            & (Merge.customer_id == Customer.id)
            & Merge.undone_at.is_(None)
        )
        statement = (
            self.select()
            .join(Merge, live)
            .where(Customer.merged_into_id == customer_id)
            .order_by(Merge.id)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def companies(self, ids: set[UUID]) -> dict[UUID, str]:
        """The names of companies by id."""
        if not ids:
            return {}
        rows = await self.ctx.session.execute(
            select(Company.id, Company.name).where(
                Company.workspace_id == self.ctx.workspace_id, Company.id.in_(ids)
            )
        )
        return {row.id: row.name for row in rows}

    async def company_named(self, name: str) -> UUID:
        """The company of this name, made when there is none."""
        statement = (
            insert(Company)
            .values(
                workspace_id=self.ctx.workspace_id,
                id=new_id(),
                created_at=self.ctx.now(),
                name=name,
            )
            .on_conflict_do_update(
                index_elements=[Company.workspace_id, func.lower(Company.name)],
                set_={"name": Company.name},
            )
            .returning(Company.id)
        )
        found: UUID = (await self.ctx.session.execute(statement)).scalar_one()
        return found


class IdentityRepository(Repository[Identity]):
    """Addresses of customers."""

    model = Identity

    async def of(self, customer_ids: Sequence[UUID]) -> Sequence[Identity]:
        """The addresses of these customers, oldest first."""
        statement = (
            self.select().where(Identity.customer_id.in_(customer_ids)).order_by(Identity.id)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def claim(
        self,
        customer_id: UUID,
        channel: str,
        address: str,
        *,
        source: str,
        verified_by: str | None,
    ) -> UUID | None:
        """Give the customer an address nobody has yet; None when somebody was faster.

        Waits for a competing transaction to end before it answers.
        """
        values = {
            "workspace_id": self.ctx.workspace_id,
            "id": new_id(),
            "created_at": self.ctx.now(),
            "customer_id": customer_id,
            "channel": channel,
            "address": address,
            "source": source,
            "verified": verified_by is not None,
            "verified_by": verified_by,
            "verified_at": self.ctx.now() if verified_by is not None else None,
        }
        connection = await self.ctx.session.connection()
        claimed: UUID | None = (await connection.execute(_CLAIM, values)).scalar_one_or_none()
        return claimed

    async def move(self, from_id: UUID, to_id: UUID, only: Sequence[UUID] | None) -> list[UUID]:
        """Give addresses to another customer; all of them unless `only` names some."""
        statement = (
            update(Identity)
            .where(Identity.workspace_id == self.ctx.workspace_id, Identity.customer_id == from_id)
            .values(customer_id=to_id)
            .returning(Identity.id)
            .execution_options(synchronize_session=False)
        )
        if only is not None:
            statement = statement.where(Identity.id.in_(only))
        return list(await self.ctx.session.scalars(statement))


class MergeRepository(Repository[Merge]):
    """Merges, done and undone."""

    model = Merge

    async def live(self, customer_id: UUID) -> Merge | None:
        """The merge that made this customer somebody else."""
        statement = self.select().where(Merge.customer_id == customer_id, Merge.undone_at.is_(None))
        found: Merge | None = await self.ctx.session.scalar(statement.with_for_update())
        return found

    async def moved_into(self, customer_id: UUID) -> Sequence[Merge]:
        """Live merges into a customer that were made by moving things, oldest first."""
        statement = (
            self.select()
            .where(Merge.into_id == customer_id, Merge.undone_at.is_(None), Merge.form == 1)
            .order_by(Merge.id)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def about(self, customer_ids: Sequence[UUID], limit: int) -> Sequence[Merge]:
        """Merges of these customers with others, the latest first."""
        statement = (
            self.select()
            .where(Merge.customer_id.in_(customer_ids) | Merge.into_id.in_(customer_ids))
            .order_by(Merge.id.desc())
        )
        return (await self.ctx.session.scalars(statement.limit(limit))).all()


class TimelineRepository(Repository[TimelineItem]):
    """What happened to customers: writing it. See `timeline.repository` for reading."""

    model = TimelineItem

    async def add_new(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Entered]:
        """Write items unless their sources were written before; the new ones."""
        if not rows:
            return []
        values = [
            {
                "workspace_id": self.ctx.workspace_id,
                "id": new_id(),
                "created_at": self.ctx.now(),
                **row,
            }
            for row in rows
        ]
        connection = await self.ctx.session.connection()
        return [Entered(*row) for row in await connection.execute(_ENTER, values)]
