"""Who did what: append-only, each record chained to the one before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.audit.repository import AuditRepository, Wanted
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id

__all__ = [
    "Deed",
    "Verdict",
    "Wanted",
    "changes",
    "link",
    "page",
    "portion",
    "record",
    "shape_of",
    "told",
    "verify",
]

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Deed:
    """An audit record as people read it."""

    id: UUID
    seq: int
    at: datetime
    verb: str
    subject: str
    subject_name: str
    """What the subject was called then; empty where it has no name, or where it is a customer."""
    actor: str
    actor_name: str
    details: dict[str, Any]
    previous: str
    hash: str
    """In hex; see `link`."""
    body: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a chain holds together."""

    intact: bool
    records: int
    broken_at: int | None
    """The seq of the first record that does not fit."""
    head: str
    """The last good hash, in hex; write it down elsewhere to notice a chain that was cut short."""


async def record(
    ctx: Ctx, verb: str, *, subject: str, details: dict[str, object], name: str = ""
) -> None:
    """Note one deed of `ctx.actor` in the workspace's audit record, in the caller's transaction.

    `verb` reads `noun.past_participle`, `subject` is `kind:id`, `name` what people call it.
    Details are facts, never secrets and nothing about a customer but ids: they cannot be taken
    back. The record is appended when the transaction is about to commit, so that a workspace's
    chain is held only for the length of a commit, and deadlocks with nothing.
    """
    at = ctx.now()
    body = json.dumps(
        {
            "at": at.isoformat(),
            "actor": str(ctx.actor),
            "actor_name": ctx.actor.name,
            "verb": verb,
            "subject": subject,
            "subject_name": name,
            "details": details,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=str,
    )
    values = {"verb": verb, "subject": subject, "actor": str(ctx.actor), "body": body}

    async def append() -> None:
        await AuditRepository(ctx).append(id=new_id(), at=at, **values)

    ctx.before_commit(append)


async def page(ctx: Ctx, wanted: Wanted, *, before: int | None, limit: int) -> list[Deed]:
    """Up to `limit` deeds, the latest first, older than the seq `before`."""
    return [
        _deed(row) for row in await AuditRepository(ctx).page(wanted, before=before, limit=limit)
    ]


async def portion(ctx: Ctx, wanted: Wanted, *, after: int, last: int | None) -> list[Deed]:
    """Up to 1,000 deeds, the oldest first, later than the seq `after` and not later than `last`."""
    rows = await AuditRepository(ctx).portion(wanted, after=after, last=last)
    return [_deed(row) for row in rows]


async def verify(ctx: Ctx, *, kept: tuple[int, str] | None = None) -> Verdict:
    """Recompute the workspace's whole chain.

    With `kept`, the number and hash of a record as they were written down elsewhere, that record
    must be there unchanged too: this notices a chain that was cut short or written anew.
    """
    previous, expected = GENESIS, 1
    async for row in AuditRepository(ctx).chain():
        if not _fits(row, previous, expected):
            return Verdict(False, expected - 1, row.seq, previous.hex())
        if kept is not None and row.seq == kept[0] and row.hash.hex() != kept[1]:
            return Verdict(False, expected - 1, row.seq, previous.hex())
        previous, expected = row.hash, expected + 1
    if kept is not None and expected <= kept[0]:
        return Verdict(False, expected - 1, expected, previous.hex())
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
        subject_name=told.get("subject_name", ""),
        actor=row.actor,
        actor_name=told["actor_name"],
        details=told["details"],
        previous=row.previous.hex(),
        hash=row.hash.hex(),
        body=row.body,
    )


def changes(before: dict[str, Any], after: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named values that differ, as `{name: [before, after]}`."""
    return {
        name: [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }


def told(wanted: Wanted) -> dict[str, Any]:
    """The filters that narrow, as details of a record."""
    return {name: value for name, value in asdict(wanted).items() if value}


def shape_of(value: Any) -> Any:
    """A value without the words in it: text becomes its length; ids, numbers and instants stay.

    For what people wrote, which may be about a customer and has no place in a record for ever.
    """
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shape_of(inner) for inner in value]
    return f"({len(value)} characters)" if type(value) is str else value
