"""The one stream of everything that happened to a customer."""

from collections.abc import Collection
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final
from uuid import UUID

from rapport.customers.errors import EntryNotFound, EntryNotYours
from rapport.customers.events import TimelineShrank
from rapport.customers.history.service import by
from rapport.customers.models import TimelineItem
from rapport.customers.profiles import get, record_many
from rapport.customers.repository import CustomerRepository
from rapport.customers.timeline import ports as known_kinds
from rapport.customers.timeline.ports import Entry
from rapport.customers.timeline.repository import TimelineReader
from rapport.customers.timeline.schemas import EntryIn, TimelineItemOut
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.events import emit
from rapport.kernel.ids import new_id
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

WRITTEN: Final = frozenset({"note", "call"})
"""Kinds that agents write, and may take away."""
_TITLES: Final = {"note": "Note", "call": "Call"}


async def page(
    ctx: Ctx,
    customer_id: UUID,
    *,
    groups: Collection[str] = (),
    kinds: Collection[str] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TimelineItemOut]:
    """What happened to the customer, and to everybody merged into them, newest first.

    However long it is, it reads as many entries of each source as it shows.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        CursorMalformed: the cursor is not one of this list.
    """
    customer = await get(ctx, customer_id)
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    family = await CustomerRepository(ctx).family(customer.id)
    wanted = known_kinds.wanted(groups, kinds)
    rows = await TimelineReader(ctx).page(family, kinds=wanted, after=after, limit=limit + 1)
    elsewhere = [
        await source.page(ctx, family, after=after, limit=limit + 1)
        for source in known_kinds.sources(wanted)
        if customer.erased_at is None
    ]
    joined = merge(
        map(_entry, rows), *elsewhere, key=lambda entry: (entry.at, entry.id), reverse=True
    )
    entries = list(islice(joined, limit + 1))
    shown = entries[:limit]
    return Page(
        items=[told(entry, ctx.actor) for entry in shown],
        next=encode_cursor([shown[-1].at, shown[-1].id]) if len(entries) > limit else None,
    )


async def write(ctx: Ctx, customer_id: UUID, body: EntryIn) -> TimelineItemOut:
    """Put a note, or that they called, on a customer's timeline.

    Raises:
        CustomerNotFound, CustomerErasedAlready: nothing is noted about them.
    """
    customer = await get(ctx, customer_id, lock=True)
    row: dict[str, Any] = {
        "customer_id": customer.id,
        "kind": body.kind,
        "source": f"{body.kind}:{new_id()}",
        "title": body.title or _TITLES[body.kind],
        "text": body.text,
        "at": body.at or ctx.now(),
        "conversation_id": None,
        "data": {},
        "actor": str(ctx.actor),
        "actor_name": ctx.actor.name,
    }
    (entry_id,) = (await record_many(ctx, [row])).values()
    await audit.record(
        ctx,
        "customer.entry_written",
        subject=f"customer:{customer.id}",
        details={"kind": body.kind, "entry_id": str(entry_id)},
    )
    return told(_entry(await TimelineReader(ctx).get(entry_id)), ctx.actor)


async def take_away(ctx: Ctx, customer_id: UUID, entry_id: UUID) -> None:
    """Take a note or a call from a timeline.

    Raises:
        CustomerNotFound, EntryNotFound: not here, or nothing that an agent wrote.
        EntryNotYours: somebody else wrote it, and the actor is no administrator.
    """
    customer = await get(ctx, customer_id, lock=True)
    entries = TimelineReader(ctx)
    row = await entries.get(entry_id, lock=True)
    family = await CustomerRepository(ctx).family(customer.id)
    if row.customer_id not in family or row.kind not in WRITTEN:
        raise EntryNotFound
    if not _may_remove(row.kind, row.actor, ctx.actor):
        raise EntryNotYours
    await entries.remove(row)
    shrank = TimelineShrank(customer_id=customer.id, entry_id=entry_id)
    await emit(ctx, shrank, subject=customer.id)
    await audit.record(
        ctx,
        "customer.entry_removed",
        subject=f"customer:{customer.id}",
        details={"kind": row.kind, "entry_id": str(entry_id)},
    )


async def many(ctx: Ctx, entry_ids: Collection[UUID]) -> dict[UUID, TimelineItemOut]:
    """Entries by their ids, as everybody sees them."""
    rows = await TimelineReader(ctx).many(entry_ids)
    return {row.id: told(_entry(row), ctx.actor) for row in rows}


def told(entry: Entry, actor: Actor) -> TimelineItemOut:
    """An entry as the API tells it."""
    return TimelineItemOut(
        id=entry.id,
        kind=entry.kind,
        group=known_kinds.group_of(entry.kind),
        at=entry.at,
        title=entry.title,
        text=entry.text,
        customer_id=entry.customer_id,
        conversation_id=entry.conversation_id,
        seq=entry.seq,
        actor=by(entry.actor, entry.actor_name) if entry.actor else None,
        data=entry.data or {},
        can_remove=_may_remove(entry.kind, entry.actor, actor),
    )


def _may_remove(kind: str, author: str, actor: Actor) -> bool:
    is_written = kind in WRITTEN and "customers.write" in actor.permissions
    return is_written and (author == str(actor) or "customers.manage" in actor.permissions)


def _entry(row: TimelineItem) -> Entry:
    return Entry(
        id=row.id,
        kind=row.kind,
        at=row.at,
        title=row.title,
        text=row.text,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        actor=row.actor,
        actor_name=row.actor_name,
        data=row.data,
    )
