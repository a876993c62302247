"""What a message is about is learned from examples, and what is not known is said to be unknown."""

from dataclasses import replace

import numpy as np
import pytest

from rapport.ai.triage.intents.learning import NOWHERE, Material, TooFewExamples, learn
from rapport.ai.triage.intents.model import FORM, OLDEST, Model, read
from rapport.ai.triage.packing import ModelUnreadable, pack, unpack
from rapport.inference.fake import FakeEmbedder

MATTERS = {
    "parcel": ("parcel", "delivery", "shipping", "courier", "package"),
    "refund": ("refund", "money back", "repay", "reimburse", "return the money"),
    "login": ("password", "sign in", "log in", "account access", "locked out"),
    "size": ("size", "fits", "too small", "too large", "measurements"),
    "hours": ("open", "opening hours", "closed", "on sunday", "holiday hours"),
}
FRAMES = (
    "where is my {}",
    "i have a question about {}",
    "please help me with {} today",
    "what about the {} of my order",
    "{} does not work",
    "can you tell me more on {}",
    "my {} again",
    "need {} now",
)
STRANGE = ("the moon is far away", "sing me a song", "who won the match", "recipe for soup")


def material(*, strangers: int = 0) -> Material:
    texts, intents = list[str](), list[str]()
    for intent, words in MATTERS.items():
        for word in words:
            for frame in FRAMES:
                texts.append(frame.format(word))
                intents.append(intent)
    for number in range(strangers):
        texts.append(f"{STRANGE[number % len(STRANGE)]} {number}")
        intents.append(NOWHERE)
    return Material(texts, intents, None)


@pytest.fixture(scope="module")
def model() -> Model:
    return learn(material(strangers=60))


def test_what_a_message_is_about_is_recognised(model: Model) -> None:
    found = model.guess(["Is my PARCEL with the courier?", "I want my money back, please refund"])

    assert [guess.intent for guess in found] == ["parcel", "refund"]
    assert all(guess.is_known for guess in found)


def test_what_belongs_nowhere_is_unknown(model: Model) -> None:
    strange, known = model.guess(["sing the moon a song about soup", "where is my parcel"])

    assert not strange.is_known
    assert strange.certainty < known.certainty
    assert model.guess([]) == []


def test_a_text_without_any_known_word_is_unknown(model: Model) -> None:
    (found,) = model.guess(["Жду ответа как соловей лета"])

    assert not found.is_known


def test_a_model_is_the_same_after_it_was_kept(model: Model) -> None:
    again = read(model.written())

    texts = ["my password again", "opening hours on sunday?"]
    assert again.intents == model.intents
    assert [one.intent for one in again.guess(texts)] == [one.intent for one in model.guess(texts)]
    assert np.allclose(
        [one.certainty for one in again.guess(texts)],
        [one.certainty for one in model.guess(texts)],
        atol=0.01,
    )
    assert again.about == {"examples": 200, "strangers": 60}


async def test_strangers_that_were_shown_are_remembered_until_they_are_forgotten() -> None:
    embedder, shown = FakeEmbedder(), material(strangers=60)
    vectors = await embedder.embed(shown.texts)
    sources = [bytes([one == NOWHERE]) * 16 for one in shown.intents]
    shown = replace(shown, vectors=vectors, embedder=embedder.name, sources=sources)
    asked = ["recipe for soup", "where is my parcel"]
    of_asked = await embedder.embed(asked)
    model = read(learn(shown).written())
    forgetful = read(model.without({bytes([1]) * 16}).written())

    assert model.memory is not None
    assert forgetful.memory is not None
    likeness = model.memory.likeness(of_asked, np.zeros(2, np.intp))
    after = forgetful.memory.likeness(of_asked, np.zeros(2, np.intp))

    assert [one.is_known for one in model.guess(asked, of_asked)] == [False, True]
    assert NOWHERE not in model.intents
    assert likeness[0, -1] > likeness[0, 0]
    assert likeness[1, -1] < likeness[1, 0]
    assert after[:, -1].tolist() == [0, 0]
    assert np.array_equal(after[:, :-1], likeness[:, :-1])


def test_too_few_strangers_to_learn_from_leave_everything_else_as_it_is() -> None:
    some, none = learn(material(strangers=20)), learn(material())

    assert np.allclose(some.coefficients, none.coefficients, atol=0.001)
    assert some.words.places == none.words.places


def test_a_model_of_the_form_before_is_read_and_answers_as_it_did() -> None:
    model = learn(material())
    told, arrays = unpack(model.written(), FORM, lambda *both: both)
    older = {
        name: values[:-2]
        if name in {f"certainty_{one}" for one in ("mean", "scale", "pull")}
        else values
        for name, values in arrays.items()
        if name != "told"
    }

    again = read(pack(OLDEST, {**told, "form": OLDEST}, older))

    texts = ["my password again", "sing the moon a song about soup"]
    assert again.guess(texts) == read(model.written()).guess(texts)
    with pytest.raises(ModelUnreadable):
        read(pack(OLDEST - 1, {**told, "form": OLDEST - 1}, older))
    with pytest.raises(ModelUnreadable):
        read(pack(FORM + 1, {**told, "form": FORM + 1}, older))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x80\x04K\x01."])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(ModelUnreadable):
        read(content)


def test_two_intents_with_two_examples_are_the_least() -> None:
    with pytest.raises(TooFewExamples):
        learn(Material(["a", "b", "c"], ["x", "x", "y"], None))


def test_progress_is_told_to_its_end() -> None:
    parts: list[float] = []

    learn(material(), progress=parts.append)

    assert parts == sorted(parts)
    assert parts[-1] == 1.0
