"""Openings of our own in many voices find their procedure, or are asked about."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rapport.ai.procedures.evaluation.tau2 import AT, Mounted
from rapport.ai.procedures.understanding.selecting import Selector
from rapport.ai.triage import service as triage
from rapport.inference.minilm import installed
from tests.ai.procedures.openings import later, openings

ROOT = Path(__file__).parents[3]


async def _marks(selector: Selector, wanted: list[tuple[str, str]]) -> tuple[float, float]:
    """The part of openings that is right at once, and the part that is wrong without asking."""
    setting = triage.Setting(AT, ZoneInfo("UTC"))
    right = wrong = 0
    for procedure, text in wanted:
        found = await selector.select(text, "en", triage.find(text, setting))
        right += (found.chosen or "") == procedure and len(found.candidates) < 2
        wrong += found.chosen is not None and found.chosen != procedure
    return right / len(wanted), wrong / len(wanted)


async def test_with_the_model_most_openings_find_their_procedure_and_few_a_wrong_one() -> None:
    model = installed(ROOT / "var" / "models")
    if model is None:
        pytest.skip("the embedding model is not built here")
    selector = await Mounted.of(ROOT / "benchmarks" / "tau2").selector(model)

    right, wrong = await _marks(selector, openings() + later())

    assert right >= 0.85
    assert wrong <= 0.02


async def test_by_words_alone_openings_are_asked_about_rather_than_taken_wrongly() -> None:
    selector = await Mounted.of(ROOT / "benchmarks" / "tau2").selector(None)

    right, wrong = await _marks(selector, openings() + later())

    assert right >= 0.5
    assert wrong <= 0.1
