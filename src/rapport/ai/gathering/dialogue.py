"""Asking in a conversation: what to ask next, what an answer tells, and when it is over.

Everything that writes here is called while the caller holds the conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rapport.ai.gathering import planning, wording
from rapport.ai.gathering.answers import parts
from rapport.ai.gathering.facts import Fact
from rapport.ai.gathering.knowing import Told, known_besides, names_in
from rapport.ai.gathering.models import Gathering
from rapport.ai.gathering.planning import Ask, Enough, Known, Surface
from rapport.ai.gathering.repository import FactsRepository, GatheringRepository
from rapport.ai.gathering.schemas import ConversationFactsOut, FactIn, KnownFactOut, State
from rapport.ai.triage import service as triage
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.kernel.cards import FormCard
from rapport.kernel.context import Ctx

_SURFACES: Final[Mapping[str, Surface]] = {"webchat": "card", "email": "letter"}


@dataclass(frozen=True, slots=True)
class Step:
    """How gathering goes on. `body` is for the customer; empty where all needed is known."""

    state: State
    body: str = ""
    card: FormCard | None = None


async def is_asking(ctx: Ctx, conversation_id: UUID) -> bool:
    """Whether the customer of a conversation was asked for something, and it is not over."""
    row = await GatheringRepository(ctx).of(conversation_id)
    return row is not None and row.state == "asking"


async def wish_in(ctx: Ctx, conversation_id: UUID, seq: int) -> UUID | None:
    """The known intent of the last message, whose place is `seq`, if it needs anything.

    The message is read there and then where that has not happened yet: who reads the log first is
    nowhere said.
    """
    if not await FactsRepository(ctx).are_there():
        return None
    await triage.read_messages(ctx, [(conversation_id, seq)])
    intent_id = await _intent(ctx, conversation_id, seq)
    return intent_id if intent_id and await FactsRepository(ctx).of(intent_id) else None


async def begin(ctx: Ctx, conversation: Conversation, intent_id: UUID, seq: int) -> bool:
    """Take up a wish; False where the conversation's customer was asked about such a one before."""
    gatherings = GatheringRepository(ctx)
    row = await gatherings.of(conversation.id)
    fresh: dict[str, Any] = {
        "intent_id": intent_id,
        "state": "asking",
        "seq": seq,
        "asked": [],
        "tries": {},
        "refused": [],
    }
    if row is None:
        await gatherings.add(conversation.id, known={}, **fresh)
        return True
    if row.intent_id == intent_id:
        return False
    for name, value in fresh.items():
        setattr(row, name, value)
    await ctx.session.flush()
    return True


async def hear(ctx: Ctx, conversation: Conversation, answer: str, *, is_digression: bool) -> bool:
    """Take what a customer answers; whether it tells something, or counts as asked in vain.

    A digression, which the caller can answer otherwise, counts only where it tells something.
    """
    row = await GatheringRepository(ctx).of(conversation.id)
    if row is None or row.state != "asking":
        return False
    by_name = {fact.name: fact for fact in await _facts(ctx, row.intent_id)}
    asked = [by_name[name] for name in row.asked if name in by_name]
    before = _known(row)
    said = parts(asked, answer)
    customer = await customers.get(ctx, conversation.customer_id)
    whole, *each = await names_in(ctx, customer, [answer, *said.values()])
    named = {"": whole, **dict(zip(said, each, strict=True))}
    after = planning.hear(asked, before, answer, named)
    if is_digression and after.values == before.values:
        return False
    new = {name: value for name, value in after.values.items() if name not in before.values}
    row.known = {**row.known, **{n: {"value": v, "source": "asked"} for n, v in new.items()}}
    row.tries, row.refused = dict(after.tries), sorted(after.refused)
    await ctx.session.flush()
    return True


async def next_question(ctx: Ctx, conversation: Conversation, language: str) -> Step:
    """What to say next in a conversation in which gathering has begun."""
    row = await GatheringRepository(ctx).of(conversation.id)
    if row is None:
        return Step("open")
    facts = await _facts(ctx, row.intent_id)
    row.known = await known_besides(ctx, conversation, facts, row.known)
    surface = await _surface(ctx, conversation)
    plan = planning.plan(facts, _known(row), surface)
    step = _step(plan, surface, language)
    row.state = step.state
    row.asked = [fact.name for fact in plan.facts] if isinstance(plan, Ask) else []
    await ctx.session.flush()
    return step


async def stop(ctx: Ctx, conversation_id: UUID) -> None:
    """Ask no more: a person goes on."""
    row = await GatheringRepository(ctx).of(conversation_id)
    if row is not None and row.state == "asking":
        row.state, row.asked = "given_up", []
        await ctx.session.flush()


async def opening_of(ctx: Ctx, conversation_id: UUID) -> str:
    """What the customer wrote when their wish was taken up; empty where none was."""
    row = await GatheringRepository(ctx).of(conversation_id)
    if row is None:
        return ""
    found = await conversations.messages_at(ctx, [(conversation_id, row.seq)])
    return found[0].body if found else ""


async def known_in(ctx: Ctx, conversation_id: UUID) -> ConversationFactsOut:
    """What is known in a conversation of what its wish needs; nothing is read, asked or kept.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await conversations.get(ctx, conversation_id)
    row = await GatheringRepository(ctx).of(conversation.id)
    intent_id = row.intent_id if row else await _intent(ctx, conversation.id, None)
    facts = await _facts(ctx, intent_id) if intent_id else []
    known = await known_besides(ctx, conversation, facts, row.known if row else {})
    return ConversationFactsOut.model_validate(
        {
            "intent_id": intent_id,
            "state": row.state if row else "open",
            "facts": [_shown(fact, known.get(fact.name, {}), row) for fact in facts],
        }
    )


def _shown(fact: Fact, told: Told, row: Gathering | None) -> KnownFactOut:
    return KnownFactOut.model_validate(
        {
            **{name: getattr(fact, name) for name in FactIn.model_fields},
            "value": told.get("value"),
            "source": told.get("source"),
            "tries": row.tries.get(fact.name, 0) if row else 0,
            "is_refused": bool(row and fact.name in row.refused),
        }
    )


def _step(plan: planning.Plan, surface: Surface, language: str) -> Step:
    if isinstance(plan, Ask):
        card = wording.form(plan, language) if surface == "card" else None
        return Step("asking", wording.question(plan, language), card)
    if isinstance(plan, Enough):
        return Step("complete")
    return Step("given_up", wording.give_up(language))


def _known(row: Gathering) -> Known:
    values = {name: told["value"] for name, told in row.known.items()}
    return Known(values, row.tries, frozenset(row.refused))


async def _facts(ctx: Ctx, intent_id: UUID) -> Sequence[Fact]:
    kept = await FactsRepository(ctx).of(intent_id)
    return [FactIn.model_validate(fact).fact() for fact in kept]


async def _intent(ctx: Ctx, conversation_id: UUID, seq: int | None) -> UUID | None:
    """The sure intent of the message at this place, or of the last one that was read."""
    page = await triage.readings_in(ctx, conversation_id, limit=1)
    reading = next((it for it in page.items if seq in {None, it.seq}), None)
    is_sure = reading is not None and reading.is_known and reading.intents
    return reading.intents[0].intent_id if reading and is_sure else None


async def _surface(ctx: Ctx, conversation: Conversation) -> Surface:
    inbox = await conversations.get_inbox(ctx, conversation.inbox_id)
    return _SURFACES.get(inbox.channel, "chat")
