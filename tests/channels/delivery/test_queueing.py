"""What comes by other doors, and what machines may not send."""

from datetime import timedelta
from typing import Any

import pytest

from rapport.channels.delivery import listeners, service
from rapport.channels.delivery.jobs import AT_ONCE, KEPT, forget_bodies
from rapport.channels.delivery.presenter import present_deliveries
from rapport.channels.delivery.privacy import AT_ONCE as FORGOTTEN_AT_ONCE
from rapport.conversations import service as conversations
from rapport.conversations.ports import NewMessage
from rapport.kernel import jobs, personal
from rapport.kernel.context import SYSTEM
from rapport.kernel.errors import RapportError
from rapport.kernel.events import readers
from rapport.kernel.events.log import BEGINNING, of_workspace
from rapport.kernel.files.store import FileStore
from tests.channels.delivery.conftest import Post
from tests.make.conversations import make_conversation, say


async def listen(post: Post, *, times: int = 1) -> None:
    """Let the reader handle the whole log of the workspace."""
    reader = readers.find("delivery.queue")
    assert reader.sift is not None
    for _ in range(times):
        async with post.database.begin(post.workspace, SYSTEM) as ctx:
            records = await of_workspace(ctx, BEGINNING, limit=1_000)
            named = [it for it in records if it.name in reader.names]
            await reader.handle(ctx, await reader.sift(ctx, named))


async def write(post: Post, body: str = "Hello", **values: Any) -> None:
    async with post.database.begin(post.workspace, post.agent) as ctx:
        await conversations.reply(ctx, post.talk.id, body, **values)


async def machine_writes(post: Post, body: str = "I am a machine") -> None:
    message = NewMessage(
        workspace_id=post.workspace,
        conversation_id=post.talk.id,
        body=body,
        author_kind="assistant",
        author_name="Robin",
    )
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await conversations.append(ctx, post.talk.id, message)


async def test_what_is_written_by_another_door_goes_out_once(post: Post) -> None:
    await write(post, "By the API")

    await listen(post, times=3)
    await post.work()

    (delivery,) = await post.deliveries()
    assert (delivery.seq, delivery.state) == (2, "sent")
    assert delivery.options["author"]["name"] == post.agent.name


async def test_notes_and_what_customers_write_go_nowhere(post: Post) -> None:
    await write(post, "For us only", kind="note")
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await say(ctx, post.talk, "Are you there?")

    await listen(post)

    assert await post.deliveries() == []


async def test_channels_without_a_sender_are_passed_over(post: Post) -> None:
    async with post.database.begin(post.workspace, post.agent) as ctx:
        chat = await make_conversation(ctx)
        await conversations.reply(ctx, chat.id, "In the chat")

    await listen(post)

    assert await post.deliveries() == []


async def test_what_was_held_is_not_queued_again(post: Post) -> None:
    await post.hold()
    await post.work()

    await listen(post)
    await post.work()

    assert len(post.loft.sent) == 1


async def test_what_is_older_than_three_days_is_not_sent_when_the_log_is_read_anew(
    post: Post,
) -> None:
    await write(post)
    post.clock.forward(days=3, seconds=1)

    await listen(post)

    assert await post.deliveries() == []
    assert timedelta(days=3) == listeners.TOO_OLD


async def test_the_sixth_of_a_machine_within_ten_minutes_is_held_back(post: Post) -> None:
    post.loft.is_automatic = True
    for number in range(7):
        await machine_writes(post, f"Number {number}")
        await listen(post)
    await post.work()

    states = [(it.state, it.reason) for it in await post.deliveries()]
    assert states == [("sent", None)] * 5 + [("failed", "loop")] * 2
    post.clock.forward(minutes=10, seconds=1)
    await machine_writes(post, "Later")
    await listen(post)
    await post.work()
    assert len(post.loft.sent) == 6


async def test_a_person_may_send_what_was_held_back(post: Post) -> None:
    post.loft.is_automatic = True
    for number in range(6):
        await machine_writes(post, f"Number {number}")
    await listen(post)
    held_back = (await post.deliveries())[-1]
    assert held_back.reason == "loop"

    async with post.database.begin(post.workspace, post.agent) as ctx:
        await service.send_now(ctx, held_back.id)
    await post.work()

    assert (await post.delivery(held_back.id)).state == "sent"


async def test_agents_see_at_once_what_becomes_of_a_message(post: Post) -> None:
    held = await post.hold()
    await post.work()
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        records = await of_workspace(ctx, BEGINNING, names=["delivery.changed"])
        told = await present_deliveries(ctx, records)

    assert [record.payload["state"] for record in records] == ["held", "queued", "sent"]
    assert {it.topic for it in told} == {f"conversation:{post.talk.id}"}
    assert {it.body["delivery"].id for it in told} == {held}


async def test_the_bytes_of_what_was_sent_are_gone_after_a_month(post: Post) -> None:
    held = await post.hold()
    await post.work()
    path = (await post.delivery(held)).body_path
    assert path is not None
    async with jobs.serving(post.database):
        await forget_bodies(int(post.clock().timestamp()))
        assert (await post.delivery(held)).body_path == path
        post.clock.forward(days=KEPT.days, seconds=1)
        await forget_bodies(int(post.clock().timestamp()))

    assert (await post.delivery(held)).body_path is None
    with pytest.raises(RapportError):
        await post.database.ports.get(FileStore).read(path)
    assert AT_ONCE > 0


async def test_what_went_to_somebody_is_forgotten_with_them(post: Post) -> None:
    held = await post.hold("Her secret")
    await post.work()
    await post.hold("Another", undo_s=100)
    path = (await post.delivery(held)).body_path
    room = personal.rooms.known["delivery"]
    things = frozenset({post.talk.id})

    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        told = await room.tables[0].rows(ctx, things, None)
        forgotten = await room.erase(ctx, things)

    assert len(told.rows) == 2
    assert forgotten["deliveries"] == 2
    assert await post.deliveries() == []
    assert path is not None
    with pytest.raises(RapportError):
        await post.database.ports.get(FileStore).read(path)
    assert FORGOTTEN_AT_ONCE > 0
