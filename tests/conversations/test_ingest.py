import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationNotFound, MessageRejected
from rapport.conversations.ingest import MAX_WAITING, Batcher
from rapport.conversations.models import Conversation
from rapport.conversations.ports import Stored
from rapport.conversations.rejected import service as rejected
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Overloaded
from rapport.kernel.ids import new_id
from tests.conftest import Begin
from tests.make.conversations import customer_message, make_conversation, make_inbox, say
from tests.make.customers import make_customer


@pytest.fixture
async def batcher(database: Database) -> AsyncIterator[Batcher]:
    async with Batcher(database) as batcher:
        yield batcher


async def started(begin: Begin, count: int = 1) -> list[Conversation]:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
        return [await make_conversation(ctx, inbox=inbox) for _ in range(count)]


def counted(database_url: str, conversation: Conversation) -> tuple[int, int]:
    """Messages and message events of a conversation."""
    with psycopg.connect(database_url) as owner:
        row = owner.execute(
            "SELECT (SELECT count(*) FROM messages WHERE conversation_id = %(id)s),"
            " (SELECT count(*) FROM events WHERE subject_id = %(id)s"
            "  AND name = 'conversations.message_added')",
            {"id": conversation.id},
        ).fetchone()
    assert row is not None
    return row[0], row[1]


async def test_fifty_parallel_deliveries_are_one_message_and_one_event(
    begin: Begin, batcher: Batcher, database_url: str
) -> None:
    (conversation,) = await started(begin)

    answers = await asyncio.gather(
        *(
            batcher.submit(customer_message(conversation, "Hello?", client_id="once"))
            for _ in range(50)
        )
    )

    assert len({answer.id for answer in answers}) == 1
    assert {answer.seq for answer in answers} == {2}
    assert sum(not answer.is_duplicate for answer in answers) == 1
    assert counted(database_url, conversation) == (2, 2)


async def test_deliveries_through_two_processes_are_one_message(
    begin: Begin, database: Database, batcher: Batcher, database_url: str
) -> None:
    (conversation,) = await started(begin)

    async with Batcher(database) as other:
        answers = await asyncio.gather(
            *(
                way.submit(customer_message(conversation, "Hello?", client_id="once"))
                for way in (batcher, other) * 25
            )
        )

    assert len({answer.id for answer in answers}) == 1
    assert counted(database_url, conversation) == (2, 2)


async def test_the_order_has_no_gaps_whoever_writes(
    begin: Begin, database: Database, batcher: Batcher
) -> None:
    talks = await started(begin, 3)

    async def by_hand(conversation: Conversation, place: int) -> Stored:
        async with begin() as ctx:
            return await conversations.reply(ctx, conversation.id, f"by hand {place}")

    await asyncio.gather(
        *(batcher.submit(customer_message(talk, f"{n}")) for n in range(60) for talk in talks),
        *(by_hand(talk, n) for n in range(5) for talk in talks),
    )

    async with begin() as ctx:
        for talk in talks:
            rows = await conversations.messages(ctx, talk.id, limit=100)
            assert [message.seq for message in rows.items] == list(range(1, 67))
            assert (await conversations.get(ctx, talk.id)).last_seq == 66


async def test_the_messages_of_one_sender_keep_their_order(begin: Begin, batcher: Batcher) -> None:
    (conversation,) = await started(begin)

    await asyncio.gather(
        *(batcher.submit(customer_message(conversation, str(n))) for n in range(100))
    )

    async with begin() as ctx:
        rows = await conversations.messages(ctx, conversation.id, after_seq=1, limit=100)
    assert [message.body for message in rows.items] == [str(n) for n in range(100)]


async def test_a_message_that_cannot_be_stored_takes_no_sibling_along(
    begin: Begin, batcher: Batcher, database_url: str
) -> None:
    talks = await started(begin, 10)
    messages = [customer_message(talk, "fine") for talk in talks]
    messages[4] = customer_message(talks[4], "poison \x00", client_id="bad")

    answers: Sequence[Any] = await asyncio.gather(
        *map(batcher.submit, messages), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [
        MessageRejected if place == 4 else Stored for place in range(10)
    ]
    async with begin() as ctx:
        (kept,) = (await rejected.waiting(ctx)).items
        told = (await conversations.messages(ctx, talks[4].id)).items[-1]
    assert kept.conversation_id == talks[4].id
    assert "poison" in kept.payload
    assert (told.kind, told.author.kind) == ("note", "system")


async def test_a_kept_message_can_be_stored_after_all(begin: Begin, batcher: Batcher) -> None:
    (conversation,) = await started(begin)
    with pytest.raises(MessageRejected):
        await batcher.submit(customer_message(conversation, "a\x00b", client_id="bad"))

    async with begin() as ctx:
        (kept,) = (await rejected.waiting(ctx)).items
        stored = await rejected.retry(ctx, kept.id)
        again = await rejected.retry(ctx, kept.id)

        assert stored.body == "a\N{REPLACEMENT CHARACTER}b"
        assert (again.id, again.is_duplicate) == (stored.id, True)
        assert (await rejected.waiting(ctx)).items == []


async def test_nothing_is_kept_of_a_strangers_poison(
    begin: Begin, batcher: Batcher, database_url: str
) -> None:
    (conversation,) = await started(begin)
    message = customer_message(conversation, "\x00", author_id=new_id())

    with pytest.raises(ConversationNotFound):
        await batcher.submit(message)

    async with begin() as ctx:
        assert (await rejected.waiting(ctx)).items == []
    assert counted(database_url, conversation) == (1, 1)


async def test_half_a_surrogate_pair_is_refused_at_the_door(begin: Begin, batcher: Batcher) -> None:
    (conversation,) = await started(begin)

    with pytest.raises(MessageRejected):
        await batcher.submit(customer_message(conversation, "\ud83d"))


async def test_a_foreign_conversation_does_not_exist(
    begin: Begin, batcher: Batcher, stranger: UUID
) -> None:
    (conversation,) = await started(begin)
    async with begin() as ctx:
        other = await make_customer(ctx, name="Mallory")

    for foreign in (
        customer_message(conversation, "Hi", author_id=other.id),
        customer_message(conversation, "Hi", client_id="x", author_id=None),
    ):
        with pytest.raises(ConversationNotFound):
            await batcher.submit(foreign)


async def test_more_than_can_wait_is_refused_and_nothing_accepted_is_lost(
    begin: Begin, database: Database
) -> None:
    (conversation,) = await started(begin)
    batcher = Batcher(database)  # not started yet: nothing is written meanwhile
    waiting = [
        asyncio.create_task(batcher.submit(customer_message(conversation, "x")))
        for _ in range(MAX_WAITING)
    ]
    await asyncio.sleep(0)
    assert batcher.waiting == MAX_WAITING

    with pytest.raises(Overloaded) as refused:
        await batcher.submit(customer_message(conversation, "one too many"))
    async with batcher:
        answers = await asyncio.gather(*waiting)

    assert refused.value.retry_after == 1
    assert sorted(answer.seq for answer in answers) == list(range(2, MAX_WAITING + 2))


async def test_a_broken_connection_is_opened_again_and_nothing_is_written_twice(
    begin: Begin, batcher: Batcher, database_url: str
) -> None:
    (conversation,) = await started(begin)
    await batcher.submit(customer_message(conversation, "before"))
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE '%ingest_messages%' AND pid <> pg_backend_pid()"
        )

    await batcher.submit(customer_message(conversation, "after"))

    assert counted(database_url, conversation) == (3, 3)


async def test_a_batch_and_a_single_message_tell_the_same_story(
    begin: Begin, batcher: Batcher
) -> None:
    one, other = await started(begin, 2)
    await batcher.submit(customer_message(one, "Is it **lost**?", client_id="a"))
    async with begin() as ctx:
        await say(ctx, other, "Is it **lost**?", client_id="a")

        rows = await conversations.states(ctx, [one.id, other.id])
        left, right = rows[one.id].model_dump(), rows[other.id].model_dump()
        texts = [(await conversations.message_at(ctx, c.id, 2)).html for c in (one, other)]

    personal = {"id", "number", "customer"}
    assert {k: v for k, v in left.items() if k not in personal} == {
        k: v for k, v in right.items() if k not in personal
    }
    assert texts[0] == texts[1]
