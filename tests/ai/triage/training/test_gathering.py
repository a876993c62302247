"""What is held back stays held back, and what was typed is always learned from."""

from rapport.ai.triage.training.gathering import ENOUGH, choose
from rapport.ai.triage.training.ports import Example
from tests.ai.triage.training.conftest import example, intent


def test_a_text_is_on_the_same_side_every_time_whatever_it_is_about() -> None:
    first = choose([example(f"message {n}", "a") for n in range(500)])
    second = choose([example(f" MESSAGE {n}", "b", kind="tag") for n in range(700)])

    held = {one.text for one in first.held}
    assert 60 <= len(held) <= 140
    assert held <= {one.text.strip().lower() for one in second.held}
    assert not held & {one.text.strip().lower() for one in second.learned}


def test_what_was_typed_is_learned_once_with_all_it_is_about() -> None:
    texts = [f"message {n}" for n in range(100)]
    typed = [Example(t, (intent(name),), "typed") for t in texts for name in ("a", "b")]

    found = choose([*typed, *(example(t, "c") for t in texts)])

    assert found.held == []
    assert [one.intents for one in found.learned[:100]] == [(intent("a"), intent("b"))] * 100
    assert len(found.learned) == 200


def test_with_enough_labels_by_people_models_are_tried_on_them_alone() -> None:
    tags = [example(f"tagged {n}", "a", kind="tag") for n in range(500)]
    few = choose([*tags, *(example(f"seen {n}", "a") for n in range(50))])
    many = choose([*tags, *(example(f"seen {n}", "a") for n in range(5 * ENOUGH + 200))])

    assert (few.are_peoples, many.are_peoples) == (False, True)
    assert {one.kind for one in few.held} == {"tag", "queue"}
    assert {one.kind for one in many.held} == {"queue"}
    tagged = [{one.text for one in side.learned if one.kind == "tag"} for side in (few, many)]
    assert tagged[0] == tagged[1]


def test_the_digest_is_of_what_is_learned_in_any_order() -> None:
    some = [example(f"message {n}", "a", "b") for n in range(20)]

    assert choose(some).digest == choose(some[::-1]).digest
    assert choose(some).digest != choose(some[1:]).digest
