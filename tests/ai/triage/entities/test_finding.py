"""What a message names is found, each part of it once, and what only looks like it is not."""

import time as clock
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.ai.triage.entities import Entity, Patterns, Products, Setting, find
from rapport.ai.triage.entities.values import Measure, Money, Tracking, When
from tests.ai.triage.tables import table

AT = datetime(2026, 5, 6, 10, tzinfo=UTC)
PRODUCTS = {
    "p1": "Aurora X200",
    "p2": "Nimbus Router 3000",
    "p3": "SoundWave Pro Headphones",
    "p4": "Kaffeemühle Delta",
    "p5": "Rapport Espresso",
    "p6": "Crème de nuit",
}
PATTERNS = {"contract": r"\bV-[0-9]{6}\b", "meter": r"(?i)\bz[äa]hler ?([0-9]{8})\b"}
SETTING = Setting(
    AT, ZoneInfo("Europe/Berlin"), "en-US", None, Products(PRODUCTS), Patterns(PATTERNS)
)
HOSTILE = (
    "a",
    "1 ",
    "1$",
    "1%",
    "$1 ",
    "3/5 ",
    "may 3 ",
    "next ",
    "in 3 days ",
    "vor 3 ",
    "order 1 ",
    "#1",
    "12:30 ",
    "0049 30 1234 ",
    "1Z9 ",
    "9400 1112 ",
    "ERR_",
    "v1.",
    "aurora ",
    "V-123456 ",
    "\u0301",
    "\u0661 ",
    "\ud800",
    "\x00",
    "https://a.b/",
    "a@b.co ",
    "-",
    "the day after ",
)


def found(text: str, locale: str = "en-US", language: str | None = None) -> list[Entity]:
    return find(text, replace(SETTING, locale=locale, language=language))


def only(text: str, locale: str = "en-US") -> Entity:
    (entity,) = found(text, locale)
    return entity


@pytest.mark.parametrize(
    ("locale", "text", "expected"), [*table("entities/examples"), *table("entities/fresh")]
)
def test_a_message_of_the_tables_is_read_as_it_says(
    locale: str, text: str, expected: list[list[str]]
) -> None:
    read = [[entity.kind, entity.text, entity.normal] for entity in found(text, locale)]

    assert sorted(read) == sorted(expected)


def test_a_day_that_may_be_another_keeps_the_other() -> None:
    american, british = only("arrived 3/5/2026").value, only("arrived 3/5/2026", "en-GB").value

    assert isinstance(american, When)
    assert isinstance(british, When)
    assert (american.start.date(), american.others) == (date(2026, 3, 5), (date(2026, 5, 3),))
    assert (british.start.date(), british.others) == (date(2026, 5, 3), (date(2026, 3, 5),))


def test_a_day_that_only_one_order_allows_has_no_other() -> None:
    value = only("arrived 25/12/2025").value

    assert isinstance(value, When)
    assert (value.start.date(), value.others) == (date(2025, 12, 25), ())


def test_a_monday_is_the_one_to_come_and_may_be_the_one_that_is_gone() -> None:
    value = only("it was Monday").value

    assert isinstance(value, When)
    assert (value.start.date(), value.others) == (date(2026, 5, 11), (date(2026, 5, 4),))


def test_tomorrow_is_tomorrow_where_the_writer_is() -> None:
    late = replace(SETTING, at=datetime.fromisoformat("2026-05-06T22:30:00+00:00"))
    (entity,) = find("tomorrow", late)

    assert entity.normal == "2026-05-08"
    assert isinstance(entity.value, When)
    assert entity.value.start.isoformat() == "2026-05-08T00:00:00+02:00"


def test_a_week_lasts_a_week_and_a_day_across_the_change_of_clocks_is_whole() -> None:
    week, day = only("last week").value, only("on 2026-03-29").value

    assert isinstance(week, When)
    assert isinstance(day, When)
    assert (week.end.date() - week.start.date()).days == 7
    assert day.end.astimezone(UTC) - day.start.astimezone(UTC) == timedelta(hours=23)


def test_an_amount_that_may_be_another_keeps_the_others() -> None:
    value = only("I paid $1.299").value
    assert isinstance(value, Money)
    assert value.amounts == (Decimal("1.299"), Decimal("1299"))
    assert value.currencies[:2] == ("USD", "CAD")

    german = only("ich habe 1.299 € bezahlt", "de-DE").value
    assert isinstance(german, Money)
    assert german.amounts == (Decimal("1299"), Decimal("1.299"))


def test_values_have_types() -> None:
    assert only("at 5 pm").value == time(17)
    assert only("for 14 days").value == Measure(Decimal(14), "day")
    assert only("UPS 1Z999AA10123456784").value == Tracking("1Z999AA10123456784", ("ups",), True)


def test_a_parcel_with_a_wrong_digit_is_one_where_the_text_says_so() -> None:
    assert found("1Z999AA10123456785") == []
    value = only("my tracking number is 1Z999AA10123456785").value
    assert isinstance(value, Tracking)
    assert not value.is_proved


@pytest.mark.parametrize(
    "text",
    [
        "my card 4111 1111 1111 1111 was charged",
        "IBAN DE89 3704 0044 0532 0130 00",
        "my password is order12345",
        "order 4111 1111 1111 1111",
    ],
)
def test_what_is_somebodys_secret_is_not_told(text: str) -> None:
    assert found(text) == []


def test_the_language_of_a_message_decides_what_a_word_means() -> None:
    assert [it.kind for it in found("hier", "fr-FR")] == ["date"]
    assert found("das ist hier", "fr-FR", language="de") == []
    assert [it.normal for it in found("over 3 dagen", "en-US", language="nl")] == ["2026-05-09"]
    assert [it.kind for it in found("over 3 days", "en-US")] == ["duration"]


def test_a_locale_nobody_knows_is_read_as_american() -> None:
    assert only("arrived 3/5/2026", "zz-ZZ").normal == "2026-03-05"
    assert only("arrived 3/5/2026", "not a locale").normal == "2026-03-05"


def test_of_two_products_the_longer_name_is_meant() -> None:
    setting = replace(SETTING, products=Products({"a": "Aurora", "b": ["Aurora Pro", "AP-2"]}))

    assert [it.normal for it in find("Aurora Pro, aurora, AP 2, Auroras", setting)] == [
        "b",
        "a",
        "b",
        "a",
    ]


def test_a_number_in_a_products_name_must_be_right() -> None:
    assert found("the Nimbus Router 3001") == []


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300) | st.text(st.sampled_from("0123456789 .,:/-$€%hx#mayorder"), max_size=200)
)
def test_any_text_is_read_and_nothing_overlaps(text: str) -> None:
    entities = find(text, SETTING)

    shown = text.encode("utf-8", "replace").decode()
    assert all(it.text == shown[it.start : it.end] and it.text for it in entities)
    assert all(one.end <= two.start for one, two in pairwise(entities))


@pytest.mark.parametrize("piece", HOSTILE)
def test_100_kb_of_anything_are_read_in_less_than_50_ms(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    find(text[:50], SETTING)

    def seconds() -> float:
        begun = clock.thread_time()
        find(text, SETTING)
        return clock.thread_time() - begun

    assert min(seconds() for _ in range(3)) < 0.05


def test_a_usual_message_is_read_in_a_millisecond() -> None:
    text = "Hi, my order #A-10023 from last Tuesday has not arrived and I paid $49.90. Please help!"

    def seconds() -> float:
        begun = clock.thread_time()
        find(text, SETTING)
        return clock.thread_time() - begun

    assert sorted(seconds() for _ in range(50))[25] < 0.001
