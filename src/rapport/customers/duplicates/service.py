"""Who may be one person: suggested with reasons, decided by people, or by a rule if it is sure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from rapport.customers import service as customers
from rapport.customers.duplicates import keys as filing
from rapport.customers.duplicates.keys import Traits
from rapport.customers.duplicates.models import Suggestion
from rapport.customers.duplicates.repository import (
    Filed,
    KeyRepository,
    Pair,
    SuggestionRepository,
)
from rapport.customers.duplicates.schemas import ReasonOut, SuggestionOut
from rapport.customers.duplicates.scoring import LEAST, Likeness, compare
from rapport.customers.duplicates.settings import Duplicates
from rapport.customers.errors import CustomersTheSame, SuggestionDecided
from rapport.customers.events import DuplicatesChanged
from rapport.customers.models import Customer
from rapport.customers.repository import CustomerRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor
from rapport.kernel.settings import workspace as workspace_settings

SHOWN: Final = 20
"""How many likely duplicates one customer has at most."""


async def reconsider(ctx: Ctx, customer_ids: Collection[UUID]) -> None:
    """File customers under what they have in common with others, and compare them with those.

    Only customers who share a key are compared, at most 100 for each, and a key that more than 20
    have is passed over. What nothing speaks for any more is withdrawn.
    """
    roots = await customers.roots(ctx, customer_ids)
    people = await _traits(ctx, set(roots.values()))
    wanted = {*customer_ids, *roots.values()}
    known = await KeyRepository(ctx).of(wanted)
    for customer_id in sorted(wanted):
        mine = people.get(customer_id)
        keys = _filed(ctx, mine) if mine is not None else frozenset()
        before = known.get(customer_id, set())
        if keys or before:
            await KeyRepository(ctx).save(customer_id, before, keys)
            await _compare(ctx, customer_id, mine, keys)


async def _compare(
    ctx: Ctx, customer_id: UUID, mine: Traits | None, keys: Collection[Filed]
) -> None:
    suggestions = SuggestionRepository(ctx)
    found: dict[Pair, Likeness] = {}
    if mine is not None:
        ids = set(await KeyRepository(ctx).sharing(keys)) - {customer_id}
        others = await _traits(ctx, ids)
        likely = [(compare(mine, other), other.customer_id) for other in others.values()]
        likely.sort(key=lambda one: (-one[0].score, one[1]))
        found = {
            _pair(customer_id, other_id): likeness
            for likeness, other_id in likely[:SHOWN]
            if likeness.score >= LEAST
        }
    before = {(row.low_id, row.high_id) for row in await suggestions.open_of([customer_id])}
    changed = await suggestions.save([_row(pair, found[pair]) for pair in sorted(found)])
    gone = before - found.keys()
    await suggestions.withdraw(gone)
    await _announce(ctx, changed | gone)
    await _by_rule(ctx, {pair: found[pair] for pair in changed})


async def _by_rule(ctx: Ctx, found: dict[Pair, Likeness]) -> None:
    """Merge the surest of these, if the workspace wants it and it is proved."""
    sure = [pair for pair, likeness in found.items() if likeness.is_verified]
    if not sure:
        return
    rule = await workspace_settings.get(ctx, Duplicates)
    if not rule.automatic:
        return
    for pair in sorted(sure, key=lambda one: -found[one].score):
        roots = await customers.roots(ctx, pair)
        if found[pair].score >= rule.threshold and len(set(roots.values())) == len(pair):
            people = await _traits(ctx, set(roots.values()))
            # Whoever has a name in the workspace's own systems remains; else who came first.
            keep, leave = sorted(people, key=lambda id_: (not people[id_].external, id_))
            await customers.merge(ctx, leave, keep, rule="rule")


async def merged(ctx: Ctx, customer_id: UUID, into_id: UUID) -> None:
    """Note that two customers were made one."""
    pair = _pair(customer_id, into_id)
    await SuggestionRepository(ctx).decide([pair], "merged", instead_of="open")


async def separated(ctx: Ctx, customer_id: UUID, into_id: UUID) -> None:
    """Note that two customers are not one person, whatever speaks for it."""
    pair = _pair(customer_id, into_id)
    await SuggestionRepository(ctx).decide([pair], "dismissed", instead_of="merged")


async def page(ctx: Ctx, *, cursor: str | None = None, limit: int = 50) -> Page[SuggestionOut]:
    """Who may be one person, most likely first."""
    after = None
    if cursor is not None:
        score, after_id = decode_cursor(cursor, float, UUID)
        after = (score, after_id)
    rows = await SuggestionRepository(ctx).page(after=after, limit=limit + 1)
    shown = rows[:limit]
    return Page(
        items=await describe_many(ctx, shown),
        next=encode_cursor([shown[-1].score, shown[-1].id]) if len(rows) > limit else None,
    )


async def of(ctx: Ctx, customer_id: UUID) -> list[SuggestionOut]:
    """Who may be the same person as a customer, most likely first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await customers.get(ctx, customer_id)
    return await describe_many(ctx, await SuggestionRepository(ctx).open_of([customer.id]))


async def dismiss(ctx: Ctx, suggestion_id: UUID) -> Suggestion:
    """Say that two customers are different people; it is not suggested again.

    Raises:
        SuggestionNotFound: there is no such suggestion.
        SuggestionDecided: they were merged.
    """
    row = await SuggestionRepository(ctx).get(suggestion_id, lock=True)
    if row.state == "merged":
        raise SuggestionDecided
    if row.state == "open":
        row.state, row.decided_by, row.decided_at = "dismissed", str(ctx.actor), ctx.now()
        await ctx.session.flush()
        await _announce(ctx, [(row.low_id, row.high_id)])
        await audit.record(
            ctx,
            "customer.duplicate_dismissed",
            subject=f"customer:{row.low_id}",
            details={"other": str(row.high_id)},
        )
    return row


async def accept(ctx: Ctx, suggestion_id: UUID, into_id: UUID) -> Customer:
    """Merge the two customers of a suggestion into one of them, who is returned.

    Raises:
        SuggestionNotFound: there is no such suggestion.
        SuggestionDecided: it was decided before.
        CustomersTheSame: `into_id` is neither of them.
    """
    row = await SuggestionRepository(ctx).get(suggestion_id, lock=True)
    if row.state != "open":
        raise SuggestionDecided
    if into_id not in {row.low_id, row.high_id}:
        raise CustomersTheSame("Choose one of the two who are suggested.")
    other = row.high_id if into_id == row.low_id else row.low_id
    row.state, row.decided_by, row.decided_at = "merged", str(ctx.actor), ctx.now()
    await ctx.session.flush()
    return await customers.merge(ctx, other, into_id)


async def describe_many(ctx: Ctx, rows: Sequence[Suggestion]) -> list[SuggestionOut]:
    """Suggestions with their customers; those of whom one is gone are left out."""
    ids = sorted({id_ for row in rows for id_ in (row.low_id, row.high_id)})
    found = await CustomerRepository(ctx).in_order(ids) if ids else []
    people = {one.id: one for one in await customers.describe_many(ctx, found)}
    return [
        SuggestionOut(
            id=row.id,
            score=row.score,
            reasons=[ReasonOut(**reason) for reason in row.reasons],
            is_verified=row.is_verified,
            state=row.state,
            found_at=row.created_at,
            customers=[people[row.low_id], people[row.high_id]],
        )
        for row in rows
        if row.low_id in people and row.high_id in people
    ]


async def _traits(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, Traits]:
    """What is known of customers who are nobody else and were not erased."""
    rows = await CustomerRepository(ctx).in_order(sorted(ids)) if ids else []
    here = [row for row in rows if row.merged_into_id is None and row.erased_at is None]
    addresses = await customers.addresses_of(ctx, [row.id for row in here]) if here else {}
    return {
        row.id: filing.traits(
            row.id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            company_id=row.company_id,
            addresses=addresses[row.id],
        )
        for row in here
    }


def _filed(ctx: Ctx, known: Traits) -> frozenset[Filed]:
    keys = filing.keys_of(known)
    return frozenset((key[0], filing.digest(ctx.workspace_id, key)) for key in keys)


def _row(pair: Pair, likeness: Likeness) -> dict[str, object]:
    return {
        "low_id": pair[0],
        "high_id": pair[1],
        "score": likeness.score,
        "reasons": [asdict(reason) for reason in likeness.reasons],
        "is_verified": likeness.is_verified,
    }


def _pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one < other else (other, one)


async def _announce(ctx: Ctx, pairs: Iterable[Pair]) -> None:
    for customer_id in sorted({id_ for pair in pairs for id_ in pair}):
        await emit(ctx, DuplicatesChanged(customer_id=customer_id), subject=customer_id)
