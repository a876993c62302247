"""The language of a mail, or none where it does not show."""

import pytest

from rapport.channels.email.replies import language
from tests.channels.email.replies.samples import LETTERS


@pytest.mark.parametrize(("code", "text"), LETTERS)
def test_two_sentences_show_their_language(code: str, text: str) -> None:
    assert language.of(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "12345",
        "Bob Smith",
        "iPhone 15 Pro Max",
        "https://example.com/the/and/of/is/a",
        "the.and.of@example.com",
        "xyzzy plugh frobnicate quux",
    ],
)
def test_what_belongs_to_no_language_has_none(text: str) -> None:
    assert language.of(text) is None


def test_a_product_s_foreign_name_changes_nothing() -> None:
    assert language.of("Mein \u30c9\u30e9\u30b4\u30f3 ist nicht angekommen, wo ist er?") == "de"
