"""Events that programs and pages send: put on timelines and profiles, each of them once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from rapport.customers import service as customers
from rapport.customers.consents import service as consents
from rapport.customers.errors import CustomerErasedAlready, CustomerNotFound
from rapport.customers.identities import EXTERNAL
from rapport.customers.models import Customer
from rapport.customers.schemas import CustomerPatch
from rapport.customers.tracking import people
from rapport.customers.tracking.calls import digest
from rapport.customers.tracking.repository import (
    ReceivedRepository,
    Sender,
    WriteKeyRepository,
)
from rapport.customers.tracking.schemas import Call
from rapport.customers.tracking.settings import Tracking
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id
from rapport.kernel.settings import workspace as workspace_settings

USED_EVERY: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=30)
"""How long a message is known again."""
PAGES: Final = ("page_visits", "analytics")
"""Purposes of which any allows to keep which pages somebody looks at."""
_TITLES: Final = {"identify": "Identified", "group": "Joined a group", "page": "Looked at a page"}
_MOST_KEYS: Final = 60


async def receive(ctx: Ctx, sender: Sender, calls: Sequence[Call]) -> int:
    """Deal with calls in their order; how many were new. What came before is passed over."""
    if sender.last_used_at is None or ctx.now() - sender.last_used_at >= USED_EVERY:
        await WriteKeyRepository(ctx).used(sender.id)
    new = await _new(ctx, calls)
    await keep(ctx, new, is_trusted=sender.is_trusted)
    return len(new)


async def keep(ctx: Ctx, calls: Sequence[Call], *, is_trusted: bool) -> None:
    """Put calls on timelines and profiles, whoever sent them.

    Which pages somebody looks at is kept only if they allow it, or the workspace always may.
    """
    rows: list[dict[str, Any]] = []
    touched: dict[UUID, Customer] = {}
    for call in calls:
        try:
            customer = await _take(ctx, call, is_trusted=is_trusted)
        except (CustomerErasedAlready, CustomerNotFound):
            continue
        touched[customer.id] = customer
        if call.kind == "alias" or not await _may_keep(ctx, call, customer.id):
            continue
        rows.append(entry(customer.id, call))
    await customers.record_many(ctx, rows)
    for customer_id in touched:
        await customers.touch(ctx, customer_id)


async def note(ctx: Ctx, customer_id: UUID, calls: Sequence[Call]) -> None:
    """Put what somebody did on our own widget's page on their timeline, if they allow it.

    Raises:
        CustomerNotFound, CustomerErasedAlready: nothing is noted about them.
    """
    customer = await customers.get(ctx, customer_id, lock=True)
    if not await _are_pages_allowed(ctx, customer.id):
        return
    rows = [entry(customer.id, call) for call in await _new(ctx, calls)]
    await customers.record_many(ctx, rows)
    await customers.touch(ctx, customer.id)


async def _take(ctx: Ctx, call: Call, *, is_trusted: bool) -> Customer:
    customer = await people.whom(ctx, call, is_trusted=is_trusted)
    if call.kind == "alias" and call.previous_id is not None:
        return await _alias(ctx, customer, call.previous_id, is_trusted=is_trusted)
    if call.kind == "identify":
        await people.describe(ctx, customer, call, is_trusted=is_trusted)
    if call.kind == "group":
        await _join(ctx, customer, call, is_trusted=is_trusted)
    for purpose, is_granted in _decisions(call.context):
        await consents.decide(
            ctx, customer.id, purpose=purpose, is_granted=is_granted, source="tracking"
        )
    return customer


async def _alias(ctx: Ctx, customer: Customer, previous: str, *, is_trusted: bool) -> Customer:
    """One more id of a customer. Two names of the workspace's own are never merged by it."""
    if not is_trusted:
        await customers.claim(ctx, customer.id, EXTERNAL, previous, source=people.SOURCE)
        return customer
    return await people.own_device(ctx, customer, previous)


async def _join(ctx: Ctx, customer: Customer, call: Call, *, is_trusted: bool) -> None:
    name = call.traits.get("name")
    named = name if isinstance(name, str) and name.strip() else call.group_id
    if named is None or (customer.company_id is not None and not is_trusted):
        return
    patch = CustomerPatch.model_validate({"company": named.strip()[:200]})
    await customers.update(ctx, customer.id, patch, source=people.SOURCE)


async def _may_keep(ctx: Ctx, call: Call, customer_id: UUID) -> bool:
    return call.kind != "page" or await _are_pages_allowed(ctx, customer_id)


async def _are_pages_allowed(ctx: Ctx, customer_id: UUID) -> bool:
    if (await workspace_settings.get(ctx, Tracking)).pages == "always":
        return True
    return any([await consents.allows(ctx, customer_id, purpose) for purpose in PAGES])


async def _new(ctx: Ctx, calls: Sequence[Call]) -> list[Call]:
    """Those that did not come before, nor earlier among them."""
    waiting = await ReceivedRepository(ctx).take([d for c in calls if (d := digest(c))])
    new = []
    for call in calls:
        known_by = digest(call)
        if known_by is None or known_by in waiting:
            new.append(call)
            waiting.discard(known_by or b"")
    return new


def entry(customer_id: UUID, call: Call) -> dict[str, Any]:
    """A call as it stands on a timeline."""
    known_by = digest(call)
    url = page_url(call)
    title = call.name or url or _TITLES.get(call.kind, call.kind.capitalize())
    if call.kind == "group":
        title = _TITLES["group"]
    return {
        "customer_id": customer_id,
        "kind": call.kind,
        "source": f"event:{known_by.hex() if known_by else new_id()}",
        "title": title[:200],
        "text": url if call.kind == "page" and title != url else "",
        "at": call.at,
        "conversation_id": None,
        "data": _data(call),
    }


def page_url(call: Call) -> str:
    """Where the person was, without query and fragment, in which pages keep secrets."""
    page = call.context.get("page")
    url = call.properties.get("url") or (page.get("url") if isinstance(page, dict) else None)
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url[:2_000])
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _data(call: Call) -> dict[str, Any]:
    if call.kind == "page":
        referrer = call.properties.get("referrer")
        return {"referrer": referrer[:500]} if isinstance(referrer, str) and referrer else {}
    shown = call.traits if call.kind in {"identify", "group"} else call.properties
    kept = {str(k)[:100]: v for k, v in list(shown.items())[:_MOST_KEYS]}
    if call.kind == "group":
        kept = {"group_id": call.group_id, **kept}
    return kept


def _decisions(context: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What a sender says its person allows, in the form of Segment's consent objects."""
    consent = context.get("consent")
    chosen = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if not isinstance(chosen, dict):
        return []
    return [
        (name.lower(), is_granted)
        for name, is_granted in list(chosen.items())[:20]
        if isinstance(is_granted, bool) and name.replace("_", "").isalnum() and len(name) <= 60
    ]
