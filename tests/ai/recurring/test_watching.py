from datetime import timedelta
from itertools import pairwise

from rapport.ai.recurring import jobs
from rapport.ai.recurring.reading import service as reading
from tests.ai.recurring.conftest import LOGIN, REFUND, Desk


async def weeks_of(desk: Desk, *texts: str, weeks: int) -> None:
    """One conversation of each text a week."""
    for _ in range(weeks):
        for text in texts:
            await desk.ask(text)
        await desk.look()
        desk.clock.forward(weeks=1)


async def test_a_new_problem_is_told_of_once(desk: Desk) -> None:
    for text in REFUND:
        await desk.ask(text)
    desk.clock.forward(minutes=5)
    await desk.look()
    await desk.look()

    (alert,) = await desk.told()
    (problem,) = await desk.problems()
    assert alert.payload == {"problem_id": str(problem.id), "kind": "new", "count": 3}


async def test_what_is_found_in_history_alerts_nobody(desk: Desk) -> None:
    for text in REFUND:
        await desk.ask(text)
    desk.clock.forward(hours=3)

    await desk.look()

    assert len(await desk.problems()) == 1
    assert await desk.told() == []


async def test_an_outage_is_told_of_within_the_hour_and_once(desk: Desk) -> None:
    await weeks_of(desk, *LOGIN, weeks=4)
    before = len(await desk.told())
    desk.clock.forward(hours=5)
    begin = desk.clock.instant

    for minute in range(0, 60, 5):
        await desk.ask(LOGIN[minute % 3])
        desk.clock.forward(minutes=5)
        await desk.look()

    alerts = (await desk.told())[before:]
    assert alerts
    assert alerts[0].payload["kind"] == "growing"
    assert alerts[0].created_at - begin <= timedelta(minutes=60)
    counts = [alert.payload["count"] for alert in alerts]
    assert all(later >= 2 * earlier for earlier, later in pairwise(counts))
    (problem,) = await desk.problems()
    assert problem.is_growing


async def test_growth_ends_with_the_day(desk: Desk) -> None:
    await weeks_of(desk, *LOGIN, weeks=4)
    for _ in range(12):
        await desk.ask(LOGIN[0])
    await desk.look()
    assert (await desk.problems())[0].is_growing

    desk.clock.forward(hours=25)
    await jobs.look(desk.database, desk.workspace_id)

    (problem,) = await desk.problems()
    assert (problem.is_growing, problem.growth) == (False, 0)
    assert (problem.day_count, problem.week_count, problem.month_count) == (0, 12, 24)


async def test_the_trend_shows_what_was_expected(desk: Desk) -> None:
    await weeks_of(desk, *LOGIN, weeks=4)
    await desk.ask(LOGIN[0])
    await desk.look()
    (problem,) = await desk.problems()

    async with desk.begin() as ctx:
        by_day = await reading.one(ctx, problem.id, "day")
        by_hour = await reading.one(ctx, problem.id, "hour")
        by_week = await reading.one(ctx, problem.id, "week")

    assert (by_day.series[-1].count, by_day.series[-1].expected) == (1, 3)
    assert [point.count for point in by_day.series if point.count] == [3, 3, 3, 3, 1]
    assert (by_hour.series[-1].count, by_hour.series[-1].expected) == (1, 3)
    assert [point.count for point in by_week.series if point.count] == [3, 3, 3, 3, 1]
    assert by_day.series[0].expected is None
    assert (len(by_hour.series), len(by_day.series), len(by_week.series)) == (168, 90, 52)
