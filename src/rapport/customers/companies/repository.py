from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text

from rapport.customers.errors import CompanyNotFound
from rapport.customers.models import Company, Customer
from rapport.kernel.repository import Repository

After = tuple[str, UUID] | None
_MATCHING: Final = text("lower(companies.name) LIKE :pattern")


class CompanyRepository(Repository[Company]):
    """Companies of one workspace."""

    model = Company
    missing = CompanyNotFound

    async def named(self, name: str) -> Company | None:
        """The company of this name, whatever its case."""
        found: Company | None = await self.ctx.session.scalar(
            self.select().where(func.lower(Company.name) == name.lower())
        )
        return found

    async def page(self, begin: str, *, after: After, limit: int) -> Sequence[Company]:
        """Companies by name, from `after` on; those whose name begins with some text, or all."""
        name = func.lower(Company.name)
        statement = self.select()
        if begin:
            pattern = begin.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            statement = statement.where(_MATCHING.bindparams(pattern=f"%{pattern}%"))
        if after is not None:
            place = text("(lower(companies.name), companies.id) > (:after_name, :after_id)")
            statement = statement.where(place.bindparams(after_name=after[0], after_id=after[1]))
        return (
            await self.ctx.session.scalars(statement.order_by(name, Company.id).limit(limit))
        ).all()

    async def counts(self, ids: Collection[UUID]) -> dict[UUID, int]:
        """How many people these companies have; those without any are left out."""
        statement = (
            select(Customer.company_id, func.count())
            .where(
                Customer.workspace_id == self.ctx.workspace_id,
                Customer.company_id.in_(list(ids)),
                Customer.merged_into_id.is_(None),
            )
            .group_by(Customer.company_id)
        )
        rows = await self.ctx.session.execute(statement)
        return {row[0]: row[1] for row in rows if row[0] is not None}

    async def owning(self, company_id: UUID) -> Sequence[Customer]:
        """Everybody who belongs to a company themselves, also while merged or joined by others."""
        own = Customer.own["values"]["company_id"].astext == str(company_id)
        statement = select(Customer).where(
            Customer.workspace_id == self.ctx.workspace_id,
            (Customer.company_id == company_id) | own,
        )
        return (await self.ctx.session.scalars(statement.with_for_update())).all()
