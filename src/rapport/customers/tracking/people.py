"""Who an event is about: found by what is proved, never by what is only said."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from rapport.customers import service as customers
from rapport.customers.addresses import EMAIL, PHONE, normal
from rapport.customers.errors import AddressInvalid, IdentityTaken
from rapport.customers.identities import EXTERNAL
from rapport.customers.models import Customer
from rapport.customers.repository import CustomerRepository
from rapport.customers.schemas import CustomerPatch
from rapport.customers.tracking.schemas import Call
from rapport.kernel.context import Ctx

ANONYMOUS: Final = "anonymous"
"""The channel of the ids that senders give to devices whose owner they do not know."""
SOURCE: Final = "api"
_ADDRESSES: Final = ((EMAIL, "email"), (PHONE, "phone"))
_FIELDS: Final = ("name", "email", "phone", "company", "locale", "timezone")
_NOT_KEPT: Final = frozenset({*_FIELDS, "firstName", "lastName", "id", "userId", "avatar"})


async def whom(ctx: Ctx, call: Call, *, is_trusted: bool) -> Customer:
    """The customer an event is about, made when nobody has its ids.

    A trusted sender proves who its userId is, and that the device is theirs from now on: what an
    unknown device did before goes with it. Anybody else only claims to be somebody; they stay
    who their device is.
    """
    if not is_trusted:
        return await _somebody(ctx, call)
    if call.user_id is None:
        return await customers.find_or_create_by_identity(
            ctx, ANONYMOUS, call.anonymous_id or "", source=SOURCE
        )
    customer = await _named(ctx, call.user_id, call.traits)
    if call.anonymous_id is not None:
        customer = await own_device(ctx, customer, call.anonymous_id)
    return customer


async def _somebody(ctx: Ctx, call: Call) -> Customer:
    device = call.anonymous_id or f"user:{call.user_id}"
    customer = await customers.find_or_create_by_identity(ctx, ANONYMOUS, device, source=SOURCE)
    if call.user_id is not None:
        await customers.claim(ctx, customer.id, EXTERNAL, call.user_id, source=SOURCE)
    return customer


async def _named(ctx: Ctx, user_id: str, traits: Mapping[str, Any]) -> Customer:
    """The customer with this name in the workspace's systems.

    A new name is given to the one customer whom a proved address of its traits names, if they have
    no other; whoever shares it with several, or with nobody, is somebody new.
    """
    rows = CustomerRepository(ctx)
    if await rows.by_identity(EXTERNAL, user_id) is None:
        candidates = {c for c in [await _by(ctx, ch, traits.get(t)) for ch, t in _ADDRESSES] if c}
        if len(candidates) == 1:
            (candidate,) = candidates
            if not await has_name(ctx, candidate):
                return await customers.add_identity(
                    ctx,
                    candidate,
                    EXTERNAL,
                    user_id,
                    verified=True,
                    source=SOURCE,
                    verified_by="api",
                )
    return await customers.find_or_create_by_identity(
        ctx, EXTERNAL, user_id, verified=True, source=SOURCE, verified_by="api"
    )


async def _by(ctx: Ctx, channel: str, address: Any) -> UUID | None:
    """Whom a proved address that is theirs alone belongs to."""
    if not isinstance(address, str):
        return None
    try:
        kept = await normal(ctx, channel, address)
    except AddressInvalid:
        return None
    known = await CustomerRepository(ctx).by_identity(channel, kept)
    if known is None or not known[1].verified or known[1].is_shared:
        return None
    return (await customers.get(ctx, known[0].id)).id


async def has_name(ctx: Ctx, customer_id: UUID) -> bool:
    """Whether a customer has a name in the workspace's own systems."""
    theirs = (await customers.addresses_of(ctx, [customer_id]))[customer_id]
    return any(one.channel == EXTERNAL and getattr(one, "verified", False) for one in theirs)


async def own_device(ctx: Ctx, customer: Customer, device: str) -> Customer:
    """Note that a device is a customer's; a stranger who used it before becomes part of them.

    Somebody else who has proved who they are keeps theirs: two people may share a device.
    """
    known = await CustomerRepository(ctx).by_identity(ANONYMOUS, device)
    if known is None:
        return await customers.add_identity(ctx, customer.id, ANONYMOUS, device, source=SOURCE)
    stranger = await customers.get(ctx, known[0].id)
    if stranger.id == customer.id or stranger.verified or await has_name(ctx, stranger.id):
        return customer
    return await customers.merge(ctx, stranger.id, customer.id, rule="proof")


async def describe(ctx: Ctx, customer: Customer, call: Call, *, is_trusted: bool) -> None:
    """Note what an event says about a customer.

    Who is only said to be the customer adds what is not known yet, and replaces nothing of
    somebody who has proved who they are.
    """
    said = patch_of(call)
    if not is_trusted and customer.verified:
        known = customer.attributes
        said = {f: v for f, v in said.items() if f == "attributes" or not _has(customer, f)}
        said["attributes"] = {k: v for k, v in said["attributes"].items() if k not in known}
    if any(said.values()):
        patch = CustomerPatch.model_validate({f: v for f, v in said.items() if v})
        await customers.update(ctx, customer.id, patch, source=SOURCE)
    if is_trusted and call.user_id is not None:
        for channel, trait in _ADDRESSES:
            await _give(ctx, customer, channel, call.traits.get(trait))


async def _give(ctx: Ctx, customer: Customer, channel: str, address: Any) -> None:
    """Give a customer an address that their sender vouches for; of another's it is a claim."""
    if not isinstance(address, str):
        return
    try:
        kept = await normal(ctx, channel, address)
    except AddressInvalid:
        return
    try:
        await customers.add_identity(
            ctx, customer.id, channel, kept, verified=True, source=SOURCE, verified_by="api"
        )
    except IdentityTaken:
        await customers.claim(ctx, customer.id, channel, kept, source=SOURCE, verified_by="api")


def _has(customer: Customer, field: str) -> bool:
    return bool(customer.company_id if field == "company" else getattr(customer, field))


def patch_of(call: Call) -> dict[str, Any]:
    """What an event says about its person, in our fields; what does not fit is left out."""
    traits, context = call.traits, call.context
    company = traits.get("company")
    names = [traits.get("firstName"), traits.get("lastName")]
    said = {
        "name": traits.get("name") or " ".join(n for n in names if isinstance(n, str)),
        "email": traits.get("email"),
        "phone": traits.get("phone"),
        "company": company.get("name") if isinstance(company, dict) else company,
        "locale": traits.get("locale") or context.get("locale"),
        "timezone": traits.get("timezone") or context.get("timezone"),
    }
    fitting = {field: value for field, value in said.items() if value and _fits({field: value})}
    attributes = {
        key: value
        for key, value in list(traits.items())[:100]
        if key not in _NOT_KEPT and _fits({"attributes": {key: value}})
    }
    return {**fitting, "attributes": attributes}


def _fits(patch: Mapping[str, Any]) -> bool:
    try:
        CustomerPatch.model_validate(patch)
    except ValidationError:
        return False
    return True
