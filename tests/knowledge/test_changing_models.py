"""Another embedding model takes over, and nobody who asks meanwhile is left without an answer."""

import asyncio
import sys
from contextlib import aclosing
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from rapport.inference.embedders import KnownEmbedders
from rapport.inference.errors import EmbeddingsUnreachable
from rapport.inference.openai_embeddings import Endpoint
from rapport.inference.ports import Embedder, Embedders
from rapport.kernel import egress, jobs
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.knowledge import service as knowledge
from rapport.knowledge.errors import ModelChanged
from rapport.knowledge.jobs import catch_up, catching_up, embed_the_rest
from rapport.knowledge.models import ChunkVector, SearchIndex
from rapport.knowledge.schemas import ArticlePatch, SearchIndexOut
from rapport.knowledge.search import indexing
from tests.conftest import PROJECT, Begin, Clock
from tests.knowledge.models import House, Model
from tests.make import knowledge as make
from tests.make.auth import browser, person
from tests.models_simulator import KEY, ModelsSimulator

SHELF = {
    "Returning an item": "You can send anything back within 30 days.",
    "Delivery times": "Parcels arrive in two to four working days.",
    "Paying by invoice": "Companies may pay within fourteen days.",
}
PARTS = 2 * len(SHELF)
SYNONYMS = {"bill": "invoice"}


@pytest.fixture
def house(database: Database) -> House:
    return House(database.ports)


@pytest.fixture
def old(house: House) -> Model:
    return house.use(Model(name="old/1", synonyms=SYNONYMS))


def another(**changes: object) -> Model:
    return Model(**{"name": "new/1", "dimensions": 64, "synonyms": SYNONYMS, **changes})  # type: ignore[arg-type]


async def fill(begin: Begin, database: Database, workspace_id: UUID) -> None:
    async with begin(SYSTEM, workspace_id) as ctx:
        for title, body in SHELF.items():
            await make.article(ctx, title, body=body)
    await catch_up(database, workspace_id)


async def finds(begin: Begin, workspace_id: UUID) -> tuple[str, float | None]:
    """What a word leads to that stands in no article, and by which cosine."""
    async with begin(SYSTEM, workspace_id) as ctx:
        first = (await knowledge.retrieve(ctx, "bill"))[0]
        assert (await knowledge.search(ctx, "bill")).mode == "hybrid"
    return first.title, first.cosine


async def standing(begin: Begin, workspace_id: UUID) -> dict[str, SearchIndexOut]:
    async with begin(SYSTEM, workspace_id) as ctx:
        return {index.model: index for index in await knowledge.list_indexes(ctx)}


async def vectors(ctx: Ctx) -> dict[str, int]:
    """How many there are of each model."""
    found = await ctx.session.execute(
        select(ChunkVector.model, func.count().label("number"))
        .where(ChunkVector.workspace_id == ctx.workspace_id)
        .group_by(ChunkVector.model)
    )
    return {row.model: row.number for row in found}


async def test_questions_are_answered_before_during_and_after(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model, clock: Clock
) -> None:
    await fill(begin, database, workspace)
    before = await finds(begin, workspace)
    new = house.use(another())

    during = [await finds(begin, workspace)]
    async with aclosing(catching_up(database, workspace, at_once=2)) as work:
        async for _ in work:
            found = await standing(begin, workspace)
            assert {i.state for i in found.values()} <= {"serving", "building"}
            during.append(await finds(begin, workspace))
    after = await finds(begin, workspace)

    assert {title for title, _ in [before, *during, after]} == {"Paying by invoice"}
    assert (len(during), set(during)) == (1 + PARTS // 2, {before})
    assert after[1] != before[1]
    assert "bill" in old.texts
    assert new.texts[-1] == "bill"
    assert {m: i.state for m, i in (await standing(begin, workspace)).items()} == {
        "old/1": "retired",
        "new/1": "serving",
    }


async def test_the_progress_is_told(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    house.use(another())

    async with aclosing(catching_up(database, workspace, at_once=4)) as work:
        await anext(work)
        found = await standing(begin, workspace)
        async with begin(SYSTEM) as ctx:
            status = await knowledge.status(ctx)

    assert [(i.state, i.dimensions, i.done, i.total, i.error) for i in found.values()] == [
        ("serving", 384, PARTS, PARTS, None),
        ("building", 64, 4, PARTS, None),
    ]
    assert (status.model, status.pending, status.embeddings) == ("old/1", 0, True)


async def test_what_was_replaced_is_deleted_when_no_question_can_need_it_any_more(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model, clock: Clock
) -> None:
    await fill(begin, database, workspace)
    house.use(another())
    await catch_up(database, workspace)
    async with begin() as ctx:
        assert await vectors(ctx) == {"old/1": PARTS, "new/1": PARTS}

    clock.forward(minutes=2)
    await catch_up(database, workspace)

    async with begin() as ctx:
        assert await vectors(ctx) == {"new/1": PARTS}
        assert [i.model for i in await knowledge.list_indexes(ctx)] == ["new/1"]


async def test_a_worker_killed_in_the_middle_is_followed_by_one_that_goes_on(
    begin: Begin,
    database: Database,
    settings: Settings,
    workspace: UUID,
    house: House,
    old: Model,
) -> None:
    await fill(begin, database, workspace)
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.knowledge.worker"),
        *(database.url, str(workspace), str(settings.data_dir)),
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    assert worker.stdout is not None
    said = [await worker.stdout.readline() for _ in range(2)]
    worker.kill()
    await worker.wait()

    new = house.use(another())
    during, found = await finds(begin, workspace), await standing(begin, workspace)
    done = await catch_up(database, workspace)

    assert said == [b"2\n", b"2\n"]
    assert (during[0], found["new/1"].state, found["new/1"].done) == (
        "Paying by invoice",
        "building",
        4,
    )
    assert done == len(new.texts) == PARTS - 4
    assert (await standing(begin, workspace))["new/1"].state == "serving"


async def test_a_worker_that_stops_while_the_model_computes_loses_that_batch_only(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    first = house.use(another(lasts=4, hangs=True))
    work = catching_up(database, workspace, at_once=2)

    async def worker() -> None:
        async for _ in work:
            pass

    killed = asyncio.create_task(worker())
    await first.stopped.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    during = await finds(begin, workspace)
    second = house.use(another())
    done = await catch_up(database, workspace)

    assert (during[0], (await finds(begin, workspace))[0]) == ("Paying by invoice",) * 2
    assert (len(first.texts), done) == (4, PARTS - 4)
    assert not set(first.texts) & set(second.texts)
    assert (await standing(begin, workspace))["new/1"].state == "serving"


async def test_a_model_that_fails_in_the_middle_leaves_the_old_one_and_tells_why(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    broken = house.use(another(lasts=2))

    done = catching_up(database, workspace, at_once=2)
    assert await anext(done) == 2
    with pytest.raises(EmbeddingsUnreachable):
        await anext(done)

    found = await standing(begin, workspace)
    assert (found["old/1"].state, found["old/1"].error) == ("serving", None)
    assert (found["new/1"].state, found["new/1"].done) == ("building", 2)
    assert found["new/1"].error == EmbeddingsUnreachable.title()
    assert (await finds(begin, workspace))[0] == "Paying by invoice"

    broken.lasts = None
    await catch_up(database, workspace)
    mended = (await standing(begin, workspace))["new/1"]
    assert (mended.state, mended.done, mended.error) == ("serving", PARTS, None)


async def test_what_is_written_meanwhile_is_learned_by_both(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    new = house.use(another())
    async with aclosing(catching_up(database, workspace, at_once=PARTS)) as work:
        await anext(work)
        old.calls.clear()
        new.calls.clear()
        async with begin() as ctx:
            article = await make.article(ctx, "Gift vouchers", body="They never expire.")
            await indexing.embed_pending(ctx, article_id=article.id)
            await knowledge.change_article(ctx, article.id, ArticlePatch(body="Two years."))
            await indexing.embed_pending(ctx, article_id=article.id)
            assert (await knowledge.retrieve(ctx, "vouchers"))[0].cosine is not None

    assert (
        old.texts[:3]
        == new.texts
        == [
            "Gift vouchers",
            "Gift vouchers\nThey never expire.",
            "Gift vouchers\nTwo years.",
        ]
    )


async def test_each_workspace_changes_by_itself(
    begin: Begin, database: Database, workspace: UUID, stranger: UUID, house: House, old: Model
) -> None:
    for workspace_id in (workspace, stranger):
        await fill(begin, database, workspace_id)
    house.use(another())

    await catch_up(database, workspace)

    mine, theirs = await standing(begin, workspace), await standing(begin, stranger)
    assert (mine["new/1"].state, list(theirs)) == ("serving", ["old/1"])
    assert (await finds(begin, stranger))[0] == "Paying by invoice"
    assert (await finds(begin, workspace))[0] == "Paying by invoice"
    await catch_up(database, stranger)
    assert (await standing(begin, stranger))["new/1"].state == "serving"


async def test_going_back_keeps_the_old_one_and_gives_the_new_one_up(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model, clock: Clock
) -> None:
    await fill(begin, database, workspace)
    house.use(another())
    async with aclosing(catching_up(database, workspace, at_once=2)) as work:
        await anext(work)

    house.use(old)
    old.calls.clear()
    await catch_up(database, workspace)
    clock.forward(minutes=2)
    await catch_up(database, workspace)

    assert old.calls == []
    assert list(await standing(begin, workspace)) == ["old/1"]


async def test_going_back_to_one_that_was_replaced_makes_only_what_is_missing(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    house.use(another())
    await catch_up(database, workspace)
    house.use(old)
    old.calls.clear()

    await catch_up(database, workspace)

    assert old.calls == []
    assert (await standing(begin, workspace))["old/1"].state == "serving"


async def test_a_third_model_ends_the_second_ones_preparation(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    house.use(another(lasts=0))
    with pytest.raises(EmbeddingsUnreachable):
        await catch_up(database, workspace)

    house.use(another(name="third/1"))
    await catch_up(database, workspace)

    states = {m: i.state for m, i in (await standing(begin, workspace)).items()}
    assert states == {"old/1": "retired", "new/1": "retired", "third/1": "serving"}


async def test_where_the_old_one_cannot_be_asked_any_more_the_new_one_answers_at_once(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    house.use(another())
    del house.models["old/1"]

    async with aclosing(catching_up(database, workspace, at_once=PARTS)) as work:
        async for _ in work:
            assert (await standing(begin, workspace))["new/1"].state == "serving"

    assert (await finds(begin, workspace))[0] == "Paying by invoice"


async def test_a_model_whose_vectors_change_their_length_is_told_and_words_go_on(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    house.use(Model(name="old/1", dimensions=64))
    async with begin() as ctx:
        await make.article(ctx, "Gift vouchers")

    with pytest.raises(ModelChanged):
        await catch_up(database, workspace)

    assert "384 numbers" in str((await standing(begin, workspace))["old/1"].error)
    async with begin() as ctx:
        found = await knowledge.search(ctx, "invoice")
    assert (found.mode, [r.title for r in found.results]) == ("words", ["Paying by invoice"])


async def test_how_a_model_is_reached_is_kept_sealed_and_only_as_long_as_it_answers(
    begin: Begin, database: Database, workspace: UUID, house: House, old: Model
) -> None:
    await fill(begin, database, workspace)
    async with begin() as ctx:
        kept = (await ctx.session.scalars(select(SearchIndex.description))).all()
    assert [text.startswith("s1.") for text in kept] == [True]

    house.use(another())
    await catch_up(database, workspace)

    async with begin() as ctx:
        rows = (await ctx.session.scalars(select(SearchIndex).order_by(SearchIndex.id))).all()
        assert [(row.model, bool(row.description)) for row in rows] == [
            ("old/1", False),
            ("new/1", True),
        ]


async def test_one_endpoint_takes_over_from_another(
    begin: Begin, database: Database, workspace: UUID
) -> None:
    """The real adapters: the first one's address and key are known to the database only."""

    def use(simulator: ModelsSimulator, other: ModelsSimulator) -> None:
        known = KnownEmbedders(
            None,
            Endpoint(base_url=simulator.base_url, model="embed-small", api_key=KEY),
            lambda: egress.client(allow=[simulator.pair, other.pair]),
        )
        assert known.wanted is not None
        database.ports.provide(Embedder, known.wanted)
        database.ports.provide(Embedders, known)

    async with ModelsSimulator() as first, ModelsSimulator() as second:
        use(first, second)
        await fill(begin, database, workspace)
        use(second, first)
        async with begin() as ctx:
            (during, *_) = await knowledge.retrieve(ctx, "delivery times")
        assert first.asked[-1].body["input"] == ["delivery times"]
        await catch_up(database, workspace)
        async with begin() as ctx:
            (after, *_) = await knowledge.retrieve(ctx, "delivery times")

        assert during.title == after.title == "Delivery times"
        assert during.cosine_title == after.cosine_title == pytest.approx(1)
        assert second.asked[-1].body["input"] == ["delivery times"]
        assert len(first.asked) == 2


async def test_the_worker_goes_round_the_workspaces_and_one_that_fails_stops_no_other(
    begin: Begin, database: Database, workspace: UUID, stranger: UUID, house: House, old: Model
) -> None:
    for workspace_id in (workspace, stranger):
        await fill(begin, database, workspace_id)
    async with begin(SYSTEM, workspace) as ctx:
        index = (await ctx.session.scalars(select(SearchIndex))).one()
        index.dimensions = 7  # so that the old model's next vectors are refused
        await make.article(ctx, "Gift vouchers")
    house.use(another())

    async with jobs.serving(database):
        await embed_the_rest(0)

    for workspace_id in (workspace, stranger):
        assert (await standing(begin, workspace_id))["new/1"].state == "serving"


async def test_a_stranger_sees_nothing_of_it(
    knowledge_app: FastAPI,
    begin: Begin,
    database: Database,
    workspace: UUID,
    stranger: UUID,
    old: Model,
) -> None:
    await fill(begin, database, workspace)

    async with browser(knowledge_app, await person(database, stranger)) as theirs:
        assert (await theirs.get("/v1/knowledge/indexes")).json() == []
    async with browser(knowledge_app, await person(database, workspace)) as client:
        answer: httpx.Response = await client.get("/v1/knowledge/indexes")
    assert answer.json() == [
        {
            "model": "old/1",
            "dimensions": 384,
            "state": "serving",
            "done": PARTS,
            "total": PARTS,
            "error": None,
            "since": "2026-01-05T09:00:00Z",
        }
    ]
