"""Who customers are: told, and forgotten."""

from collections import Counter
from typing import Any
from uuid import UUID

from rapport.customers import service as customers
from rapport.customers.erasing import repository
from rapport.customers.erasing.repository import ErasingRepository
from rapport.customers.events import CustomerErased, CustomerUpdated
from rapport.customers.importing.rows import keys_of
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.personal import Counts, Portion, Room, Table, Things, Who, identifies, rooms


@identifies
async def who(ctx: Ctx, customer_id: UUID) -> Who:
    """The customer, as somebody must name them to have them erased.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await customers.get(ctx, customer_id)
    label = customer.name or customer.email or customer.phone or str(customer.id)[:8]
    return Who(customer.id, "customer", label)


async def _belongings(ctx: Ctx, things: Things) -> Things:
    return frozenset(await ErasingRepository(ctx).merged_into(things))


async def _close(ctx: Ctx, things: Things) -> None:
    for customer_id in await ErasingRepository(ctx).close(things):
        await emit(ctx, CustomerErased(customer_id=customer_id), subject=customer_id)


async def _failed(ctx: Ctx, things: Things, _: Any) -> Portion:
    """Rows that no customer came of are found by the addresses in them."""
    rows = ErasingRepository(ctx)
    keys = keys_of(ctx.workspace_id, await rows.addresses(things))
    return Portion(await rows.failed(keys))


async def _erase(ctx: Ctx, things: Things) -> Counts:
    rows = ErasingRepository(ctx)
    failed = await rows.failed_rows(keys_of(ctx.workspace_id, await rows.addresses(things)))
    companies = await rows.companies(things)
    scrubbed = await rows.scrub(things)
    for customer_id in scrubbed:
        await emit(ctx, CustomerUpdated(customer_id=customer_id), subject=customer_id)
    return Counter(
        companies=len(companies),
        customers=len(scrubbed),
        identities=len(await rows.identities(things)),
        consents=len(await rows.consents(things)),
        timeline=len(await rows.timeline(things)),
        merges=len(await rows.merges(things)),
        suggestions=len(await rows.suggestions(things)),
        failed_rows=len(failed),
        **await rows.belongings(things),
    )


rooms.add(
    Room(
        key="customers",
        about="Who they are, where they write from, and what happened to them.",
        tables=(
            Table("profiles", "What is known about them.", repository.PROFILES),
            Table("identities", "Their addresses on channels.", repository.IDENTITIES),
            Table("claims", "Addresses that are said to be theirs.", repository.CLAIMS),
            Table("consents", "What they allowed, and until when.", repository.CONSENTS),
            Table("timeline", "What happened to them.", repository.TIMELINE),
            Table("changes", "What was changed of them, by whom.", repository.CHANGES),
            Table("pain_points", "What makes their life hard.", repository.PAIN_POINTS),
            Table("imported", "What files said of them.", repository.IMPORTED),
            Table("not_imported", "Rows of files that could not be used.", _failed),
            Table("duplicates", "Whom they were taken for.", repository.SUGGESTED),
            Table("merges", "With whom they turned out to be one person.", repository.MERGES),
        ),
        belongings=_belongings,
        close=_close,
        erase=_erase,
        named_by=("customer_id",),
    )
)
