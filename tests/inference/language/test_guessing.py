"""The language of a text: the likeliest of those expected, or none where none shows."""

import time

import pytest

from rapport.inference.language.service import KNOWN, UNKNOWN, guess
from tests.channels.email.replies.samples import LETTERS

SIX = ("ar", "de", "en", "es", "fr", "pt")
SENTENCES = {
    "ar": "متى تصل طلبيتي من فضلكم؟",
    "de": "Wann kommt endlich mein Paket an?",
    "en": "When does my parcel arrive at last?",
    "es": "¿Cuándo llega por fin mi paquete?",
    "fr": "Quand est-ce que mon colis arrive enfin ?",
    "pt": "Quando é que chega a minha encomenda?",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_a_sentence_shows_its_language_among_six_and_among_all(code: str, text: str) -> None:
    assert guess(text, among=SIX).code == code
    assert guess(text).code == code
    assert guess(text, among=SIX).probability > 0.9


@pytest.mark.parametrize(("code", "text"), LETTERS)
def test_every_known_language_is_known_by_two_sentences(code: str, text: str) -> None:
    assert code in KNOWN
    assert guess(text).code == code


@pytest.mark.parametrize(
    ("code", "word"),
    [("en", "Hello!"), ("de", "Danke"), ("fr", "merci"), ("es", "Sí, gracias"), ("pt", "obrigado")],
)
def test_one_small_word_is_enough_for_a_guess(code: str, word: str) -> None:
    assert guess(word, among=SIX).code == code


def test_a_name_is_no_sure_sign_of_a_language() -> None:
    assert guess("Bob Smith").probability < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍👍",
        "12345",
        "?!",
        "FF482913",
        "https://example.com/the/and/of",
        "a@the.of.com",
    ],
)
def test_what_shows_no_language_is_unknown(text: str) -> None:
    assert guess(text) == UNKNOWN
    assert guess(text, among=SIX) == UNKNOWN


def test_the_code_is_the_one_that_was_asked_for() -> None:
    assert guess("Quando é que chega a minha encomenda?", among=["pt-BR", "en"]).code == "pt-BR"
    assert guess("Hvor er pakken min, og når kommer den?", among=["nb", "en"]).code == "nb"
    assert guess("Gde je moja porudžbina?", among=["sr", "en"]).code == "sr"


def test_no_language_is_found_that_was_not_expected() -> None:
    assert guess("Wann kommt mein Paket an?", among=["en", "fr"]).code != "de"
    assert guess("Wann kommt mein Paket an?", among=["tlh"]) == UNKNOWN
    assert guess("Wann kommt mein Paket an?", among=[]) == UNKNOWN


@pytest.mark.parametrize(
    "piece", ["a", "@", "1", "http://", "`a", "é ", "\ud800", "\x00", "ﷺ", "a\u0301" * 20]
)
def test_any_long_text_takes_little_time(piece: str) -> None:
    guess("warm up")
    begun = time.process_time()

    guess(piece * 100_000)

    assert time.process_time() - begun < 0.1
