"""What customers allow: per purpose and channel, with how we know."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from rapport.customers.consents.repository import ConsentRepository
from rapport.customers.consents.schemas import ConsentOut
from rapport.customers.events import ConsentChanged
from rapport.customers.history.service import by
from rapport.customers.models import Consent
from rapport.customers.profiles import get, record
from rapport.customers.repository import CustomerRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def decide(
    ctx: Ctx,
    customer_id: UUID,
    *,
    purpose: str,
    is_granted: bool,
    source: str,
    channel: str = "",
    words: str = "",
    proof: Mapping[str, str] | None = None,
) -> bool:
    """Note that the customer allowed, or refused, one use of their data; whether that is new.

    Every decision is kept with what they were shown (`words`) and, from a browser, `ip` and
    `agent`; deciding the same again changes nothing.

    Raises:
        CustomerNotFound, CustomerErasedAlready: nothing is noted about them.
    """
    customer = await get(ctx, customer_id, lock=True)
    consents = ConsentRepository(ctx)
    known = await _decisions(ctx, customer.id, purpose)
    latest = next((d for d in known if d.channel == channel), None)
    if latest is not None and holds(latest) == is_granted:
        return False
    for earlier in known:
        is_theirs = earlier.customer_id == customer.id and earlier.channel == channel
        if not is_granted and is_theirs and earlier.revoked_at is None:
            earlier.revoked_at = ctx.now()
    made = await consents.add(
        customer_id=customer.id,
        purpose=purpose,
        channel=channel,
        is_granted=is_granted,
        source=source,
        words=words,
        proof=dict(proof or {}),
        actor=str(ctx.actor),
        actor_name=ctx.actor.name if ctx.actor.kind == "agent" else "",
        revoked_at=None if is_granted else ctx.now(),
    )
    changed = ConsentChanged(customer_id=customer.id, purpose=purpose, is_granted=is_granted)
    await emit(ctx, changed, subject=customer.id)
    await record(
        ctx,
        customer.id,
        kind="consent",
        source=f"consent:{made.id}",
        title=f"{'Allowed' if is_granted else 'Refused'}: {purpose}",
        data={"purpose": purpose, "channel": channel, "is_granted": is_granted},
    )
    return True


async def allows(ctx: Ctx, customer_id: UUID, purpose: str, channel: str = "") -> bool | None:
    """Whether the customer allows a use of their data on a channel; None when they never said.

    What they said about the channel itself counts before what they said about all.
    """
    known = await _decisions(ctx, customer_id, purpose)
    for about in dict.fromkeys((channel, "")):
        latest = next((d for d in known if d.channel == about), None)
        if latest is not None:
            return holds(latest)
    return None


async def everything(ctx: Ctx, customer_id: UUID) -> list[ConsentOut]:
    """All decisions of a customer and everybody merged into them, the latest first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await get(ctx, customer_id)
    told, seen = [], set()
    for row in await _decisions(ctx, customer.id, None):
        place = (row.purpose, row.channel)
        told.append(_told(row, is_current=place not in seen))
        seen.add(place)
    return told


def holds(decision: Consent) -> bool:
    """Whether a decision allows something, as long as there is no later one."""
    return decision.is_granted and decision.revoked_at is None


async def _decisions(ctx: Ctx, customer_id: UUID, purpose: str | None) -> Sequence[Consent]:
    family = await CustomerRepository(ctx).family(customer_id)
    return await ConsentRepository(ctx).decisions(family, purpose)


def _told(row: Consent, *, is_current: bool) -> ConsentOut:
    return ConsentOut(
        id=row.id,
        purpose=row.purpose,
        channel=row.channel,
        is_granted=row.is_granted,
        source=row.source,
        words=row.words,
        by=by(row.actor, row.actor_name) if row.actor else None,
        at=row.created_at,
        revoked_at=row.revoked_at if row.is_granted else None,
        is_current=is_current,
    )
