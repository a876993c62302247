"""Outages are noticed, and quiet weeks are quiet: on times drawn as a working desk has them."""

import math
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from rapport.ai.recurring import trend

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK_MINUTES = 7 * 24 * 60
QUIET_WEEKS = 4
PROBLEMS = 25
CLAIMED_PER_WEEK = 1 / 100
"""False alarms per problem: one a week for a hundred problems."""


def drawn(rng: Random, weeks: int) -> list[float]:
    """The minutes at which one problem comes up.

    Its rate is anything from once a week to ten a day, follows the hours and days of the week, and
    strays from day to day by 30%.
    """
    rate, times = math.exp(rng.gauss(math.log(2), 1.0)) / 24 / 60, list[float]()
    minute, mood = 0.0, 1.0
    day = -1
    while minute < weeks * WEEK_MINUTES:
        minute += rng.expovariate(rate * 4)
        if int(minute // 1440) != day:
            day = int(minute // 1440)
            mood = rng.gammavariate(1 / 0.3**2, 0.3**2)
        hour, weekday = int(minute // 60) % 24, day % 7
        share = (1.6 if 7 <= hour < 20 else 0.25) * (1.2 if weekday < 5 else 0.5) * mood
        if rng.random() < share / 4:
            times.append(minute)
    return times


def alarms(times: list[float], since: float) -> list[float]:
    """When the job, which looks every five minutes, sees growth: at most once a day."""
    hours: dict[datetime, int] = {}
    for minute in times:
        hour = START + timedelta(hours=int(minute // 60))
        hours[hour] = hours.get(hour, 0) + 1
    seen = list[float]()
    for minute in times:
        look = (minute // 5 + 1) * 5
        if look < since or (seen and look - seen[-1] < 1440):
            continue
        upto = bisect_right(times, look)
        last_hour = upto - bisect_right(times, look - 60)
        last_day = upto - bisect_right(times, look - 1440)
        if max(last_hour, last_day) < trend.FLOOR:
            continue
        known = {hour: n for hour, n in hours.items() if hour <= START + timedelta(minutes=look)}
        now = START + timedelta(minutes=look)
        if trend.growth(now, last_hour, last_day, known, START).is_growing:
            seen.append(look)
    return seen


def test_four_quiet_weeks_give_no_more_false_alarms_than_claimed() -> None:
    rng = Random(11)
    since = 4.0 * WEEK_MINUTES
    all_times = [drawn(rng, 4 + QUIET_WEEKS) for _ in range(PROBLEMS)]

    false = [at for times in all_times for at in alarms(times, since)]

    assert sum(map(len, all_times)) > 2_000
    assert len(false) <= CLAIMED_PER_WEEK * PROBLEMS * QUIET_WEEKS


@pytest.mark.parametrize("hour", [3, 10, 16])
def test_twelve_reports_in_an_hour_are_growth_within_it(hour: int) -> None:
    noticed = 0
    for seed in range(20):
        times = drawn(Random(seed), 5)
        begin = 4.0 * WEEK_MINUTES + 2 * 1440 + hour * 60
        times = sorted([t for t in times if t < begin + 60] + [begin + 5 * k for k in range(12)])
        noticed += any(begin <= at <= begin + 60 for at in alarms(times, begin))

    assert noticed == 20


def test_what_is_steady_is_not_growth() -> None:
    hours = {START + timedelta(hours=h): 10 for h in range(24 * 35)}
    now = START + timedelta(days=35)

    grown = trend.growth(now, 10, 240, hours, START)

    assert not grown.is_growing
    assert grown.surprise < 1


def test_the_same_hour_of_the_week_is_what_counts() -> None:
    rush = {START + timedelta(days=d, hours=9): 20 for d in range(0, 28, 7)}
    monday = START + timedelta(days=28, hours=10)

    assert not trend.growth(monday, 20, 20, rush, START).is_growing
    assert trend.growth(monday + timedelta(hours=8), 20, 40, rush, START).is_growing


def test_the_tail_is_that_of_a_negative_binomial() -> None:
    # Size 1 is geometric: the chance of at least n is (mean / (1 + mean)) ** n.
    assert trend.tail(5, 1.0, 1.0) == pytest.approx(0.5**5)
    assert trend.tail(0, 3.0, 2.0) == 1
    # A very steady one is Poisson.
    poisson = 1 - sum(math.exp(-2) * 2**k / math.factorial(k) for k in range(6))
    assert trend.tail(6, 2.0, 1e7) == pytest.approx(poisson, rel=1e-4)
