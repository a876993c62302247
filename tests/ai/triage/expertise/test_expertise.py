"""Who knows much and who is lost shows in how they write, in any language."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.ai.triage.expertise import read
from tests.ai.triage.tables import table

EXAMPLES, BLIND = table("expertise/examples"), table("expertise/blind")


@pytest.mark.parametrize(("level", "text"), EXAMPLES)
def test_a_message_of_the_table_is_of_its_level(level: str, text: str) -> None:
    assert read(text).level == level


def test_no_expert_is_taken_for_a_novice_nor_a_novice_for_an_expert() -> None:
    confused = [
        text
        for level, text in (*EXAMPLES, *BLIND)
        if {level, read(text).level} == {"expert", "novice"}
    ]

    assert confused == []


def test_a_text_that_shows_nothing_is_ordinary_and_that_is_not_sure() -> None:
    assert read("").level == "ordinary"
    assert read("").confidence == 0
    assert (
        read("ok").confidence < read("I would like to have my order sent to my office").confidence
    )


def test_the_more_is_shown_the_surer_it_is() -> None:
    some = read("The webhook returns HTTP 502 and curl shows a TLS timeout since this morning")
    more = read(
        "The webhook returns HTTP 502 and curl -v shows a TLS timeout since 4.2.1; "
        "DNS resolves, ERR_SSL_PROTOCOL_ERROR in nginx.conf, see the log and stack trace"
    )

    assert some.level == more.level == "expert"
    assert some.confidence < more.confidence


def test_a_link_or_an_address_makes_nobody_an_expert() -> None:
    text = (
        "See https://shop.example/api/v2.1.0/curl_json.log or mail json_api@curl.example please, "
        "where is it?"
    )

    assert read(text).level == "ordinary"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_level(text: str) -> None:
    assert 0 <= read(text).confidence <= 1


@pytest.mark.parametrize(
    "piece", ["a", "a_", "--a ", "`", "/a", "aB", "A_", "1.1.", "    x", "@", "ErrorA"]
)
def test_100_kb_of_anything_are_read_in_less_than_50_ms(piece: str) -> None:
    text = (piece * 100_000)[:100_000]

    def seconds() -> float:
        begun = time.thread_time()
        read(text)
        return time.thread_time() - begun

    seconds()
    assert min(seconds() for _ in range(3)) < 0.05
