from datetime import timedelta
from uuid import UUID

import pytest

from rapport.conversations import service as conversations
from rapport.conversations.errors import (
    ConversationNotFound,
    NewerMessages,
    NotAMember,
    SnoozeInThePast,
    TagNotFound,
)
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.conversations.conftest import Emitted
from tests.make.conversations import make_agent, make_conversation, make_inbox, say
from tests.make.customers import make_customer


async def test_a_conversation_starts_with_its_first_message(ctx: Ctx, emitted: Emitted) -> None:
    conversation = await make_conversation(ctx, body="Where is my **order**?")

    thread = await conversations.messages(ctx, conversation.id)

    assert [(m.seq, m.author.kind, m.author.name, m.html) for m in thread.items] == [
        (1, "customer", "Ada Lovelace", "<p>Where is my <strong>order</strong>?</p>\n")
    ]
    assert conversation.preview == "Where is my order?"
    assert conversation.waiting_since == ctx.now()
    assert (await emitted())[-2:] == ["conversations.started", "conversations.message_added"]


async def test_numbers_count_up_in_each_workspace(
    begin: Begin, workspace: UUID, stranger: UUID
) -> None:
    async with begin() as ctx:
        numbers = [(await make_conversation(ctx)).number for _ in range(3)]
    async with begin(workspace_id=stranger) as ctx:
        theirs = (await make_conversation(ctx)).number

    assert numbers == [1, 2, 3]
    assert theirs == 1


async def test_starting_twice_with_one_client_id_is_one_conversation(ctx: Ctx) -> None:
    inbox, customer = await make_inbox(ctx), await make_customer(ctx)

    first = await conversations.start(ctx, inbox.id, customer.id, "Hello", client_id="a")
    second = await conversations.start(ctx, inbox.id, customer.id, "Hello", client_id="a")

    assert first.id == second.id
    assert second.last_seq == 1


async def test_a_message_with_a_known_client_id_is_not_added_again(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)

    first = await say(ctx, conversation, "And when?", client_id="x")
    again = await say(ctx, conversation, "changed in between", client_id="x")

    assert not first.is_duplicate
    assert again.is_duplicate
    assert (again.id, again.seq, again.body) == (first.id, first.seq, "And when?")
    assert conversation.last_seq == 2


async def test_a_reply_ends_the_wait_and_the_next_question_begins_another(
    ctx: Ctx, clock: Clock
) -> None:
    conversation = await make_conversation(ctx)
    clock.forward(minutes=5)
    await say(ctx, conversation, "Hello?")
    asked = (await conversations.state(ctx, conversation.id)).waiting_since

    await conversations.reply(ctx, conversation.id, "Tomorrow.")
    answered = (await conversations.state(ctx, conversation.id)).waiting_since
    clock.forward(minutes=5)
    await say(ctx, conversation, "When exactly?")

    assert asked == ctx.now() - timedelta(minutes=10)
    assert answered is None
    assert conversation.waiting_since == ctx.now()


async def test_a_note_neither_ends_the_wait_nor_shows_in_public(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)

    await conversations.reply(ctx, conversation.id, "Is this the lost parcel?", kind="note")

    assert conversation.waiting_since is not None
    assert (conversation.last_seq, conversation.public_seq) == (2, 1)
    assert conversation.preview_kind == "note"
    assert conversation.public_preview == "Where is my order?"


async def test_a_person_who_replies_becomes_the_handler(ctx: Ctx, emitted: Emitted) -> None:
    conversation = await make_conversation(ctx, handler="assistant")

    await conversations.reply(ctx, conversation.id, "I take this.")

    assert conversation.handler == "agent"
    assert "conversations.handler_changed" in await emitted()


@pytest.mark.parametrize("status", ["resolved", "snoozed", "pending"])
async def test_a_customers_message_reopens(
    ctx: Ctx, clock: Clock, emitted: Emitted, status: str
) -> None:
    conversation = await make_conversation(ctx)
    until = clock() + timedelta(days=1) if status == "snoozed" else None
    await conversations.set_status(ctx, conversation.id, status, snoozed_until=until)
    before = len(await emitted())

    await say(ctx, conversation, "It broke again.")

    assert conversation.status == "open"
    assert conversation.snoozed_until is None
    assert conversation.resolved_at is None
    assert (await emitted())[before:] == [
        "conversations.message_added",
        "conversations.status_changed",
    ]


async def test_resolving_ends_the_wait_and_doing_it_twice_announces_once(
    ctx: Ctx, emitted: Emitted
) -> None:
    conversation = await make_conversation(ctx)

    await conversations.set_status(ctx, conversation.id, "resolved")
    await conversations.set_status(ctx, conversation.id, "resolved")

    assert conversation.waiting_since is None
    assert conversation.resolved_at == ctx.now()
    assert (await emitted()).count("conversations.status_changed") == 1


async def test_snoozing_needs_a_moment_in_the_future(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)

    with pytest.raises(SnoozeInThePast):
        await conversations.set_status(
            ctx, conversation.id, "snoozed", snoozed_until=ctx.now() - timedelta(seconds=1)
        )


async def test_only_an_active_member_can_be_assigned(ctx: Ctx, emitted: Emitted) -> None:
    conversation = await make_conversation(ctx, handler="assistant")
    ben = await make_agent(ctx)

    with pytest.raises(NotAMember):
        await conversations.assign(ctx, conversation.id, to=new_id())
    await conversations.assign(ctx, conversation.id, to=ben.id)
    await conversations.assign(ctx, conversation.id, to=ben.id)

    assert conversation.assignee_id == ben.id
    assert conversation.handler == "agent"
    assert (await emitted()).count("conversations.assigned") == 1


async def test_a_foreign_team_cannot_be_assigned(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)

    with pytest.raises(NotAMember):
        await conversations.assign_team(ctx, conversation.id, to=new_id())


async def test_sending_past_a_newer_message_is_refused_and_names_it(begin: Begin) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx)
        ben = await make_agent(ctx)
    async with begin(actor=ben) as other:
        await conversations.reply(other, conversation.id, "It left yesterday.")

    async with begin() as mine:
        with pytest.raises(NewerMessages) as refused:
            await conversations.reply(
                mine, conversation.id, "Let me look.", client_id="m", expected_last_seq=1
            )

    assert refused.value.seqs == [2]


async def test_repeating_a_sent_reply_is_never_refused(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)
    first = await conversations.reply(
        ctx, conversation.id, "Tomorrow.", client_id="m", expected_last_seq=1
    )
    await say(ctx, conversation, "Thanks!")

    again = await conversations.reply(
        ctx, conversation.id, "Tomorrow.", client_id="m", expected_last_seq=1
    )

    assert (again.seq, again.is_duplicate) == (first.seq, True)


async def test_unknown_tags_are_refused_and_change_nothing(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)

    with pytest.raises(TagNotFound):
        await conversations.set_tags(ctx, conversation.id, [new_id()])

    assert conversation.tag_ids == []


async def test_marks_only_move_forward(ctx: Ctx, emitted: Emitted) -> None:
    conversation = await make_conversation(ctx)
    await say(ctx, conversation, "Hello?")

    for seq in (1, 2, 1, 99):
        await conversations.mark_seen(ctx, conversation.id, seq)

    assert conversation.agent_seen_seq == 2
    assert (await emitted()).count("conversations.seen") == 2


async def test_a_customers_mark_stops_at_what_they_may_see(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)
    await conversations.reply(ctx, conversation.id, "Hello.")
    await conversations.reply(ctx, conversation.id, "A difficult one.", kind="note")

    await conversations.mark_seen_by_customer(ctx, conversation.id, 99)

    assert conversation.customer_seen_seq == 2


async def test_a_stranger_finds_no_conversation(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx)

    async with begin(workspace_id=stranger) as theirs:
        with pytest.raises(ConversationNotFound):
            await conversations.get(theirs, conversation.id)
        with pytest.raises(ConversationNotFound):
            await conversations.messages(theirs, conversation.id)
        with pytest.raises(ConversationNotFound):
            await say(theirs, conversation, "Hello")


async def test_another_customer_cannot_write_into_a_conversation(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)
    other = await make_customer(ctx, name="Mallory")

    with pytest.raises(ConversationNotFound):
        await say(ctx, conversation, "Let me in.", author_id=other.id)

    assert conversation.last_seq == 1
