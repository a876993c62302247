"""What the agent API says about models."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rapport.kernel.schemas import In, Out

State = Literal["training", "ready", "serving", "retired", "failed", "cancelled"]
Step = Literal["gather", "embed", "learn", "evaluate", "compare"]
Promotion = Literal["person", "rule"]


class IntentFiguresOut(Out):
    """One intent among the messages held back: how many are about it, and were said to be."""

    intent_id: UUID
    count: int
    said: int
    precision: float
    recall: float
    f1: float


class ConfusionOut(Out):
    """Messages about one intent that were taken for another; null: for none that is known."""

    intent_id: UUID | None
    taken_for_id: UUID | None
    count: int


class BinOut(Out):
    """Messages that were said with about one certainty, and the share that was right."""

    count: int
    certainty: float
    accuracy: float


class FiguresOut(Out):
    """How well a model did on messages held back; shares, from 0 to 1.

    `accuracy` is whatever the certainty; with refusals, one that is refused counts as wrong. The
    `oos` figures are about messages that belong nowhere, where refusing is right; null without any.
    `calibration_error` is how far certainty is from the share that is right, on average (ECE).
    """

    count: int
    are_peoples: bool
    """Whether a person labelled each of these messages."""
    accuracy: float
    accuracy_with_refusals: float
    macro_f1: float
    oos_recall: float | None
    oos_precision: float | None
    oos_f1: float | None
    oos_auroc: float | None
    calibration_error: float
    calibration: list[BinOut]
    intents: list[IntentFiguresOut]
    confusions: list[ConfusionOut]


class ScoreOut(Out):
    """What of the figures a list shows."""

    count: int
    accuracy: float
    accuracy_with_refusals: float
    macro_f1: float


class ModelRow(Out):
    """A model in a list. `score` is null while it is trained, and where nothing was held back.

    `compared` is the score of the model then in use on the very same messages.
    """

    id: UUID
    state: State
    step: Step
    percent: int
    examples: int
    score: ScoreOut | None
    compared: ScoreOut | None
    compared_id: UUID | None
    can_promote: bool
    created_at: datetime
    created_by: str
    created_by_name: str
    finished_at: datetime | None
    promoted_at: datetime | None
    promoted_by: str | None
    forgot_at: datetime | None
    error: str | None


class TrainedModelOut(ModelRow):
    """A model with all that is known of it; `learn_s` and `peak_mb` are what learning took."""

    digest: str
    figures: FiguresOut | None
    compared_figures: FiguresOut | None
    learn_s: float | None
    peak_mb: int | None


class TrainingSettings(BaseModel):
    """When models are trained by themselves, and who puts them to use."""

    model_config = ConfigDict(extra="forbid")

    promotion: Promotion = "person"
    least_gain: float = Field(1.0, ge=0, le=100)
    """By rule: so many points of accuracy more than the model in use, on the same messages."""
    most_loss: float = Field(10.0, ge=0, le=100)
    """By rule: no intent's F1 may fall by more points."""
    retrain_after: int | None = Field(200, ge=1, le=100_000)
    """Train again when so many labels have come; null: only when asked, or after an erasure."""


class TrainingSettingsOut(Out):
    """See `TrainingSettings`."""

    promotion: Promotion
    least_gain: float
    most_loss: float
    retrain_after: int | None


class TrainingSettingsPatch(In):
    """What is to be different; fields left out stay."""

    promotion: Promotion = "person"
    least_gain: float = Field(1.0, ge=0, le=100)
    most_loss: float = Field(10.0, ge=0, le=100)
    retrain_after: int | None = Field(200, ge=1, le=100_000)
