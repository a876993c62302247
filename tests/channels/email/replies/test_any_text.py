"""Security row 27: no text stops the splitting, loses a word, or takes more than its time."""

import time
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.replies import language, split, split_html
from rapport.channels.email.replies.lines import visible
from rapport.kernel.markup import texts_of
from tests.channels.email.replies.samples import HEADERS, HEADLINES, INTROS, LETTERS, SENT_FROM

LINES = [
    *(line for samples in (INTROS, HEADLINES, SENT_FROM, LETTERS) for _, line in samples[::4]),
    *(line for _, block in HEADERS[::6] for line in block.split("\n")),
    *(
        "",
        " ",
        "> old",
        ">",
        ">> older",
        "> > x",
        "-- ",
        "--",
        "____",
        "-----",
        "***",
        "```",
        "| x",
    ),
    *("Ada> x", "Ada wrote:", "yes", "It is fine.", "Why?", "    > x", "\u200b", "\u2028", "a\tb"),
    *("-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", ">:", "wrote:"),
    *(
        "-----END PGP SIGNATURE-----",
        "<ada@example.com> wrote:",
        "On Wed,",
        ">From us",
        "##- x -##",
    ),
]
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=40).map("\n".join),
    st.lists(st.sampled_from(LINES), max_size=40).map("\r\n".join),
)
TAGS = [
    *("<p>", "</p>", "<div>", "</div>", "<br>", "<hr>", "<blockquote type=cite>", "</blockquote>"),
    *("<div class=gmail_quote>", '<div class="gmail_attr">', "<div id=divRplyFwdMsg>", "<pre>"),
    *("<table><tr><td>", "</td></tr></table>", "<b>", "</b>", "<span class='moz-signature'>", "</"),
    *(
        "<p style='border-top:solid #E1E1E1 1.0pt'>",
        "<img src=x>",
        "&gt; old",
        "&nbsp;",
        "<!--x-->",
    ),
    *("<div class=yahoo_quoted>", "<", "<td></td>", "</pre>", "\n", "<script>x</script>"),
]
markup = st.lists(st.sampled_from(TAGS + LINES) | st.text(max_size=10), max_size=40).map(" ".join)


def in_order(part: str, whole: list[str]) -> bool:
    """Whether the lines of a part are lines of the whole, in their order."""
    left = iter(whole)
    return all(line in left for line in part.split("\n")) or not part


def signs(html: str) -> Counter[str]:
    """How often a person would see each sign in `html`."""
    return Counter(sign for text in texts_of(html) for sign in text if not sign.isspace())


@settings(max_examples=400, deadline=None)
@given(texts)
def test_nothing_is_lost_and_nothing_invented(text: str) -> None:
    said = split(text)

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parts = (said.reply, said.quoted, said.signature)
    assert all(in_order(part, lines) for part in parts)
    found = Counter(line for part in parts for line in part.split("\n") if visible(line))
    assert found == Counter(line for line in lines if visible(line))


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_reply_is_empty_only_where_nobody_says_a_thing(text: str) -> None:
    said = split(text)

    assert said.reply or not said.signature


@settings(max_examples=300, deadline=None)
@given(markup)
def test_the_parts_of_an_html_mail_have_all_its_words(html: str) -> None:
    reply, quoted = split_html(html)

    assert signs(reply) + signs(quoted) == signs(html)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language.of(text) is None or len(language.of(text) or "") == 2


def cost(work: Callable[[str], object], text: str) -> float:
    def once() -> float:
        began = time.process_time()
        work(text)
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    "unit",
    [
        *(" ", "\n", "\r", "\t", "On On On ", "On 1.1.26 ", ">", "> ", ">\n", "> a\n", "From:\n"),
        *(
            "From: x\n\n",
            "_",
            "_ ",
            "- ",
            "--\n",
            "a\n--\n",
            "x",
            "wrote:\n",
            "On 1 wrote:\n",
            "a:\n",
        ),
        *("<a@b.example> wrote:\n", "@", "a@", "<a@", "2026-05-05 ", "\u200b", "\u00a0", "\ufdfa"),
        *("a via ", "Sent from my \n", "```\n", "|a\n", "Ada> a\n", "a > b\n> c\n", "1:", "Aa "),
        *("To: a\nb\nc\n", "On 5 May <a@b.example\n", "---\n\nAda Bob\n", "*", "=\n", "Aa bb,\n"),
    ],
)
def test_splitting_takes_time_in_proportion_to_the_length(unit: str) -> None:
    small = f"a\n\n{unit * (20_000 // len(unit))}"
    large = f"a\n\n{unit * (80_000 // len(unit))}"

    assert cost(split, large) < 4 * 2.5 * max(cost(split, small), 0.005)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "<div>",
            "<div> ",
            "</div>",
            "<p>x</p>",
            "<blockquote>",
            "<span>",
            "<td>",
            "<hr>",
            "<br>",
        ),
        *(
            "<img src=x>",
            "&nbsp;",
            "<div class=gmail_quote>",
            "a@b.example wrote:<br>",
            "x",
            "<pre>\n",
        ),
        *("<a ", "<div id=appendonsend>", "<b>x", "<p style='border-top:solid'>x"),
    ],
)
def test_splitting_html_takes_time_in_proportion_to_the_length(unit: str) -> None:
    small, large = unit * (20_000 // len(unit)), unit * (80_000 // len(unit))

    assert cost(split_html, large) < 4 * 2.5 * max(cost(split_html, small), 0.005)


def test_twenty_thousand_nested_elements_are_read() -> None:
    reply, quoted = split_html(f"{'<div>' * 20_000}yes<blockquote type=cite>old")

    assert texts_of(reply) == ["yes"]
    assert texts_of(quoted) == ["old"]
