import numpy as np

from rapport.inference.fake import FakeEmbedder
from rapport.inference.remembering import Remembering


async def test_what_was_embedded_before_is_not_embedded_again() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake)

    first = await remembering.embed(["one", "two", "one"])
    second = await remembering.embed(["two", "three"])

    assert fake.calls == [["one", "two"], ["three"]]
    assert np.array_equal(first, await fake.embed(["one", "two", "one"]))
    assert np.array_equal(first[1], second[0])


async def test_the_longest_unused_is_forgotten_first() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake, kept=2)
    await remembering.embed(["one", "two"])
    await remembering.embed(["one", "three"])

    await remembering.embed(["one"])
    await remembering.embed(["two"])

    assert fake.calls == [["one", "two"], ["three"], ["two"]]


async def test_it_is_the_model_it_stands_before() -> None:
    remembering = Remembering(FakeEmbedder())

    assert (remembering.name, remembering.dimensions) == ("fake/1", 384)
    assert remembering.speaks("en")
    assert not remembering.speaks("de")
    assert (await remembering.embed([])).shape == (0, 384)
