from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from rapport.conversations.live.audience import ConversationAudience
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.customers.errors import CustomerNotFound, EntryNotFound, EntryNotYours
from rapport.customers.timeline import service as timelines
from rapport.customers.timeline.schemas import EntryIn
from rapport.kernel.auth.roles import Role, permissions
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from rapport.kernel.realtime.presenters import present
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation, say
from tests.make.customers import make_customer


async def fill(ctx: Ctx, customer_id: UUID, clock: Clock, count: int, kind: str = "track") -> None:
    rows: list[dict[str, Any]] = [
        {
            "customer_id": customer_id,
            "kind": kind,
            "source": f"{kind}:{customer_id}:{place}",
            "title": f"{kind} {place}",
            "text": "",
            "at": clock() + timedelta(seconds=place // 3),
            "conversation_id": None,
            "data": {},
        }
        for place in range(count)
    ]
    for start in range(0, count, 1_000):
        await customers.record_many(ctx, rows[start : start + 1_000])


async def everything(ctx: Ctx, customer_id: UUID, limit: int, **filters: Any) -> list[UUID]:
    found: list[UUID] = []
    cursor = None
    while True:
        page = await customers.timeline(ctx, customer_id, cursor=cursor, limit=limit, **filters)
        found += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_pages_of_any_size_tell_everything_once_and_in_order(
    ctx: Ctx, clock: Clock, limit: int
) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx)
    talk = await make_conversation(ctx, customer=one)
    for _ in range(4):
        clock.forward(seconds=1)
        await say(ctx, talk, "Hello")
    await fill(ctx, one.id, clock, 20)
    await fill(ctx, other.id, clock, 20)
    await customers.merge(ctx, other.id, one.id)

    paged = await everything(ctx, one.id, limit)

    whole = await customers.timeline(ctx, one.id, limit=100)
    places = [(item.at, item.id) for item in whole.items]
    assert places == sorted(places, reverse=True)
    assert paged == [item.id for item in whole.items]
    kinds = [item.kind for item in whole.items]
    assert (kinds.count("track"), kinds.count("message")) == (40, 5)


async def test_only_what_is_asked_for_comes(ctx: Ctx, clock: Clock) -> None:
    ada = await make_customer(ctx)
    await make_conversation(ctx, customer=ada)
    await fill(ctx, ada.id, clock, 10, "track")
    await fill(ctx, ada.id, clock, 10, "page")

    async def kinds(**filters: Any) -> set[str]:
        page = await customers.timeline(ctx, ada.id, limit=100, **filters)
        return {item.kind for item in page.items}

    assert await kinds(groups=["events"]) == {"track"}
    assert await kinds(groups=["pages", "messages"]) == {"page", "message"}
    assert await kinds(kinds=["identity_added"]) == {"identity_added"}
    assert await kinds(groups=["nothing"]) == set()
    assert len(await everything(ctx, ada.id, 3, groups=["pages"])) == 10


async def test_of_ten_thousand_entries_no_more_is_read_than_is_shown(
    begin: Begin, clock: Clock
) -> None:
    async with begin() as ctx:
        ada = await make_customer(ctx)
        await fill(ctx, ada.id, clock, 10_000)
        await ctx.session.execute(text("ANALYZE timeline_items"))
    async with begin() as ctx:
        first = await customers.timeline(ctx, ada.id)
        assert first.next is not None
        rows = await ctx.session.execute(
            text(
                "EXPLAIN (ANALYZE, FORMAT TEXT) SELECT i.* FROM timeline_items i"
                " WHERE i.workspace_id = :w AND i.customer_id = :c"
                " ORDER BY i.at DESC, i.id DESC LIMIT 51"
            ),
            {"w": ctx.workspace_id, "c": ada.id},
        )
        plan = "\n".join(row[0] for row in rows)

    assert "Index Scan Backward using ix_timeline_items_customer" in plan
    assert "Sort" not in plan


async def test_messages_of_many_conversations_come_in_the_order_of_time(
    ctx: Ctx, clock: Clock
) -> None:
    ada = await make_customer(ctx)
    talks: list[Conversation] = [await make_conversation(ctx, customer=ada) for _ in range(6)]
    for turn in range(30):
        clock.forward(seconds=1)
        await say(ctx, talks[turn * turn % 6], body=f"Message {turn}")

    told = []
    cursor = None
    while True:
        page = await customers.timeline(ctx, ada.id, groups=["messages"], cursor=cursor, limit=4)
        told += [item.text for item in page.items if item.text.startswith("Message")]
        cursor = page.next
        if cursor is None:
            break

    assert told == [f"Message {turn}" for turn in reversed(range(30))]


async def test_notes_and_calls_are_taken_away_by_who_wrote_them_or_an_administrator(
    begin: Begin,
) -> None:
    one, other = (Actor("agent", new_id(), permissions(Role.AGENT), "A") for _ in range(2))
    admin = Actor("agent", new_id(), permissions(Role.ADMIN), "B")
    async with begin(one) as ctx:
        ada = await make_customer(ctx)
        written = [
            await timelines.write(ctx, ada.id, EntryIn(kind=kind, text=kind))
            for kind in ("note", "call")
        ]
        track = await customers.timeline(ctx, ada.id, kinds=["identity_added"])
    assert [it.can_remove for it in written] == [True, True]
    assert written[0].actor is not None
    assert written[0].actor.id == one.id

    async with begin(other) as ctx:
        with pytest.raises(EntryNotYours):
            await timelines.take_away(ctx, ada.id, written[0].id)
    async with begin(one) as ctx:
        await timelines.take_away(ctx, ada.id, written[0].id)
        with pytest.raises(EntryNotFound):
            await timelines.take_away(ctx, ada.id, track.items[0].id)
    async with begin(admin) as ctx:
        await timelines.take_away(ctx, ada.id, written[1].id)
        left = await customers.timeline(ctx, ada.id, groups=["notes", "calls"])
    assert left.items == []


async def test_who_looks_at_a_customer_sees_it_grow_at_once(begin: Begin) -> None:
    async with begin() as ctx:
        one, other = await make_customer(ctx), await make_customer(ctx)
        await customers.merge(ctx, other.id, one.id)
        talk = await make_conversation(ctx, customer=one)
    async with begin() as ctx:
        since = await log.head(ctx)
    async with begin() as ctx:
        note = await timelines.write(ctx, other.id, EntryIn(kind="note", text="Call back"))
        await customers.record(ctx, other.id, kind="track", source="x", title="Bought")
        await say(ctx, talk, body="Hello")
        await timelines.take_away(ctx, one.id, note.id)

    async with begin(SYSTEM) as ctx:
        told = await present(ctx, await log.of_workspace(ctx, since))

    mine = [d.body for d in told if d.topic == f"customer:{one.id}"]
    entries = [e for body in mine for e in body.get("entries", ())]
    assert [(e.kind, e.title) for e in entries] == [("track", "Bought")]
    assert {"entry_removed": note.id} in mine


async def test_only_who_may_see_customers_hears_of_them(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        ada = await make_customer(ctx)
    topic = f"customer:{ada.id}"
    audience = ConversationAudience()
    reader = Actor("agent", new_id(), permissions(Role.LIGHT_AGENT))
    blind = Actor("agent", new_id(), frozenset({"conversations.read"}))

    async with begin(reader) as ctx:
        assert await audience.may_hear(ctx, topic)
        assert not await audience.may_hear(ctx, "customer:nonsense")
        assert not await audience.may_hear(ctx, f"customer:{new_id()}")
    async with begin(blind) as ctx:
        assert not await audience.may_hear(ctx, topic)
    async with begin(Actor("customer", ada.id)) as ctx:
        assert not await audience.may_hear(ctx, topic)
    async with begin(reader, workspace_id=stranger) as ctx:
        assert not await audience.may_hear(ctx, topic)


async def test_strangers_read_no_timeline(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx)
    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(CustomerNotFound):
            await customers.timeline(ctx, talk.customer_id)
        found = await ctx.session.execute(
            text("SELECT * FROM customer_messages(:w, ARRAY[CAST(:c AS uuid)], NULL, NULL, 9)"),
            {"w": talk.workspace_id, "c": talk.customer_id},
        )
        assert found.all() == []
