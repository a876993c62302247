"""The SQL of reading problems: lists, numbers, and who they concern."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, text, tuple_

from rapport.ai.recurring.models import (
    Problem,
    ProblemConversation,
    ProblemCustomer,
    ProblemHour,
    ProblemProduct,
)
from rapport.customers.models import Company, Customer
from rapport.kernel.repository import Repository

SHOWN: Final = 10
_AMONG: Final = 1_000
"""Companies are counted among so many of a problem's customers: those who came most."""
_NEAREST_OF: Final = 50
_SAMPLES: Final = text(
    """
    SELECT conversation_id, number, asked_at FROM (
        SELECT conversation_id, number, asked_at, nearness FROM problem_conversations
        WHERE workspace_id = :workspace_id AND problem_id = :problem_id
        ORDER BY asked_at DESC, conversation_id DESC LIMIT :among
    ) c ORDER BY nearness DESC NULLS LAST, number LIMIT :up_to
    """
)
COLUMNS: Final = {
    "growth": Problem.growth,
    "day": Problem.day_count,
    "week": Problem.week_count,
    "month": Problem.month_count,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which problems: those of a state, seen in a period, of a product, a customer, a company."""

    state: str
    order: str
    """One of `COLUMNS`."""
    period: str | None = None
    product: str | None = None
    customer_id: UUID | None = None
    company_id: UUID | None = None


class ReadingRepository(Repository[Problem]):
    """The problems of one workspace, as people read them."""

    model = Problem

    async def by_ids(self, ids: Collection[UUID]) -> Sequence[Problem]:
        """Problems that are not merged into others."""
        statement = self.select().where(Problem.id.in_(list(ids)), Problem.merged_into_id.is_(None))
        return (await self.ctx.session.scalars(statement)).all()

    async def page(
        self, wanted: Wanted, *, after: tuple[float, UUID] | None, limit: int
    ) -> Sequence[Problem]:
        """Part of a list, the highest first."""
        column = COLUMNS[wanted.order]
        statement = self.select().where(
            Problem.state == wanted.state, Problem.merged_into_id.is_(None), *self._narrow(wanted)
        )
        if after is not None:
            statement = statement.where(tuple_(column, Problem.id) < tuple_(*after))
        statement = statement.order_by(column.desc(), Problem.id.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()

    def _narrow(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        conditions = list[ColumnElement[bool]]()
        if wanted.period is not None:
            conditions.append(COLUMNS[wanted.period] > 0)
        if wanted.product is not None:
            conditions.append(self._has(ProblemProduct, ProblemProduct.product == wanted.product))
        if wanted.customer_id is not None:
            theirs = ProblemCustomer.customer_id == wanted.customer_id
            conditions.append(self._has(ProblemCustomer, theirs))
        if wanted.company_id is not None:
            people = select(Customer.id).where(
                Customer.workspace_id == self.ctx.workspace_id,
                Customer.company_id == wanted.company_id,
            )
            conditions.append(self._has(ProblemCustomer, ProblemCustomer.customer_id.in_(people)))
        return conditions

    def _has(self, of: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            of.workspace_id == self.ctx.workspace_id, of.problem_id == Problem.id, condition
        )

    async def series(self, problem_id: UUID, unit: str, since: datetime) -> dict[datetime, int]:
        """How many conversations began in each hour, day or week; empty ones are left out."""
        begin = func.date_trunc(unit, ProblemHour.hour, "UTC").label("begin")
        found = await self.ctx.session.execute(
            select(begin, func.sum(ProblemHour.count))
            .where(
                ProblemHour.workspace_id == self.ctx.workspace_id,
                ProblemHour.problem_id == problem_id,
                ProblemHour.hour >= since,
            )
            .group_by("begin")
        )
        return {row[0]: int(row[1]) for row in found}

    async def products(self, problem_id: UUID) -> Sequence[Any]:
        """The products that most conversations named."""
        statement = (
            select(ProblemProduct.product.label("name"), ProblemProduct.count)
            .where(
                ProblemProduct.workspace_id == self.ctx.workspace_id,
                ProblemProduct.problem_id == problem_id,
            )
            .order_by(ProblemProduct.count.desc(), ProblemProduct.product)
        )
        return (await self.ctx.session.execute(statement.limit(SHOWN))).all()

    async def customers(self, problem_id: UUID) -> Sequence[Any]:
        """The customers who came most."""
        statement = (
            select(Customer.id, Customer.name, ProblemCustomer.count)
            .select_from(ProblemCustomer)
            .join(
                Customer,
                (Customer.workspace_id == ProblemCustomer.workspace_id)
                & (Customer.id == ProblemCustomer.customer_id),
            )
            .where(
                ProblemCustomer.workspace_id == self.ctx.workspace_id,
                ProblemCustomer.problem_id == problem_id,
            )
            .order_by(ProblemCustomer.count.desc(), ProblemCustomer.customer_id.desc())
        )
        return (await self.ctx.session.execute(statement.limit(SHOWN))).all()

    async def companies(self, problem_id: UUID) -> Sequence[Any]:
        """The companies of which most conversations come, among the 1,000 foremost customers."""
        foremost = (
            select(ProblemCustomer.customer_id, ProblemCustomer.count)
            .where(
                ProblemCustomer.workspace_id == self.ctx.workspace_id,
                ProblemCustomer.problem_id == problem_id,
            )
            .order_by(ProblemCustomer.count.desc(), ProblemCustomer.customer_id.desc())
            .limit(_AMONG)
            .subquery()
        )
        count = func.sum(foremost.c.count).label("count")
        statement = (
            select(Company.id, Company.name, func.count().label("customers"), count)
            .select_from(foremost)
            .join(
                Customer,
                (Customer.workspace_id == self.ctx.workspace_id)
                & (Customer.id == foremost.c.customer_id),
            )
            .join(
                Company,
                (Company.workspace_id == self.ctx.workspace_id)
                & (Company.id == Customer.company_id),
            )
            .group_by(Company.id, Company.name)
            .order_by(count.desc(), Company.id)
        )
        found: Sequence[Any] = (await self.ctx.session.execute(statement.limit(SHOWN))).all()
        return found

    async def samples(self, problem_id: UUID, limit: int) -> Sequence[Any]:
        """Of the last 50 conversations those nearest to the middle."""
        values = {
            "workspace_id": self.ctx.workspace_id,
            "problem_id": problem_id,
            "among": _NEAREST_OF,
            "up_to": limit,
        }
        found: Sequence[Any] = (await self.ctx.session.execute(_SAMPLES, values)).all()
        return found

    async def members(
        self, problem_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[ProblemConversation]:
        """A problem's conversations, the latest first."""
        row = ProblemConversation
        statement = select(row).where(
            row.workspace_id == self.ctx.workspace_id, row.problem_id == problem_id
        )
        if after is not None:
            statement = statement.where(tuple_(row.asked_at, row.conversation_id) < tuple_(*after))
        statement = statement.order_by(row.asked_at.desc(), row.conversation_id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()
