from uuid import UUID

from sqlalchemy import event

from rapport.ai.retrieval import service as retrieval
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.knowledge import service as knowledge
from rapport.knowledge.models import Article
from rapport.knowledge.schemas import ArticlePatch, CollectionPatch
from tests.ai.retrieval.houses import HOUSES
from tests.conftest import Begin
from tests.make import knowledge as make


async def fill(ctx: Ctx) -> dict[tuple[str, str], Article]:
    made = {}
    for house, articles in HOUSES.items():
        shelf = await make.collection(ctx, house)
        for title, body in articles.items():
            made[house, title] = await make.article(ctx, title, body=body, collection_id=shelf.id)
    return made


def of(made: dict[tuple[str, str], Article], house: str) -> set[UUID]:
    return {article.id for (name, _), article in made.items() if name == house}


async def test_articles_about_others_do_not_answer(ctx: Ctx) -> None:
    made = await fill(ctx)

    found = (await retrieval.index(ctx)).subject(["I booked the Golden Wok.", "Is there parking?"])

    assert found is not None
    assert found.names == ("Golden Wok",)
    assert found.among == of(made, "Golden Wok")


async def test_articles_about_nobody_answer_for_all(ctx: Ctx) -> None:
    made = await fill(ctx)
    terms = await make.article(ctx, "Our terms of cancellation")

    found = (await retrieval.index(ctx)).subject(["I booked the Golden Wok. Can I cancel?"])

    assert found is not None
    assert found.among == of(made, "Golden Wok") | {terms.id}


async def test_a_dialogue_without_a_name_is_about_nothing(ctx: Ctx) -> None:
    await fill(ctx)

    assert (await retrieval.index(ctx)).subject(["Hello", "Is there parking?"]) is None
    assert (await retrieval.index(ctx)).subject([]) is None


async def test_the_search_keeps_to_the_subject(ctx: Ctx) -> None:
    made = await fill(ctx)
    found = (await retrieval.index(ctx)).subject(["The Golden Wok?", "Do you have WiFi?"])
    assert found is not None

    passages = await knowledge.retrieve(ctx, "Do you have WiFi?", among=found.among)

    assert passages[0].article_id == made["Golden Wok", "Do you have WiFi?"].id
    assert {p.article_id for p in passages} <= of(made, "Golden Wok")
    assert await knowledge.retrieve(ctx, "Do you have WiFi?", among=[]) == []


async def test_a_new_name_is_known_at_once(ctx: Ctx) -> None:
    made = await fill(ctx)
    assert (await retrieval.index(ctx)).subject(["the Silver Spoon"]) is None
    shelves = {shelf.name: shelf for shelf in await knowledge.list_collections(ctx)}

    await knowledge.change_collection(
        ctx, shelves["Golden Wok"].id, CollectionPatch(name="Silver Spoon")
    )

    found = (await retrieval.index(ctx)).subject(["the Silver Spoon"])
    assert found is not None
    assert found.among == of(made, "Golden Wok")


async def test_an_article_that_moves_or_goes_is_about_nothing_more(ctx: Ctx) -> None:
    made = await fill(ctx)
    before = (await retrieval.index(ctx)).subject(["the Golden Wok"])
    shelves = {shelf.name: shelf for shelf in await knowledge.list_collections(ctx)}
    parking, wifi = (made["Golden Wok", t] for t in ("Is there parking?", "Do you have WiFi?"))

    await knowledge.change_article(
        ctx, parking.id, ArticlePatch(collection_id=shelves["Nandos"].id)
    )
    await knowledge.unpublish(ctx, wifi.id)

    after = (await retrieval.index(ctx)).subject(["the Golden Wok"])
    assert before is not None
    assert after is not None
    assert before.among - after.among == {parking.id, wifi.id}


async def test_the_index_is_made_once(ctx: Ctx, database: Database) -> None:
    await fill(ctx)
    (await retrieval.index(ctx)).subject(["the Golden Wok"])
    statements: list[str] = []

    def count(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    (await retrieval.index(ctx)).subject(["Nandos"])
    event.remove(database.engine.sync_engine, "before_cursor_execute", count)

    assert len(statements) == 1


async def test_articles_that_say_the_same_of_different_things_leave_open_which(ctx: Ctx) -> None:
    made = await fill(ctx)
    terms = await make.article(ctx, "Our terms of cancellation")
    index = await retrieval.index(ctx)
    wok, nandos = (made[house, "Is there parking?"].id for house in ("Golden Wok", "Nandos"))

    assert index.is_torn(wok, [terms.id, nandos])
    assert not index.is_torn(wok, [terms.id, made["Golden Wok", "Do you have WiFi?"].id])
    assert not index.is_torn(terms.id, [wok, nandos])


async def test_what_is_said_besides_the_names(ctx: Ctx) -> None:
    await fill(ctx)

    index = await retrieval.index(ctx)

    assert index.rest("Is there parking at the Golden Wok? For lorries?") == ["parking", "lorry"]


async def test_a_strangers_names_are_unknown(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        await fill(ctx)
        assert (await retrieval.index(ctx)).subject(["the Golden Wok"]) is not None

    async with begin(workspace_id=stranger) as theirs:
        assert (await retrieval.index(theirs)).subject(["the Golden Wok"]) is None
