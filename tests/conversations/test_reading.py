from datetime import timedelta
from uuid import UUID

import pytest

from rapport.conversations import bulk
from rapport.conversations import service as conversations
from rapport.conversations.desk import service as desk
from rapport.conversations.drafts import service as drafts
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.models import Conversation
from rapport.conversations.reading import service as reading
from rapport.conversations.schemas import BulkIn, Sort, View
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.schemas import CursorMalformed, encode_cursor
from tests.conftest import Begin, Clock
from tests.make.conversations import make_agent, make_conversation, make_inbox, say
from tests.make.customers import make_customer

Statements = list[str]


async def shelves(ctx: Ctx, clock: Clock, me: UUID) -> dict[str, Conversation]:
    """One conversation of each sort, a minute apart."""
    inbox = await make_inbox(ctx)
    made = {}
    for name in ("mine", "theirs", "nobodys", "snoozed", "resolved"):
        clock.forward(minutes=1)
        made[name] = await make_conversation(ctx, inbox=inbox)
    other = await make_agent(ctx)
    await conversations.assign(ctx, made["mine"].id, to=me)
    await conversations.assign(ctx, made["theirs"].id, to=other.id)
    until = ctx.now() + timedelta(days=1)
    await conversations.set_status(ctx, made["snoozed"].id, "snoozed", snoozed_until=until)
    await conversations.set_status(ctx, made["resolved"].id, "resolved")
    return made


async def test_each_view_shows_its_own(begin: Begin, clock: Clock) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx, name="Me")
    async with begin(actor=me) as ctx:
        made = await shelves(ctx, clock, me.id)
        names = {it.id: name for name, it in made.items()}

        shown = {
            view: [names[it.id] for it in (await reading.page(ctx, view=view)).items]
            for view in View
        }

    assert shown == {
        View.MINE: ["mine"],
        View.UNASSIGNED: ["nobodys"],
        View.ALL: ["nobodys", "theirs", "mine"],
        View.SNOOZED: ["snoozed"],
        View.RESOLVED: ["resolved"],
    }


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("view", list(View))
async def test_pages_together_are_the_whole_list(
    begin: Begin, clock: Clock, view: View, sort: Sort
) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx)
    async with begin(actor=me) as ctx:
        inbox, customer = await make_inbox(ctx), await make_customer(ctx)
        for place in range(12):
            clock.forward(seconds=place % 2)  # some at the same instant
            made = await make_conversation(ctx, inbox=inbox, customer=customer)
            if view is View.MINE:
                await conversations.assign(ctx, made.id, to=me.id)
            elif view is View.SNOOZED:
                until = ctx.now() + timedelta(days=1)
                await conversations.set_status(ctx, made.id, "snoozed", snoozed_until=until)
            elif view is View.RESOLVED:
                await conversations.set_status(ctx, made.id, "resolved")

        whole = (await reading.page(ctx, view=view, sort=sort, limit=100)).items
        pages, cursor = [], None
        while True:
            page = await reading.page(ctx, view=view, sort=sort, limit=5, cursor=cursor)
            pages += page.items
            cursor = page.next
            if cursor is None:
                break

    assert len(whole) == 12
    assert [it.id for it in pages] == [it.id for it in whole]


@pytest.mark.parametrize("view", list(View))
async def test_a_list_page_takes_at_most_three_statements(
    begin: Begin, clock: Clock, statements: Statements, view: View
) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx)
    async with begin(actor=me) as ctx:
        made = await shelves(ctx, clock, me.id)
        tag = await desk.create_tag(ctx, name="Returns")
        await conversations.set_tags(ctx, made["mine"].id, [tag.id])
    cursor = encode_cursor([clock() + timedelta(days=1), made["mine"].id])
    statements.clear()

    async with begin(actor=me) as ctx:
        await reading.page(ctx, view=view, tag_id=tag.id, inbox_id=made["mine"].inbox_id)
        assert len(statements) <= 3  # the setting of the workspace included
        statements.clear()
        await reading.page(ctx, view=view, cursor=cursor)
        assert len(statements) == 1


async def test_counters_take_one_statement_and_stop_at_a_hundred(
    begin: Begin, clock: Clock, statements: Statements
) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx)
    async with begin(actor=me) as ctx:
        await shelves(ctx, clock, me.id)
        inbox, customer = await make_inbox(ctx), await make_customer(ctx)
        for _ in range(100):
            await make_conversation(ctx, inbox=inbox, customer=customer, body=None)
        statements.clear()

        counters = await reading.counters(ctx)
        taken = len(statements)

    assert taken == 1
    assert (counters.unassigned.count, counters.unassigned.capped) == (100, True)
    assert (counters.mine.count, counters.mine.capped) == (1, False)
    assert counters.unread.count == 1


async def test_what_i_have_read_is_not_unread_to_me_but_to_others(begin: Begin) -> None:
    async with begin() as ctx:
        me, other = await make_agent(ctx), await make_agent(ctx)
        conversation = await make_conversation(ctx)
        await conversations.assign(ctx, conversation.id, to=me.id)
    async with begin(actor=me) as ctx:
        await conversations.mark_seen(ctx, conversation.id, 1)

        seen = (await reading.one(ctx, conversation.id)).seen_seq
        unread = (await reading.counters(ctx)).unread.count
    async with begin(actor=other) as ctx:
        theirs = (await reading.one(ctx, conversation.id)).seen_seq

    assert (seen, theirs, unread) == (1, 0, 0)


async def test_what_i_write_i_have_read(begin: Begin) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx)
        conversation = await make_conversation(ctx)
    async with begin(actor=me) as ctx:
        await conversations.reply(ctx, conversation.id, "Tomorrow.")

        shown = await reading.one(ctx, conversation.id)

    assert shown.seen_seq == shown.last_seq == 2


async def test_lists_filter_by_inbox_tag_and_agent(ctx: Ctx) -> None:
    shop, help_ = await make_inbox(ctx), await make_inbox(ctx, name="Help")
    tag, ben = await desk.create_tag(ctx, name="Returns"), await make_agent(ctx)
    one = await make_conversation(ctx, inbox=shop)
    other = await make_conversation(ctx, inbox=help_)
    await conversations.set_tags(ctx, one.id, [tag.id])
    await conversations.assign(ctx, other.id, to=ben.id)

    by_inbox = await reading.page(ctx, inbox_id=shop.id)
    by_tag = await reading.page(ctx, tag_id=tag.id)
    by_agent = await reading.page(ctx, assignee_id=ben.id)

    assert [[it.id for it in page.items] for page in (by_inbox, by_tag, by_agent)] == [
        [one.id],
        [one.id],
        [other.id],
    ]


async def test_the_longest_waiting_comes_first(ctx: Ctx, clock: Clock) -> None:
    first = await make_conversation(ctx)
    clock.forward(minutes=1)
    second = await make_conversation(ctx)
    clock.forward(minutes=1)
    await say(ctx, first, "Hello?")

    shown = await reading.page(ctx, sort=Sort.WAITING)

    assert [it.id for it in shown.items] == [first.id, second.id]


async def test_a_foreign_cursor_is_refused(ctx: Ctx) -> None:
    with pytest.raises(CursorMalformed):
        await reading.page(ctx, cursor="nonsense")


async def test_a_thread_is_read_backwards_and_forwards(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)
    for n in range(2, 8):
        await say(ctx, conversation, f"line {n}")

    newest = await conversations.messages(ctx, conversation.id, limit=3)
    older = await conversations.messages(
        ctx, conversation.id, before_seq=int(newest.next or 0), limit=3
    )
    missed = await conversations.messages(ctx, conversation.id, after_seq=5, limit=3)

    assert [m.seq for m in newest.items] == [5, 6, 7]
    assert [m.seq for m in older.items] == [2, 3, 4]
    assert [m.seq for m in missed.items] == [6, 7]
    assert missed.next is None


async def test_visitors_see_no_note_and_no_identity_of_the_team(begin: Begin) -> None:
    async with begin() as ctx:
        ben = await make_agent(ctx, name="Ben")
        conversation = await make_conversation(ctx)
        await conversations.assign(ctx, conversation.id, to=ben.id)
    async with begin(actor=ben) as ctx:
        await conversations.reply(ctx, conversation.id, "On its way.")
        await conversations.reply(ctx, conversation.id, "secret", kind="note")

        shown = await conversations.visitor_conversation(
            ctx, conversation.customer_id, conversation.id
        )
        thread = await conversations.visitor_messages(
            ctx, conversation.customer_id, conversation.id
        )

    assert (shown.preview, shown.last_seq, shown.agent_seen_seq) == ("On its way.", 2, 2)
    assert [(m.author.kind, m.author.name) for m in thread.items] == [
        ("me", "Ada Lovelace"),
        ("agent", "Ben"),
    ]
    wire = shown.model_dump_json() + thread.model_dump_json()
    assert "secret" not in wire
    assert str(ben.id) not in wire


async def test_one_customer_cannot_read_anothers_conversation(ctx: Ctx) -> None:
    conversation = await make_conversation(ctx)
    other = await make_customer(ctx, name="Mallory")

    assert await conversations.visitor_conversations(ctx, other.id) == []
    with pytest.raises(ConversationNotFound):
        await conversations.visitor_messages(ctx, other.id, conversation.id)
    with pytest.raises(ConversationNotFound):
        await conversations.visitor_message(ctx, other.id, conversation.id, 1)


async def test_strangers_see_nothing(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx)
        await desk.create_tag(ctx, name="Returns")
    async with begin(workspace_id=stranger) as theirs:
        assert (await reading.page(theirs)).items == []
        assert (await reading.counters(theirs)).all.count == 0
        assert await reading.many(theirs, [conversation.id]) == []
        assert await reading.messages_at(theirs, [(conversation.id, 1)]) == []
        assert await desk.tags(theirs) == []
        assert await conversations.inboxes(theirs) == []


async def test_many_are_changed_at_once_and_unknown_ones_left_out(ctx: Ctx, stranger: UUID) -> None:
    tag = await desk.create_tag(ctx, name="Returns")
    made = [await make_conversation(ctx) for _ in range(3)]
    ids = [it.id for it in made]

    tagged = await bulk.change(ctx, BulkIn(ids=[*ids, stranger], action="tag", tag_ids=[tag.id]))
    closed = await bulk.change(ctx, BulkIn(ids=ids, action="status", status="resolved"))

    assert [it.tag_ids for it in tagged] == [[tag.id]] * 3
    assert [it.status for it in closed] == ["resolved"] * 3


async def test_light_agents_change_nothing_in_bulk(begin: Begin) -> None:

    async with begin() as ctx:
        light = await make_agent(ctx, role=Role.LIGHT_AGENT)
        conversation = await make_conversation(ctx)
    async with begin(actor=light) as ctx:
        with pytest.raises(Forbidden):
            await bulk.change(
                ctx, BulkIn(ids=[conversation.id], action="status", status="resolved")
            )


async def test_deleting_a_tag_takes_it_off_its_conversations(ctx: Ctx) -> None:
    tag, conversation = await desk.create_tag(ctx, name="Returns"), await make_conversation(ctx)
    await conversations.set_tags(ctx, conversation.id, [tag.id])

    await desk.delete_tag(ctx, tag.id)

    assert (await reading.one(ctx, conversation.id)).tag_ids == []


async def test_a_draft_is_the_agents_own_and_goes_when_it_is_sent(begin: Begin) -> None:
    async with begin() as ctx:
        me, other = await make_agent(ctx), await make_agent(ctx)
        conversation = await make_conversation(ctx)
    async with begin(actor=me) as ctx:
        await drafts.save(ctx, conversation.id, body="Dear", kind="message")
        kept = await drafts.find(ctx, conversation.id)
    async with begin(actor=other) as ctx:
        assert await drafts.find(ctx, conversation.id) is None
    async with begin(actor=me) as ctx:
        await conversations.reply(ctx, conversation.id, "Dear Ada")
        assert await drafts.find(ctx, conversation.id) is None

    assert kept is not None
    assert kept.body == "Dear"
