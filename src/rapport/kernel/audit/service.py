"""Who did what: append-only, each record chained to the one before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.audit.repository import AuditRepository
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Deed:
    """An audit record as people read it."""

    id: UUID
    seq: int
    at: datetime
    verb: str
    subject: str
    actor: str
    actor_name: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a chain holds together."""

    intact: bool
    records: int
    broken_at: int | None
    """The seq of the first record that does not fit."""
    head: str
    """The last good hash, in hex; write it down elsewhere to notice a chain that was cut short."""


async def record(ctx: Ctx, verb: str, *, subject: str, details: dict[str, object]) -> None:
    """Append one deed of `ctx.actor` to the workspace's audit record, in the caller's transaction.

    `verb` reads `noun.past_participle`, `subject` is `kind:id`. Details are facts, never secrets:
    they cannot be taken back. One writer at a time holds a workspace's chain until it commits, so
    call this last.
    """
    body = json.dumps(
        {
            "at": ctx.now().isoformat(),
            "actor": str(ctx.actor),
            "actor_name": ctx.actor.name,
            "verb": verb,
            "subject": subject,
            "details": details,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=str,
    )
    await AuditRepository(ctx).append(
        id=new_id(), at=ctx.now(), verb=verb, subject=subject, actor=str(ctx.actor), body=body
    )


async def page(
    ctx: Ctx, *, before: int | None, limit: int, verb: str | None, subject: str | None
) -> list[Deed]:
    """Up to `limit` deeds, the latest first, older than the seq `before`."""
    rows = await AuditRepository(ctx).page(before=before, limit=limit, verb=verb, subject=subject)
    return [_deed(row) for row in rows]


async def verify(ctx: Ctx) -> Verdict:
    """Recompute the workspace's whole chain."""
    previous, expected = GENESIS, 1
    async for row in AuditRepository(ctx).chain():
        if not _fits(row, previous, expected):
            return Verdict(False, expected - 1, row.seq, previous.hex())
        previous, expected = row.hash, expected + 1
    return Verdict(True, expected - 1, None, previous.hex())


def link(previous: bytes, seq: int, body: str) -> bytes:
    """The hash of a record that follows `previous`."""
    return hashlib.sha256(previous + f"{seq}\n{body}".encode()).digest()


def _fits(row: AuditRecord, previous: bytes, seq: int) -> bool:
    told: dict[str, Any] = json.loads(row.body)
    return (
        row.seq == seq
        and row.previous == previous
        and row.hash == link(previous, seq, row.body)
        and (row.verb, row.subject, row.actor) == (told["verb"], told["subject"], told["actor"])
    )


def _deed(row: AuditRecord) -> Deed:
    told: dict[str, Any] = json.loads(row.body)
    return Deed(
        id=row.id,
        seq=row.seq,
        at=datetime.fromisoformat(told["at"]),
        verb=row.verb,
        subject=row.subject,
        actor=row.actor,
        actor_name=told["actor_name"],
        details=told["details"],
    )


def changes(before: dict[str, Any], after: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named values that differ, as `{name: [before, after]}`."""
    return {
        name: [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }
