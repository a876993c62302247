import time
from types import MappingProxyType
from uuid import UUID

import pytest

from rapport.ai.retrieval.mentions import subject
from rapport.ai.retrieval.names import Name, Names
from rapport.kernel.ids import new_id
from rapport.knowledge import service as knowledge
from tests.ai.retrieval.houses import HOUSES


def index(*more: str) -> Names:
    houses = MappingProxyType({**HOUSES, **{name: {"Where are you?": "Here."} for name in more}})
    names, texts = list[Name](), list[tuple[str, UUID]]()
    for house, articles in houses.items():
        ids = [new_id() for _ in articles]
        names.append(Name(house, tuple(knowledge.content_words(house)), frozenset(ids)))
        texts += zip(articles, ids, strict=True)
    return Names(names, texts)


def about(*said: str) -> set[str]:
    return {name.text for name in subject(index(), said)}


@pytest.mark.parametrize(
    "said",
    [
        "I stay at the Bridge Guest House.",
        "i stay at the bridge guest house",
        "The BRIDGE GUEST HOUSE's rooms",
        "Ich wohne im Bridge Guest House.",
        "the brigde guest house",
        "the Bridge Guesthouse",
        "Bridge Guest Houses",
    ],
)
def test_a_name_is_known_however_it_is_written(said: str) -> None:
    assert about(said, "Is there parking?") == {"Bridge Guest House"}


@pytest.mark.parametrize(
    "said",
    [
        "I need a guest house, please.",
        "Which restaurant is in the centre of the city?",
        "Is there a bridge near a house?",
        "Do you have WiFi?",
        "golden",
        "",
    ],
)
def test_words_of_names_alone_mean_nobody(said: str) -> None:
    assert about(said) == set()


def test_initials_in_capitals_mean_a_long_name() -> None:
    assert about("Is there parking at the BGH?") == {"Bridge Guest House"}
    assert about("is there parking at bgh") == set()
    assert about("Is there WIFI?") == set()


def test_the_newest_name_wins() -> None:
    assert about("The Golden Wok is full.", "Then Nandos?", "Is there parking?") == {"Nandos"}
    assert about("Try Nandos. It is next to nothing. I prefer the Golden Wok.") == {"Golden Wok"}


def test_names_in_one_sentence_are_meant_together() -> None:
    said = ["There are two: the Golden Wok and Nandos.", "Which of them has parking?"]

    assert about(*said) == {"Golden Wok", "Nandos"}


def test_the_question_itself_may_name_another() -> None:
    assert about("I booked Nandos.", "Does the Golden Wok have WiFi?") == {"Golden Wok"}


def test_the_longer_name_is_meant_where_one_holds_another() -> None:
    names = index("Golden Wok Express")

    def found(said: str) -> list[str]:
        return [name.text for name in subject(names, [said])]

    assert found("the Golden Wok Express") == ["Golden Wok Express"]
    assert found("the Golden Wok") == ["Golden Wok"]


def test_part_of_a_name_means_who_was_named_before() -> None:
    said = ["I booked the Pizza Hut Fen Ditton.", "Nandos was full.", "Does Pizza Hut have WiFi?"]

    assert about(*said) == {"Pizza Hut Fen Ditton"}


def test_part_of_a_name_will_do_where_no_other_was_named() -> None:
    assert about("Is there parking at the Varsity?") == {"The Varsity Restaurant"}
    assert about("Does Pizza Hut have WiFi?") == {"Pizza Hut Fen Ditton", "Pizza Hut City Centre"}
    assert about("I booked Nandos.", "It is near the Varsity.") == {"Nandos"}


def test_a_long_dialogue_takes_time_in_proportion() -> None:
    names = index()

    def seconds(turns: int) -> float:
        started = time.process_time()
        subject(names, ["The Golden Wok house guest bridge golden pizza hut city. "] * turns)
        return time.process_time() - started

    seconds(50)
    assert seconds(2_000) < 20 * max(seconds(200), 0.001)
