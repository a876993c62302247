"""How soon something should be answered rises with all that presses, and says why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rapport.ai.triage.priority import Situation, Weights, weigh
from rapport.ai.triage.priority.weighing import FLAGS

SHARES = st.floats(0, 1)
HOURS = st.floats(-500, 500).map(lambda hours: timedelta(hours=hours))
SITUATIONS = st.builds(
    Situation,
    urgency=SHARES,
    distress=SHARES,
    wants_person=SHARES,
    flags=st.dictionaries(st.sampled_from(FLAGS), SHARES),
    value=SHARES,
    is_favoured=st.booleans(),
    waited=HOURS,
    asked_before=st.integers(0, 20),
    due_in=st.none() | HOURS,
    spam=SHARES,
)
WEIGHTS = st.builds(
    Weights,
    **{
        name: st.integers(0, 100)
        for name in (
            "start",
            "urgency",
            "distress",
            "value",
            "waited",
            "asked_before",
            "due",
            "spam",
        )
    },
    full_wait_h=st.floats(0.1, 200),
    due_soon_h=st.floats(0.1, 200),
)


def changed(now: Situation, what: str, share: float) -> tuple[Situation, Situation]:
    """Two situations that differ in one thing, of which the second has more."""
    low, high = sorted((share, float(getattr(now, what, 0.0))))
    less: dict[str, Any] = {what: low}
    more: dict[str, Any] = {what: high}
    return replace(now, **less), replace(now, **more)


@given(
    SITUATIONS, WEIGHTS, st.sampled_from(["urgency", "distress", "wants_person", "value"]), SHARES
)
def test_more_of_anything_pressing_never_lowers_it(
    now: Situation, weights: Weights, what: str, share: float
) -> None:
    less, more = changed(now, what, share)

    assert weigh(less, weights).score <= weigh(more, weights).score


@given(SITUATIONS, st.sampled_from(FLAGS), SHARES, SHARES)
def test_a_likelier_danger_never_lowers_it(
    now: Situation, flag: Any, one: float, two: float
) -> None:
    low, high = sorted((one, two))

    less = replace(now, flags={**now.flags, flag: low})
    more = replace(now, flags={**now.flags, flag: high})
    assert weigh(less).score <= weigh(more).score


@given(SITUATIONS, WEIGHTS, st.floats(0, 500))
def test_waiting_longer_never_lowers_it(now: Situation, weights: Weights, hours: float) -> None:
    later = replace(now, waited=now.waited + timedelta(hours=hours))

    assert weigh(now, weights).score <= weigh(later, weights).score


@given(SITUATIONS, WEIGHTS, st.integers(0, 20))
def test_asking_again_never_lowers_it(now: Situation, weights: Weights, times: int) -> None:
    again = replace(now, asked_before=now.asked_before + times)

    assert weigh(now, weights).score <= weigh(again, weights).score


@given(SITUATIONS, WEIGHTS, HOURS, st.floats(0, 500))
def test_less_time_until_it_is_due_never_lowers_it(
    now: Situation, weights: Weights, left: timedelta, hours: float
) -> None:
    relaxed = replace(now, due_in=left)
    pressed = replace(now, due_in=left - timedelta(hours=hours))

    assert weigh(replace(now, due_in=None), weights).score <= weigh(relaxed, weights).score
    assert weigh(relaxed, weights).score <= weigh(pressed, weights).score


@given(SITUATIONS, WEIGHTS, SHARES)
def test_more_likely_spam_never_raises_it(now: Situation, weights: Weights, share: float) -> None:
    less, more = changed(now, "spam", share)

    assert weigh(less, weights).score >= weigh(more, weights).score


@given(SITUATIONS)
def test_a_customer_who_goes_first_does_not_come_later_for_it(now: Situation) -> None:
    assert (
        weigh(replace(now, is_favoured=False)).score <= weigh(replace(now, is_favoured=True)).score
    )


@given(SITUATIONS, WEIGHTS)
def test_it_is_from_0_to_100_and_the_strongest_reason_is_told_first(
    now: Situation, weights: Weights
) -> None:
    priority = weigh(now, weights)

    assert 0 <= priority.score <= 100
    strengths = [abs(reason.points) for reason in priority.reasons]
    assert strengths == sorted(strengths, reverse=True)
    assert all(strengths)


def test_danger_alone_makes_it_urgent_and_a_customers_worth_never_does() -> None:
    danger = weigh(Situation(flags={"safety": 0.95}))
    worth = weigh(Situation(value=1.0, is_favoured=True))

    assert (danger.level, danger.reasons[0].code) == ("urgent", "safety")
    assert worth.level != "urgent"


def test_a_reason_says_how_much_of_it_there_is() -> None:
    now = Situation(waited=timedelta(hours=26), asked_before=2, due_in=timedelta(hours=-3))
    told = {reason.code: (reason.points, reason.amount) for reason in weigh(now).reasons}

    assert told["waited"] == (20, 26)
    assert told["asked_before"] == (10, 2)
    assert told["overdue"] == (30, 3)
    assert "due_soon" not in told


def test_a_usual_question_is_normal_and_thanks_are_low() -> None:
    assert weigh(Situation()).level == "normal"
    assert weigh(Situation(urgency=0.0)).level == "low"


def test_a_workspace_may_weigh_otherwise() -> None:
    now = Situation(asked_before=3)

    assert weigh(now).level == "normal"
    assert weigh(now, Weights(asked_before=60)).level == "urgent"


@pytest.mark.parametrize(
    "written",
    [{"urgency": -1}, {"safety": 101}, {"full_wait_h": 0}, {"high_from": 90}, {"beauty": 5}],
)
def test_weights_that_make_no_sense_are_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Weights.model_validate(written)


def test_what_is_no_number_counts_for_nothing() -> None:
    assert weigh(Situation(urgency=float("nan"), distress=float("nan"))) == weigh(
        Situation(urgency=0.0)
    )
