"""How a draft comes about from several agents' answers."""

from collections.abc import Sequence
from uuid import UUID

from rapport.ai.gaps.composing import Place, Reply, body, compose
from rapport.ai.gaps.grouping import alike, key_words
from rapport.ai.gaps.replies import Discretion, Sentence
from rapport.ai.gaps.titles import title
from rapport.kernel.ids import new_id

NOBODY = Discretion([])
RESET = "Take the battery out and hold the power key for ten seconds."
RESET_TOO = "Please take the battery out, then hold the power key for ten seconds."
CHARGE = "Charge the lamp for two hours before you switch it on again."


def same(one: str, other: str) -> bool:
    return alike(key_words(one), key_words(other)) >= 0.6


def reply(*texts: str, solved: bool = True, case: Sequence[str] = ()) -> Reply:
    said = [Sentence(t, is_item=False, is_of_one_case=t in case) for t in texts]
    return Reply(Place(new_id(), 3), said, solved)


def test_what_several_agents_say_is_the_article() -> None:
    first = reply(RESET, CHARGE, "The lamp is a gift from the spring collection.")
    second = reply(RESET_TOO, CHARGE)

    drafted = compose([first, second], same)

    assert [d.text for d in drafted] == [RESET, CHARGE]
    assert [set(d.sources) for d in drafted] == [{first.place, second.place}] * 2


def test_a_phrase_that_all_use_is_not_the_answer() -> None:
    phrase = "Please try this at home."
    first = reply(phrase, RESET, CHARGE)
    second = reply(phrase, "The shop mends it for you without any charge.")

    drafted = compose([first, second], same)

    assert [d.text for d in drafted] == [phrase, RESET, CHARGE]
    assert [len(d.sources) for d in drafted] == [2, 1, 1]


def test_the_best_single_answer_solved_and_says_most() -> None:
    short = reply("The shop mends it for you.")
    unsolved = reply(CHARGE, "Any lamp of the spring collection works like that.", solved=False)
    long = reply(RESET, "The lamp then blinks twice in green.")

    assert [d.text for d in compose([short, unsolved, long], same)] == [
        s.text for s in long.sentences
    ]


def test_what_concerns_one_case_is_told_only_if_several_say_it() -> None:
    mine, ours = "I have sent a new lamp to the address.", "I reset the lamp from here."
    first = reply(mine, ours, RESET, case=[mine, ours])
    second = reply(ours, "The lamp then blinks twice in green.", case=[ours])

    texts = [d.text for d in compose([first, second], same)]

    assert mine not in texts
    assert ours in texts
    assert RESET in texts


def test_nothing_comes_of_replies_that_say_nothing_for_everybody() -> None:
    mine = "I have sent a new lamp to the address."

    assert compose([reply(mine, case=[mine])], same) == []
    assert compose([reply()], same) == []
    assert compose([], same) == []


def test_one_conversation_confirms_nothing_by_itself() -> None:
    place = Place(UUID(int=7), 3)
    said = [Sentence(RESET, False, False), Sentence(RESET_TOO, False, False)]

    drafted = compose([Reply(place, said, True)], same)

    assert [d.sources for d in drafted] == [(place,), (place,)]


def test_a_draft_is_not_endless() -> None:
    said = [f"Word{i} " + "turn the wheel of part " * 4 for i in range(60)]

    drafted = compose([reply(*said)], lambda *_: False)

    assert 200 < sum(len(d.text.split()) for d in drafted) <= 250


def test_steps_become_a_list() -> None:
    said = [
        Sentence("Do this:", False, False),
        Sentence("Open the lid.", True, False),
        Sentence("Take the filter out.", True, False),
        Sentence("It is dry by then.", False, False),
    ]
    drafted = compose([Reply(Place(new_id(), 1), said, True)], same)

    assert (
        body(drafted) == "Do this:\n\n- Open the lid.\n- Take the filter out.\n\nIt is dry by then."
    )


def test_the_title_is_the_question_most_have_in_common() -> None:
    questions = [
        "Hi, how do I reset the lamp? My order is 12345678.",
        "The lamp is dead.\nHow can I reset my lamp?",
        "reset lamp how",
    ]

    assert title(questions, NOBODY) in {"How do I reset the lamp?", "How can I reset my lamp?"}


def test_a_title_names_nobody_and_no_number() -> None:
    discretion = Discretion(["Maria Kowalska"])
    questions = [
        "Hello, this is Maria Kowalska, can you reset lamp 4711-0815?",
        "Can you reset the lamp of order #88213?",
    ]

    named = title(questions, discretion)

    assert set(named.lower().split(", ")) >= {"reset", "lamp"}
    assert "4711" not in named
    assert "kowalska" not in named.lower()


def test_there_is_no_title_without_words() -> None:
    assert title(["???", ""], NOBODY) == ""
