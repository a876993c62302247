"""Queries about the audit record."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import text

from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.repository import Repository

_APPEND = text("SELECT audit_append(:id, :at, :verb, :subject, :actor, :body)")


class AuditRepository(Repository[AuditRecord]):
    """Appends and reads; nothing here changes a record, and the database would refuse it."""

    model = AuditRecord

    async def append(self, **values: Any) -> int:
        """Add one record at the end of the chain; its seq."""
        return int(await self.ctx.session.scalar(_APPEND, values) or 0)

    async def page(
        self, *, before: int | None, limit: int, verb: str | None, subject: str | None
    ) -> Sequence[AuditRecord]:
        """Records by falling seq."""
        statement = self.select().order_by(AuditRecord.seq.desc()).limit(limit)
        if before is not None:
            statement = statement.where(AuditRecord.seq < before)
        if verb is not None:
            statement = statement.where(AuditRecord.verb == verb)
        if subject is not None:
            statement = statement.where(AuditRecord.subject == subject)
        return (await self.ctx.session.scalars(statement)).all()

    async def chain(self) -> AsyncIterator[AuditRecord]:
        """All records by rising seq, read in portions."""
        after = 0
        while True:
            rows = (
                await self.ctx.session.scalars(
                    self.select()
                    .where(AuditRecord.seq > after)
                    .order_by(AuditRecord.seq)
                    .limit(1_000)
                )
            ).all()
            if not rows:
                return
            for row in rows:
                yield row
            after = rows[-1].seq
