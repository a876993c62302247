"""What people teach: labels of messages, which to ask for next, and what a model learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from rapport.ai.triage.catalogue.service import usable
from rapport.ai.triage.examining import spoken
from rapport.ai.triage.labelling.repository import STEPS, LabelRepository
from rapport.ai.triage.models import Intent, MessageReading
from rapport.ai.triage.schemas import QueuedOut, Source
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import CursorMalformed, Page, decode_cursor, encode_cursor

_WEEK: Final = timedelta(weeks=1)
_EPOCH_S: Final = _WEEK.total_seconds()
RECENT: Final = 5
"""Messages of so many weeks are asked about, the present one included."""
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)
_MOST_DOUBT: Final = 2.0
"""More than there is."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text and all it is about; without intents it belongs nowhere."""

    text: str
    intent_ids: tuple[UUID, ...]
    source: Source
    message_id: UUID | None
    """None for a text that was typed, which has neither conversation nor customer."""
    conversation_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Some of what there is to learn from, and where it goes on; None behind the last."""

    items: Sequence[Lesson]
    next: str | None


def week_of(at: datetime) -> int:
    """The number of a week since 1970."""
    return int(at.timestamp() // _EPOCH_S)


async def label(
    ctx: Ctx, reading: MessageReading, intent_ids: Sequence[UUID], source: Source
) -> list[Intent]:
    """Note what a message is about, instead of what was noted before; no intents: nowhere.

    Raises:
        IntentNotFound, IntentArchived: one of the intents cannot be used.
    """
    intents = await usable(ctx, intent_ids)
    await LabelRepository(ctx).label(reading, [it.id for it in intents] or [None], source)
    reading.queue_week = None
    return intents


async def queue(ctx: Ctx, *, cursor: str | None = None, limit: int = 20) -> Page[QueuedOut]:
    """Messages of the last weeks nobody has labelled, those first that the model doubted most.

    Raises:
        CursorMalformed: the cursor is not one of this list.
    """
    after = (_MOST_DOUBT, _LAST)
    if cursor is not None:
        doubt, id_ = decode_cursor(cursor, float, UUID)
        after = (doubt, id_)
    this = week_of(ctx.now())
    weeks = range(this - RECENT + 1, this + 2)  # clocks may differ by a little
    rows = await LabelRepository(ctx).queue(weeks, after=after, limit=limit + 1)
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        following = encode_cursor([shown[-1]["doubt"], shown[-1]["message_id"]])
    return Page(items=[_queued(row) for row in shown], next=following)


async def examples(ctx: Ctx, *, after: str | None = None, limit: int = 500) -> Lessons:
    """What a model learns from, in portions: typed texts, labelled messages, tagged conversations.

    Messages come with the words they have now, and erased ones not at all; what is only about
    archived intents is left out. A tagged conversation is told by its first message, unless a
    person labelled that one. A portion may be shorter than `limit`, or empty, and not the last.

    Raises:
        CursorMalformed: `after` is not what a portion said under `next`.
    """
    step, place = next(iter(STEPS)), _FIRST
    if after is not None:
        step, place = decode_cursor(after, str, UUID)
        if step not in STEPS:
            raise CursorMalformed
    rows = await LabelRepository(ctx).lessons(step, after=place, limit=limit)
    told = [lesson for row in rows if (lesson := _lesson(row)) is not None]
    if len(rows) == limit:
        return Lessons(told, encode_cursor([step, rows[-1]["place"]]))
    steps = list(STEPS)
    later = steps[steps.index(step) + 1 :]
    return Lessons(told, encode_cursor([later[0], _FIRST]) if later else None)


def _lesson(row: Any) -> Lesson | None:
    text = spoken(row["subject"], row["body"] or "", row["seq"])
    if not text:
        return None
    whose = (row["message_id"], row["conversation_id"], row["customer_id"])
    return Lesson(text, tuple(row["intent_ids"] or ()), row["source"], *whose)


def _queued(row: Any) -> QueuedOut:
    told = {name: row[name] for name in QueuedOut.model_fields if name != "text"}
    return QueuedOut.model_validate(
        told | {"text": spoken(row["subject"], row["body"], row["seq"])}
    )
