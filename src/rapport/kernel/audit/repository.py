"""Queries about the audit record."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, text

from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.repository import Repository

_APPEND = text("SELECT audit_append(:id, :at, :verb, :subject, :actor, :body)")
_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; what is empty or None does not narrow."""

    verbs: Sequence[str] = ()
    """`noun.past_participle`, or a `noun` for all its verbs; any of them."""
    subject: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first instant that is too late."""


class AuditRepository(Repository[AuditRecord]):
    """Appends and reads; nothing here changes a record, and the database would refuse it."""

    model = AuditRecord

    async def append(self, **values: Any) -> int:
        """Add one record at the end of the chain; its seq."""
        return int(await self.ctx.session.scalar(_APPEND, values) or 0)

    async def page(
        self, wanted: Wanted, *, before: int | None, limit: int
    ) -> Sequence[AuditRecord]:
        """Records by falling seq."""
        statement = self._wanted(wanted).order_by(AuditRecord.seq.desc()).limit(limit)
        if before is not None:
            statement = statement.where(AuditRecord.seq < before)
        return (await self.ctx.session.scalars(statement)).all()

    async def portion(
        self, wanted: Wanted, *, after: int, last: int | None = None
    ) -> Sequence[AuditRecord]:
        """Up to 1,000 records by rising seq, behind `after` and not behind `last`."""
        statement = self._wanted(wanted).where(AuditRecord.seq > after)
        if last is not None:
            statement = statement.where(AuditRecord.seq <= last)
        statement = statement.order_by(AuditRecord.seq).limit(_PORTION)
        return (await self.ctx.session.scalars(statement)).all()

    async def chain(self) -> AsyncIterator[AuditRecord]:
        """All records by rising seq, read in portions."""
        after = 0
        while rows := await self.portion(Wanted(), after=after):
            for row in rows:
                yield row
                self.ctx.session.expunge(row)
            after = rows[-1].seq

    async def at(self, seq: int) -> AuditRecord | None:
        """The record with this number."""
        row: AuditRecord | None = await self.ctx.session.scalar(
            self.select().where(AuditRecord.seq == seq)
        )
        return row

    def _wanted(self, wanted: Wanted) -> Select[AuditRecord]:
        statement = self.select()
        if wanted.verbs:
            statement = statement.where(or_(*(_verb(verb) for verb in wanted.verbs)))
        if wanted.subject is not None:
            statement = statement.where(AuditRecord.subject == wanted.subject)
        if wanted.actor is not None:
            statement = statement.where(AuditRecord.actor == wanted.actor)
        if wanted.since is not None:
            statement = statement.where(AuditRecord.created_at >= wanted.since)
        if wanted.until is not None:
            statement = statement.where(AuditRecord.created_at < wanted.until)
        return statement


def _verb(verb: str) -> ColumnElement[bool]:
    """A verb, or all verbs of a noun: `/` is the character that follows the dot."""
    if "." in verb:
        return AuditRecord.verb == verb
    return and_(AuditRecord.verb >= f"{verb}.", AuditRecord.verb < f"{verb}/")
