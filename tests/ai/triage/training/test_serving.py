"""Whoever reads messages gets the model in use, and notices when it is another."""

from uuid import UUID

import pytest

from rapport.ai.triage.intents.learning import Material, learn
from rapport.ai.triage.training import service
from rapport.ai.triage.training.adapter import ServingModels
from tests.ai.triage.training.conftest import FRAMES, MATTERS, School
from tests.conftest import Begin


@pytest.fixture(scope="module")
def content() -> bytes:
    rows = [(f.format(w), n) for n, ws in MATTERS.items() for w in ws for f in FRAMES]
    return learn(Material([t for t, _ in rows], [n for _, n in rows], None)).written()


async def test_a_promotion_is_noticed_and_a_model_read_once(
    school: School, begin: Begin, stranger: UUID, content: bytes
) -> None:
    models = ServingModels()
    first, second = await school.made(content), await school.made(content)
    async with begin() as ctx:
        assert await models.serving(ctx) is None
        await service.promote(ctx, first)
    async with begin() as ctx:
        found = await models.serving(ctx)
        again = await models.serving(ctx)
    async with begin() as ctx:
        await service.promote(ctx, second)
    async with begin() as ctx:
        later = await models.serving(ctx)
    async with begin(workspace_id=stranger) as ctx:
        strangers = await models.serving(ctx)

    assert found is not None
    assert again is not None
    assert later is not None
    assert (found.id, later.id, strangers) == (first, second, None)
    assert found.model is again.model
    assert found.model.guess(["where is my parcel"])[0].intent == "parcel"


async def test_two_workspaces_models_are_kept_as_memory_allows(
    school: School, begin: Begin, stranger: UUID, content: bytes
) -> None:
    small, large = ServingModels(max_bytes=1), ServingModels()
    async with begin(workspace_id=stranger) as ctx:
        row = await service.start(ctx)
        row.state, row.content = "ready", content
        await service.promote(ctx, row.id)
    model_id = await school.made(content)
    async with begin() as ctx:
        await service.promote(ctx, model_id)

    kept = []
    for models in (small, large):
        async with begin() as ctx:
            mine = await models.serving(ctx)
        async with begin(workspace_id=stranger) as ctx:
            await models.serving(ctx)
        async with begin() as ctx:
            again = await models.serving(ctx)
        assert mine is not None
        assert again is not None
        kept.append(mine.model is again.model)

    assert kept == [False, True]


async def test_one_that_cannot_be_read_is_none(school: School, begin: Begin) -> None:
    model_id = await school.made(b"of an older form")
    async with begin() as ctx:
        await service.promote(ctx, model_id)

    async with begin() as ctx:
        assert await ServingModels().serving(ctx) is None
