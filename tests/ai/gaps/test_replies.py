"""What of an agent's message becomes an article: the answer, and nothing of anybody's."""

import pytest

from rapport.ai.gaps.replies import Discretion, sentences, trimmed

NOBODY = Discretion([])


def told(body: str, discretion: Discretion = NOBODY) -> list[str]:
    return [sentence.text for sentence in sentences(body, discretion)]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("Hi Maria,\n\nHold the key for ten seconds.\n\nBest regards\nBen", "Hold the key"),
        ("Hello Maria, hold the key for ten seconds.", "hold the key"),
        (
            "Guten Tag Frau Weber,\nhalten Sie die Taste zehn Sekunden.\n\nViele Grüße\nBen",
            "halten",
        ),
        ("Hola Lucía:\nMantenga la tecla diez segundos.\nUn saludo\nBen", "Mantenga"),
        ("Bonjour Zoé,\nGardez la touche dix secondes.\n\nCordialement\nBen", "Gardez"),
        ("Olá João,\nSegure a tecla por dez segundos.\nAtenciosamente\nBen", "Segure"),
        ("مرحبا،\nاضغط على الزر لمدة عشر ثوان.\nمع تحياتي\nبن", "اضغط"),  # noqa: RUF001
    ],
)
def test_greeting_and_signature_are_no_answer(body: str, answer: str) -> None:
    (only,) = told(body)

    assert only.startswith(answer)


def test_kind_words_are_no_answer() -> None:
    body = (
        "Thanks for reaching out. Sorry for the trouble! Hold the key for ten seconds. "
        "Let me know if that works. Have a great day!"
    )

    assert told(body) == ["Hold the key for ten seconds."]


def test_steps_stay_steps() -> None:
    found = sentences("Please do this:\n\n1. Open the lid.\n2. Take the filter out.", NOBODY)

    assert [(s.text, s.is_item) for s in found] == [
        ("Please do this:", False),
        ("Open the lid.", True),
        ("Take the filter out.", True),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "We wrote to maria.k@example.com about the filter.",
        "We called you at +49 30 12345678 about the filter.",
        "Your order 4711-0815 has a new filter.",
        "Look at #88213 for the new filter.",
        "The parcel JD014600003812345678 holds the filter.",
        "It went to Hauptstrasse 5, 10115 Berlin with the filter.",
        "Pay the filter to DE89 3704 0044 0532 0130 00 please.",
        "See https://shop.example/track/abc for the filter.",
        "We sent Maria another filter by post.",
        "KOWALSKA is written on the filter.",
    ],
)
def test_a_sentence_that_holds_something_of_somebodys_is_left_out(sentence: str) -> None:
    discretion = Discretion(["Maria Kowalska"])

    assert told(f"Rinse the filter with water. {sentence}", discretion) == [
        "Rinse the filter with water."
    ]


def test_numbers_that_everybody_may_know_stay() -> None:
    body = "It costs €3.50 and takes 14 days. Use the WD-40 on the M8 screw at 230 V."

    assert len(told(body)) == 2


def test_a_name_is_known_from_how_somebody_is_greeted_or_calls_themselves() -> None:
    said = ["Hi Zoltan, look at the lid.", "My name is Priscilla Oyelaran and the lid is broken."]
    discretion = Discretion([], said)

    assert told("Zoltan must press the lid.", discretion) == []
    assert told("The lid of Oyelaran was broken.", discretion) == []
    assert told("Press the lid until it clicks.", discretion) != []


def test_a_name_is_known_from_what_stands_below_a_text() -> None:
    discretion = Discretion([], ["Press the lid until it clicks.\n\nBest regards\nIngeborg Thue"])

    assert told("Please ask for Ingeborg at the counter.", discretion) == []


def test_a_name_that_is_also_a_word_does_not_take_the_word_away() -> None:
    discretion = Discretion(["May Order"])

    assert told("You may cancel the order within an hour.", discretion) != []


def test_what_concerns_one_case_is_marked() -> None:
    found = sentences("I have sent you a new lid. Press the lid until it clicks.", NOBODY)

    assert [s.is_of_one_case for s in found] == [True, False]


def test_colleagues_see_the_answer_with_covers_over_what_is_personal() -> None:
    discretion = Discretion(["Maria Kowalska"])

    shown = discretion.shown(trimmed("Hi Maria,\nwe wrote to m@example.com.\n\nCheers\nBen"))

    assert shown == "we wrote to [EMAIL_1]."


def test_quotes_are_others_words() -> None:
    assert told("> Where is my old lid?\nPress the lid until it clicks.") == [
        "Press the lid until it clicks."
    ]


def test_a_hostile_text_takes_no_time() -> None:
    for part in ("hi " * 3_000, "1." * 3_000, "-" * 6_000, "i am A " * 900, "a1" * 3_000):
        assert told(part) is not None
