"""Whether a model may be put to use without a person looking at it."""

from collections.abc import Mapping
from typing import Any, Final

from rapport.ai.triage.training.schemas import TrainingSettings

LEAST: Final = 50
"""On fewer messages held back nothing is decided by rule."""
LEAST_OF_INTENT: Final = 5
"""An intent with fewer of them says nothing about whether it got worse."""


def is_better(
    figures: Mapping[str, Any] | None,
    compared: Mapping[str, Any] | None,
    settings: TrainingSettings,
) -> bool:
    """Whether the rule puts a model to use; where none is in use, its gain is all it can do."""
    if figures is None or figures["count"] < LEAST:
        return False
    before = compared["accuracy"] if compared is not None else 0.0
    if round(100 * (figures["accuracy"] - before), 6) < settings.least_gain:
        return False
    now = {one["intent_id"]: one["f1"] for one in figures["intents"]}
    return all(
        round(100 * (one["f1"] - now.get(one["intent_id"], 0.0)), 6) <= settings.most_loss
        for one in (compared["intents"] if compared is not None else ())
        if one["count"] >= LEAST_OF_INTENT
    )
