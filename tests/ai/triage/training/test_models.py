"""Models are put to use, taken back, and the older ones' bytes go."""

import pytest

from rapport.ai.triage.training import jobs, service
from rapport.ai.triage.training.errors import (
    ModelNotPromotable,
    NothingToRollBackTo,
    TrainedModelNotFound,
)
from rapport.ai.triage.training.schemas import TrainingSettings
from rapport.kernel.settings import workspace as workspace_settings
from tests.ai.triage.training.conftest import School, example
from tests.conftest import Begin, Clock


async def test_going_back_goes_back_one_by_one(school: School, begin: Begin, clock: Clock) -> None:
    ids = []
    for name in (b"1", b"2", b"3"):
        ids.append(await school.made(name))
        async with begin() as ctx:
            await service.promote(ctx, ids[-1])
        clock.forward(minutes=1)

    seen = []
    for _ in range(2):
        async with begin() as ctx:
            seen.append((await service.roll_back(ctx)).id)

    assert seen == [ids[1], ids[0]]
    assert [await school.state(id_) for id_ in ids] == ["serving", "retired", "retired"]
    async with begin() as ctx:
        with pytest.raises(NothingToRollBackTo):
            await service.roll_back(ctx)
    async with begin() as ctx:
        await service.promote(ctx, ids[2])
        assert (await service.roll_back(ctx)).id == ids[0]


async def test_promoting_what_is_in_use_changes_nothing(school: School, begin: Begin) -> None:
    model_id = await school.made(b"1")
    async with begin() as ctx:
        await service.promote(ctx, model_id)
    before = await school.see(model_id)

    async with begin() as ctx:
        await service.promote(ctx, model_id)

    assert await school.see(model_id) == before


async def test_what_is_not_ready_cannot_be_put_to_use(
    school: School, begin: Begin, stranger: object
) -> None:
    growing = await school.begun()

    async with begin() as ctx:
        with pytest.raises(ModelNotPromotable):
            await service.promote(ctx, growing)
    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(TrainedModelNotFound):
            await service.promote(ctx, growing)


async def test_the_last_ten_are_kept_with_the_one_in_use_and_the_one_before(
    school: School, begin: Begin, clock: Clock
) -> None:
    before, current = await school.made(b"before"), await school.made(b"current")
    for id_ in (before, current):
        clock.forward(minutes=1)
        async with begin() as ctx:
            await service.promote(ctx, id_)
    others = [await school.made(b"%d" % n) for n in range(12)]

    async with begin() as ctx:
        await service.tidy(ctx)

    gone = [id_ for id_ in others if not (await school.see(id_)).can_promote]
    assert gone == others[:4]
    assert [await school.state(id_) for id_ in gone] == ["retired"] * 4
    async with begin() as ctx:
        assert (await service.roll_back(ctx)).id == before


async def test_enough_new_labels_are_reason_to_train_again(
    school: School, begin: Begin, clock: Clock
) -> None:
    school.taught.known = [example(f"message {n}", "a") for n in range(9)]
    async with begin() as ctx:
        await workspace_settings.update(ctx, TrainingSettings, {"retrain_after": 10})
        assert not await jobs.is_due(ctx)
    school.taught.known.append(example("one more", "a"))
    async with begin() as ctx:
        assert await jobs.is_due(ctx)
        begun = await jobs.begin(ctx)
        assert not await jobs.is_due(ctx)
        await service.cancel(ctx, begun.id)
        assert await jobs.is_due(ctx)
    assert school.taught.since == [None, None, begun.created_at]
    async with begin() as ctx:
        await workspace_settings.update(ctx, TrainingSettings, {"retrain_after": None})
        assert not await jobs.is_due(ctx)


async def test_a_training_that_lost_its_job_is_given_up(
    school: School, begin: Begin, clock: Clock
) -> None:
    model_id = await school.begun()
    clock.forward(days=1, minutes=1)

    async with begin() as ctx:
        assert not await jobs.is_due(ctx)

    assert (await school.see(model_id)).error == "training_stalled"
