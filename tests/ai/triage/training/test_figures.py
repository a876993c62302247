"""What is said of a model is what happened on the messages held back."""

from collections.abc import Sequence

import numpy as np

from rapport.ai.triage.intents.learning import NOWHERE, Material, learn
from rapport.ai.triage.intents.model import Further, Guess, Model
from rapport.ai.triage.training.figures import figures
from tests.ai.triage.training.conftest import FRAMES, MATTERS


class Says(Model):
    """A model that says what a test says it says."""

    @classmethod
    def these(cls, *guesses: Guess) -> "Says":
        rows = [(f.format(w), n) for n, ws in MATTERS.items() for w in ws for f in FRAMES]
        model = learn(Material([text for text, _ in rows], [name for _, name in rows], None))
        said = cls(**{name: getattr(model, name) for name in Model.__dataclass_fields__})
        said.about["guesses"] = guesses
        return said

    def guess(
        self, texts: Sequence[str], vectors: object = None, *, least: float = 0.5
    ) -> list[Guess]:
        guesses: tuple[Guess, ...] = self.about["guesses"]
        return list(guesses)


def test_right_wrong_refused_and_further_are_told_apart() -> None:
    model = Says.these(
        Guess("a", 0.95, True),
        Guess("b", 0.85, True),
        Guess("b", 0.35, False),
        Guess("a", 0.25, False),
        Guess("a", 0.75, True, (Further("b", 0.6),)),
    )
    held = Material(
        ["1", "2", "3", "4", "5"],
        ["a", "a", "b", NOWHERE, "b"],
        None,
        further=[(), (), (), (), ("a",)],
    )

    found = figures(model, held)

    assert found is not None
    assert (found["count"], found["accuracy"], found["accuracy_with_refusals"]) == (5, 0.75, 0.5)
    assert found["confusions"] == [
        {"intent_id": "a", "taken_for_id": "b", "count": 1},
        {"intent_id": "b", "taken_for_id": None, "count": 1},
    ]
    each = {one["intent_id"]: one for one in found["intents"]}
    assert (each["a"]["count"], each["a"]["said"]) == (3, 3)
    assert (each["a"]["precision"], each["a"]["recall"]) == (0.6667, 0.6667)
    assert (each["b"]["precision"], each["b"]["recall"]) == (0.6667, 1.0)
    assert found["macro_f1"] == round((0.6667 + 0.8) / 2, 4)
    assert (found["oos_recall"], found["oos_precision"]) == (1.0, 0.5)
    wrongs = np.array([0.05, 0.85, 0.65, 0.25, 0.25])
    assert found["calibration_error"] == round(float(wrongs.mean()), 4)


def test_without_messages_held_back_there_are_no_figures() -> None:
    assert figures(Says.these(), Material([], [], None)) is None
