"""All the SQL about exports, erasures and retention rules."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from rapport.kernel.privacy.errors import ErasureNotFound, ExportNotFound, RuleNotFound
from rapport.kernel.privacy.models import Erasure, Export, RetentionRule
from rapport.kernel.repository import Repository

UNFINISHED = ("waiting", "running")


class ExportRepository(Repository[Export]):
    """Exports of one workspace."""

    model = Export
    missing = ExportNotFound

    async def page(
        self, *, person_id: UUID | None, before: UUID | None, limit: int
    ) -> Sequence[Export]:
        """The latest first, of everybody or of one person."""
        statement = self.select().order_by(Export.id.desc()).limit(limit)
        if person_id is not None:
            statement = statement.where(Export.person_id == person_id)
        if before is not None:
            statement = statement.where(Export.id < before)
        return (await self.ctx.session.scalars(statement)).all()

    async def unfinished(self, person_id: UUID) -> Export | None:
        """The one that is being made for a person now."""
        found: Export | None = await self.ctx.session.scalar(
            self.select()
            .where(Export.person_id == person_id, Export.status.in_(UNFINISHED))
            .limit(1)
        )
        return found

    async def left_lying(self, before: datetime) -> Sequence[Export]:
        """Those that were asked for before and are not finished."""
        statement = self.select().where(Export.status.in_(UNFINISHED), Export.created_at < before)
        return (await self.ctx.session.scalars(statement.limit(100))).all()

    async def expired(self, now: datetime, limit: int) -> Sequence[Export]:
        """Those whose time is over and whose file may still be there."""
        statement = self.select().where(Export.status == "ready", Export.expires_at <= now)
        return (await self.ctx.session.scalars(statement.limit(limit).with_for_update())).all()

    async def kept_of(self, people: Collection[UUID], limit: int) -> Sequence[Export]:
        """Those of some people that are not gone."""
        statement = self.select().where(Export.person_id.in_(people), Export.status != "gone")
        return (await self.ctx.session.scalars(statement.limit(limit).with_for_update())).all()


class ErasureRepository(Repository[Erasure]):
    """Erasures of one workspace."""

    model = Erasure
    missing = ErasureNotFound

    async def page(
        self, *, person_id: UUID | None, before: UUID | None, limit: int
    ) -> Sequence[Erasure]:
        """The latest first, of everybody or of one person."""
        statement = self.select().order_by(Erasure.id.desc()).limit(limit)
        if person_id is not None:
            statement = statement.where(Erasure.person_id == person_id)
        if before is not None:
            statement = statement.where(Erasure.id < before)
        return (await self.ctx.session.scalars(statement)).all()

    async def unfinished(self, person_id: UUID) -> Erasure | None:
        """The one that is under way for a person now."""
        found: Erasure | None = await self.ctx.session.scalar(
            self.select()
            .where(Erasure.person_id == person_id, Erasure.status.in_(UNFINISHED))
            .limit(1)
        )
        return found

    async def left_lying(self, before: datetime) -> Sequence[Erasure]:
        """Those that were asked for before and are not finished."""
        statement = self.select().where(Erasure.status.in_(UNFINISHED), Erasure.created_at < before)
        return (await self.ctx.session.scalars(statement.limit(100))).all()


class RuleRepository(Repository[RetentionRule]):
    """Retention rules of one workspace."""

    model = RetentionRule
    missing = RuleNotFound

    async def all(self) -> Sequence[RetentionRule]:
        """Every rule, in a steady order."""
        statement = self.select().order_by(RetentionRule.kind, RetentionRule.id)
        return (await self.ctx.session.scalars(statement)).all()

    async def exists(self, kind: str, inbox_id: UUID | None) -> bool:
        """Whether there is a rule for this already."""
        found = await self.ctx.session.scalar(
            select(RetentionRule.id).where(
                RetentionRule.workspace_id == self.ctx.workspace_id,
                RetentionRule.kind == kind,
                RetentionRule.inbox_id.is_not_distinct_from(inbox_id),
            )
        )
        return found is not None
