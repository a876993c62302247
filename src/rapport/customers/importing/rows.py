"""What is to become of rows, and making it so: many at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from rapport.customers import addresses
from rapport.customers import service as customers
from rapport.customers.attributes import service as attributes
from rapport.customers.errors import CustomerErasedAlready, IdentityTaken
from rapport.customers.events import CustomerCreated, IdentityAdded
from rapport.customers.importing import fields
from rapport.customers.importing.fields import ATTRIBUTE, CHANNELS, Wrong
from rapport.customers.importing.models import Import
from rapport.customers.importing.repository import BulkRepository, ImportRowRepository
from rapport.customers.models import Customer
from rapport.customers.owning import search_text
from rapport.customers.repository import CustomerRepository, TimelineRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events.log import emit_each
from rapport.kernel.ids import new_id

SOURCE: Final = "import"
Action = Literal["create", "update", "unchanged", "fail"]


@dataclass(slots=True)
class Plan:
    """What is to become of a row."""

    row: int
    cells: list[str]
    values: dict[str, Any]
    wrong: list[Wrong]
    action: Action = "create"
    customer: Customer | None = None
    before: dict[str, Any] = field(default_factory=dict)
    """What the fields hold that will be changed."""

    @property
    def after(self) -> dict[str, Any]:
        """What those fields will hold."""
        return {name: self.values[name] for name in self.before}

    @property
    def places(self) -> dict[tuple[str, str], str]:
        """The addresses that a row names, with the fields they are in."""
        return {
            (channel, self.values[name]): name
            for name, channel in CHANNELS.items()
            if name in self.values
        }


async def plan(ctx: Ctx, row: Import, lines: Sequence[tuple[int, list[str]]]) -> list[Plan]:
    """What is to become of some rows, as things are now."""
    definitions = await attributes.everything(ctx)
    region = await addresses.region_of(ctx)
    columns = [column["name"] for column in row.columns]
    planned = []
    for number, cells in lines:
        said = fields.read(cells, columns, row.mapping, definitions, match=row.match, region=region)
        planned.append(Plan(number, cells, said.values, list(said.wrong)))
    await _recognise(ctx, row, planned)
    return planned


async def _recognise(ctx: Ctx, row: Import, planned: Sequence[Plan]) -> None:
    """Find whom the rows are about, and what would change."""
    owners = await BulkRepository(ctx).owners({place for one in planned for place in one.places})
    roots = await customers.roots(ctx, set(owners.values()))
    people = {
        one.id: one for one in await CustomerRepository(ctx).in_order(sorted(set(roots.values())))
    }
    names = await CustomerRepository(ctx).companies(
        {one.company_id for one in people.values() if one.company_id}
    )
    match = (CHANNELS[row.match], row.match)
    for one in planned:
        place = (match[0], one.values.get(match[1], ""))
        mine = roots.get(owners[place]) if place in owners else None
        columns = {name: column for column, name in row.mapping.items()}
        for other, name in one.places.items():
            if other in owners and roots.get(owners[other]) != mine:
                one.wrong.append(Wrong(columns[name], "address_taken", "belongs to somebody else"))
        if one.wrong:
            one.action = "fail"
            continue
        one.customer = people.get(mine) if mine is not None else None
        if one.customer is not None:
            known = shown(one.customer, names)
            one.before = {n: known.get(n) for n, v in one.values.items() if _differs(known, n, v)}
            gains = any(other not in owners for other in one.places)
            one.action = "update" if one.before or gains else "unchanged"


def _differs(known: Mapping[str, Any], name: str, value: Any) -> bool:
    if name == "external_id":
        return False
    if name == "value" and known.get(name) is not None:
        return Decimal(str(value)) != Decimal(known[name])
    if name == "company":
        return str(known.get(name) or "").casefold() != str(value).casefold()
    return bool(known.get(name) != value)


def shown(customer: Customer, companies: Mapping[UUID, str]) -> dict[str, Any]:
    """What a customer has in the fields of an import."""
    plain = {
        name: getattr(customer, name)
        for name in ("name", "email", "phone", "locale", "timezone", "status")
    }
    return {
        **plain,
        "value": str(customer.value) if customer.value is not None else None,
        "company": companies.get(customer.company_id) if customer.company_id else None,
        "language": customer.preferences.get("language"),
        **{ATTRIBUTE + key: value for key, value in customer.attributes.items()},
    }


async def carry_out(ctx: Ctx, row: Import, lines: Sequence[tuple[int, list[str]]]) -> None:
    """Import some rows, note what became of each, and count them. Once per row, by its number."""
    planned = await plan(ctx, row, lines)
    created = await _create(ctx, row, [one for one in planned if one.action == "create"])
    updated = []
    for one in planned:
        # Rows of the same customer one after another: the second one finds what the first made.
        if one.action == "create" and one.row not in created:
            (one,) = await plan(ctx, row, [(one.row, one.cells)])
        if one.row not in created and one.action in {"create", "update"}:
            updated.append(await _update(ctx, row, one))
        elif one.action == "unchanged":
            row.unchanged += 1
        elif one.action == "fail":
            row.failed += 1
            updated.append(failure(ctx, row, one, one.wrong))
    await ImportRowRepository(ctx).add_many([*created.values(), *updated])
    row.created += len(created)
    row.rows_done = lines[-1][0]


async def _create(ctx: Ctx, row: Import, planned: Sequence[Plan]) -> dict[int, dict[str, Any]]:
    """Make new customers, all with a few statements; what became of their rows.

    A row whose address is taken meanwhile, be it by a row before it, is not among them.
    """
    bulk = BulkRepository(ctx)
    ids: dict[int, UUID] = {}
    seen: set[tuple[str, str]] = set()
    for one in planned:
        if not seen & one.places.keys():
            ids[one.row] = new_id()
            seen |= one.places.keys()
    fresh = [one for one in planned if one.row in ids]
    names = dict.fromkeys(one.values["company"] for one in fresh if "company" in one.values)
    companies = {name: await CustomerRepository(ctx).company_named(name) for name in names}
    await bulk.add_customers([_fresh(ids[one.row], one.values, companies) for one in fresh])
    given = await bulk.add_identities(
        [
            {"customer_id": ids[one.row], "channel": channel, "address": address}
            for one in fresh
            for channel, address in one.places
        ]
    )
    theirs: dict[UUID, list[UUID]] = {}
    for identity_id, customer_id, _ in given:
        theirs.setdefault(customer_id, []).append(identity_id)
    kept = {one.row for one in fresh if len(theirs.get(ids[one.row], ())) == len(one.places)}
    for one in fresh:
        if one.row not in kept:  # somebody was faster: this row is an update then
            await bulk.remove_all([ids[one.row]])
    await _announce(ctx, row, [ids[one.row] for one in fresh if one.row in kept], given)
    return {
        one.row: {
            "import_id": row.id,
            "row": one.row,
            "outcome": "created",
            "customer_id": ids[one.row],
            "after": one.values,
            "identity_ids": theirs.get(ids[one.row], []),
        }
        for one in fresh
        if one.row in kept
    }


def _fresh(
    customer_id: UUID, values: Mapping[str, Any], companies: Mapping[str, UUID]
) -> dict[str, Any]:
    name, email, phone = values.get("name", ""), values.get("email"), values.get("phone")
    return {
        "id": customer_id,
        "name": name,
        "email": email,
        "phone": phone,
        "company_id": companies.get(values.get("company", "")),
        "locale": values.get("locale"),
        "timezone": values.get("timezone"),
        "status": values.get("status"),
        "value": Decimal(str(values["value"])) if "value" in values else None,
        "attributes": {
            key.removeprefix(ATTRIBUTE): value
            for key, value in values.items()
            if key.startswith(ATTRIBUTE)
        },
        "preferences": {"language": values["language"]} if "language" in values else {},
        "search_text": search_text(name, email, phone),
    }


async def _announce(
    ctx: Ctx, row: Import, ids: Sequence[UUID], given: Sequence[tuple[UUID, UUID, str]]
) -> None:
    made = set(ids)
    events = [(CustomerCreated(customer_id=id_), id_) for id_ in ids]
    added = [
        (IdentityAdded(customer_id=c, identity_id=i, channel=channel), c)
        for i, c, channel in given
        if c in made
    ]
    await emit_each(ctx, [*events, *added])
    entries = [
        {
            "customer_id": id_,
            "kind": "imported",
            "source": f"imported:{row.id}:{id_}",
            "title": "Imported",
            "text": "",
            "at": ctx.now(),
            "conversation_id": None,
            "data": {"import_id": str(row.id)},
        }
        for id_ in ids
    ]
    await TimelineRepository(ctx).add_new(entries)


async def _update(ctx: Ctx, row: Import, one: Plan) -> dict[str, Any]:
    assert one.customer is not None
    customer_id = one.customer.id
    patch = fields.patch_of(one.after)
    given: list[UUID] = []
    try:
        await customers.update(ctx, customer_id, patch, source=SOURCE)
        had = {i.id for i in (await customers.addresses_of(ctx, [customer_id]))[customer_id]}
        for channel, address in one.places:
            await customers.add_identity(ctx, customer_id, channel, address, source=SOURCE)
        has = {i.id for i in (await customers.addresses_of(ctx, [customer_id]))[customer_id]}
        given = sorted(has - had)
    except (IdentityTaken, CustomerErasedAlready) as error:
        row.failed += 1
        return failure(ctx, row, one, [Wrong("", error.code, error.detail)])
    row.updated += 1
    return {
        "import_id": row.id,
        "row": one.row,
        "outcome": "updated",
        "customer_id": customer_id,
        "before": one.before,
        "after": one.after,
        "identity_ids": given,
    }


def failure(ctx: Ctx, row: Import, one: Plan, wrong: Sequence[Wrong]) -> dict[str, Any]:
    """What is kept of a row that could not be imported."""
    return {
        "import_id": row.id,
        "row": one.row,
        "outcome": "failed",
        "cells": one.cells,
        "errors": [{"column": w.column, "code": w.code, "detail": w.detail} for w in wrong],
        "keys": keys_of(ctx.workspace_id, one.cells),
    }


def keys_of(workspace_id: UUID, texts: Sequence[str]) -> list[bytes]:
    """Digests by which a row is found that holds one of these texts."""
    return [
        hashlib.blake2b(
            text.strip().casefold().encode(), digest_size=16, key=workspace_id.bytes
        ).digest()
        for text in texts
        if text.strip()
    ]
