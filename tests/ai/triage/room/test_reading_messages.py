"""Every customer message is read once, whatever happens meanwhile, and people go first."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from rapport.ai.triage import service
from rapport.ai.triage.examining import warm
from rapport.ai.triage.models import Intent
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.schemas import CorrectionIn, IntentPatch, TriagePatch
from rapport.ai.triage.urgency import model as urgency
from rapport.channels.email.receiving.repository import DetailRepository
from rapport.conversations import service as conversations
from rapport.conversations.models import NOBODY, Conversation
from rapport.inference.errors import EmbedderBusy
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.settings.workspace import SettingsInvalid
from tests.ai.triage.room.conftest import CALM, FIRE, OFFER, PARCEL, STRANGER, Desk, InUse
from tests.conftest import Begin, Clock
from tests.make.conversations import customer_message, make_agent, make_conversation


async def test_what_a_customer_writes_is_read_and_kept(desk: Desk) -> None:
    conversation = await desk.ask(f"{FIRE} Order #55512 cost 49.90 EUR, write to ada@example.com")

    reading = await desk.reading(conversation)

    assert (reading.language, reading.urgency, reading.is_spam) == ("en", "critical", False)
    assert reading.flags["safety"] > 0.5
    assert reading.priority == "urgent"
    assert reading.priority_reasons[0].code in {"safety", "urgency"}
    assert (reading.intents, reading.is_known, reading.model_id) == ([], False, None)
    assert reading.milliseconds > 0
    assert (await desk.state(conversation)).priority == "urgent"


async def test_what_tells_who_somebody_is_is_kept_as_a_place_only(desk: Desk) -> None:
    body = "I was born on 1984-03-12, my order #55512 cost 49.90 EUR, ada@example.com"
    conversation = await desk.ask(body)

    found = {
        (it.kind, body[it.start : it.end]): it.value
        for it in (await desk.reading(conversation)).entities
    }

    assert found["money", "49.90 EUR"] == "49.90 EUR"
    assert found["email", "ada@example.com"] is None
    assert found["date", "1984-03-12"] is None
    assert all(value is None for (kind, _), value in found.items() if kind == "order")
    (row,) = await desk.rows()
    assert "ada" not in str(row.entities)
    assert "55512" not in str(row.entities)


def test_what_reading_needs_can_be_loaded_beforehand() -> None:
    urgency.shipped.cache_clear()

    warm()

    assert urgency.shipped.cache_info().currsize == 1


async def test_a_message_is_read_once_however_often_it_is_told(desk: Desk) -> None:
    conversation = await desk.ask(FIRE)
    before = await desk.readings(conversation)

    await desk.listen(again=True)

    assert await desk.readings(conversation) == before


async def test_read_by_two_at_once_it_is_kept_and_announced_once(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)

    async def read() -> list[UUID]:
        async with begin(SYSTEM) as ctx:
            return await service.read_messages(ctx, [(conversation.id, 1)])

    done = await asyncio.gather(read(), read())

    assert sorted(len(ids) for ids in done) == [0, 1]
    async with begin() as ctx:
        told = await log.of_workspace(ctx, log.BEGINNING, names=["triage.message_read"])
    assert len(told) == len(await desk.rows()) == 1


async def test_notes_agents_and_empty_messages_are_not_read(desk: Desk, begin: Begin) -> None:
    conversation = await desk.ask("   ")
    async with begin() as ctx:
        await conversations.reply(ctx, conversation.id, "We are on it.")
        await conversations.reply(ctx, conversation.id, FIRE, kind="note")
    await desk.listen()

    assert await desk.readings(conversation) == []


async def test_many_messages_are_embedded_by_one_call(
    desk: Desk, database: Database, begin: Begin, serving: Serving, workspace: UUID
) -> None:
    fake = FakeEmbedder(name="all-MiniLM-L6-v2/int8/1")
    database.ports.provide(Embedder, fake)
    async with begin() as ctx:
        for number in range(5):
            await make_conversation(ctx, inbox=desk.inbox, body=f"{PARCEL} {number}?")

    await desk.listen()

    assert [len(call) for call in fake.calls] == [5]
    assert len(await desk.rows()) == 5


async def test_no_word_goes_to_an_embedder_whose_vectors_nobody_looks_at(
    desk: Desk, database: Database
) -> None:
    fake = FakeEmbedder(name="somebody-elses/1")
    database.ports.provide(Embedder, fake)

    await desk.ask(FIRE)

    assert fake.calls == []


async def test_where_the_embedder_fails_words_decide(desk: Desk, database: Database) -> None:
    class Busy(FakeEmbedder):
        async def embed(self, *texts: Any, **values: Any) -> Any:
            raise EmbedderBusy

    database.ports.provide(Embedder, Busy(name="all-MiniLM-L6-v2/int8/1"))

    conversation = await desk.ask(FIRE)

    assert (await desk.reading(conversation)).urgency == "critical"


async def test_a_known_intent_becomes_the_topic(
    desk: Desk, serving: Serving, intents: dict[str, Intent]
) -> None:
    conversation = await desk.ask(PARCEL)

    reading = await desk.reading(conversation)

    assert reading.model_id == serving.id
    assert reading.is_known
    assert reading.intents[0].intent_id == intents["parcel"].id
    assert 1 >= (reading.intents[0].probability or 0) > 0.6
    assert (await desk.state(conversation)).topic == "parcel"


async def test_what_is_not_known_is_said_to_be_unknown(desk: Desk, serving: Serving) -> None:
    conversation = await desk.ask(STRANGER)

    assert not (await desk.reading(conversation)).is_known
    assert (await desk.state(conversation)).topic is None


async def test_an_archived_intent_is_not_said(
    desk: Desk, begin: Begin, serving: Serving, intents: dict[str, Intent]
) -> None:
    async with begin() as ctx:
        await service.archive_intent(ctx, intents["parcel"].id)

    reading = await desk.reading(await desk.ask(PARCEL))

    assert not reading.is_known
    assert intents["parcel"].id not in {it.intent_id for it in reading.intents}


async def test_an_intents_own_topic_goes_before_its_name(
    desk: Desk, begin: Begin, serving: Serving, intents: dict[str, Intent]
) -> None:
    async with begin() as ctx:
        patch = IntentPatch(topic="Delivery")
        await service.change_intent(ctx, intents["parcel"].id, patch)

    assert (await desk.state(await desk.ask(PARCEL))).topic == "Delivery"


async def test_another_workspace_model_says_nothing_here(
    desk: Desk, database: Database, serving: Serving, stranger: UUID
) -> None:
    database.ports.provide(Models, InUse(stranger, serving))

    assert (await desk.reading(await desk.ask(PARCEL))).intents == []


async def test_what_a_person_set_is_left_alone(desk: Desk, begin: Begin, serving: Serving) -> None:
    conversation = await desk.ask(CALM)
    async with begin() as ctx:
        await conversations.prioritise(ctx, conversation.id, "high")
        await conversations.classify(ctx, conversation.id, topic="Mine")

    await desk.say(conversation, FIRE)
    await desk.say(conversation, PARCEL)

    now = await desk.state(conversation)
    assert (now.priority, now.topic) == ("high", "Mine")


async def test_what_a_person_set_stays_theirs_when_they_return_to_what_was_read(
    desk: Desk, begin: Begin
) -> None:
    conversation = await desk.ask(FIRE)
    async with begin() as ctx:
        await conversations.prioritise(ctx, conversation.id, "low")
    await desk.say(conversation, FIRE)
    async with begin() as ctx:
        await conversations.prioritise(ctx, conversation.id, "urgent")

    await desk.say(conversation, "Thank you!")

    assert (await desk.state(conversation)).priority == "urgent"


async def test_a_priority_set_before_it_was_read_is_left_alone(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)
        await conversations.prioritise(ctx, conversation.id, "low")

    await desk.listen()

    assert (await desk.state(conversation)).priority == "low"


async def test_while_a_customer_waits_their_matter_only_becomes_more_urgent(
    desk: Desk, begin: Begin, clock: Clock
) -> None:
    conversation = await desk.ask(FIRE)

    await desk.say(conversation, CALM)
    waiting = (await desk.state(conversation)).priority
    async with begin() as ctx:
        await conversations.reply(ctx, conversation.id, "Leave the house.")
    clock.forward(minutes=1)
    await desk.say(conversation, CALM)

    assert waiting == "urgent"
    assert (await desk.state(conversation)).priority == (await desk.reading(conversation)).priority
    assert (await desk.state(conversation)).priority in {"low", "normal"}


async def test_two_messages_read_together_count_together(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)
        await conversations.append(ctx, conversation.id, customer_message(conversation, CALM))

    await desk.listen()

    assert len(await desk.readings(conversation)) == 2
    assert (await desk.state(conversation)).priority == "urgent"


async def test_what_comes_out_of_a_backlog_is_read_and_changes_nothing(
    desk: Desk, begin: Begin, clock: Clock, serving: Serving
) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=f"{PARCEL}? {FIRE}")
    clock.forward(days=3)

    await desk.listen()

    assert (await desk.reading(conversation)).urgency == "critical"
    now = await desk.state(conversation)
    assert (now.priority, now.topic) == ("normal", None)


async def test_switched_off_nothing_is_read_and_settings_are_obeyed(
    desk: Desk, begin: Begin, serving: Serving
) -> None:
    async with begin() as ctx:
        await service.change_settings(ctx, TriagePatch(sets_priority=False, sets_topic=False))
    read = await desk.ask(f"{PARCEL}? {FIRE}")
    async with begin() as ctx:
        await service.change_settings(ctx, TriagePatch(is_on=False))
    passed = await desk.ask(FIRE)

    now = await desk.state(read)
    assert len(await desk.readings(read)) == 1
    assert (now.priority, now.topic) == ("normal", None)
    assert await desk.readings(passed) == []


async def test_own_patterns_and_products_are_found(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        told = {
            "patterns": [{"name": "contract", "pattern": r"\bV-\d{6}\b"}],
            "products": [{"id": "T-1", "names": ["Alpine tent"]}],
        }
        await service.change_settings(ctx, TriagePatch.model_validate(told))

    body = "My alpine tent under contract V-104233 is torn."
    reading = await desk.reading(await desk.ask(body))

    found = {it.kind: (body[it.start : it.end], it.value) for it in reading.entities}
    assert found["custom"] == ("V-104233", None)
    assert found["product"] == ("alpine tent", "T-1")


@pytest.mark.parametrize(
    "told",
    [
        {"patterns": [{"name": "Bad name", "pattern": "x"}]},
        {"patterns": [{"name": "back", "pattern": r"(x)\1"}]},
        {"patterns": [{"name": "twice", "pattern": "x"}, {"name": "twice", "pattern": "y"}]},
        {"products": [{"id": "a", "names": ["x"]}, {"id": "a", "names": ["y"]}]},
        {"weights": {"normal_from": 90}},
        {"weights": {"no_such": 1}},
    ],
)
async def test_settings_that_do_not_fit_are_refused(begin: Begin, told: dict[str, object]) -> None:
    async with begin() as ctx:
        with pytest.raises(SettingsInvalid):
            await service.change_settings(ctx, TriagePatch.model_validate(told))


async def test_unwanted_mail_is_marked_and_waits(desk: Desk) -> None:
    conversation = await desk.ask(OFFER)

    reading = await desk.reading(conversation)

    assert reading.is_spam
    assert reading.spam_reasons
    assert (await desk.state(conversation)).priority == "low"


async def test_of_a_mail_the_subject_is_read_with_the_message_it_began_with(
    desk: Desk, begin: Begin, serving: Serving, intents: dict[str, Intent]
) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body="Please!")
        await mail_of(ctx, conversation, subject=PARCEL)
    await desk.listen()

    reading = await desk.reading(conversation)
    async with begin() as ctx:
        said = CorrectionIn(intent_ids=[intents["parcel"].id])
        await service.correct(ctx, reading.message_id, said)

    assert reading.intents[0].intent_id == intents["parcel"].id
    assert [it.text for it in await desk.lessons()] == [f"{PARCEL}\nPlease!"]


async def test_how_a_mail_came_adds_to_what_speaks_for_spam(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        plain = await make_conversation(ctx, inbox=desk.inbox, body=OFFER)
        forged = await make_conversation(ctx, inbox=desk.inbox, body=OFFER)
        verdict = {"is_authenticated": False, "dmarc": "fail"}
        await mail_of(ctx, forged, subject="Offer", verdict=verdict, auto="bulk")
    await desk.listen()

    first, second = await desk.reading(plain), await desk.reading(forged)

    assert second.spam > first.spam
    assert {"failed_authentication", "bulk"} <= {*second.spam_reasons}


async def mail_of(ctx: Ctx, conversation: Conversation, **values: Any) -> None:
    """Say that the first message of a conversation came by mail."""
    nothing = dict.fromkeys(("raw_id", "delivery_id", "sender", "reply_to", "verdict", "auto"))
    rest: dict[str, Any] = {"to": [], "cc": [], "quoted_html": "", "is_stranger": False}
    told = {**nothing, **rest, "notices": [], **values}
    await DetailRepository(ctx).put(conversation.id, 1, **told)


async def test_what_was_erased_before_it_was_read_is_passed_over(
    desk: Desk, begin: Begin, database: Database, workspace: UUID
) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)
        gone = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)
        await ctx.session.execute(
            text("UPDATE conversations SET visitor_id = :nobody WHERE id = :id"),
            {"nobody": NOBODY, "id": conversation.id},
        )
        await ctx.session.execute(text("DELETE FROM conversations WHERE id = :id"), {"id": gone.id})

    await desk.listen()

    assert await desk.rows() == []


async def test_what_is_erased_while_it_is_read_is_not_kept(
    desk: Desk, begin: Begin, database: Database
) -> None:
    async with begin() as ctx:
        conversation = await make_conversation(ctx, inbox=desk.inbox, body=FIRE)

    class Slow(FakeEmbedder):
        async def embed(self, *texts: Any, **values: Any) -> Any:
            async with begin() as other:
                await other.session.execute(
                    text("UPDATE conversations SET visitor_id = :nobody WHERE id = :id"),
                    {"nobody": NOBODY, "id": conversation.id},
                )
            return await super().embed(*texts, **values)

    database.ports.provide(Embedder, Slow(name="all-MiniLM-L6-v2/int8/1"))
    await desk.listen()

    assert await desk.rows() == []


async def test_a_reading_is_announced_with_its_message(desk: Desk, begin: Begin) -> None:
    conversation = await desk.ask(FIRE)
    async with begin() as ctx:
        told = await log.of_workspace(ctx, log.BEGINNING, names=["triage.message_read"])

    (reading,) = await desk.readings(conversation)

    assert [record.subject_id for record in told] == [conversation.id]
    assert told[0].payload["message_id"] == str(reading.message_id)


async def test_a_stranger_reads_nothing(
    desk: Desk, database: Database, stranger: UUID, begin: Begin
) -> None:
    conversation = await desk.ask(FIRE)
    (reading,) = await desk.readings(conversation)

    async with database.begin(stranger, SYSTEM) as ctx:
        assert await service.reading_of(ctx, reading.message_id) is None
        assert await service.read_messages(ctx, [(conversation.id, 1)]) == []
    async with begin() as ctx:
        assert await service.reading_of(ctx, reading.message_id) == reading


async def test_an_agent_who_begins_a_conversation_is_not_read(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        me = await make_agent(ctx)
        conversation = await make_conversation(
            ctx, inbox=desk.inbox, body=FIRE, author_kind="agent", author_id=me.id
        )
    await desk.listen()

    assert await desk.readings(conversation) == []
