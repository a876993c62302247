"""What people see the moment it happens: events of the log with the present state of their things.

Agents get conversation rows on `inbox`, and rows and messages on `conversation:<id>`. A customer
gets their own conversations and the public messages on `visitor:<id>`: never a note, an id of an
agent, an address, a tag. Each kind of thing is read once per batch, however many events it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rapport.conversations.desk import service as desk
from rapport.conversations.events import (
    CatalogueChanged,
    ConversationAssigned,
    ConversationErased,
    ConversationHandlerChanged,
    ConversationMoved,
    ConversationSeen,
    ConversationStarted,
    ConversationStatusChanged,
    CustomerSeen,
    DraftChanged,
    MessageAdded,
)
from rapport.conversations.inboxes.service import inboxes
from rapport.conversations.live.repository import LiveRepository
from rapport.conversations.models import Draft
from rapport.conversations.reading.repository import ReadingRepository
from rapport.conversations.reading.service import messages_from, state_from
from rapport.conversations.reading.visitors import shown_to_visitors, visitor_messages_from
from rapport.conversations.schemas import (
    ConversationState,
    DraftOut,
    InboxOut,
    MacroOut,
    MessageOut,
    TagOut,
    VisitorConversation,
    VisitorMessage,
)
from rapport.customers import adapter as people
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents

FOLLOWED: Final = 50
"""How many conversations of a customer show a change of their name at once."""

_SHOWN_TO_CUSTOMERS = (
    ConversationStarted,
    MessageAdded,
    ConversationStatusChanged,
    ConversationAssigned,
    ConversationHandlerChanged,
    ConversationMoved,
    ConversationSeen,
    CustomerSeen,
)
_MOVES_COUNTERS = (ConversationStarted, ConversationStatusChanged, ConversationAssigned)
_RENAMING = frozenset({"customers.updated", "customers.merged", "customers.unmerged"})
"""What a list of conversations shows of customers changes with these only."""
Place = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class _World:
    """Everything a batch of events is about, as it is now."""

    rows: dict[UUID, ConversationState]
    readers: dict[UUID, UUID]
    visitor_rows: dict[UUID, VisitorConversation]
    messages: dict[Place, MessageOut]
    visitor_messages: dict[Place, VisitorMessage]
    drafts: dict[tuple[UUID, UUID], Draft]
    catalogue: dict[str, dict[UUID, Any]]


async def present_conversations(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The deliveries of this room's events. See `kernel.realtime.presenters.presents`."""
    events = [(record, record.event) for record in records]
    world = await _look(ctx, [event for _, event in events])
    return [delivery for record, event in events for delivery in _tell(world, record, event)]


async def _look(ctx: Ctx, events: Sequence[Any]) -> _World:
    reading = ReadingRepository(ctx)
    ids = list({event.conversation_id for event in events if hasattr(event, "conversation_id")})
    rows = await reading.by_ids(ids) if ids else {}
    shown = await shown_to_visitors(ctx, list(rows.values()))
    places = [(e.conversation_id, e.seq) for e in events if isinstance(e, MessageAdded)]
    said = await reading.messages_at(places) if places else []
    drafts = {(e.conversation_id, e.agent_id) for e in events if isinstance(e, DraftChanged)}
    kinds = {event.kind for event in events if isinstance(event, CatalogueChanged)}
    return _World(
        rows={id_: state_from(row) for id_, row in rows.items()},
        readers={id_: row.reader_id for id_, row in rows.items()},
        visitor_rows={row.id: row for row in shown},
        messages={(m.conversation_id, m.seq): m for m in await messages_from(ctx, said)},
        visitor_messages={
            (m.conversation_id, m.seq): m
            for m in await visitor_messages_from(ctx, [m for m in said if m.kind != "note"])
        },
        drafts=await LiveRepository(ctx).drafts(drafts),
        catalogue={kind: await _catalogue(ctx, kind) for kind in sorted(kinds)},
    )


async def _catalogue(ctx: Ctx, kind: str) -> dict[UUID, Any]:
    things: Sequence[InboxOut | TagOut | MacroOut]
    if kind == "inbox":
        things = await inboxes(ctx)
    else:
        things = await (desk.tags(ctx) if kind == "tag" else desk.macros(ctx))
    return {it.id: it for it in things}


def _tell(world: _World, record: Recorded, event: Any) -> Iterator[Delivery]:
    match event:
        case CatalogueChanged():
            value = world.catalogue[event.kind].get(event.id)
            body = {"catalogue": {"kind": event.kind, "id": event.id, "value": value}}
            yield Delivery(record, "workspace", body)
        case DraftChanged():
            draft = world.drafts.get((event.conversation_id, event.agent_id))
            shown = None if draft is None else DraftOut.model_validate(draft)
            body = {"draft": {"conversation_id": event.conversation_id, "draft": shown}}
            yield Delivery(record, f"me:{event.agent_id}", body)
        case _ if event.conversation_id in world.rows:
            yield from _tell_agents(world, record, event)
            if isinstance(event, _SHOWN_TO_CUSTOMERS):
                yield from _tell_customer(world, record, event)


def _tell_agents(world: _World, record: Recorded, event: Any) -> Iterator[Delivery]:
    thread = f"conversation:{event.conversation_id}"
    if isinstance(event, ConversationSeen):
        seen = event.model_dump()
        yield Delivery(record, f"me:{event.agent_id}", {"seen": seen})
        yield Delivery(record, thread, {"seen": seen})
        return
    body: dict[str, Any] = {"conversation": world.rows[event.conversation_id]}
    moves = isinstance(event, _MOVES_COUNTERS)
    if isinstance(event, ConversationErased):
        body["erased"] = True
    yield Delivery(record, "inbox", {**body, "counters_changed": moves})
    if isinstance(event, MessageAdded):
        message = world.messages.get((event.conversation_id, event.seq))
        body |= {} if message is None else {"message": message}
    yield Delivery(record, thread, body)


def _tell_customer(world: _World, record: Recorded, event: Any) -> Iterator[Delivery]:
    body: dict[str, Any] = {"conversation": world.visitor_rows[event.conversation_id]}
    if isinstance(event, MessageAdded):
        message = world.visitor_messages.get((event.conversation_id, event.seq))
        if message is None:
            return
        body["message"] = message
    yield Delivery(record, f"visitor:{world.readers[event.conversation_id]}", body)


async def present_customers(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """Customers who changed, and their conversations for the lists that show their names."""
    changed = [record for record in records if record.name in _RENAMING]
    return [*await people.shown(ctx, records), *await _their_conversations(ctx, changed)]


async def _their_conversations(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    reading = ReadingRepository(ctx)
    affected = {
        record.id: UUID(record.payload["customer_id"])
        for record in records
        if "customer_id" in record.payload
    }
    ids: dict[UUID, list[UUID]] = {}
    for customer_id in sorted(set(affected.values())):
        ids[customer_id] = await reading.of_customer(customer_id, FOLLOWED)
    rows = await reading.by_ids([id_ for found in ids.values() for id_ in found])
    return [
        Delivery(record, topic, {"conversation": state_from(rows[id_])})
        for record in records
        for id_ in ids.get(affected.get(record.id, record.workspace_id), ())
        if id_ in rows
        for topic in ("inbox", f"conversation:{id_}")
    ]


presents("conversations.", present_conversations)
presents("customers.", present_customers)
