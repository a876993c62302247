"""A model is trained in the background: with progress, to be cancelled, and to be gone on with."""

import asyncio
import random
from dataclasses import replace
from uuid import UUID

import pytest

from rapport.ai.triage.intents.model import read
from rapport.ai.triage.training import service
from rapport.ai.triage.training.apart import learned
from rapport.ai.triage.training.errors import LearningBroke, TrainingOver, TrainingUnderWay
from rapport.ai.triage.training.repository import TrainedModelRepository, VectorRepository
from rapport.ai.triage.training.schemas import TrainingSettings
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel import jobs
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.settings import workspace as workspace_settings
from tests.ai.triage.training.conftest import School, example, intent
from tests.conftest import Begin


async def steps(school: School, model_id: UUID) -> list[str]:
    """What the log tells of a model."""
    async with school.begin() as ctx:
        records = await log.of_workspace(ctx, log.BEGINNING)
    return [r.name for r in records if r.payload.get("model_id") == str(model_id)]


async def test_a_model_is_learned_and_tried_on_what_it_was_not_shown(
    school: School, database: Database
) -> None:
    school.taught.all_matters()
    embedder = FakeEmbedder()
    database.ports.provide(Embedder, embedder)
    model_id = await school.begun()

    await jobs.run(database, concurrency=1, wait=False)

    made = await school.see(model_id)
    assert (made.state, made.percent, made.error) == ("ready", 100, None)
    assert made.figures is not None
    assert made.examples + made.figures.count == 120
    assert made.figures.accuracy > 0.8
    assert made.figures.are_peoples
    assert {one.intent_id for one in made.figures.intents} <= set(
        map(intent, ("parcel", "refund", "login"))
    )
    assert (made.compared, made.can_promote) == (None, True)
    assert made.learn_s is not None
    assert len(made.digest) == 64
    assert len(await steps(school, model_id)) > 5
    async with school.begin() as ctx:
        content = await TrainedModelRepository(ctx).content(model_id)
    assert content is not None
    model = read(content)
    assert model.embedder == embedder.name
    assert sorted(model.intents) == sorted(str(intent(it)) for it in ("parcel", "refund", "login"))


async def test_the_next_is_compared_with_the_one_in_use_and_embeds_only_what_is_new(
    school: School, database: Database
) -> None:
    school.taught.all_matters()
    embedder = FakeEmbedder()
    database.ports.provide(Embedder, embedder)
    first = await school.train()
    async with school.begin() as ctx:
        await service.promote(ctx, first.id)
    embedder.calls.clear()
    school.taught.known.append(example("the invoice is wrong", "invoice"))
    removed = school.taught.known.pop(0)

    second = await school.train()

    assert embedder.calls == [["the invoice is wrong"]]
    assert second.figures is not None
    assert second.compared_id == first.id
    assert second.compared_figures is not None
    assert second.compared_figures.count == second.figures.count
    assert removed.conversation_id is not None
    async with school.begin() as ctx:
        assert await VectorRepository(ctx).forget({removed.conversation_id}) == 0


async def test_too_few_examples_are_told(school: School) -> None:
    school.taught.known = [example("where is my parcel", "parcel", kind="typed")]

    made = await school.train()

    assert (made.state, made.error) == ("failed", "too_few_to_learn")
    assert await school.state((await school.train()).id) == "failed"


async def test_only_one_is_trained_at_a_time(school: School) -> None:
    await school.begun()

    with pytest.raises(TrainingUnderWay):
        await school.begun()


class Interrupting(FakeEmbedder):
    """An embedder during whose work something happens."""

    def __init__(self, school: School, *, after: int) -> None:
        super().__init__()
        self.school = school
        self.after = after
        self.happens = asyncio.Event()

    async def embed(self, texts, **how):  # type: ignore[no-untyped-def]
        if len(self.calls) == self.after:
            self.happens.set()
            await asyncio.Event().wait()
        return await super().embed(texts, **how)


def many(school: School) -> None:
    dice = random.Random(1)
    school.taught.all_matters()
    school.taught.known += [
        example(f"{one.text} {dice.random()}", "parcel") for one in school.taught.known * 5
    ]


async def test_a_worker_that_is_killed_leaves_what_it_embedded_to_the_next(
    school: School, database: Database
) -> None:
    many(school)
    slow = Interrupting(school, after=2)
    database.ports.provide(Embedder, slow)
    model_id = await school.begun()
    work = asyncio.create_task(school.run(model_id))
    await slow.happens.wait()
    work.cancel()
    await asyncio.wait([work])
    database.ports.provide(Embedder, FakeEmbedder())
    assert await school.state(model_id) == "training"

    again = FakeEmbedder()
    database.ports.provide(Embedder, again)
    await school.run(model_id)

    assert await school.state(model_id) == "ready"
    seen = {text for call in slow.calls for text in call}
    assert len(seen) == 512
    assert not seen & {text for call in again.calls for text in call}


async def test_a_cancelled_training_ends_and_another_can_begin(
    school: School, database: Database
) -> None:
    school.taught.all_matters()
    slow = Interrupting(school, after=0)
    database.ports.provide(Embedder, slow)
    model_id = await school.begun()
    work = asyncio.create_task(school.run(model_id))
    await slow.happens.wait()

    async with school.begin() as ctx:
        await service.cancel(ctx, model_id)
    work.cancel()
    await asyncio.wait([work])
    await school.run(model_id)

    assert await school.state(model_id) == "cancelled"
    assert await school.begun() != model_id
    async with school.begin() as ctx:
        with pytest.raises(TrainingOver):
            await service.cancel(ctx, model_id)


async def test_one_that_is_not_wanted_any_more_is_stopped_while_it_learns() -> None:
    class Stop(Exception):
        pass

    async def look() -> None:
        raise Stop

    async def tell(step: str, part: float) -> None:
        return None

    with pytest.raises(Stop):
        await learned(b"", tell, look)


async def test_a_process_that_breaks_is_told(school: School) -> None:
    async def look() -> None:
        return None

    async def tell(step: str, part: float) -> None:
        return None

    with pytest.raises(LearningBroke):
        await learned(b"this is no task", tell, look)


async def test_by_rule_a_better_model_is_put_to_use_and_one_as_good_is_not(
    school: School, begin: Begin
) -> None:
    school.taught.all_matters()
    school.taught.known += [
        replace(one, text=f"{one.text} please {number}")
        for number in range(2)
        for one in school.taught.known
    ]
    async with begin() as ctx:
        await workspace_settings.update(ctx, TrainingSettings, {"promotion": "rule"})

    first = await school.train()
    second = await school.train()

    assert (first.state, first.promoted_by) == ("serving", "rule")
    assert second.state == "ready"
    assert first.digest == second.digest
