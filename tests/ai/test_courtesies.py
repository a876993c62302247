"""What customers mean, without what they write around it to be kind."""

import time

import pytest

from rapport.ai.courtesies import service as courtesies

NAMES = ("Ada Lovelace",)


@pytest.mark.parametrize(
    "written",
    [
        "How do I return a tent?",
        "Hello,\n\nHow do I return a tent?\n\nBest regards,\nAda Lovelace",
        "Dear Fjell & Fjord team,\n\nI hope you are well. How do I return a tent?\n\nRegards\nAda",
        "Hi there, How do I return a tent?",
        "How do I return a tent?\n\nThank you very much in advance for your help!\n\nAda",
        "Good morning,\n\nHow do I\nreturn a tent?\n\nLooking forward to your reply.\nCheers, Ada",
        "Guten Tag,\nHow do I return a tent?\nVielen Dank im Voraus!\nMit freundlichen Grüßen\nAda",
        "Hola:\nHow do I return a tent?\nMuchas gracias de antemano.\nUn saludo,\nAda",
        "Bonjour,\nHow do I return a tent?\nMerci d'avance !\nCordialement\nAda",
    ],
)
def test_a_letter_says_what_a_line_in_a_chat_says(written: str) -> None:
    assert courtesies.bare(written, NAMES) == "How do I return a tent?"


@pytest.mark.parametrize(
    "written",
    [
        "Hi can I return this, it is broken",
        "Thank you for the jacket, but it is torn.",
        "Sorry for bothering you, my tent pole is broken.",
        "I hope you deliver to Norway.",
        "Thanks, that worked.",
        "Who is Ada?",
    ],
)
def test_what_says_something_is_kept(written: str) -> None:
    assert courtesies.bare(written, NAMES) == written


@pytest.mark.parametrize(
    "written", ["Hello!", "Hello", "Thank you very much!", "Many thanks", "Ada"]
)
def test_who_is_only_kind_is_heard_all_the_same(written: str) -> None:
    assert courtesies.bare(written, NAMES) == written


def test_who_is_greeted_by_name_is_no_part_of_the_question() -> None:
    assert courtesies.bare("Hello Ben,\nis it late?") == "is it late?"


@pytest.mark.parametrize("piece", ["hello ", "thank you ", "hope you ", "dank ", "a\n", "- ", "\n"])
def test_it_takes_time_in_proportion_to_the_length(piece: str) -> None:
    begun = time.process_time()

    courtesies.bare(piece * (100_000 // len(piece)), NAMES)

    assert time.process_time() - begun < 2
