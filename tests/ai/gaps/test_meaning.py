"""Grouping by the real model: what means the same is one gap, what only shares words is not."""

import pytest

from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.knowledge import jobs
from tests.ai.gaps.conftest import Shop
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (
            "My headlamp keeps blinking red, how do I reset it?",
            "How can I reset a headlamp that is blinking red?",
            "Which batteries does the headlamp need?",
        ),
        (
            "Do you ship to Iceland?",
            "Can you send a parcel to Iceland?",
            "Do you have a shop in Iceland?",
        ),
        (
            "Can I wash the down jacket in the machine?",
            "Is it possible to machine wash the down jacket?",
            "Can I exchange the down jacket for another size?",
        ),
    ],
)
async def test_what_means_the_same_is_one_gap(
    shop: Shop, minilm: MiniLM, first: str, second: str, other: str
) -> None:
    shop.database.ports.provide(Embedder, minilm)
    await jobs.catch_up(shop.database, shop.workspace_id)
    for question in (first, second, other):
        await shop.ask(question)

    assert [(gap.asked, gap.question) for gap in await shop.gaps()] == [(2, second), (1, other)]
