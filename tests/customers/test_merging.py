"""Merging and its undoing are exact inverses, in whatever order."""

import os
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.conversations import service as conversations
from rapport.conversations.listeners import follow_merges
from rapport.customers import service as customers
from rapport.customers.models import Customer
from rapport.customers.pains import service as pains
from rapport.customers.schemas import CustomerPatch, PreferencesIn
from rapport.customers.timeline.schemas import EntryIn
from rapport.customers.timeline.service import write
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.make.customers import make_customer

IS_FULL = os.environ.get("RAPPORT_FAULTS") == "full"
PEOPLE = 5
CASES = 10_000 if IS_FULL else 60
Step = tuple[bool, int, int]
"""Whether to merge or to separate, who, and into whom."""
STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=12
)


@dataclass
class Town:
    """Some customers of one workspace who have everything a customer can have."""

    workspace_id: UUID
    begin: Begin
    people: list[UUID] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    """Who is merged into whom."""
    order: list[int] = field(default_factory=list)
    """Who is merged, in the order in which it happened."""

    def root(self, of: int) -> int:
        while of in self.parents:
            of = self.parents[of]
        return of

    async def merge(self, one: int, into: int) -> bool:
        """Merge if that is legal; whether it was."""
        if one in self.parents or self.root(into) == one:
            return False
        async with self.begin() as ctx:
            survivor = await customers.merge(ctx, self.people[one], self.people[into])
            assert survivor.id == self.people[self.root(into)]
        self.parents[one] = self.root(into)
        self.order.append(one)
        return True

    async def separate(self, one: int) -> bool:
        """Separate somebody if they are merged; whether they were."""
        if one not in self.parents:
            return False
        async with self.begin() as ctx:
            await customers.unmerge(ctx, self.people[one])
        del self.parents[one]
        self.order.remove(one)
        return True


async def settle(begin: Begin, since: log.Cursor) -> log.Cursor:
    """Let the conversations follow what happened since."""
    async with begin(SYSTEM) as ctx:
        records = await log.of_workspace(ctx, since, limit=5_000)
        for record in records:
            if record.name in {"customers.merged", "customers.unmerged"}:
                await follow_merges(ctx, record.event, record)
    return records[-1].cursor if records else since


@pytest.fixture
async def town(begin: Begin, workspace: UUID, clock: Clock) -> Town:
    made = Town(workspace, begin)
    async with begin() as ctx:
        inbox = await conversations.create_inbox(ctx, name="Shop", channel="webchat")
        for place in range(PEOPLE):
            clock.forward(minutes=7)
            customer = await resident(ctx, place)
            made.people.append(customer.id)
            if place % 3:
                await conversations.start(
                    ctx, inbox.id, customer.id, f"Hello from {place}", client_id=f"c{place}"
                )
                await customers.count_conversation(ctx, customer.id)
    return made


async def resident(ctx: Ctx, place: int) -> Customer:
    """A customer who shares some traits with others, and lacks some."""
    name = ["", "Ada Ada", "Bob", "", "Ada Lovelace"][place]
    email = [None, "ada@example.com", None, "c@example.com", "ada@example.com"][place]
    customer = await make_customer(ctx, name=name, email=email, verified=place == 1)
    await customers.add_identity(ctx, customer.id, "phone", f"+4930123450{place}")
    patch = CustomerPatch(
        attributes={"plan": ["gold", "silver", None, "gold", None][place], f"only{place}": place},
        preferences=PreferencesIn(language=[None, "de", "fr", None, "de"][place], needs=["slow"]),
    )
    if place in {1, 3}:
        patch = CustomerPatch.model_validate(
            patch.model_dump(exclude_unset=True)
            | {"company": f"Company {place}", "status": "active", "value": Decimal("12.50")}
        )
    await customers.update(ctx, customer.id, patch)
    await customers.record_consent(
        ctx, customer.id, purpose="news", is_granted=place % 2 == 0, source="form"
    )
    await write(ctx, customer.id, EntryIn(kind="note", text=f"Note {place}"))
    await pains.add(ctx, customer.id, f"Pain {place}")
    return customer


_TABLES = {
    "customers": "id",
    "identities": "customer_id",
    "identity_claims": "customer_id",
    "consents": "customer_id",
    "pain_points": "customer_id",
    "customer_changes": "customer_id",
    "conversations": "customer_id",
    "conversation_starts": "customer_id",
    "messages": "conversation_id",
}


def state(database_url: str, workspace_id: UUID) -> dict[str, list[Any]]:
    """Every row about customers, but what tells of merges themselves."""
    with psycopg.connect(database_url) as owner:
        found: dict[str, list[Any]] = {}
        for table in _TABLES:
            rows = owner.execute(
                f"SELECT to_jsonb(t) - 'version' FROM {table} t WHERE workspace_id = %s"
                f" ORDER BY to_jsonb(t)->>'id', to_jsonb(t)::text",
                (workspace_id,),
            ).fetchall()
            found[table] = [row[0] for row in rows]
        items = owner.execute(
            "SELECT to_jsonb(t) FROM timeline_items t WHERE workspace_id = %s"
            " AND kind NOT IN ('merged', 'unmerged') ORDER BY id",
            (workspace_id,),
        ).fetchall()
        moves = owner.execute(
            "SELECT count(*) FROM conversation_moves WHERE workspace_id = %s", (workspace_id,)
        ).fetchone()
    found["timeline"] = [row[0] for row in items]
    found["moves"] = [moves]
    return found


async def told(town: Town) -> list[Any]:
    """What the API says of everybody."""
    async with town.begin() as ctx:
        rows = [await customers.get(ctx, id_) for id_ in town.people]
        pages = [
            await customers.timeline(
                ctx, id_, kinds=["note", "identity_added", "consent"], limit=100
            )
            for id_ in town.people
        ]
        return [
            *(one.model_dump() for one in await customers.describe_many(ctx, rows)),
            *([item.id for item in page.items] for page in pages),
        ]


async def _all_apart(town: Town, backwards: bool) -> None:
    for one in list(reversed(town.order) if backwards else town.order):
        await town.separate(one)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, backwards=st.booleans())
async def test_whatever_is_merged_and_separated_all_is_as_before(
    town: Town, database_url: str, steps: list[Step], backwards: bool
) -> None:
    async with town.begin() as ctx:
        since = await log.head(ctx)
    before, shown = state(database_url, town.workspace_id), await told(town)

    for is_merge, one, other in steps:
        await (town.merge(one, other) if is_merge else town.separate(one))
        if (one + other) % 2:
            since = await settle(town.begin, since)
    await _all_apart(town, backwards)
    await settle(town.begin, since)

    assert state(database_url, town.workspace_id) == before
    assert await told(town) == shown
    _sweep(database_url, town)


@settings(max_examples=CASES // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_what_is_merged_shows_as_if_the_undone_merges_had_never_been(
    town: Town, database_url: str, steps: list[Step]
) -> None:
    async with town.begin() as ctx:
        since = await log.head(ctx)
    for is_merge, one, other in steps:
        await (town.merge(one, other) if is_merge else town.separate(one))
    since = await settle(town.begin, since)
    shown, order = await told(town), [(one, town.parents[one]) for one in town.order]
    owners = _owners(database_url, town)
    await _all_apart(town, backwards=True)
    since = await settle(town.begin, since)

    for one, parent in order:
        assert await town.merge(one, parent)
    await settle(town.begin, since)
    again, owned = await told(town), _owners(database_url, town)
    await _all_apart(town, backwards=False)
    await settle(town.begin, since)

    assert again == shown
    assert owned == owners
    _sweep(database_url, town)


def _sweep(database_url: str, town: Town) -> None:
    """Take away what tells of merges, so that the last case is as quick as the first."""
    with psycopg.connect(database_url) as owner:
        for what in (
            "timeline_items WHERE kind IN ('merged', 'unmerged') AND",
            "customer_merges WHERE undone_at IS NOT NULL AND",
        ):
            owner.execute(f"DELETE FROM {what} workspace_id = %s", (town.workspace_id,))


def _owners(database_url: str, town: Town) -> list[Any]:
    """Whose the conversations are: everybody's who is part of a customer are the customer's."""
    with psycopg.connect(database_url) as owner:
        found = owner.execute(
            "SELECT id, customer_id FROM conversations WHERE workspace_id = %s ORDER BY id",
            (town.workspace_id,),
        ).fetchall()
    roots = {town.people[town.root(place)] for place in range(PEOPLE)}
    assert {customer_id for _, customer_id in found} <= roots
    return found


async def test_what_is_learned_while_they_are_one_stays_with_the_survivor(ctx: Ctx) -> None:
    one, other = await make_customer(ctx, name="Ada"), await make_customer(ctx, name="", email=None)
    await customers.merge(ctx, one.id, other.id)

    await customers.update(ctx, one.id, CustomerPatch(name="Ada King", attributes={"plan": "gold"}))
    await customers.unmerge(ctx, one.id)

    assert (other.name, other.attributes, other.email) == ("Ada King", {"plan": "gold"}, None)
    assert (one.name, one.attributes, one.email) == ("Ada", {}, "ada@example.com")


async def test_what_is_taken_away_stays_away_although_the_other_has_it(ctx: Ctx) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx, name="")
    await customers.update(ctx, one.id, CustomerPatch(phone="+4930123", attributes={"plan": "x"}))
    await customers.merge(ctx, one.id, other.id)

    await customers.update(ctx, other.id, CustomerPatch(phone=None, attributes={"plan": None}))

    assert (other.phone, other.attributes) == (None, {})
    await customers.unmerge(ctx, one.id)
    assert (one.phone, one.attributes) == ("+4930123", {"plan": "x"})


async def test_a_name_of_the_merged_finds_the_survivor_and_no_longer_when_separated(
    ctx: Ctx,
) -> None:
    one = await make_customer(ctx, name="Grace Hopper", email=None)
    other = await make_customer(ctx, name="Amazing Grace", email=None)
    await customers.merge(ctx, one.id, other.id)

    joined = await customers.find(ctx, words="hopper")
    await customers.unmerge(ctx, one.id)
    apart = await customers.find(ctx, words="hopper")

    assert [it.id for it in joined.items] == [other.id]
    assert [it.id for it in apart.items] == [one.id]


async def test_a_merge_of_an_earlier_version_is_undone_too(
    begin: Begin, database_url: str, workspace: UUID
) -> None:
    async with begin() as ctx:
        one = await make_customer(ctx, name="Ada", verified=True)
        other = await make_customer(ctx, name="", email=None)
        before = [await customers.describe(ctx, it) for it in (one, other)]
        identity = before[0].identities[0].id
    with psycopg.connect(database_url) as owner:  # what version 0.1 wrote
        owner.execute(
            "UPDATE identities SET customer_id = %s WHERE customer_id = %s", (other.id, one.id)
        )
        owner.execute("UPDATE customers SET merged_into_id = %s WHERE id = %s", (other.id, one.id))
        owner.execute(
            "UPDATE customers SET name = 'Ada', email = 'ada@example.com', verified = true,"
            " search_text = 'ada ada@example.com' WHERE id = %s",
            (other.id,),
        )
        owner.execute(
            "INSERT INTO customer_merges (workspace_id, id, created_at, customer_id, into_id,"
            " identity_ids, filled, conversation_count, actor) VALUES (%s, %s, now(), %s, %s,"
            """ %s, '{"name": "Ada", "email": "ada@example.com"}', 0, 'system:0')""",
            (workspace, new_id(), one.id, other.id, [identity]),
        )

    async with begin() as ctx:
        await customers.unmerge(ctx, one.id)

    async with begin() as ctx:
        rows = [await customers.get(ctx, it.id) for it in (one, other)]
        assert [await customers.describe(ctx, it) for it in rows] == before
        assert rows[1].search_text == ""
