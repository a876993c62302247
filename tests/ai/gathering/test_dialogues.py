"""The assistant asks for what is missing before it hands over, and not for ever."""

from rapport.conversations import service as conversations
from tests.ai.gathering.conftest import EMAIL, ORDER, PARCEL, SIZE, Desk


async def test_by_chat_a_card_asks_and_the_note_tells_what_is_known(desk: Desk) -> None:
    await desk.need(ORDER, SIZE)

    talk = await desk.ask()
    asked = (await desk.said(talk))[-1]
    assert (asked.author_kind, asked.kind) == ("assistant", "message")
    (card,) = asked.cards
    assert card["kind"] == "form"
    assert [it["key"] for it in card["fields"]] == ["order", "size"]
    assert await desk.handler(talk) == "assistant"

    await desk.say(talk, "order: R-10234\nsize: Large")

    *_, told, note = await desk.said(talk)
    assert (told.kind, note.kind) == ("system", "note")
    assert note.body.startswith(f"**Handed over:** {PARCEL}")
    assert "- Order number: R-10234" in note.body
    assert "- Size: large" in note.body
    assert await desk.handler(talk) == "none"
    assert await desk.reasons() == ["asked_back", "facts_known"]
    assert (await desk.known(talk)).state == "complete"


async def test_by_mail_the_question_stands_in_the_text_and_is_answered_in_free_words(
    desk: Desk,
) -> None:
    await desk.need(ORDER, EMAIL, SIZE)

    talk = await desk.ask(channel="email")
    asked = (await desk.said(talk))[-1]
    assert asked.cards == []
    assert all(f"{n}. **" in asked.body for n in (1, 2, 3))

    await desk.say(talk, "Hello, the order is R-10234, you reach me at ada@example.org.\nAda")
    again = (await desk.said(talk))[-1]
    assert "**Size**" in again.body
    assert "Order number" not in again.body
    await desk.say(talk, "The small one, please")

    known = {it.name: (it.value, it.source) for it in (await desk.known(talk)).facts}
    assert known == {
        "order": ("R-10234", "asked"),
        "mail": ("ada@example.org", "asked"),
        "size": ("small", "asked"),
    }
    assert await desk.reasons() == ["asked_back", "asked_back", "facts_known"]


async def test_what_the_message_or_the_profile_tells_is_not_asked(desk: Desk) -> None:
    await desk.need(ORDER, EMAIL, SIZE)

    talk = await desk.ask("where is my parcel, my order number is R-10234", email="ada@example.com")

    (card,) = (await desk.said(talk))[-1].cards
    assert [it["key"] for it in card["fields"]] == ["size"]
    assert (await desk.fact(talk, "order")).source == "entity"
    assert (await desk.fact(talk, "mail")).source == "profile"


async def test_where_all_is_known_it_is_handed_over_at_once(desk: Desk) -> None:
    await desk.need(EMAIL)

    talk = await desk.ask(email="ada@example.com")

    assert "- E-mail address: ada@example.com" in (await desk.said(talk))[-1].body
    assert await desk.reasons() == ["nothing_found"]


async def test_an_attribute_with_the_name_of_a_fact_answers_it(desk: Desk) -> None:
    await desk.need(SIZE)

    talk = await desk.ask(attributes={"size": "large"})

    assert (await desk.fact(talk, "size")).value == "large"
    assert await desk.handler(talk) == "none"


async def test_it_gives_up_after_three_tries(desk: Desk) -> None:
    await desk.need(ORDER)

    talk = await desk.ask()
    for answer in ("the blue one of course", "as I said the blue one", "why so many questions"):
        assert await desk.handler(talk) == "assistant"
        await desk.say(talk, answer)

    assert await desk.handler(talk) == "none"
    assert await desk.reasons() == ["asked_back"] * 3 + ["facts_missing"]
    assert (await desk.fact(talk, "order")).tries == 3
    assert "- Order number: not known" in (await desk.said(talk))[-1].body


async def test_it_gives_up_when_the_customer_refuses(desk: Desk) -> None:
    await desk.need(ORDER)

    talk = await desk.ask()
    await desk.say(talk, "I would rather not tell you my number")

    *_, told, _note = await desk.said(talk)
    assert told.body.startswith("No problem.")
    assert (await desk.fact(talk, "order")).is_refused
    assert await desk.reasons() == ["asked_back", "facts_missing"]


async def test_who_asks_for_a_person_gets_one(desk: Desk) -> None:
    await desk.need(ORDER)

    talk = await desk.ask()
    await desk.say(talk, "I want to talk to a human")

    assert await desk.reasons() == ["asked_back", "asked_for_a_person"]
    assert (await desk.known(talk)).state == "given_up"
    assert await desk.handler(talk) == "none"


async def test_thanks_in_between_are_returned_and_cost_no_try(desk: Desk) -> None:
    await desk.need(ORDER)

    talk = await desk.ask()
    await desk.say(talk, "Thank you!")
    await desk.say(talk, "R-10234")

    assert await desk.reasons() == ["asked_back", "thanks", "facts_known"]
    assert (await desk.fact(talk, "order")).tries == 0


async def test_the_same_wish_is_asked_about_once_and_another_anew(desk: Desk) -> None:
    await desk.need(ORDER)
    await desk.need(SIZE, intent="refund")
    talk = await desk.ask()
    await desk.say(talk, "R-10234")
    for body in ("my parcel again", "I want my money back, please refund"):
        async with desk.begin() as ctx:
            await conversations.set_handler(ctx, talk.id, "assistant")
        await desk.say(talk, body)

    assert (await desk.reasons())[2:] == ["nothing_found", "asked_back"]
    assert (await desk.known(talk)).intent_id == desk.intents["refund"].id


async def test_an_intent_without_facts_is_handed_over_as_before(desk: Desk) -> None:
    talk = await desk.ask()

    assert await desk.reasons() == ["nothing_found"]
    assert (await desk.known(talk)).facts == []


async def test_two_answers_in_a_row_are_one_try(desk: Desk) -> None:
    await desk.need(ORDER)

    talk = await desk.ask()
    await desk.say(talk, "one moment, I look it up", listen=False)
    await desk.say(talk, "in the papers here", listen=False)
    await desk.listen()

    assert (await desk.fact(talk, "order")).tries == 1
