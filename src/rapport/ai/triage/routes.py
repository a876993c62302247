"""Readings, intents and labels, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from rapport.ai.triage import service
from rapport.ai.triage.entities import PatternRefused
from rapport.ai.triage.errors import (
    ExampleNotFound,
    IntentArchived,
    IntentNameTaken,
    IntentNotFound,
    ReadingNotFound,
    TooManyExamples,
    TooManyIntents,
)
from rapport.ai.triage.schemas import (
    CorrectionIn,
    ExampleOut,
    ExamplesIn,
    IntentIn,
    IntentOut,
    IntentPatch,
    IntentRow,
    LabelIn,
    PatternTrialIn,
    PatternTrialOut,
    QueuedOut,
    ReadingOut,
    TriageOut,
    TriagePatch,
)
from rapport.conversations.errors import ConversationNotFound, TagNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.kernel.settings.workspace import SettingsInvalid

router = APIRouter(tags=["triage"], route_class=AgentRoute)
Read = Annotated[Ctx, Depends(Permitted("conversations.read"))]
Labelled = Annotated[Ctx, Depends(Permitted("conversations.tag"))]
Shown = Annotated[Ctx, Depends(Permitted("assistant.read"))]
Managed = Annotated[Ctx, Depends(Permitted("assistant.manage"))]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get(
    "/conversations/{conversation_id}/readings",
    responses=problems(ConversationNotFound, CursorMalformed),
)
async def list_readings(
    ctx: Read, conversation_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[ReadingOut]:
    """What was read in a conversation's messages, the latest first."""
    return await service.readings_in(ctx, conversation_id, cursor=cursor, limit=limit)


@router.post(
    "/messages/{message_id}/correction",
    responses=problems(ReadingNotFound, IntentNotFound, IntentArchived),
)
async def correct_reading(ctx: Labelled, message_id: UUID, correction: CorrectionIn) -> ReadingOut:
    """Say what a message is about, or how it is meant, instead of what the machine said."""
    return await service.correct(ctx, message_id, correction)


@router.get("/triage/intents")
async def list_intents(ctx: Shown) -> list[IntentRow]:
    """What messages may be about, by name, archived ones last."""
    return await service.intents(ctx)


@router.post(
    "/triage/intents",
    status_code=status.HTTP_201_CREATED,
    responses=problems(IntentNameTaken, TooManyIntents, TagNotFound),
)
async def add_intent(ctx: Managed, wanted: IntentIn) -> IntentOut:
    """Add something that messages may be about."""
    return IntentOut.model_validate(await service.create_intent(ctx, wanted))


@router.patch(
    "/triage/intents/{intent_id}",
    responses=problems(IntentNotFound, IntentNameTaken, TooManyIntents, TagNotFound),
)
async def change_intent(ctx: Managed, intent_id: UUID, patch: IntentPatch) -> IntentOut:
    """Rename an intent, describe it otherwise, or bring an archived one back."""
    return IntentOut.model_validate(await service.change_intent(ctx, intent_id, patch))


@router.delete(
    "/triage/intents/{intent_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(IntentNotFound),
)
async def archive_intent(ctx: Managed, intent_id: UUID) -> None:
    """Archive an intent: it is offered and learned no more, and can be brought back."""
    await service.archive_intent(ctx, intent_id)


@router.get(
    "/triage/intents/{intent_id}/examples", responses=problems(IntentNotFound, CursorMalformed)
)
async def list_intent_examples(
    ctx: Shown, intent_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[ExampleOut]:
    """What teaches an intent, the latest first."""
    return await service.examples_of(ctx, intent_id, cursor=cursor, limit=limit)


@router.post(
    "/triage/intents/{intent_id}/examples",
    responses=problems(IntentNotFound, IntentArchived, TooManyExamples),
)
async def add_intent_examples(
    ctx: Managed, intent_id: UUID, wanted: ExamplesIn
) -> Page[ExampleOut]:
    """Type examples of an intent, as customers would write them; the list after that."""
    await service.type_examples(ctx, intent_id, wanted.examples)
    return await service.examples_of(ctx, intent_id)


@router.delete(
    "/triage/intents/{intent_id}/examples/{example_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(ExampleNotFound),
)
async def remove_intent_example(ctx: Managed, intent_id: UUID, example_id: UUID) -> None:
    """Let an example teach an intent no more."""
    await service.remove_example(ctx, intent_id, example_id)


@router.get("/triage/queue", responses=problems(CursorMalformed))
async def list_label_queue(
    ctx: Labelled, cursor: str | None = None, limit: Limit = 20
) -> Page[QueuedOut]:
    """Messages of the last weeks of which a label would teach most, those first."""
    return await service.queue(ctx, cursor=cursor, limit=limit)


@router.post(
    "/triage/queue/{message_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(ReadingNotFound, IntentNotFound, IntentArchived),
)
async def label_message(ctx: Labelled, message_id: UUID, said: LabelIn) -> None:
    """Say what a message of the queue is about, that it belongs nowhere, or skip it."""
    await service.answer(ctx, message_id, said)


@router.get("/triage/settings")
async def get_triage_settings(ctx: Shown) -> TriageOut:
    """How the workspace's messages are read, and which model says what they are about."""
    return await service.settings_of(ctx)


@router.patch("/triage/settings", responses=problems(SettingsInvalid))
async def change_triage_settings(ctx: Managed, patch: TriagePatch) -> TriageOut:
    """Switch reading on or off, and say what it may set and what it looks for."""
    return await service.change_settings(ctx, patch)


@router.post("/triage/patterns/try", responses=problems(PatternRefused))
async def try_pattern(ctx: Managed, trial: PatternTrialIn) -> PatternTrialOut:
    """What a pattern finds in an example; nothing is stored."""
    return service.try_pattern(trial)
