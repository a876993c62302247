"""What customers' fields held before: who changed them, when, from what, to what."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rapport.customers.history.repository import ChangeRepository
from rapport.customers.history.schemas import ByOut, ChangeOut
from rapport.customers.models import Change
from rapport.customers.profiles import get
from rapport.customers.repository import CustomerRepository
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

Difference = tuple[str, Any, Any]
"""A field, its old and its new value; None where there was, or is, none."""


def differences(field: str, old: Any, new: Any) -> list[Difference]:
    """How a field differs; of one with keys, each key by itself."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return [(field, old, new)]
    keys = sorted({*old, *new})
    return [(f"{field}.{k}", old.get(k), new.get(k)) for k in keys if old.get(k) != new.get(k)]


async def note(
    ctx: Ctx, customer_id: UUID, changed: list[Difference], *, source: str | None = None
) -> None:
    """Keep what was changed, and that `ctx.actor` did it."""
    rows = [
        {
            "customer_id": customer_id,
            "field": field,
            "old": _kept(old),
            "new": _kept(new),
            "source": source or ctx.actor.kind,
            "actor": str(ctx.actor),
            "actor_name": ctx.actor.name,
        }
        for field, old, new in changed
    ]
    await ChangeRepository(ctx).add_many(rows)


async def page(
    ctx: Ctx, customer_id: UUID, *, field: str | None, cursor: str | None, limit: int
) -> Page[ChangeOut]:
    """What was changed of a customer and everybody merged into them, the latest first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await get(ctx, customer_id)
    family = await CustomerRepository(ctx).family(customer.id)
    (before,) = decode_cursor(cursor, UUID) if cursor is not None else (None,)
    rows = await ChangeRepository(ctx).page(family, field=field, before=before, limit=limit + 1)
    shown = rows[:limit]
    return Page(
        items=[_told(row) for row in shown],
        next=encode_cursor([shown[-1].id]) if len(rows) > limit else None,
    )


def by(actor: str, name: str) -> ByOut | None:
    """Who did something, as they were kept: `agent:<id>`."""
    kind, _, id_ = actor.partition(":")
    return ByOut(kind=kind, id=UUID(id_), name=name) if id_ else None


def _kept(value: Any) -> dict[str, Any] | None:
    if value is None or value == "":
        return None
    return {"value": value if isinstance(value, bool | int | float | str | list) else str(value)}


def _told(row: Change) -> ChangeOut:
    return ChangeOut(
        id=row.id,
        field=row.field,
        old=row.old["value"] if row.old else None,
        new=row.new["value"] if row.new else None,
        at=row.created_at,
        source=row.source,
        actor=by(row.actor, row.actor_name),
    )
