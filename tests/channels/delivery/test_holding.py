"""What can be taken back: nothing of it is in the conversation before its time."""

from datetime import timedelta

import pytest

from rapport.channels.delivery import service
from rapport.channels.delivery.errors import DeliveryNotFound, DeliveryUnderWay
from rapport.conversations import service as conversations
from rapport.conversations.drafts import service as drafts
from rapport.conversations.errors import NewerMessages
from rapport.kernel.context import SYSTEM
from rapport.kernel.files import service as files
from rapport.kernel.files.models import File
from tests.channels.delivery.conftest import Post
from tests.make.conversations import customer_message
from tests.make.files import upload


async def test_what_is_held_is_in_no_conversation_and_is_not_sent(post: Post) -> None:
    held = await post.hold(undo_s=10)

    await post.work()

    assert await post.said() == ["Where is my order?"]
    assert (await post.delivery(held)).state == "held"
    assert post.loft.sent == []


async def test_when_its_time_has_come_it_is_a_message_of_its_writer_and_goes_out(
    post: Post,
) -> None:
    held = await post.hold("On its way.", undo_s=10)
    post.clock.forward(seconds=10)

    await post.work()

    assert await post.said() == ["Where is my order?", "On its way."]
    sent = await post.delivery(held)
    assert (sent.state, sent.seq, sent.draft) == ("sent", 2, None)
    assert (sent.response, sent.attempts, sent.sent_at) == ("coo", 1, post.clock())
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        message = await conversations.message_at(ctx, post.talk.id, 2)
        assert (message.author.kind, message.author.id) == ("agent", post.agent.id)
        assert (await conversations.get(ctx, post.talk.id)).status == "open"


async def test_an_answer_that_resolves_does_so_when_it_goes_out(post: Post) -> None:
    await post.hold(undo_s=10, resolve=True)
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        assert (await conversations.get(ctx, post.talk.id)).status == "open"
    post.clock.forward(seconds=10)

    await post.work()

    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        assert (await conversations.get(ctx, post.talk.id)).status == "resolved"


async def test_what_is_taken_back_comes_back_as_it_was(post: Post) -> None:
    async with post.database.begin(post.workspace, post.agent) as ctx:
        file = await files.store(ctx, upload())
    held = await post.hold("Half a thought", undo_s=10, attachment_ids=[file.id])

    async with post.database.begin(post.workspace, post.agent) as ctx:
        draft = await service.cancel(ctx, held)
        kept = await drafts.find(ctx, post.talk.id)
    post.clock.forward(seconds=20)
    await post.work()

    assert (draft.body, draft.attachment_ids) == ("Half a thought", [file.id])
    assert kept is not None
    assert kept.body == "Half a thought"
    assert (await post.delivery(held)).state == "cancelled"
    assert await post.said() == ["Where is my order?"]
    again = await post.hold("A whole thought", attachment_ids=[file.id])
    await post.work()
    assert (await post.delivery(again)).state == "sent"


async def test_a_newer_draft_is_not_overwritten_by_what_is_taken_back(post: Post) -> None:
    held = await post.hold("Old", undo_s=10)
    async with post.database.begin(post.workspace, post.agent) as ctx:
        await drafts.save(ctx, post.talk.id, body="New", kind="message")

        await service.cancel(ctx, held)

        kept = await drafts.find(ctx, post.talk.id)
    assert kept is not None
    assert kept.body == "New"


async def test_what_is_in_its_conversation_cannot_be_taken_back(post: Post) -> None:
    held = await post.hold()
    await post.work()

    async with post.database.begin(post.workspace, post.agent) as ctx:
        with pytest.raises(DeliveryUnderWay):
            await service.cancel(ctx, held)


async def test_holding_the_same_twice_is_holding_it_once(post: Post) -> None:
    first = await post.hold("Once", client_id="same")
    second = await post.hold("Once", client_id="same")
    await post.work()
    third = await post.hold("Once", client_id="same")

    assert first == second == third
    assert await post.said() == ["Where is my order?", "Once"]


async def test_files_wait_with_what_is_held_and_are_not_swept_away(post: Post) -> None:
    async with post.database.begin(post.workspace, post.agent) as ctx:
        file = await files.store(ctx, upload())
    await post.hold(undo_s=3 * 24 * 3600, attachment_ids=[file.id])
    post.clock.forward(days=2)
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await files.sweep(ctx)
    post.clock.forward(days=1)

    await post.work()

    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        message = await conversations.message_at(ctx, post.talk.id, 2)
        kept = await ctx.session.get(File, (post.workspace, file.id))
    assert [it.id for it in message.attachments] == [file.id]
    assert kept is not None
    assert kept.owner_kind == "message"


async def test_sending_at_once_does_not_wait_for_the_time_to_take_it_back(post: Post) -> None:
    held = await post.hold(undo_s=3_600)

    async with post.database.begin(post.workspace, post.agent) as ctx:
        await service.send_now(ctx, held)
    await post.work()

    assert (await post.delivery(held)).state == "sent"


async def test_who_has_not_seen_the_latest_message_cannot_hold_an_answer(post: Post) -> None:
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        said = customer_message(post.talk, "One more thing")
        await conversations.append(ctx, post.talk.id, said)

    with pytest.raises(NewerMessages):
        await post.hold(expected_last_seq=1)

    held = await post.hold(expected_last_seq=2)
    assert (await post.delivery(held)).state == "held"


async def test_what_cannot_be_added_stays_held_and_says_why(post: Post) -> None:
    async with post.database.begin(post.workspace, post.agent) as ctx:
        file = await files.store(ctx, upload())
    held = await post.hold("Look", attachment_ids=[file.id])
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await files.remove(ctx, [file.id])

    await post.work()

    stays = await post.delivery(held)
    assert (stays.state, stays.reason) == ("held", "file_not_found")
    assert stays.due_at == post.clock() + timedelta(days=1)
    assert await post.said() == ["Where is my order?"]


async def test_strangers_see_and_send_nothing(post: Post, stranger: object) -> None:
    held = await post.hold(undo_s=10)

    async with post.database.begin(stranger, post.agent) as ctx:  # type: ignore[arg-type]
        for doing in (service.cancel, service.send_now, service.get):
            with pytest.raises(DeliveryNotFound):
                await doing(ctx, held)
