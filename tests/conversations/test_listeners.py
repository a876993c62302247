import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

import rapport.conversations.listeners  # noqa: F401 - its readers register themselves
from rapport.conversations import service as conversations
from rapport.conversations.reading import service as reading
from rapport.conversations.reading.repository import ReadingRepository
from rapport.conversations.schemas import View
from rapport.conversations.search import service as search
from rapport.conversations.search.words import passage, query_of, words_of
from rapport.conversations.waking.repository import wake_due
from rapport.customers import service as customers
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events.log import BEGINNING, of_workspace
from rapport.kernel.events.readers import registered
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation, make_inbox, say
from tests.make.customers import make_customer

ROOM = {"conversations.search", "conversations.timeline", "conversations.merges"}


async def catch_up(begin: Begin, *, times: int = 1, workspace_id: UUID | None = None) -> None:
    """Let this room's readers handle the whole log of the workspace."""
    for _ in range(times):
        async with begin(actor=SYSTEM, workspace_id=workspace_id) as ctx:
            records = await of_workspace(ctx, BEGINNING, limit=10_000)
            for reader in registered():
                if reader.key in ROOM:
                    await reader.handle(ctx, [r for r in records if r.name in reader.names])


@pytest.mark.parametrize(
    "words",
    [
        "bicycle",
        "BICYC",
        "bicycle rental",
        "hauptstraße",
        "HAUPTSTRASSE",
        "munch",
        "Ada",
        "example",
        "ord 77",
    ],
)
async def test_a_conversation_is_found_by_what_was_said_and_by_whom(
    begin: Begin, words: str
) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx, body="My **bicycle** of the rental in München")
        await say(ctx, talk, "I live in Hauptstraße 5, see ORD-77812")
        await make_conversation(
            ctx,
            body="Something else",
            customer=await make_customer(ctx, name="Bob", email="bob@other.test"),
        )
    await catch_up(begin)

    async with begin() as ctx:
        found = await search.search(ctx, words)

    assert [hit.conversation.id for hit in found.items] == [talk.id]


async def test_all_words_must_occur(begin: Begin) -> None:
    async with begin() as ctx:
        await make_conversation(ctx, body="a red bicycle")
    await catch_up(begin)

    async with begin() as ctx:
        assert (await search.search(ctx, "bicycle blue")).items == []
        assert (await search.search(ctx, "  !! ")).items == []


async def test_a_conversation_is_found_by_its_number(begin: Begin) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx)

        found = await search.search(ctx, f"#{talk.number}")

    assert [hit.conversation.id for hit in found.items] == [talk.id]


async def test_hits_come_in_pages_the_latest_first_with_their_passage(
    begin: Begin, clock: Clock
) -> None:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
        made = []
        for _ in range(5):
            clock.forward(minutes=1)
            made.append(await make_conversation(ctx, inbox=inbox, body="A **parcel** got lost"))
    await catch_up(begin)

    async with begin() as ctx:
        first = await search.search(ctx, "parcel", limit=3)
        rest = await search.search(ctx, "parcel", limit=3, cursor=first.next)

    assert [hit.conversation.id for hit in (*first.items, *rest.items)] == [
        it.id for it in reversed(made)
    ]
    assert rest.next is None
    assert first.items[0].snippet == "A parcel got lost"


async def test_strangers_find_nothing(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx, body="bicycle")
    await catch_up(begin)

    async with begin(workspace_id=stranger) as ctx:
        assert (await search.search(ctx, "bicycle")).items == []
        assert (await search.search(ctx, f"#{talk.number}")).items == []


def test_a_query_cannot_break_out_of_its_quotes() -> None:
    assert query_of("it's ' | !bad:* & (x)") == "'it' & 's' & 'bad' & 'x':*"
    assert words_of("Ünïcode 東京 word-split") == ["unicode", "東", "京", "word", "split"]
    assert passage(["x " * 200 + "needle here"], ["needle"]).startswith("… ")


async def test_a_timeline_tells_of_each_thing_once(begin: Begin) -> None:
    async with begin() as ctx:
        customer = await make_customer(ctx)
        talk = await make_conversation(ctx, customer=customer)
        await conversations.set_status(ctx, talk.id, "resolved")
    await catch_up(begin, times=2)

    async with begin() as ctx:
        told = await customers.timeline(ctx, customer.id)
        counted = (await customers.get(ctx, customer.id)).conversation_count

    assert sorted(item.kind for item in told.items) == [
        "conversation_resolved",
        "conversation_started",
        "identity_added",
        "message",
    ]
    assert counted == 1


async def test_conversations_follow_a_merge_and_come_back_when_it_is_undone(begin: Begin) -> None:
    async with begin() as ctx:
        one, other = await make_customer(ctx), await make_customer(ctx, name="Ada L.")
        talk = await make_conversation(ctx, customer=one)
        await customers.merge(ctx, one.id, other.id)
    await catch_up(begin)
    async with begin() as ctx:
        merged = await ReadingRepository(ctx).of_customer(other.id, 10)
        later = await make_conversation(ctx, customer=one)  # by their old identity
        await customers.unmerge(ctx, one.id)
    await catch_up(begin)

    async with begin() as ctx:
        back = await ReadingRepository(ctx).of_customer(one.id, 10)
        stayed = await ReadingRepository(ctx).of_customer(other.id, 10)

    assert merged == [talk.id]
    assert back == [talk.id]
    assert stayed == [later.id]


async def test_a_snoozed_conversation_wakes_when_its_time_has_come(
    begin: Begin, database: Database, clock: Clock
) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx)
        until = ctx.now() + timedelta(hours=1)
        await conversations.set_status(ctx, talk.id, "snoozed", snoozed_until=until)

    async def wake() -> None:
        async with database.connect() as session:
            await wake_due(session, clock(), up_to=10_000)

    await wake()
    async with begin() as ctx:
        early = (await reading.page(ctx, view=View.SNOOZED)).items
    clock.forward(hours=1)
    await asyncio.gather(wake(), wake())

    async with begin() as ctx:
        records = [r.name for r in await of_workspace(ctx, BEGINNING)]
        awake = (await reading.page(ctx, view=View.ALL)).items
    assert [it.id for it in early] == [talk.id]
    assert [(it.id, it.status) for it in awake] == [(talk.id, "open")]
    assert records.count("conversations.status_changed") == 2
