"""Questions that rest on what was said before, put to the assistant turn by turn."""

from uuid import UUID

import pytest

from rapport.conversations import service as conversations
from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.kernel.database.engine import Database
from rapport.knowledge import jobs
from tests.ai.autopilot.conftest import Desk
from tests.ai.retrieval.houses import HOUSES
from tests.conftest import Begin
from tests.make import knowledge as make
from tests.make.conversations import make_agent


@pytest.fixture
async def houses(desk: Desk, database: Database, begin: Begin, workspace: UUID) -> Desk:
    """The desk of somebody who runs several houses."""
    async with begin() as ctx:
        for house, articles in HOUSES.items():
            shelf = await make.collection(ctx, house)
            for title, body in articles.items():
                await make.article(ctx, title, body=body, collection_id=shelf.id)
    await jobs.catch_up(database, workspace)
    return desk


@pytest.fixture
async def by_meaning(houses: Desk, database: Database, workspace: UUID, minilm: MiniLM) -> Desk:
    """The same with the real model."""
    database.ports.provide(Embedder, minilm)
    await jobs.catch_up(database, workspace)
    return houses


async def last(desk: Desk) -> str:
    return next(m.body for m in reversed(await desk.said()) if m.kind != "note")


async def test_a_question_is_about_the_house_named_before(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at the Bridge Guest House?")
    assert "Parking behind the Bridge Guest House is free." in await last(by_meaning)

    await by_meaning.ask("And what does the WiFi cost there?")

    assert "WiFi costs five pounds a day." in await last(by_meaning)


async def test_another_name_changes_the_subject(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at the Bridge Guest House?")
    await by_meaning.ask("Does the Golden Wok have WiFi?")
    assert "There is no WiFi at the Golden Wok." in await last(by_meaning)

    await by_meaning.ask("Do they serve alcohol?")

    assert "We serve beer and wine." in await last(by_meaning)


async def test_the_same_question_about_another_house_need_not_be_repeated(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at the Golden Wok?")

    await by_meaning.ask("And at Nandos?")

    assert "There is parking nearby." in await last(by_meaning)


async def test_part_of_a_name_means_the_house_named_before(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at Pizza Hut City Centre?")
    await by_meaning.ask("Is alcohol served at Pizza Hut?")

    assert "We serve no alcohol." in await last(by_meaning)


async def test_without_a_name_it_does_not_guess_which_house_is_meant(by_meaning: Desk) -> None:
    await by_meaning.ask("Do you have WiFi?")

    assert await by_meaning.handler() == "none"
    (kept,) = await by_meaning.answers()
    assert kept.reason == "ambiguous"


async def test_what_no_article_about_the_house_says_is_handed_over(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at the Golden Wok?")
    await by_meaning.ask("When is breakfast served?")

    assert [a.decision for a in await by_meaning.answers()] == ["answered", "handed_over"]


async def test_a_colleague_may_have_named_the_house(by_meaning: Desk) -> None:
    await by_meaning.ask("Can somebody recommend a place to eat tonight?")
    assert by_meaning.conversation is not None
    async with by_meaning.begin() as ctx:
        agent = await make_agent(ctx)
    async with by_meaning.begin(agent) as ctx:
        await conversations.reply(ctx, by_meaning.conversation.id, "I like the Golden Wok.")
    async with by_meaning.begin() as ctx:
        await conversations.set_handler(ctx, by_meaning.conversation.id, "assistant")

    await by_meaning.ask("Do they serve alcohol?")

    assert "We serve beer and wine." in await last(by_meaning)


async def test_a_question_about_something_else_is_answered_as_ever(by_meaning: Desk) -> None:
    await by_meaning.ask("Is there parking at the Golden Wok?")

    await by_meaning.ask("Can I put my tent in the washing machine?")

    assert "Never put a tent in the washing machine" in await last(by_meaning)


async def test_on_words_alone_the_subject_is_kept_too(houses: Desk, database: Database) -> None:
    database.ports.provide(Embedder, None)  # a process without a model
    await houses.ask("Is there parking behind the Bridge Guest House?")
    await houses.ask("What does the WiFi cost per day?")

    assert "WiFi costs five pounds a day." in await last(houses)
