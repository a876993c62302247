"""Customers: who they are, where they write from, what happened to them."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from rapport.customers import addresses
from rapport.customers.attributes import service as attributes
from rapport.customers.consents import service as consents
from rapport.customers.describing import addresses_of, describe, describe_many, find, of_company
from rapport.customers.erasing.repository import ErasingRepository
from rapport.customers.history import service as history
from rapport.customers.identities import (
    add_identity,
    attach,
    claim,
    find_or_create_by_identity,
    mark,
    remove_identity,
)
from rapport.customers.merging import merge, unmerge
from rapport.customers.models import Customer
from rapport.customers.permissions import IMPORT, MANAGE
from rapport.customers.profiles import apply, assign, create, get, record, record_many
from rapport.customers.repository import CustomerRepository, MergeRepository
from rapport.customers.schemas import CustomerIn, CustomerPatch, MergeOut
from rapport.customers.timeline.service import page as timeline
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx

__all__ = [
    "IMPORT",
    "MANAGE",
    "add_identity",
    "addresses_of",
    "attach",
    "claim",
    "count_conversation",
    "create",
    "describe",
    "describe_many",
    "family",
    "find",
    "find_or_create_by_identity",
    "get",
    "introduce",
    "mark",
    "merge",
    "merges",
    "nobody",
    "of_company",
    "record",
    "record_consent",
    "record_many",
    "remove",
    "remove_identity",
    "roots",
    "timeline",
    "touch",
    "unmerge",
    "update",
]

SEEN_EVERY: Final = timedelta(minutes=5)
_PLAIN_FIELDS: Final = ("name", "email", "phone", "locale", "timezone", "status", "value")
_KEPT_AS: Final = {"company_id": "company"}


async def introduce(ctx: Ctx, body: CustomerIn) -> Customer:
    """A new customer in an agent's name; an address that nobody has becomes theirs.

    Raises:
        IdentityTaken: somebody else has the address.
        AddressInvalid: the e-mail address or number cannot be one.
        AttributeInvalid: an attribute does not fit its definition.
    """
    customer = await create(ctx, name=body.name)
    for channel, address in ((addresses.EMAIL, body.email), (addresses.PHONE, body.phone)):
        if address:
            await attach(ctx, customer.id, channel, address, verified=False)
    rest = body.model_dump(exclude_unset=True, exclude={"name", "email", "phone"})
    if rest:
        await update(ctx, customer.id, CustomerPatch.model_validate(rest))
    await audit.record(ctx, "customer.created", subject=f"customer:{customer.id}", details={})
    return customer


async def update(
    ctx: Ctx, customer_id: UUID, patch: CustomerPatch, *, source: str | None = None
) -> Customer:
    """Change what is known about a customer; changing nothing announces nothing.

    What each field held before is kept (`history`), and that people changed it is put in the audit
    record by the names of the fields only. A `source` that tells of many (`api`, `import`) leaves
    no record, and like customers themselves what it says of an attribute that cannot be is left
    out. E-mail address and number are claims of theirs.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        AttributeInvalid: an attribute does not fit its definition.
    """
    customer = await get(ctx, customer_id, lock=True)
    is_strict = source is None and ctx.actor.kind != "customer"
    changes = await _wanted(ctx, customer, patch, is_strict=is_strict)
    differing = sorted(f for f, value in changes.items() if getattr(customer, f) != value)
    changed = await _differences(ctx, customer, changes, differing)
    await apply(ctx, customer, changes)
    await history.note(ctx, customer.id, changed, source=source)
    for channel in (addresses.EMAIL, addresses.PHONE):
        if channel in differing and changes[channel]:
            await claim(ctx, customer.id, channel, changes[channel], source=source or _said_by(ctx))
    if differing and ctx.actor.kind != "customer" and source is None:
        await audit.record(
            ctx,
            "customer.changed",
            subject=f"customer:{customer.id}",
            details={"fields": [_KEPT_AS.get(field, field) for field in differing]},
        )
    return customer


async def _wanted(
    ctx: Ctx, customer: Customer, patch: CustomerPatch, *, is_strict: bool
) -> dict[str, Any]:
    """What the fields of a customer shall be."""
    given = patch.model_dump(exclude_unset=True)
    changes: dict[str, Any] = {f: given[f] for f in _PLAIN_FIELDS if f in given}
    if "name" in changes:
        changes["name"] = changes["name"] or ""
    if "email" in changes:
        changes["email"] = changes["email"] or None
    if "phone" in changes:
        said = changes["phone"] or None
        changes["phone"] = (
            addresses.e164(said, await addresses.region_of(ctx)) or said if said else None
        )
    if "company" in given:
        named = given["company"]
        changes["company_id"] = (
            await CustomerRepository(ctx).company_named(named) if named else None
        )
    if given.get("attributes"):
        kept = await attributes.checked(ctx, given["attributes"], is_strict=is_strict)
        changes["attributes"] = _with_keys(customer.attributes, kept)
    if given.get("preferences"):
        changes["preferences"] = _with_keys(customer.preferences, given["preferences"])
    return changes


def _with_keys(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**known, **given}
    return {k: v for k, v in merged.items() if v is not None and v != []}


async def _differences(
    ctx: Ctx, customer: Customer, changes: Mapping[str, Any], differing: Collection[str]
) -> list[history.Difference]:
    """How the fields will differ, for people: companies by their names."""
    ids = {id_ for id_ in (customer.company_id, changes.get("company_id")) if id_}
    names = await CustomerRepository(ctx).companies(ids) if "company_id" in differing else {}
    found: list[history.Difference] = []
    for field in differing:
        old, new = getattr(customer, field), changes[field]
        if field == "company_id":
            old, new = names.get(old), names.get(new)
        found += history.differences(_KEPT_AS.get(field, field), old, new)
    return found


def _said_by(ctx: Ctx) -> str:
    return {"agent": "agent", "customer": "webchat"}.get(ctx.actor.kind, "api")


async def touch(ctx: Ctx, customer_id: UUID) -> None:
    """Note that the customer is here now; within five minutes of the last time it does nothing."""
    customer = await get(ctx, customer_id)
    if ctx.now() - customer.last_seen_at >= SEEN_EVERY:
        await assign(ctx, customer, {"last_seen_at": ctx.now()})


async def record_consent(
    ctx: Ctx,
    customer_id: UUID,
    *,
    purpose: str,
    is_granted: bool,
    source: str,
    channel: str = "",
    words: str = "",
    proof: Mapping[str, str] | None = None,
) -> None:
    """Note that the customer allowed, or no longer allows, one use of their data.

    See `consents.service.decide`.
    """
    await consents.decide(
        ctx,
        customer_id,
        purpose=purpose,
        is_granted=is_granted,
        source=source,
        channel=channel,
        words=words,
        proof=proof,
    )


async def count_conversation(ctx: Ctx, customer_id: UUID, *, by: int = 1) -> None:
    """Correct the number of the customer's own conversations, whoever they are part of."""
    customer = await CustomerRepository(ctx).get(customer_id, lock=True)
    own = customer.own["values"] if customer.own else {}
    count = own.get("conversation_count", customer.conversation_count)
    await assign(ctx, customer, {"conversation_count": max(0, count + by)})


async def family(ctx: Ctx, customer_id: UUID) -> list[UUID]:
    """The customer and everybody who was merged into them."""
    return await CustomerRepository(ctx).family(customer_id)


async def roots(ctx: Ctx, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who these customers became, by their own ids; unknown ones are left out."""
    return await CustomerRepository(ctx).roots(customer_ids)


async def merges(ctx: Ctx, customer_id: UUID, *, limit: int = 100) -> list[MergeOut]:
    """The merges of a customer, and of everybody merged into them, the latest first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    await CustomerRepository(ctx).get(customer_id)
    found = await MergeRepository(ctx).about(await family(ctx, customer_id), limit)
    people = await CustomerRepository(ctx).in_order([row.customer_id for row in found])
    names = {one.id: one.name or one.email or one.phone or "" for one in people}
    return [
        MergeOut(
            id=row.id,
            customer_id=row.customer_id,
            name=names.get(row.customer_id, ""),
            into_id=row.into_id,
            at=row.created_at,
            by=row.actor_name,
            rule=row.rule,
            undone_at=row.undone_at,
        )
        for row in found
    ]


async def nobody(ctx: Ctx) -> UUID:
    """Whom conversations belong to that were anonymised: one erased customer per workspace."""
    await ErasingRepository(ctx).add_nobody(ctx.workspace_id)
    return ctx.workspace_id


async def remove(ctx: Ctx, customer_ids: Collection[UUID]) -> int:
    """Delete customers of whom nothing is left to tell; how many there were.

    They must have no conversation, and nobody merged into them.
    """
    return len(await ErasingRepository(ctx).remove(customer_ids))
