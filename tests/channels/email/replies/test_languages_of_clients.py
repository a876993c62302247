"""What mail programs write around a reply, in the languages of their owners."""

import textwrap

import pytest

from rapport.channels.email.replies import split
from tests.channels.email.replies.samples import HEADERS, HEADLINES, INTROS, SENT_FROM

ANSWER = "Thank you, that works now.\n\nOnly the invoice is missing."
OLD = "Please try again.\n\nYour help desk"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def test_the_samples_cover_thirty_languages() -> None:
    for samples in (INTROS, HEADERS, HEADLINES, SENT_FROM):
        assert len({code for code, _ in samples}) >= 30


@pytest.mark.parametrize("width", [400, 76, 60, 50])
@pytest.mark.parametrize(("code", "intro"), INTROS)
def test_an_intro_and_its_quote_are_no_reply(code: str, intro: str, width: int) -> None:
    lines = textwrap.wrap(intro, width, break_long_words=False, break_on_hyphens=False)
    wrapped = "\n".join(lines)

    with_marks = split(f"{ANSWER}\n\n{wrapped}\n\n{quoted(OLD)}\n")
    without = split(f"{ANSWER}\n\n{wrapped}\n\n{OLD}\n")

    assert with_marks.reply == without.reply == ANSWER
    assert with_marks.quoted == f"{wrapped}\n\n{quoted(OLD)}"
    assert without.quoted == f"{wrapped}\n\n{OLD}"


@pytest.mark.parametrize(("code", "intro"), INTROS)
def test_an_answer_below_a_quote_is_the_reply(code: str, intro: str) -> None:
    said = split(f"{intro}\n{quoted(OLD)}\n\n{ANSWER}\n")

    assert said.reply == ANSWER
    assert said.quoted == f"{intro}\n{quoted(OLD)}"


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "rule", ["", "________________________________\n", " ------------------\n"]
)
@pytest.mark.parametrize(("code", "block"), HEADERS)
def test_below_a_block_of_headers_everything_is_quoted(
    code: str, block: str, rule: str, bold: bool
) -> None:
    if bold:
        block = "\n".join(f"*{line.replace(':', ':*', 1)}" for line in block.split("\n"))

    said = split(f"{ANSWER}\n\n{rule}{block}\n\n{OLD}\n")

    assert said.reply == ANSWER
    assert said.quoted == f"{rule}{block}\n\n{OLD}".rstrip()


@pytest.mark.parametrize(("code", "headline"), HEADLINES)
def test_below_a_headline_everything_is_quoted(code: str, headline: str) -> None:
    said = split(f"{ANSWER}\n\n{headline}\n\n{OLD}\n")

    assert said.reply == ANSWER
    assert said.quoted == f"{headline}\n\n{OLD}"


@pytest.mark.parametrize(("code", "headline"), HEADLINES)
def test_a_mail_forwarded_without_a_word_shows_what_was_forwarded(code: str, headline: str) -> None:
    block = "From: Ada <ada@example.com>\nDate: 5 May 2026\nSubject: Help\nTo: help@example.org"

    said = split(f"{headline}\n{block}\n\n{OLD}\n")

    assert said.reply == OLD
    assert said.quoted == f"{headline}\n{block}"


@pytest.mark.parametrize(("code", "line"), SENT_FROM)
def test_what_a_telephone_adds_is_a_signature(code: str, line: str) -> None:
    said = split(f"{ANSWER}\n\n{line}\n\n> {OLD.splitlines()[0]}\n")

    assert said.reply == ANSWER
    assert said.signature == line
