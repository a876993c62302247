"""Where customers write from: found by it, given more of it, and what they only say of it."""

from typing import Any, Final
from uuid import UUID

from rapport.customers import addresses
from rapport.customers.addresses import EMAIL, PHONE
from rapport.customers.claims.repository import ClaimRepository
from rapport.customers.errors import (
    AddressInvalid,
    AddressNotFound,
    CustomerNotFound,
    IdentityTaken,
)
from rapport.customers.events import CustomerCreated, IdentityAdded, IdentityChanged
from rapport.customers.models import Customer, Identity
from rapport.customers.profiles import apply, create, get, record
from rapport.customers.repository import CustomerRepository, IdentityRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.events.log import emit_many

EXTERNAL: Final = "website"
"""The channel of the name that a customer has in the systems of the workspace itself."""
_SOURCES: Final = {"webchat": "webchat", EMAIL: "mail", EXTERNAL: "token"}


async def find_or_create_by_identity(
    ctx: Ctx,
    channel: str,
    address: str,
    *,
    name: str | None = None,
    email: str | None = None,
    verified: bool = False,
    locale: str | None = None,
    source: str | None = None,
    verified_by: str | None = None,
) -> Customer:
    """The customer who has this address, made when nobody has it; safe to call at the same time.

    Name, e-mail and locale fill what is empty and never replace what is known. `verified` is never
    taken back; `verified_by` says what proved it, `source` how the address came to us. An e-mail
    address given here finds nobody: it is a claim.
    """
    address = _kept(channel, address)
    came = source or _SOURCES.get(channel, "unknown")
    proof = (verified_by or "channel") if verified else None
    customers = CustomerRepository(ctx)
    known = await customers.by_identity(channel, address)
    if known is None:
        made = await _create(ctx, channel, address, came, proof, name, email, locale)
        if made is not None:
            return made
        known = await customers.by_identity(channel, address)
    if known is None:
        raise CustomerNotFound
    owner, identity = known
    customer = await get(ctx, owner.id)
    said = {"name": name, "email": email, "locale": locale}
    changes: dict[str, Any] = {f: v for f, v in said.items() if v and not getattr(customer, f)}
    if verified and prove(ctx, identity, proof or "channel"):
        changes["verified"] = True
    if verified and not owner.verified:
        changes["verified"] = True
    if changes:
        await apply(ctx, owner, changes)
    if email and channel != EMAIL:
        await claim(ctx, owner.id, EMAIL, email, source=came, verified_by=proof)
    return customer


async def _create(
    ctx: Ctx,
    channel: str,
    address: str,
    source: str,
    proof: str | None,
    name: str | None,
    email: str | None,
    locale: str | None,
) -> Customer | None:
    """A new customer with this address; None when somebody was faster."""
    is_verified = proof is not None
    customer = await create(
        ctx, name=name or "", email=email, locale=locale, verified=is_verified, is_told=False
    )
    identity_id = await IdentityRepository(ctx).claim(
        customer.id, channel, address, source=source, verified_by=proof
    )
    if identity_id is None:
        await CustomerRepository(ctx).remove(customer)
        return None
    await announce(ctx, customer.id, identity_id, channel, is_first=True)
    if email and channel != EMAIL:
        await claim(ctx, customer.id, EMAIL, email, source=source, verified_by=proof)
    return customer


async def add_identity(
    ctx: Ctx,
    customer_id: UUID,
    channel: str,
    address: str,
    *,
    verified: bool = False,
    source: str | None = None,
    verified_by: str | None = None,
) -> Customer:
    """Let the customer be known by one more address; having it already changes nothing.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        IdentityTaken: another customer has it.
    """
    address = _kept(channel, address)
    customer = await get(ctx, customer_id, lock=True)
    proof = (verified_by or "channel") if verified else None
    identity_id = await IdentityRepository(ctx).claim(
        customer.id,
        channel,
        address,
        source=source or _SOURCES.get(channel, "unknown"),
        verified_by=proof,
    )
    if identity_id is not None:
        await ClaimRepository(ctx).forget(customer.id, channel, address)
        if verified and not customer.verified:
            await apply(ctx, customer, {"verified": True})
        await announce(ctx, customer.id, identity_id, channel)
        return customer
    known = await CustomerRepository(ctx).by_identity(channel, address)
    if known is None or (await get(ctx, known[0].id)).id != customer.id:
        raise IdentityTaken
    if proof is not None and prove(ctx, known[1], proof):
        await apply(ctx, known[0], {"verified": True})
        await _changed(ctx, customer.id)
    return customer


def prove(ctx: Ctx, identity: Identity, proof: str) -> bool:
    """Note that an address is proved; whether it was not before."""
    if identity.verified:
        return False
    identity.verified, identity.verified_by, identity.verified_at = True, proof, ctx.now()
    return True


async def claim(
    ctx: Ctx,
    customer_id: UUID,
    channel: str,
    address: str,
    *,
    source: str,
    verified_by: str | None = None,
) -> bool:
    """Note that an address is said to be a customer's; whether that is new.

    It finds nobody, shows nothing and merges nothing, whoever proved it: it may lead to a
    suggestion. What cannot be an address, and what is theirs already, is passed over.
    """
    try:
        kept = await addresses.normal(ctx, channel, address)
    except AddressInvalid:
        return False
    customer = await get(ctx, customer_id)
    known = await CustomerRepository(ctx).by_identity(channel, kept)
    if known is not None and (await get(ctx, known[0].id)).id == customer.id:
        return False
    if not await ClaimRepository(ctx).note(
        customer_id, channel, kept, source=source, verified_by=verified_by
    ):
        return False
    await _changed(ctx, customer_id)
    return True


async def attach(
    ctx: Ctx, customer_id: UUID, channel: str, address: str, *, verified: bool
) -> Customer:
    """Give a customer an address in an agent's name.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        AddressInvalid: it cannot be an address on that channel.
        IdentityTaken: another customer has it; merge the two instead.
    """
    customer = await get(ctx, customer_id, lock=True)
    kept = await addresses.normal(ctx, channel, address)
    customer = await add_identity(
        ctx,
        customer.id,
        channel,
        kept,
        verified=verified,
        source="agent" if ctx.actor.kind == "agent" else "api",
        verified_by="agent" if ctx.actor.kind == "agent" else "api",
    )
    fields = {EMAIL: "email", PHONE: "phone"}
    field = fields.get(channel)
    if field is not None and not getattr(customer, field):
        await apply(ctx, customer, {field: kept})
    details: dict[str, object] = {"channel": channel, "verified": verified}
    await audit.record(
        ctx, "customer.identity_added", subject=f"customer:{customer.id}", details=details
    )
    return customer


async def mark(
    ctx: Ctx, customer_id: UUID, identity_id: UUID, *, is_shared: bool | None, verified: bool
) -> Customer:
    """Say that an address is shared by several people, or is no longer; or that it is proved.

    Raises:
        CustomerNotFound, AddressNotFound: not here, or not theirs.
    """
    customer, identity = await _theirs(ctx, customer_id, identity_id)
    changed = []
    if is_shared is not None and identity.is_shared != is_shared:
        identity.is_shared = is_shared
        changed.append("is_shared")
    if verified and prove(ctx, identity, "agent"):
        changed.append("verified")
        owner = await CustomerRepository(ctx).get(identity.customer_id, lock=True)
        await apply(ctx, owner, {"verified": True})
    if changed:
        await ctx.session.flush()
        await _changed(ctx, customer.id)
        await audit.record(
            ctx,
            "customer.identity_changed",
            subject=f"customer:{customer.id}",
            details={"channel": identity.channel, "fields": changed},
        )
    return customer


async def remove_identity(ctx: Ctx, customer_id: UUID, identity_id: UUID) -> None:
    """Take an address, or a claim to one, from a customer; what was said there stays.

    Raises:
        CustomerNotFound, AddressNotFound: not here, or not theirs.
    """
    customer = await get(ctx, customer_id, lock=True)
    family = await CustomerRepository(ctx).family(customer.id)
    claims = ClaimRepository(ctx)
    said = await claims.find(identity_id)
    if said is not None and said.customer_id in family:
        channel = said.channel
        await claims.remove(said)
    else:
        customer, identity = await _theirs(ctx, customer_id, identity_id)
        owner = await CustomerRepository(ctx).get(identity.customer_id, lock=True)
        channel = identity.channel
        await IdentityRepository(ctx).remove(identity)
        left = await IdentityRepository(ctx).of([owner.id])
        if not any(other.verified for other in left):
            await apply(ctx, owner, {"verified": False})
    await _changed(ctx, customer.id)
    await audit.record(
        ctx,
        "customer.identity_removed",
        subject=f"customer:{customer.id}",
        details={"channel": channel},
    )


async def announce(
    ctx: Ctx, customer_id: UUID, identity_id: UUID, channel: str, *, is_first: bool = False
) -> None:
    """Tell that a customer has a new address; with `is_first`, that there is such a customer."""
    added = IdentityAdded(customer_id=customer_id, identity_id=identity_id, channel=channel)
    events = [CustomerCreated(customer_id=customer_id), added] if is_first else [added]
    await emit_many(ctx, events, subject=customer_id)
    await record(
        ctx,
        customer_id,
        kind="identity_added",
        source=f"identity_added:{identity_id}",
        title=f"Known on {channel}",
    )


async def _theirs(ctx: Ctx, customer_id: UUID, identity_id: UUID) -> tuple[Customer, Identity]:
    customer = await get(ctx, customer_id, lock=True)
    identity = await IdentityRepository(ctx).find(identity_id, lock=True)
    family = await CustomerRepository(ctx).family(customer.id)
    if identity is None or identity.customer_id not in family:
        raise AddressNotFound
    return customer, identity


async def _changed(ctx: Ctx, customer_id: UUID) -> None:
    await emit(ctx, IdentityChanged(customer_id=customer_id), subject=customer_id)


def _kept(channel: str, address: str) -> str:
    """How an address is kept; one that is in no form we know stays as it is."""
    if channel == EMAIL:
        return addresses.folded(address)
    if channel == PHONE:
        return addresses.e164(address) or address.strip()
    return address
