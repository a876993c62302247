"""Triage: every customer message is read, and what people say about a reading is learned from.

The front door for all the room can do. What is read is never a decision about the customer: it
says who should look, and how soon.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from uuid import UUID

import structlog

from rapport.ai.triage.applying import apply, take, topic_of
from rapport.ai.triage.catalogue.repository import IntentRepository
from rapport.ai.triage.catalogue.service import (
    archive_intent,
    change_intent,
    create_intent,
    examples_of,
    get_intent,
    intents,
    remove_example,
    type_examples,
    usable,
)
from rapport.ai.triage.entities import Entity, Products, Setting, check, find
from rapport.ai.triage.events import MessageRead, ReadingCorrected
from rapport.ai.triage.examining import Arrived, Circumstances, examine
from rapport.ai.triage.keeping import row_of
from rapport.ai.triage.labelling.service import Lesson, Lessons, examples, label, queue
from rapport.ai.triage.linear import Floats
from rapport.ai.triage.models import Intent, MessageReading
from rapport.ai.triage.naming import named_in
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.reading import Reader
from rapport.ai.triage.repository import Place, ReadingRepository
from rapport.ai.triage.schemas import (
    CorrectionIn,
    LabelIn,
    PatternTrialIn,
    PatternTrialOut,
    ReadingOut,
    Source,
    TriageOut,
    TriagePatch,
)
from rapport.ai.triage.settings import TriageSettings, patterns_of, products_of
from rapport.ai.triage.showing import shown
from rapport.conversations import service as conversations
from rapport.conversations.models import NOBODY
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.events import emit
from rapport.kernel.events.log import emit_each
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import General

__all__ = [
    "Entity",
    "Lesson",
    "Lessons",
    "Products",
    "Setting",
    "answer",
    "archive_intent",
    "change_intent",
    "change_settings",
    "correct",
    "create_intent",
    "examples",
    "examples_of",
    "find",
    "get_intent",
    "intents",
    "named_in",
    "queue",
    "read_messages",
    "reading_of",
    "readings_in",
    "remove_example",
    "settings_of",
    "try_pattern",
    "type_examples",
    "usable",
]

log = structlog.get_logger(__name__)


async def read_messages(ctx: Ctx, places: Collection[Place]) -> list[UUID]:
    """Read customers' messages at these places; the ids of those that were read now.

    What was read before, is nobody's message, says nothing or was erased is passed over, so this
    may be called as often as one likes. Readings, topics and priorities are one unit of work. No
    conversation is held while the models compute; one that was erased by then is left alone.
    """
    settings = await workspace_settings.get(ctx, TriageSettings)
    if not settings.is_on:
        return []
    began = time.perf_counter()
    readings = ReadingRepository(ctx)
    arrived = [message for message in await readings.arrived(places) if message.said]
    if not arrived:
        return []
    serving = await _serving(ctx)
    offered = await IntentRepository(ctx).offered() if serving is not None else {}
    known = await _circumstances(ctx, settings, serving, offered)
    vectors = await _vectors(ctx, arrived, known)
    examined = await asyncio.to_thread(examine, arrived, vectors, known)
    milliseconds = (time.perf_counter() - began) * 1_000 / len(arrived)
    held = await conversations.locked(ctx, {it.conversation_id for it in arrived})
    present = {id_: it for id_, it in held.items() if it.visitor_id != NOBODY}
    left = [one for one in examined if one.arrived.conversation_id in present]
    kept = await readings.keep([row_of(one, known, milliseconds) for one in left])
    new = [one for one in left if one.arrived.message_id in kept]
    await apply(ctx, new, present, settings, offered)
    await emit_each(ctx, [(_told_of(one.arrived), one.arrived.conversation_id) for one in new])
    return [one.arrived.message_id for one in new]


async def reading_of(ctx: Ctx, message_id: UUID) -> ReadingOut | None:
    """What was read in a message, corrections included; None while nothing was."""
    row = await ReadingRepository(ctx).find(message_id)
    return None if row is None else shown(row)


async def readings_in(
    ctx: Ctx, conversation_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Page[ReadingOut]:
    """What was read in a conversation, the latest message first.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        CursorMalformed: the cursor is not one of this list.
    """
    conversation = await conversations.get(ctx, conversation_id)
    before = None if cursor is None else decode_cursor(cursor, int)[0]
    readings = ReadingRepository(ctx)
    rows = await readings.page(conversation.id, before=before, limit=limit + 1)
    items = [shown(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=items, next=encode_cursor([items[-1].seq]) if more else None)


async def correct(
    ctx: Ctx, message_id: UUID, correction: CorrectionIn, *, source: Source = "correction"
) -> ReadingOut:
    """Say what is so instead. It is shown from now on, and what the machine said is kept.

    Intents become labels of the message. A priority becomes the conversation's, and the first
    intent of its last message its topic; both are left to people after that.

    Raises:
        ReadingNotFound: nothing was read there.
        IntentNotFound, IntentArchived: one of the intents cannot be used.
    """
    reading = await ReadingRepository(ctx).get(message_id, lock=True)
    said = correction.model_dump(exclude_none=True, mode="json")
    reading.corrected = {**(reading.corrected or {}), **said}
    reading.corrected_by, reading.corrected_at = str(ctx.actor), ctx.now()
    chosen: Sequence[Intent] = ()
    if correction.intent_ids is not None:
        chosen = await label(ctx, reading, correction.intent_ids, source)
    await ctx.session.flush()
    topic = topic_of(chosen[0]) if chosen and await _is_last(ctx, reading) else None
    if correction.priority is not None or topic is not None:
        await take(ctx, reading.conversation_id, priority=correction.priority, topic=topic)
    corrected = ReadingCorrected(
        conversation_id=reading.conversation_id, message_id=reading.id, seq=reading.seq
    )
    await emit(ctx, corrected, subject=reading.conversation_id)
    return shown(reading)


async def answer(ctx: Ctx, message_id: UUID, said: LabelIn) -> None:
    """Answer what a message of the queue is about, or take it off the queue without an answer.

    Raises:
        ReadingNotFound: nothing was read there.
        IntentNotFound, IntentArchived: one of the intents cannot be used.
    """
    if not said.is_skipped:
        await correct(ctx, message_id, CorrectionIn(intent_ids=said.intent_ids), source="queue")
        return
    reading = await ReadingRepository(ctx).get(message_id, lock=True)
    reading.queue_week = None
    await ctx.session.flush()


async def settings_of(ctx: Ctx) -> TriageOut:
    """How the workspace's messages are read, and by which model."""
    return await _told(ctx, await workspace_settings.get(ctx, TriageSettings))


async def change_settings(ctx: Ctx, patch: TriagePatch) -> TriageOut:
    """Change the named settings. What was read already stays as it was read.

    Raises:
        SettingsInvalid: one of them does not fit, e.g. a pattern that cannot be used.
    """
    changes = patch.model_dump(exclude_none=True)
    if "weights" in changes:
        present = await workspace_settings.get(ctx, TriageSettings)
        changes["weights"] = present.weights.model_dump() | changes["weights"]
    return await _told(ctx, await workspace_settings.update(ctx, TriageSettings, changes))


def try_pattern(trial: PatternTrialIn) -> PatternTrialOut:
    """What a pattern finds in an example; nothing is stored.

    Raises:
        PatternRefused: the name or the pattern cannot be used; it says why.
    """
    found = check(trial.name, trial.pattern, trial.example).found
    return PatternTrialOut.model_validate(
        {"found": [{"start": start, "end": end, "text": text} for start, end, text in found]}
    )


async def _told(ctx: Ctx, settings: TriageSettings) -> TriageOut:
    serving = await _serving(ctx)
    model_id = None if serving is None else serving.id
    return TriageOut.model_validate(settings.model_dump() | {"model_id": model_id})


async def _is_last(ctx: Ctx, reading: MessageReading) -> bool:
    last = await ReadingRepository(ctx).page(reading.conversation_id, before=None, limit=1)
    return last[0].id == reading.id


async def _serving(ctx: Ctx) -> Serving | None:
    models = ctx.ports.find(Models)
    return None if models is None else await models.serving(ctx)


async def _circumstances(
    ctx: Ctx, settings: TriageSettings, serving: Serving | None, offered: Collection[UUID]
) -> Circumstances:
    general = await workspace_settings.get(ctx, General)
    embedder = ctx.ports.find(Embedder)
    return Circumstances(
        settings=settings,
        locale=general.locale,
        timezone=general.timezone,
        now=ctx.now(),
        serving=serving,
        embedder=None if embedder is None else embedder.name,
        intent_ids=frozenset(offered),
        products=products_of(settings.products),
        patterns=patterns_of(settings.patterns),
    )


async def _vectors(ctx: Ctx, arrived: Sequence[Arrived], known: Circumstances) -> Floats | None:
    """The messages' vectors, all by one call; None where no model looks at them, or it fails.

    So no word leaves the machine for nothing, and without vectors words alone decide.
    """
    embedder = ctx.ports.find(Embedder)
    is_learned_from = known.serving is not None and known.serving.model.embedder == known.embedder
    if embedder is None or not (is_learned_from or Reader(embedder=embedder.name).looks_at_vectors):
        return None
    try:
        return await embedder.embed(
            [message.said for message in arrived], workspace_id=ctx.workspace_id
        )
    except RapportError as error:
        log.warning("messages_not_embedded", messages=len(arrived), reason=error.code)
        return None


def _told_of(arrived: Arrived) -> MessageRead:
    return MessageRead(
        conversation_id=arrived.conversation_id, message_id=arrived.message_id, seq=arrived.seq
    )
