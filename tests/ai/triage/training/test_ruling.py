"""A rule puts a model to use only where it is better, and nothing got much worse."""

from typing import Any

import pytest

from rapport.ai.triage.training.ruling import is_better
from rapport.ai.triage.training.schemas import TrainingSettings

RULE = TrainingSettings(promotion="rule", least_gain=2, most_loss=5)


def figures(accuracy: float, *, count: int = 100, **f1: float) -> dict[str, Any]:
    intents = [{"intent_id": name, "count": 20, "f1": value} for name, value in f1.items()]
    return {"count": count, "accuracy": accuracy, "intents": intents}


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (figures(0.82, a=0.8, b=0.75), figures(0.80, a=0.8, b=0.8), True),
        (figures(0.81, a=0.8), figures(0.80, a=0.8), False),
        (figures(0.90, a=0.9, b=0.7), figures(0.80, a=0.8, b=0.76), False),
        (figures(0.90, a=0.9), figures(0.80, a=0.8, gone=0.9), False),
        (figures(0.90, count=49, a=0.9), figures(0.80, count=49, a=0.8), False),
        (figures(0.60, a=0.6), None, True),
        (figures(0.01, a=0.01), None, False),
        (None, None, False),
    ],
)
def test_better_by_enough_and_no_intent_worse_by_too_much(
    new: dict[str, Any] | None, old: dict[str, Any] | None, expected: bool
) -> None:
    assert is_better(new, old, RULE) is expected


def test_an_intent_of_few_messages_says_nothing() -> None:
    old = figures(0.8, a=0.8, rare=1.0)
    old["intents"][1]["count"] = 4

    assert is_better(figures(0.9, a=0.9, rare=0.0), old, RULE)
