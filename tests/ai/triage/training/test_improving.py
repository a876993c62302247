"""What agents correct makes the next model better, on messages that no model ever learned."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from rapport.ai.triage.training import service
from rapport.ai.triage.training.adapter import ServingModels
from rapport.ai.triage.training.gathering import HELD_BACK, key_of
from rapport.ai.triage.training.ports import Example
from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.kernel.database.engine import Database
from tests.ai.triage.training.conftest import School, example, intent

WISHES = Path(__file__).parent / "wishes.csv"
TYPED = 2
"""So many texts an administrator types for each intent."""


def wishes() -> list[tuple[str, str]]:
    """What customers of a shop write, and what it is about."""
    with WISHES.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["intent"]) for row in csv.DictReader(file)]


async def said(
    school: School, embedder: MiniLM, models: ServingModels, texts: Sequence[str]
) -> list[str]:
    """What the model in use takes messages for."""
    vectors = await embedder.embed(texts)
    async with school.begin() as ctx:
        found = await models.serving(ctx)
    assert found is not None
    return [guess.intent for guess in found.model.guess(texts, vectors)]


async def test_corrections_by_agents_improve_the_next_model(
    school: School, database: Database, minilm: MiniLM
) -> None:
    database.ports.provide(Embedder, minilm)
    models, stream = ServingModels(), wishes()
    random.Random(3).shuffle(stream)
    held = [one for one in stream if key_of(one[0])[0] < HELD_BACK]
    rest = [one for one in stream if key_of(one[0])[0] >= HELD_BACK]
    typed = {name: [t for t, n in rest if n == name][:TYPED] for name in {n for _, n in stream}}
    school.taught.known = [
        Example(text, (intent(name),), "typed") for name, texts in typed.items() for text in texts
    ]
    school.taught.known += [example(text, name) for text, name in held]
    first = await school.train()
    async with school.begin() as ctx:
        await service.promote(ctx, first.id)

    coming = [one for one in rest if one[0] not in typed[one[1]]]
    guesses = await said(school, minilm, models, [text for text, _ in coming])
    wrong = [
        example(text, name, kind="correction")
        for (text, name), guess in zip(coming, guesses, strict=True)
        if guess != str(intent(name))
    ]
    school.taught.known += wrong
    second = await school.train()

    assert wrong
    assert first.figures is not None
    assert second.figures is not None
    assert second.compared_figures is not None
    assert second.compared_figures.accuracy == first.figures.accuracy
    assert second.figures.count == len(held)
    assert second.figures.accuracy >= first.figures.accuracy + 0.05
