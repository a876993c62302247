from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.conversations import service as conversations
from rapport.conversations.desk import service as desk
from rapport.conversations.drafts import service as drafts
from rapport.conversations.events import MessageAdded
from rapport.conversations.live import presenter
from rapport.conversations.live.audience import ConversationAudience
from rapport.conversations.models import Conversation
from rapport.conversations.reading import service as reading
from rapport.customers import service as customers
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.events import catalogue
from rapport.kernel.events.log import BEGINNING, Cursor, of_workspace
from rapport.kernel.ids import new_id
from rapport.kernel.realtime.frames import _plain
from rapport.kernel.realtime.presenters import Delivery, present
from tests.conftest import Begin, Clock
from tests.make.conversations import make_agent, make_conversation, say
from tests.make.customers import make_customer, visitor

State = dict[str, dict[str, Any]]
Change = Callable[[Ctx, Conversation, Actor], Awaitable[object]]


def plain(value: Any) -> Any:
    """What a client reads."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=_plain))


async def deliveries(begin: Begin, after: Cursor = BEGINNING) -> tuple[list[Delivery], Cursor]:
    async with begin(actor=SYSTEM) as ctx:
        records = await of_workspace(ctx, after, limit=100_000)
        return await present(ctx, records), records[-1].cursor if records else after


def applied(state: State, told: Sequence[Delivery], topics: set[str]) -> State:
    """What a client that hears `topics` makes of frames: every thing replaces what it was."""
    result = {kind: dict(things) for kind, things in state.items()}
    for delivery in told:
        if delivery.topic not in topics:
            continue
        body = plain(delivery.body)
        for kind in ("conversation", "message"):
            if kind in body:
                result[kind][body[kind]["id"]] = body[kind]
        if "seen" in body and delivery.topic.startswith("me:"):
            result["seen"][body["seen"]["conversation_id"]] = body["seen"]["seq"]
        if "draft" in body:
            result["draft"][body["draft"]["conversation_id"]] = body["draft"]["draft"]
        if "catalogue" in body:
            result["catalogue"][body["catalogue"]["id"]] = body["catalogue"]["value"]
    return result


async def fetched(begin: Begin, agent: Actor, talks: Sequence[Conversation]) -> State:
    """What an agent's screen shows after loading everything."""
    async with begin(actor=agent) as ctx:
        rows = await conversations.states(ctx, [it.id for it in talks])
        threads = [await conversations.messages(ctx, it.id, limit=100) for it in talks]
        mine = await reading.many(ctx, [it.id for it in talks])
        begun = {}
        for it in talks:
            begun[str(it.id)] = plain(await drafts.find(ctx, it.id))
        things: dict[str, Any] = {}
        for kind in (
            await desk.tags(ctx),
            await desk.macros(ctx),
            await conversations.inboxes(ctx),
        ):
            things |= {str(it.id): plain(it) for it in kind}
    return {
        "conversation": {str(id_): plain(row) for id_, row in rows.items()},
        "message": {str(m.id): plain(m) for page in threads for m in page.items},
        "seen": {str(it.id): it.seen_seq for it in mine if it.seen_seq},
        "draft": begun,
        "catalogue": things,
    }


async def fetched_by_visitor(begin: Begin, customer_id: UUID) -> State:
    """What the widget shows after loading everything."""
    async with begin(actor=Actor("customer", customer_id)) as ctx:
        rows = await conversations.visitor_conversations(ctx, customer_id)
        threads = [
            await conversations.visitor_messages(ctx, customer_id, row.id, limit=100)
            for row in rows
        ]
    return {
        "conversation": {str(row.id): plain(row) for row in rows},
        "message": {str(m.id): plain(m) for page in threads for m in page.items},
        "seen": {},
        "draft": {},
        "catalogue": {},
    }


async def _tagged(ctx: Ctx, talk: Conversation, _: Actor) -> None:
    tag = await desk.create_tag(ctx, name=str(new_id()))
    await conversations.add_tags(ctx, talk.id, [tag.id])


async def _renamed(ctx: Ctx, talk: Conversation, _: Actor) -> None:
    name = f"Ada {new_id().hex[-4:]}"
    await customers.update(ctx, talk.customer_id, CustomerPatch(name=name))


async def _snoozed(ctx: Ctx, talk: Conversation, _: Actor) -> None:
    until = ctx.now() + timedelta(hours=1)
    await conversations.set_status(ctx, talk.id, "snoozed", snoozed_until=until)


CHANGES: dict[str, Change] = {
    "asks": lambda ctx, talk, _: say(ctx, talk, "Hello?"),
    "replies": lambda ctx, talk, _: conversations.reply(ctx, talk.id, "Tomorrow."),
    "notes": lambda ctx, talk, _: conversations.reply(ctx, talk.id, "secret", kind="note"),
    "takes": lambda ctx, talk, me: conversations.assign(ctx, talk.id, to=me.id),
    "drops": lambda ctx, talk, _: conversations.assign(ctx, talk.id, to=None),
    "resolves": lambda ctx, talk, _: conversations.set_status(ctx, talk.id, "resolved"),
    "opens": lambda ctx, talk, _: conversations.set_status(ctx, talk.id, "open"),
    "snoozes": _snoozed,
    "hands back": lambda ctx, talk, _: conversations.set_handler(ctx, talk.id, "assistant"),
    "hurries": lambda ctx, talk, _: conversations.prioritise(ctx, talk.id, "urgent"),
    "calms": lambda ctx, talk, _: conversations.prioritise(ctx, talk.id, "low"),
    "classifies": lambda ctx, talk, _: conversations.classify(ctx, talk.id, topic=new_id().hex),
    "reads": lambda ctx, talk, _: conversations.mark_seen(ctx, talk.id, 99),
    "customer reads": lambda ctx, talk, _: conversations.mark_seen_by_customer(ctx, talk.id, 99),
    "drafts": lambda ctx, talk, _: drafts.save(ctx, talk.id, body="Dear", kind="message"),
    "tags": _tagged,
    "renames": _renamed,
    "writes a macro": lambda ctx, _, __: desk.create_macro(ctx, name="Bye", body="Bye!"),
}


@given(
    before=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 1)), max_size=4),
    after=st.lists(
        st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 1)), min_size=1, max_size=8
    ),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_events_applied_to_a_stale_state_are_a_fresh_fetch(
    begin: Begin,
    clock: Clock,
    before: list[tuple[str, int]],
    after: list[tuple[str, int]],
) -> None:
    async with begin() as ctx:
        me, customer = await make_agent(ctx), await make_customer(ctx)
        talks = [await make_conversation(ctx, customer=customer) for _ in range(2)]

    async def live(steps: list[tuple[str, int]]) -> None:
        for name, which in steps:
            clock.forward(seconds=1)
            async with begin(actor=Actor("agent", me.id, ALL, me.name)) as ctx:
                await CHANGES[name](ctx, talks[which], me)

    await live(before)
    _, cursor = await deliveries(begin)
    stale = await fetched(begin, me, talks)
    stale_visitor = await fetched_by_visitor(begin, customer.id)
    await live(after)
    told, _ = await deliveries(begin, cursor)

    topics = {"inbox", "workspace", f"me:{me.id}", *(f"conversation:{it.id}" for it in talks)}
    fresh = await fetched(begin, me, talks)
    assert applied(stale, told, topics) == fresh
    assert applied(stale_visitor, told, {f"visitor:{customer.id}"}) == await fetched_by_visitor(
        begin, customer.id
    )
    public = [plain(it.body) for it in told if it.topic.startswith("visitor:")]
    assert "secret" not in str(public)
    assert str(me.id) not in str(public)


ALL = frozenset({"conversations.reply"})


async def test_every_kind_of_event_has_a_delivery(begin: Begin, clock: Clock) -> None:
    async with begin() as ctx:
        me, customer = await make_agent(ctx), await make_customer(ctx)
        talk = await make_conversation(ctx, customer=customer)
    for name in CHANGES:
        clock.forward(seconds=1)
        async with begin(actor=Actor("agent", me.id, ALL, me.name)) as ctx:
            await CHANGES[name](ctx, talk, me)

    told, _ = await deliveries(begin)

    kinds = {name for name in catalogue if name.startswith("conversations.")}
    silent = {"conversations.moved", "conversations.erased"}  # told of in other tests
    assert kinds - {it.record.name for it in told} == silent


async def test_a_batch_reads_each_kind_of_thing_once(begin: Begin, statements: list[str]) -> None:
    async with begin() as ctx:
        talks = [await make_conversation(ctx) for _ in range(10)]
        for talk in talks:
            await conversations.reply(ctx, talk.id, "Hello.")
    async with begin(actor=SYSTEM) as ctx:
        records = [
            r for r in await of_workspace(ctx, BEGINNING) if isinstance(r.event, MessageAdded)
        ]
        statements.clear()

        told = await presenter.present_conversations(ctx, records)

    assert len(records) == 20
    assert len(told) == 60  # inbox, conversation and visitor
    assert len(statements) == 2


@pytest.fixture
def audience() -> ConversationAudience:
    return ConversationAudience()


async def test_agents_hear_conversations_of_their_own_workspace_only(
    begin: Begin, stranger: UUID, audience: ConversationAudience
) -> None:
    async with begin() as ctx:
        talk = await make_conversation(ctx)
        me = await make_agent(ctx)
    topic = f"conversation:{talk.id}"

    async with begin(actor=me) as ctx:
        heard = [await audience.may_hear(ctx, t) for t in ("inbox", "workspace", topic)]
        refused = [
            await audience.may_hear(ctx, t)
            for t in (f"visitor:{talk.customer_id}", f"me:{new_id()}", "conversation:x", "all")
        ]
    async with begin(workspace_id=stranger) as ctx:
        foreign = await audience.may_hear(ctx, topic)

    assert heard == [True, True, True]
    assert refused == [False] * 4
    assert not foreign


async def test_visitors_subscribe_to_nothing(begin: Begin, audience: ConversationAudience) -> None:
    async with begin() as ctx:
        customer = await make_customer(ctx)
        talk = await make_conversation(ctx, customer=customer)
    async with begin(actor=visitor(customer)) as ctx:
        for topic in ("inbox", "workspace", f"conversation:{talk.id}", f"visitor:{customer.id}"):
            assert not await audience.may_hear(ctx, topic)


async def test_typing_shows_to_the_other_side_and_a_note_to_the_team_alone(
    begin: Begin, audience: ConversationAudience
) -> None:
    async with begin() as ctx:
        customer, other = await make_customer(ctx), await make_customer(ctx, name="Mallory")
        talk = await make_conversation(ctx, customer=customer)
        agent, light = await make_agent(ctx), await make_agent(ctx, role=Role.LIGHT_AGENT)
    team, public = f"conversation:{talk.id}", f"visitor:{customer.id}"

    async def shows(actor: Actor, *, note: bool = False) -> list[str]:
        async with begin(actor=actor) as ctx:
            return list(await audience.typing_topics(ctx, talk.id, note=note))

    assert await shows(visitor(customer)) == [team]
    assert await shows(visitor(other)) == []
    assert await shows(agent) == [team, public]
    assert await shows(agent, note=True) == [team]
    assert await shows(light) == []
    assert await shows(light, note=True) == [team]
