"""Messages about several things, words of one customer alone, and examples to be forgotten."""

import random
from itertools import combinations

import numpy as np
import pytest

from rapport.ai.triage.intents.analysis import Vocabulary, words
from rapport.ai.triage.intents.learning import Material, learn
from rapport.ai.triage.intents.memory import Memory
from rapport.ai.triage.intents.model import Model, read
from rapport.inference.fake import FakeEmbedder
from tests.ai.triage.test_intents import FRAMES, MATTERS

Rows = tuple[list[str], list[str], list[tuple[str, ...]]]


def several(*, share: float = 0.3, seed: int = 2) -> Rows:
    """Messages about one matter, and for each pair of matters messages about both."""
    dice = random.Random(seed)
    texts, intents, further = list[str](), list[str](), list[tuple[str, ...]]()
    for intent, these in MATTERS.items():
        for word in these:
            for frame in FRAMES:
                texts.append(frame.format(word))
                intents.append(intent)
                further.append(())
    for one, other in combinations(MATTERS, 2):
        for _ in range(round(40 * share)):
            first, second = dice.choice(MATTERS[one]), dice.choice(MATTERS[other])
            texts.append(f"{dice.choice(FRAMES).format(first)} and also the {second}")
            intents.append(one)
            further.append((other,))
    return texts, intents, further


@pytest.fixture(scope="module")
def model() -> Model:
    texts, intents, further = several()
    return learn(Material(texts, intents, None, further=further))


BOTH = "i need the package and also the reimburse"


def test_a_message_about_two_things_is_said_to_be_about_both(model: Model) -> None:
    both, one = model.guess(
        ["please help me with the courier today and also the password", "where is my courier"]
    )

    assert {both.intent, *(it.intent for it in both.further)} == {"parcel", "login"}
    assert all(0.5 <= it.certainty <= 1 for it in both.further)
    assert (one.intent, one.further) == ("parcel", ())


def test_of_the_further_intents_as_likely_as_wished_are_told(model: Model) -> None:
    (all_of_them,) = model.guess(["please help me with the courier today"], least=0.0)
    (none,) = model.guess(["please help me with the courier today"], least=1.01)

    assert len(all_of_them.further) == 3
    likely = [it.certainty for it in all_of_them.further]
    assert likely == sorted(likely, reverse=True)
    assert none.further == ()


def test_how_likely_a_further_intent_is_comes_true(model: Model) -> None:
    texts, intents, further = several(share=0.5, seed=8)
    said = model.guess(texts, least=0.0)

    found = [
        (it.certainty, it.intent in {intent, *beside})
        for guess, intent, beside in zip(said, intents, further, strict=True)
        for it in guess.further
    ]

    likely = [is_so for certainty, is_so in found if certainty >= 0.8]
    unlikely = [is_so for certainty, is_so in found if certainty < 0.2]
    assert np.mean(likely) > 0.8
    assert np.mean(unlikely) < 0.2


async def test_few_examples_by_meaning_teach_several_too() -> None:
    texts, intents, further = several()
    embedder = FakeEmbedder()
    some = list(range(0, len(texts), 3))
    material = Material(
        texts, intents, await embedder.embed(texts), embedder.name, further=further
    ).part(some)
    model = learn(material)
    tried = ["what about the refund of my order and also the opening hours"]

    (found,) = model.guess(tried, await embedder.embed(tried), least=0.3)

    assert len(model.words) == 0
    assert {found.intent, *(it.intent for it in found.further)} >= {"refund", "hours"}


def test_a_model_that_knows_of_several_is_the_same_after_it_was_kept(model: Model) -> None:
    (before,) = model.guess([BOTH], least=0.0)
    (after,) = read(model.written()).guess([BOTH], least=0.0)

    assert [it.intent for it in after.further] == [it.intent for it in before.further]
    assert np.allclose(
        [it.certainty for it in after.further], [it.certainty for it in before.further], atol=0.02
    )


def test_only_what_two_writers_say_is_a_feature() -> None:
    said = [words(text) for text in ("my harpsichord", "my harpsichord", "my parcel", "typed")]

    found = Vocabulary.of(said, least=1, most=100, writers=["a", "a", "b", None])

    assert set(found.places) == {"my", "typed"}


async def test_examples_are_forgotten_by_what_they_are_from() -> None:
    texts, intents, _ = several(share=0)
    embedder = FakeEmbedder()
    sources = [bytes([number % 7]) * 16 for number in range(len(texts))]
    vectors = await embedder.embed(texts)
    model = read(learn(Material(texts, intents, vectors, embedder.name, sources=sources)).written())

    rest = read(model.without({bytes([3]) * 16}).written())

    assert model.memory is not None
    assert rest.memory is not None
    assert rest.memory.sources is not None
    assert len(rest.memory.vectors) == sum(one[0] != 3 for one in sources)
    assert 3 not in rest.memory.sources
    before, after = (one.guess(texts, vectors) for one in (model, rest))
    same = [one.intent == other.intent for one, other in zip(before, after, strict=True)]
    assert np.mean(same) > 0.98


def test_a_model_whose_examples_are_all_forgotten_still_answers() -> None:
    vectors = np.eye(4, dtype=np.float32)
    sources = np.full((4, 16), 1, np.uint8)
    memory = Memory.of(vectors, np.array([0, 0, 1, 1], np.int32), 2, sources)

    empty = memory.without({bytes([1]) * 16})

    assert empty.likeness(vectors, np.zeros(4, np.intp)).tolist() == [[0.0] * 5] * 4


def test_intents_of_one_example_and_words_of_one_writer_do_not_stop_learning() -> None:
    texts = ["my parcel", "that parcel", "my password", "the password", "one", "two", "three"]
    intents = ["a", "a", "b", "b", "c", "d", "e"]

    for writers in (None, list(range(len(texts)))):
        (found,) = learn(Material(texts, intents, None, writers=writers)).guess(["my parcel"])
        assert 0 <= found.certainty <= 1
