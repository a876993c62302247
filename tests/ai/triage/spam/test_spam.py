"""Unwanted mail is known, with reasons, and no customer is taken for a sender of it."""

import json
import time
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.ai.triage.spam import Incoming, Link, judge
from rapport.ai.triage.spam.learning import learn, material
from rapport.ai.triage.spam.wording import features
from tests.ai.triage.tables import table

BLIND = table("spam/blind")
HONEST = [text for sort, text in BLIND if sort == "honest"]
SPAM = [(sort, text) for sort, text in BLIND if sort != "honest"]
OFFER = (
    "Hello, we offer quality backlinks and guest posts. We can get you to the first page of "
    "Google. Are you interested? May I send our price list?"
)
COMPLAINT = "My order 20391 arrived broken and nobody answers. I want a refund within 24 hours!"


@pytest.mark.parametrize(("reason", "text"), [("seo", OFFER), *table("spam/known")])
def test_unwanted_mail_is_known_by_what_it_is_about(reason: str, text: str) -> None:
    verdict = judge(Incoming(text))

    assert verdict.is_spam
    assert reason in verdict.reasons


def test_no_honest_message_is_called_spam() -> None:
    hit = [text for text in (*material()[1], *HONEST) if judge(Incoming(text)).is_spam]

    assert hit == []


def test_of_a_thousand_messages_of_customers_hardly_any_is_called_spam() -> None:
    written = files("rapport.ai.triage.urgency").joinpath("messages.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in written.splitlines()]
    honest = [row["text"] for row in rows if "spam" not in row["flags"]]

    hit = [text for text in honest if judge(Incoming(text)).is_spam]

    assert len(hit) <= 0.002 * len(honest)


def test_of_unwanted_mail_never_seen_before_a_part_is_known() -> None:
    known = sum(judge(Incoming(text)).is_spam for _, text in SPAM)

    assert known >= len(SPAM) // 8


def test_of_unwanted_mail_it_learned_from_most_is_known() -> None:
    unwanted, _ = material()

    assert sum(judge(Incoming(text)).is_spam for text in unwanted) > 0.6 * len(unwanted)


def test_a_sender_one_knows_is_believed() -> None:
    stranger = judge(Incoming(OFFER))

    assert judge(Incoming(OFFER, is_known=True)).score < stranger.score


def test_how_a_message_came_strengthens_a_reason_and_is_none_by_itself() -> None:
    doubtful = Incoming("Dear customer, your parcel is waiting. Click here: http://parcel.example")
    suspect = replace(doubtful, authentication="fail", is_bulk=True)

    assert judge(suspect).score > judge(doubtful).score
    assert {"failed_authentication", "bulk"} <= set(judge(suspect).reasons)
    complaint = Incoming(COMPLAINT, authentication="fail", is_bulk=True)
    assert not judge(complaint).is_spam


def test_a_link_that_says_one_place_and_leads_to_another_is_told() -> None:
    honest = Link("https://www.shop.example/orders", "https://shop.example/o?id=1")
    lying = Link("www.bank.example", "http://evil.example/login")
    text = "Dear customer, your account was suspended. Click here to verify your account."

    assert "mismatched_links" not in judge(Incoming(text, links=[honest])).reasons
    assert "mismatched_links" in judge(Incoming(text, links=[lying, lying])).reasons


def test_who_quotes_unwanted_mail_to_complain_is_no_sender_of_it() -> None:
    quoted = (
        "I got an email in your name: 'your account has been suspended, click here to verify your "
        "account http://secure-login.xyz'. Is this from you or is it phishing?"
    )

    assert not judge(Incoming(quoted)).is_spam


def test_what_was_learned_can_be_learned_again() -> None:
    unwanted, honest = material()
    wording = learn(unwanted, honest, ["what is the weather today"] * 20)

    assert (
        wording.score(
            features("we offer qualified leads and backlinks, interested in a quick call")
        )
        > 0
    )
    assert wording.score(features("my order arrived broken and i want my money back please")) < 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert 0 <= judge(Incoming(text, subject=text, links=[Link(text, text)])).score <= 1


@pytest.mark.parametrize(
    "piece", ["a", "http://a.b/ ", "[url=", "www.", "aB", "xn--.", "click here ", "\u0301", "@"]
)
def test_100_kb_of_anything_are_judged_in_less_than_50_ms(piece: str) -> None:
    text = (piece * 100_000)[:100_000]

    def seconds() -> float:
        begun = time.thread_time()
        judge(Incoming(text, links=[Link(text[:5_000], text[:5_000])] * 10))
        return time.thread_time() - begun

    seconds()
    assert min(seconds() for _ in range(3)) < 0.05
