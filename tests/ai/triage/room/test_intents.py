"""What messages may be about, as administrators write it down."""

from uuid import UUID

import pytest

from rapport.ai.triage import service
from rapport.ai.triage.catalogue.service import MOST_INTENTS, MOST_TYPED
from rapport.ai.triage.errors import (
    ExampleNotFound,
    IntentArchived,
    IntentNameTaken,
    IntentNotFound,
    TooManyExamples,
    TooManyIntents,
)
from rapport.ai.triage.schemas import CorrectionIn, IntentIn, IntentPatch
from rapport.conversations.errors import TagNotFound
from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.triage.room.conftest import PARCEL, Desk
from tests.conftest import Begin


async def test_an_intent_is_added_taught_and_listed(ctx: Ctx) -> None:
    intent = await service.create_intent(ctx, IntentIn(name=" Where is it? ", description="x"))

    added = await service.type_examples(ctx, intent.id, ["Where is my parcel?", "Lost parcel"])
    again = await service.type_examples(ctx, intent.id, ["Lost parcel", "Lost parcel"])

    (row,) = await service.intents(ctx)
    assert (added, again) == (2, 0)
    assert (row.name, row.typed, row.labelled) == ("Where is it?", 2, 0)
    listed = await service.examples_of(ctx, intent.id, limit=1)
    rest = await service.examples_of(ctx, intent.id, limit=1, cursor=listed.next)
    assert [it.text for it in (*listed.items, *rest.items)] == [
        "Lost parcel",
        "Where is my parcel?",
    ]
    assert rest.next is None


async def test_a_labelled_message_is_listed_with_its_words(desk: Desk, begin: Begin) -> None:
    conversation = await desk.ask(PARCEL)
    message_id = (await desk.reading(conversation)).message_id
    async with begin() as ctx:
        intent = await service.create_intent(ctx, IntentIn(name="Parcel"))
        await service.correct(ctx, message_id, CorrectionIn(intent_ids=[intent.id]))
        (example,) = (await service.examples_of(ctx, intent.id)).items
        (row,) = await service.intents(ctx)

    assert (example.text, example.source) == (PARCEL, "correction")
    assert (example.message_id, example.conversation_id) == (message_id, conversation.id)
    assert (row.typed, row.labelled) == (0, 1)


async def test_an_example_is_removed(ctx: Ctx) -> None:
    intent = await service.create_intent(ctx, IntentIn(name="Parcel"))
    other = await service.create_intent(ctx, IntentIn(name="Refund"))
    await service.type_examples(ctx, intent.id, ["Where?"])
    (example,) = (await service.examples_of(ctx, intent.id)).items

    with pytest.raises(ExampleNotFound):
        await service.remove_example(ctx, other.id, example.id)
    await service.remove_example(ctx, intent.id, example.id)

    assert (await service.examples_of(ctx, intent.id)).items == []
    with pytest.raises(ExampleNotFound):
        await service.remove_example(ctx, intent.id, example.id)


async def test_names_are_unique_in_any_case_and_among_archived_ones(ctx: Ctx) -> None:
    intent = await service.create_intent(ctx, IntentIn(name="Parcel"))
    other = await service.create_intent(ctx, IntentIn(name="Refund"))
    await service.archive_intent(ctx, intent.id)

    with pytest.raises(IntentNameTaken):
        await service.create_intent(ctx, IntentIn(name="PARCEL"))
    with pytest.raises(IntentNameTaken):
        await service.change_intent(ctx, other.id, IntentPatch(name="parcel"))
    assert (await service.change_intent(ctx, other.id, IntentPatch(name="REFUND"))).name == "REFUND"


async def test_an_archived_intent_is_taught_again_once_it_is_back(ctx: Ctx) -> None:
    intent = await service.create_intent(ctx, IntentIn(name="Parcel", topic="Delivery"))
    await service.archive_intent(ctx, intent.id)

    with pytest.raises(IntentArchived):
        await service.type_examples(ctx, intent.id, ["Where?"])
    await service.change_intent(ctx, intent.id, IntentPatch(is_archived=False, topic=None))

    assert await service.type_examples(ctx, intent.id, ["Where?"]) == 1
    assert (intent.archived_at, intent.topic) == (None, None)


async def test_unknown_tags_and_intents_are_refused(ctx: Ctx) -> None:
    with pytest.raises(TagNotFound):
        await service.create_intent(ctx, IntentIn(name="Parcel", tag_ids=[new_id()]))
    with pytest.raises(IntentNotFound):
        await service.change_intent(ctx, new_id(), IntentPatch(name="x"))
    with pytest.raises(IntentNotFound):
        await service.examples_of(ctx, new_id())


async def test_there_are_only_so_many_of_them(ctx: Ctx) -> None:
    intent = await service.create_intent(ctx, IntentIn(name="Parcel"))
    for start in range(0, MOST_TYPED, 100):
        texts = [f"Where is parcel {start + number}?" for number in range(100)]
        await service.type_examples(ctx, intent.id, texts)

    with pytest.raises(TooManyExamples):
        await service.type_examples(ctx, intent.id, ["One more"])
    for number in range(MOST_INTENTS - 1):
        await service.create_intent(ctx, IntentIn(name=f"Intent {number}"))
    with pytest.raises(TooManyIntents):
        await service.create_intent(ctx, IntentIn(name="One more"))
    await service.archive_intent(ctx, intent.id)
    await service.create_intent(ctx, IntentIn(name="One more"))
    with pytest.raises(TooManyIntents):
        await service.change_intent(ctx, intent.id, IntentPatch(is_archived=False))


async def test_what_is_done_with_intents_is_recorded(begin: Begin) -> None:
    async with begin() as ctx:
        intent = await service.create_intent(ctx, IntentIn(name="Parcel"))
        await service.type_examples(ctx, intent.id, ["Where?"])
        await service.change_intent(ctx, intent.id, IntentPatch(name="Delivery"))
        await service.change_intent(ctx, intent.id, IntentPatch(name="Delivery"))
        await service.archive_intent(ctx, intent.id)

    async with begin() as ctx:
        deeds = (await audit.page(ctx, audit.Wanted(), before=None, limit=9))[::-1]
    assert [deed.verb for deed in deeds] == [
        "intent.added",
        "intent.taught",
        "intent.changed",
        "intent.changed",
    ]


async def test_a_stranger_sees_no_intents(begin: Begin, database: Database, stranger: UUID) -> None:
    async with begin() as ctx:
        intent = await service.create_intent(ctx, IntentIn(name="Parcel"))

    async with database.begin(stranger, SYSTEM) as ctx:
        assert await service.intents(ctx) == []
        with pytest.raises(IntentNotFound):
            await service.type_examples(ctx, intent.id, ["Where?"])
        await service.create_intent(ctx, IntentIn(name="Parcel"))
