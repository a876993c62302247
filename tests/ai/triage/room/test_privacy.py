"""What was read in somebody's messages is told to them, and forgotten with them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

import rapport.ai.triage.privacy  # noqa: F401 - tells what there is
from rapport.ai.triage import service
from rapport.ai.triage.models import Example, Intent, MessageReading, TriagedConversation
from rapport.ai.triage.schemas import CorrectionIn
from rapport.kernel.personal import rooms
from tests.ai.triage.room.conftest import CALM, FIRE, Desk
from tests.conftest import Begin


async def test_readings_and_labels_are_told_and_erased_and_typed_examples_stay(
    desk: Desk, begin: Begin, intents: dict[str, Intent]
) -> None:
    gone, kept = await desk.ask(FIRE), await desk.ask(CALM)
    for conversation in (gone, kept):
        message_id = (await desk.reading(conversation)).message_id
        async with begin() as ctx:
            said = CorrectionIn(intent_ids=[intents["size"].id])
            await service.correct(ctx, message_id, said)
    async with begin() as ctx:
        await service.type_examples(ctx, intents["size"].id, ["Too small"])
    room = rooms.known["triage"]

    async with begin() as ctx:
        told = {
            table.name: (await table.rows(ctx, frozenset({gone.id}), None)).rows
            for table in room.tables
        }
    async with begin() as ctx:
        erased = await room.erase(ctx, frozenset({gone.id}))
    async with begin() as ctx:
        again = await room.erase(ctx, frozenset({gone.id}))

    assert [row["conversation_id"] for row in told["readings"]] == [gone.id]
    assert [(row["intent"], row["seq"]) for row in told["labels"]] == [("size", 1)]
    assert erased == {"readings": 1, "labels": 1, "triaged": 1}
    assert again == {}
    assert await _conversations(begin, desk, MessageReading) == {kept.id}
    assert await _conversations(begin, desk, TriagedConversation) == {kept.id}
    assert await _conversations(begin, desk, Example) == {kept.id, None}
    assert {it.text for it in await desk.lessons()} == {CALM, "Too small"}


async def _conversations(begin: Begin, desk: Desk, model: Any) -> set[UUID | None]:
    async with begin() as ctx:
        statement = select(model.conversation_id).where(model.workspace_id == desk.workspace_id)
        return set(await ctx.session.scalars(statement))
