"""A person's word is shown instead of the machine's, and the next model learns from it."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from rapport.ai.triage import service
from rapport.ai.triage.errors import IntentArchived, IntentNotFound, ReadingNotFound
from rapport.ai.triage.intents.learning import NOWHERE, Material, learn
from rapport.ai.triage.models import Intent
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.schemas import CorrectionIn, IntentPatch, LabelIn, ReadingOut
from rapport.conversations import service as conversations
from rapport.conversations.desk import service as tags
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from tests.ai.triage.room.conftest import CALM, FIRE, OFFER, PARCEL, STRANGER, Desk, InUse
from tests.conftest import Begin, Clock

Intents = dict[str, Intent]


async def correct(begin: Begin, message_id: UUID, **said: object) -> ReadingOut:
    async with begin() as ctx:
        return await service.correct(ctx, message_id, CorrectionIn.model_validate(said))


async def test_a_correction_is_shown_and_what_the_machine_said_is_kept(
    desk: Desk, begin: Begin, serving: Serving, intents: Intents, agent: Actor
) -> None:
    conversation = await desk.ask(PARCEL)
    before = await desk.reading(conversation)

    told = await correct(
        begin,
        before.message_id,
        intent_ids=[str(intents["refund"].id), str(intents["size"].id)],
        language="de",
        emotion="anger",
        urgency="high",
        is_spam=True,
        priority="high",
    )

    assert told == await desk.reading(conversation)
    assert [it.intent_id for it in told.intents] == [intents["refund"].id, intents["size"].id]
    assert {it.probability for it in told.intents} == {None}
    assert (told.language, told.emotion, told.urgency) == ("de", "anger", "high")
    assert (told.is_spam, told.priority, told.is_known) == (True, "high", True)
    assert (told.corrected_by, len(told.corrected)) == (str(agent), 6)
    assert told.machine == before.machine
    assert told.machine.intents == before.intents
    now = await desk.state(conversation)
    assert (now.priority, now.topic) == ("high", "refund")


async def test_what_was_corrected_is_not_set_by_the_machine_again(
    desk: Desk, begin: Begin, serving: Serving, intents: Intents
) -> None:
    conversation = await desk.ask(FIRE)
    reading = await desk.reading(conversation)
    refund = str(intents["refund"].id)
    await correct(begin, reading.message_id, priority="low", intent_ids=[refund])

    await desk.say(conversation, FIRE)
    await desk.say(conversation, PARCEL)

    now = await desk.state(conversation)
    assert (now.priority, now.topic) == ("low", "refund")


async def test_correcting_an_earlier_message_leaves_the_topic(
    desk: Desk, begin: Begin, serving: Serving, intents: Intents
) -> None:
    conversation = await desk.ask(PARCEL)
    first = await desk.reading(conversation)
    await desk.say(conversation, "i have a question about opening hours")
    topic = (await desk.state(conversation)).topic

    await correct(begin, first.message_id, intent_ids=[str(intents["refund"].id)])

    assert (await desk.state(conversation)).topic == topic == "hours"


async def test_a_correction_is_a_label_and_a_second_one_replaces_it(
    desk: Desk, begin: Begin, intents: Intents
) -> None:
    conversation = await desk.ask(PARCEL)
    message_id = (await desk.reading(conversation)).message_id
    refund, size = intents["refund"].id, intents["size"].id

    await correct(begin, message_id, intent_ids=[str(refund), str(size)])
    two = await desk.lessons()
    await correct(begin, message_id, intent_ids=[])
    none = await desk.lessons()
    await correct(begin, message_id, urgency="high")

    assert [(it.text, set(it.intent_ids), it.source, it.message_id) for it in two] == [
        (PARCEL, {refund, size}, "correction", message_id)
    ]
    assert [(it.text, it.intent_ids) for it in none] == [(PARCEL, ())]
    assert await desk.lessons() == none
    reading = await desk.reading(conversation)
    assert (reading.intents, reading.corrected) == ([], ["intents", "urgency"])


async def test_what_cannot_be_corrected_is_refused(
    desk: Desk, begin: Begin, intents: Intents
) -> None:
    message_id = (await desk.reading(await desk.ask(PARCEL))).message_id
    async with begin() as ctx:
        await service.archive_intent(ctx, intents["size"].id)

    with pytest.raises(ReadingNotFound):
        await correct(begin, new_id(), urgency="high")
    with pytest.raises(IntentNotFound):
        await correct(begin, message_id, intent_ids=[str(new_id())])
    with pytest.raises(IntentArchived):
        await correct(begin, message_id, intent_ids=[str(intents["size"].id)])
    with pytest.raises(ValidationError):
        CorrectionIn()
    assert await desk.lessons() == []


async def test_the_queue_asks_first_what_the_model_doubts_most(
    desk: Desk, begin: Begin, serving: Serving
) -> None:
    for body in (PARCEL, STRANGER, "my courier again"):
        await desk.ask(body)

    async with begin() as ctx:
        first = await service.queue(ctx, limit=2)
        rest = await service.queue(ctx, cursor=first.next, limit=2)

    asked = [*first.items, *rest.items]
    assert rest.next is None
    assert {it.text for it in asked} == {PARCEL, STRANGER, "my courier again"}
    assert asked[0].text == STRANGER
    assert [it.doubt for it in asked] == sorted((it.doubt for it in asked), reverse=True)


async def test_an_answer_or_a_skip_takes_a_message_off_the_queue(
    desk: Desk, begin: Begin, intents: Intents
) -> None:
    for body in (PARCEL, STRANGER, "what is this", CALM):
        await desk.ask(body)
    async with begin() as ctx:
        ids = {it.text: it.message_id for it in (await service.queue(ctx)).items}

    async with begin() as ctx:
        await service.answer(ctx, ids[PARCEL], LabelIn(intent_ids=[intents["parcel"].id]))
        await service.answer(ctx, ids[STRANGER], LabelIn())
        await service.answer(ctx, ids["what is this"], LabelIn(is_skipped=True))

    async with begin() as ctx:
        assert [it.text for it in (await service.queue(ctx)).items] == [CALM]
    assert {(it.text, it.intent_ids, it.source) for it in await desk.lessons()} == {
        (PARCEL, (intents["parcel"].id,), "queue"),
        (STRANGER, (), "queue"),
    }


async def test_old_messages_and_unwanted_ones_are_not_asked_about(
    desk: Desk, begin: Begin, clock: Clock
) -> None:
    await desk.ask(PARCEL)
    clock.forward(weeks=6)
    await desk.ask(OFFER)
    await desk.ask(CALM)

    async with begin() as ctx:
        assert [it.text for it in (await service.queue(ctx)).items] == [CALM]


async def test_typed_texts_labels_and_tagged_conversations_are_learned_from(
    desk: Desk, begin: Begin, intents: Intents
) -> None:
    async with begin() as ctx:
        tag = await tags.create_tag(ctx, name="Returns")
        other = await tags.create_tag(ctx, name="Money")
        patch = IntentPatch(tag_ids=[tag.id])
        await service.change_intent(ctx, intents["refund"].id, patch)
        await service.change_intent(ctx, intents["size"].id, IntentPatch(tag_ids=[other.id]))
        await service.type_examples(ctx, intents["hours"].id, ["When do you open?", "Open today?"])
    tagged = await desk.ask("I want my money back")
    await desk.say(tagged, "Please.")
    both = await desk.ask("It does not fit, so I want my money")
    labelled = await desk.ask("Money, now")
    async with begin() as ctx:
        for one in (tagged, both, labelled):
            await conversations.set_tags(ctx, one.id, [tag.id])
        await conversations.add_tags(ctx, both.id, [other.id])
    await correct(begin, (await desk.reading(labelled)).message_id, intent_ids=[])

    assert {(it.text, frozenset(it.intent_ids), it.source) for it in await desk.lessons()} == {
        ("When do you open?", frozenset({intents["hours"].id}), "typed"),
        ("Open today?", frozenset({intents["hours"].id}), "typed"),
        ("Money, now", frozenset(), "correction"),
        ("I want my money back", frozenset({intents["refund"].id}), "tag"),
        (
            "It does not fit, so I want my money",
            frozenset({intents["refund"].id, intents["size"].id}),
            "tag",
        ),
    }


async def test_what_is_only_about_archived_intents_is_not_learned(
    desk: Desk, begin: Begin, intents: Intents
) -> None:
    message_id = (await desk.reading(await desk.ask(PARCEL))).message_id
    await correct(begin, message_id, intent_ids=[str(intents["parcel"].id)])
    async with begin() as ctx:
        await service.type_examples(ctx, intents["parcel"].id, ["Where is it?"])
        await service.archive_intent(ctx, intents["parcel"].id)

    assert await desk.lessons() == []

    async with begin() as ctx:
        patch = IntentPatch(is_archived=False)
        await service.change_intent(ctx, intents["parcel"].id, patch)
    assert {it.text for it in await desk.lessons()} == {PARCEL, "Where is it?"}


async def test_from_a_message_to_a_model_that_knows_better(
    desk: Desk, begin: Begin, database: Database, workspace: UUID, intents: Intents
) -> None:
    """The whole way: read, corrected, labelled, learned, read otherwise."""
    saying = {"refund": "the zorb is broken", "size": "the quux pinches"}
    for name, words in saying.items():
        for number in range(6):
            conversation = await desk.ask(f"{words} {number}")
            reading = await desk.reading(conversation)
            assert not reading.is_known
            await correct(begin, reading.message_id, intent_ids=[str(intents[name].id)])

    lessons = await desk.lessons()
    told = [str(it.intent_ids[0]) if it.intent_ids else NOWHERE for it in lessons]
    model = learn(Material([it.text for it in lessons], told, None))
    database.ports.provide(Models, InUse(workspace, Serving(new_id(), model)))
    after = await desk.reading(await desk.ask("is my zorb broken?"))

    assert after.intents[0].intent_id == intents["refund"].id


async def test_a_correction_is_announced(desk: Desk, begin: Begin) -> None:
    conversation = await desk.ask(FIRE)
    await correct(begin, (await desk.reading(conversation)).message_id, emotion="neutral")

    async with begin() as ctx:
        told = await log.of_workspace(ctx, log.BEGINNING, names=["triage.reading_corrected"])
    assert [record.subject_id for record in told] == [conversation.id]


async def test_a_stranger_corrects_and_learns_nothing(
    desk: Desk, begin: Begin, database: Database, stranger: UUID, intents: Intents
) -> None:
    message_id = (await desk.reading(await desk.ask(PARCEL))).message_id
    await correct(begin, message_id, intent_ids=[str(intents["parcel"].id)])
    await desk.ask(CALM)

    async with database.begin(stranger, SYSTEM) as ctx:
        assert (await service.queue(ctx)).items == []
        assert (await service.examples(ctx)).items == []
        with pytest.raises(ReadingNotFound):
            await service.correct(ctx, message_id, CorrectionIn(urgency="low"))
