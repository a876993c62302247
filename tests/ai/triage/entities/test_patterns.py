"""A workspace's own patterns are tried before they are kept, and cannot hold anybody up."""

import time

import pytest

from rapport.ai.triage.entities import PatternRefused, Patterns, check
from rapport.ai.triage.entities.patterns import MOST


def test_a_pattern_is_tried_on_an_example() -> None:
    trial = check("contract", r"\bV-[0-9]{6}\b", "Vertrag V-104233 und V-1")

    assert trial.found == ((8, 16, "V-104233"),)


def test_with_a_group_that_part_is_meant() -> None:
    trial = check("meter", r"(?i)z[äa]hler ([0-9]{4,8})", "Mein Zähler 12345678 steht")

    assert trial.found == ((12, 20, "12345678"),)


def test_places_count_characters_whatever_their_size() -> None:
    trial = check("code", r"X[0-9]+", "😀 é ü X42")

    assert trial.found == ((6, 9, "X42"),)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("[a-", "missing ]"),
        ("*a", "no argument for repetition"),
        (r"(?=a)b", "not supported"),
        (r"(a)\1", "not supported"),
        ("a*", "fits an empty text"),
        ("", "fits an empty text"),
        ("(?:a{500}){500}", "repetition"),
        (r"(?:\pL{90}x){9}", "too large"),
        ("a" * 301, "300 characters"),
        ("\ud800", "no valid text"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said(pattern: str, said: str) -> None:
    with pytest.raises(PatternRefused, match=said):
        check("mine", pattern, "")


@pytest.mark.parametrize("name", ["", "Contract", "1st", "a b", "x" * 41])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(PatternRefused, match="small letters"):
        check(name, "a", "")


def test_there_may_not_be_too_many() -> None:
    with pytest.raises(PatternRefused, match=str(MOST)):
        Patterns({f"p{number}": "a" for number in range(MOST + 1)})


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+b", "(?:a+a+)+b", ".*.*.*=.*", "(?:a?){100}a{100}c"]
)
def test_a_pattern_that_would_hold_others_up_takes_its_time_once(pattern: str) -> None:
    patterns = Patterns({"slow": pattern})
    begun = time.thread_time()

    list(patterns.read("a" * 4_000))

    assert time.thread_time() - begun < 0.1
