from uuid import UUID

import pytest

from rapport.ai.autopilot import service
from rapport.ai.autopilot.adapter import Face
from rapport.ai.autopilot.phrases import phrases
from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationNotFound, InboxNotFound
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ports
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.realtime.bus import Bus, MemoryBus
from tests.ai.autopilot.conftest import Desk, Publish
from tests.conftest import Begin, Clock
from tests.make.conversations import make_agent, make_inbox

QUESTION = "How do I return an item?"
UNKNOWN = "Which football club won the cup yesterday evening?"


async def test_a_question_is_answered_in_the_words_of_the_source(desk: Desk) -> None:
    await desk.ask(QUESTION)

    question, answer = await desk.said()
    assert answer.author_kind == "assistant"
    assert answer.author_name == "Assistant"
    assert "Print the label." in answer.body
    assert answer.cards[0]["kind"] == "sources"
    assert answer.cards[0]["sources"][0]["url"].endswith("/en/articles/returns")
    (kept,) = await desk.answers()
    assert (kept.decision, kept.reason, kept.mode) == ("answered", "confident", "hybrid")
    assert kept.question_id == question.id
    assert kept.message_id == answer.id
    assert answer.answer_id == kept.id
    assert [c["used"] for c in kept.candidates] == [True, False]
    assert 0.5 <= kept.confidence <= 1
    assert kept.timings["retrieve_ms"] >= 0


async def test_the_first_answer_says_how_to_reach_a_person_and_the_second_does_not(
    desk: Desk,
) -> None:
    await desk.ask(QUESTION)
    await desk.ask("Can I put my tent in the washing machine?")

    _, first, _, second = await desk.said()
    assert first.body.endswith(phrases("en").more)
    assert "washing machine" in second.body
    assert phrases("en").more not in second.body


async def test_an_unknown_question_is_handed_over_with_a_summary(desk: Desk) -> None:
    await desk.ask(UNKNOWN)

    question, told, note = await desk.said()
    assert (told.kind, told.author_kind, told.body) == ("system", "system", phrases("en").handover)
    assert (note.kind, note.author_kind) == ("note", "assistant")
    assert UNKNOWN in note.body
    assert await desk.handler() == "none"
    (kept,) = await desk.answers()
    assert (kept.decision, kept.message_id) == ("handed_over", told.id)
    assert kept.confidence < 0.5
    async with desk.begin() as ctx:
        conversation = await conversations.get(ctx, question.conversation_id)
        assert conversation.waiting_since is not None
        assert conversation.public_preview == told.body


async def test_the_note_lists_what_was_considered(desk: Desk) -> None:
    await desk.ask("Is there a fee when a return arrives in a wooden crate from Iceland by ship?")

    note = (await desk.said())[-1]
    assert note.kind == "note"
    assert "[Return an item](/help/" in note.body


async def test_after_the_hand_over_it_is_silent(desk: Desk) -> None:
    await desk.ask(UNKNOWN)

    await desk.ask(QUESTION)

    assert [m.author_kind for m in await desk.said()] == [
        "customer",
        "system",
        "assistant",
        "customer",
    ]


async def test_it_is_silent_once_a_person_has_joined(desk: Desk) -> None:
    await desk.ask(QUESTION, listen=False)
    assert desk.conversation is not None
    async with desk.begin() as ctx:
        agent = await make_agent(ctx)
    async with desk.begin(agent) as ctx:
        await conversations.reply(ctx, desk.conversation.id, "Hello, this is Ben.")

    await desk.listen()
    await desk.ask(QUESTION)

    assert {m.author_kind for m in await desk.said()} == {"customer", "agent"}
    assert await desk.answers() == []


async def test_it_is_silent_once_the_conversation_is_assigned(desk: Desk) -> None:
    await desk.ask(QUESTION, listen=False)
    assert desk.conversation is not None
    async with desk.begin() as ctx:
        await conversations.assign(ctx, desk.conversation.id, to=(await make_agent(ctx)).id)

    await desk.listen()

    assert len(await desk.said()) == 1


async def test_handed_back_it_answers_again(desk: Desk) -> None:
    await desk.ask(UNKNOWN)
    assert desk.conversation is not None
    await desk.ask(QUESTION)
    async with desk.begin() as ctx:
        await conversations.set_handler(ctx, desk.conversation.id, "assistant")

    await desk.listen()

    assert "Print the label." in (await desk.said())[-1].body
    assert await desk.handler() == "assistant"


async def test_handed_back_with_the_same_question_it_does_not_hand_over_again(desk: Desk) -> None:
    await desk.ask(UNKNOWN)
    assert desk.conversation is not None
    async with desk.begin() as ctx:
        await conversations.set_handler(ctx, desk.conversation.id, "assistant")

    await desk.listen()

    assert len(await desk.said()) == 3
    assert await desk.handler() == "assistant"


async def test_a_message_delivered_again_is_answered_once(desk: Desk) -> None:
    await desk.ask(QUESTION)

    await desk.listen(again=True)
    await desk.listen(again=True)

    assert len(await desk.said()) == 2
    assert len(await desk.answers()) == 1


async def test_what_waited_too_long_is_left_to_people(desk: Desk, clock: Clock) -> None:
    await desk.ask(QUESTION, listen=False)
    clock.forward(hours=2)

    await desk.listen()

    assert len(await desk.said()) == 1


async def test_messages_sent_in_a_row_are_one_question(desk: Desk) -> None:
    await desk.ask("Hello", listen=False)
    await desk.ask(QUESTION, listen=False)
    await desk.listen()

    assert [m.author_kind for m in await desk.said()] == ["customer", "customer", "assistant"]
    (kept,) = await desk.answers()
    assert kept.question == f"Hello\n{QUESTION}"


async def test_switched_off_it_does_nothing(desk: Desk) -> None:
    await desk.ask(QUESTION, listen=False)
    await desk.set_up(enabled=False)

    await desk.listen()

    assert len(await desk.said()) == 1
    assert await desk.answers() == []


async def test_an_inbox_without_assistant_has_none(desk: Desk) -> None:
    async with desk.begin() as ctx:
        desk.inbox = await make_inbox(ctx, name="Other")

    await desk.ask(QUESTION)

    assert len(await desk.said()) == 1


async def test_switching_it_on_makes_it_answer_new_conversations(desk: Desk) -> None:
    async with desk.begin() as ctx:
        other = await make_inbox(ctx, name="Other")
    desk.inbox = other
    await desk.set_up(enabled=True, name="Finn")

    await desk.ask(QUESTION)

    assert (await desk.said())[-1].author_name == "Finn"


@pytest.mark.parametrize(
    "call",
    ["I want to talk to a person", "Ich möchte mit einem Menschen sprechen", "agent please"],
)
async def test_whoever_asks_for_a_person_gets_one_at_once(desk: Desk, call: str) -> None:
    await desk.ask(call)

    (kept,) = await desk.answers()
    assert (kept.decision, kept.reason) == ("handed_over", "asked_for_a_person")
    assert await desk.handler() == "none"


async def test_it_speaks_the_language_of_the_customer(desk: Desk) -> None:
    await desk.ask("Ich möchte bitte mit einem Mitarbeiter sprechen")

    assert (await desk.said())[1].body == phrases("de").handover


async def test_the_words_of_the_hand_over_can_be_chosen(desk: Desk) -> None:
    await desk.set_up(handover_text="One moment, Kim will be with you.")

    await desk.ask(UNKNOWN)

    assert (await desk.said())[1].body == "One moment, Kim will be with you."


async def test_a_greeting_is_returned_and_thanks_are_accepted(desk: Desk) -> None:
    await desk.ask("Hello!")
    await desk.ask("Thank you very much")

    said = await desk.said()
    assert said[1].body == phrases("en").greeting
    assert said[3].body == phrases("en").welcome
    assert [a.reason for a in await desk.answers()] == ["greeting", "thanks"]
    assert await desk.handler() == "assistant"


async def test_an_answer_that_did_not_help_brings_a_person(desk: Desk) -> None:
    await desk.ask(QUESTION)
    await desk.ask("That does not help me")

    assert [a.reason for a in await desk.answers()] == ["confident", "not_helpful"]
    assert await desk.handler() == "none"


async def test_it_never_gives_the_same_answer_twice(desk: Desk) -> None:
    await desk.ask(QUESTION)
    await desk.ask("But how do I return an item?")

    assert [a.reason for a in await desk.answers()] == ["confident", "would_repeat"]


async def test_a_short_follow_up_is_about_what_was_named_before(
    desk: Desk, publish: Publish
) -> None:
    await publish("Price of the Storfjord", "The price of the Storfjord is €349.")
    await publish("Washing the Storfjord", "Wash the Storfjord by hand. Washing costs €15.")
    await desk.ask("What is the price of the Storfjord?")

    await desk.ask("And washing?")

    assert [a.decision for a in await desk.answers()] == ["answered", "answered"]
    assert "by hand" in (await desk.said())[-1].body


async def test_a_stricter_threshold_hands_over(desk: Desk) -> None:
    await desk.set_up(threshold=1.0)

    await desk.ask(QUESTION)

    (kept,) = await desk.answers()
    assert (kept.decision, kept.reason) == ("handed_over", "not_sure")


async def test_a_demanded_lead_hands_over_what_is_ambiguous(desk: Desk, publish: Publish) -> None:
    await publish("Return an item", "Return an item to the shop.")
    await desk.set_up(margin=0.9, threshold=0.0)

    await desk.ask(QUESTION)

    assert [a.reason for a in await desk.answers()] == ["ambiguous"]


async def test_without_a_model_words_decide_more_strictly(desk: Desk, database: Database) -> None:
    database.ports = Ports()
    await desk.ask("Can I put my tent in the washing machine?")
    await desk.ask("How long is the guarantee?")

    first, second = await desk.answers()
    assert (first.decision, first.mode) == ("answered", "words")
    assert (second.decision, second.mode) == ("handed_over", "words")


async def test_a_model_that_fails_leaves_the_words(desk: Desk, embedder: FakeEmbedder) -> None:
    class Broken(FakeEmbedder):
        async def embed(self, *_: object, **__: object) -> None:  # type: ignore[override]  # never
            raise Unreachable

    desk.database.ports.provide(Embedder, Broken())

    await desk.ask("Can I put my tent in the washing machine?")

    assert [a.mode for a in await desk.answers()] == ["words"]


async def test_it_shows_that_it_types(desk: Desk) -> None:
    bus = MemoryBus()
    heard: list[str] = []
    bus.subscribe("rapport_live", lambda frame: heard.append(frame.decode()))
    desk.database.ports.provide(Bus, bus)

    await desk.ask(QUESTION)

    on, off = heard
    assert desk.conversation is not None
    assert f"visitor:{desk.conversation.customer_id}" in on
    assert on != off


async def test_articles_of_strangers_are_never_used(
    desk: Desk, publish: Publish, stranger: UUID
) -> None:
    await publish(UNKNOWN, "Rovers won the football cup.", workspace_id=stranger)

    await desk.ask(UNKNOWN)

    (kept,) = await desk.answers()
    assert kept.decision == "handed_over"
    assert all("Rovers" not in m.body for m in await desk.said())
    assert all(c["title"] != UNKNOWN for c in kept.candidates)


async def test_drafts_are_never_used(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        from_drafts = await service.attempt(ctx, desk.inbox.id, UNKNOWN)

    assert from_drafts.decision == "handed_over"


async def test_trying_a_question_stores_nothing(desk: Desk) -> None:
    async with desk.begin() as ctx:
        tried = await service.attempt(ctx, desk.inbox.id, QUESTION)

    assert tried.decision == "answered"
    assert "Print the label." in tried.body
    assert "<li>" in tried.html
    assert await desk.answers() == []


async def test_a_stranger_sees_no_settings_and_no_answers(
    desk: Desk, begin: Begin, stranger: UUID
) -> None:
    await desk.ask(QUESTION)
    assert desk.conversation is not None

    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(InboxNotFound):
            await service.settings_of(ctx, desk.inbox.id)
        with pytest.raises(ConversationNotFound):
            await service.answers_in(ctx, desk.conversation.id)
        assert (await service.answers(ctx)).items == []


async def test_answers_are_listed_latest_first_and_in_pages(desk: Desk) -> None:
    await desk.ask(QUESTION)
    await desk.ask("Thanks!")
    await desk.ask(UNKNOWN)

    async with desk.begin() as ctx:
        first = await service.answers(ctx, limit=2)
        rest = await service.answers(ctx, limit=2, cursor=first.next)
        handed_over = await service.answers(ctx, decision="handed_over")
    assert [a.decision for a in first.items] == ["handed_over", "answered"]
    assert [a.reason for a in rest.items] == ["confident"]
    assert rest.next is None
    assert len(handed_over.items) == 1


async def test_visitors_see_its_name_only_where_it_is_on(desk: Desk) -> None:
    async with desk.begin() as ctx:
        other = await make_inbox(ctx, name="Other")
        assert await Face().name(ctx, desk.inbox.id) == "Assistant"
        assert await Face().name(ctx, other.id) is None
