"""What a message speaks of is found by its words, phrases first, in six languages."""

import pytest

from rapport.ai.triage import concepts


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("en", "My account was HACKED", "intrusion"),
        ("de", "Mein Konto wurde gehackt", "intrusion"),
        ("fr", "Mon compte a été piraté", "intrusion"),
        ("es", "Hackearon mi cuenta", "intrusion"),
        ("pt", "Minha conta foi invadida", "intrusion"),
        ("ar", "حسابي مخترق", "intrusion"),
    ],
)
def test_a_concept_is_found_in_each_language(language: str, text: str, concept: str) -> None:
    assert concept in concepts.found_in(text, language)


def test_a_phrase_counts_before_its_words() -> None:
    assert concepts.found_in("it is urgent", "en") == ["soon"]
    assert concepts.found_in("it is not urgent", "en") == ["calm"]
    assert concepts.found_in("c'est urgent", "fr") == ["soon"]
    assert concepts.found_in("rien d\u2019urgent", "fr") == ["calm"]


def test_articles_that_are_written_together_with_a_word_do_not_hide_it() -> None:
    assert "danger" in concepts.found_in("l'incendie", "fr")
    assert "person" in concepts.found_in("والموظف", "ar")


def test_a_word_is_that_of_its_own_language() -> None:
    assert "danger" in concepts.found_in("gift giftig", "de")
    assert concepts.found_in("a gift", "en") == []


def test_another_language_is_looked_at_with_english_eyes() -> None:
    assert concepts.found_in("urgent", "sv") == ["soon"]
    assert concepts.found_in("urgent", None) == ["soon"]


def test_no_words_speak_of_nothing() -> None:
    assert concepts.found_in("", "en") == []
    assert concepts.found_in("?! 👍", "en") == []


def test_every_concept_has_words_in_every_language() -> None:
    assert len(concepts.names()) > 20
    for language in concepts.LANGUAGES:
        lexicon = concepts._lexicons()[language]
        known = {name for part in lexicon for names in part.values() for name in names}
        assert known == set(concepts.names())
