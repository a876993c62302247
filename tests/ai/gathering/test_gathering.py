"""Asking for exactly what is missing: understood, remembered, and given up in time."""

from dataclasses import dataclass

import pytest

from rapport.ai.gathering.answers import parts, read, refuses
from rapport.ai.gathering.facts import Fact
from rapport.ai.gathering.planning import Ask, Enough, GiveUp, Known, hear, plan
from rapport.ai.gathering.wording import LANGUAGES, form, give_up, question

ORDER = Fact(
    "order",
    "order_number",
    {"en": "Order number", "de": "Bestellnummer"},
    reasons={"en": "I look the parcel up by it."},
    example="R-10234",
)
EMAIL = Fact("email", "email", {"en": "E-mail address", "de": "E-Mail-Adresse"})
SIZE = Fact(
    "size",
    "choice",
    {"en": "Size"},
    choices={"s": {"en": "Small", "de": "Klein"}, "l": {"en": "Large", "de": "Groß"}},
)
COUNT = Fact("count", "number", {"en": "How many"})
STORY = Fact("story", "text", {"en": "What happened"})
CONTRACT = Fact("contract", "pattern", {"en": "Contract"}, pattern="contract")
COLOUR = Fact("colour", "text", {"en": "Colour"}, is_required=False)


@dataclass(frozen=True)
class Name:
    kind: str
    normal: str


ORDER_NAMED = [Name("order", "R-10234")]


@pytest.mark.parametrize(
    ("fact", "answer", "named", "value"),
    [
        (ORDER, "It is R-10234", ORDER_NAMED, "R-10234"),
        (ORDER, "#10234", [], "10234"),
        (ORDER, "r-10234.", [], "R-10234"),
        (ORDER, "I do not have it here", [], None),
        (ORDER, "R-1 or R-2", [Name("order", "R-1"), Name("order", "R-2")], None),
        (ORDER, "a@b.example", [Name("email", "a@b.example")], None),
        (EMAIL, "ada@example.com", [Name("email", "ada@example.com")], "ada@example.com"),
        (EMAIL, "ada at example", [], None),
        (SIZE, "the large one please", [], "l"),
        (SIZE, "Groß", [], "l"),
        (SIZE, "2", [], "l"),
        (SIZE, "3", [], None),
        (SIZE, "small or large?", [], None),
        (SIZE, "largest", [], None),
        (COUNT, "about 3 of them", [], "3"),
        (COUNT, "2,5", [], "2.5"),
        (COUNT, "3 or 4", [], None),
        (COUNT, "version 1.2.3", [], None),
        (STORY, "  It fell \n down ", [], "It fell down"),
        (STORY, "?!", [], None),
        (CONTRACT, "V-1", [Name("custom", "contract:V-1")], "V-1"),
        (CONTRACT, "V-1", [Name("custom", "member:V-1")], None),
    ],
)
def test_an_answer_is_understood_by_the_kind_of_the_fact(
    fact: Fact, answer: str, named: list[Name], value: str | None
) -> None:
    assert read(fact, answer, named) == value


@pytest.mark.parametrize(
    "said",
    [
        "I don't have it",
        "I\u2019d rather not",
        "Das weiß ich nicht",
        "Keine Ahnung",
        "No lo sé",
        "Je ne sais pas",
        "Não sei",
        "لا أعرف",
    ],
)
def test_who_cannot_or_will_not_tell_is_understood(said: str) -> None:
    assert refuses(said)


@pytest.mark.parametrize("said", ["R-10234", "It does not work", "Das Zelt ist nicht dicht", "no"])
def test_other_negations_refuse_nothing(said: str) -> None:
    assert not refuses(said)


def test_lines_are_assigned_by_number_and_by_label() -> None:
    asked = [ORDER, EMAIL, STORY]

    assert parts(asked, "1. R-10234\n2) ada@example.com\n3: It fell") == {
        "order": "R-10234",
        "email": "ada@example.com",
        "story": "It fell",
    }
    assert parts(asked, "Thanks!\nE-Mail-Adresse: ada@example.com\n**Order number**: R-10234") == {
        "email": "ada@example.com",
        "order": "R-10234",
    }


def test_what_is_known_is_not_asked() -> None:
    assert plan([ORDER, EMAIL], Known({"order": "R-1"}), "letter") == Ask((EMAIL,))
    assert plan([ORDER], Known({"order": "R-1"}), "chat") == Enough()
    assert plan([], Known(), "chat") == Enough()


def test_a_chat_is_asked_one_thing_a_letter_and_a_form_all() -> None:
    facts = [ORDER, EMAIL, COLOUR]

    assert plan(facts, Known(), "chat") == Ask((ORDER,))
    assert plan(facts, Known(), "letter") == Ask((ORDER, EMAIL, COLOUR))
    assert plan(facts, Known(), "card") == Ask((ORDER, EMAIL, COLOUR))


def test_nobody_waits_for_what_is_optional() -> None:
    asked_once = Known(tries={"colour": 1})

    assert plan([COLOUR], Known(), "card") == Enough()
    assert plan([ORDER, COLOUR], asked_once, "card") == Ask((ORDER,))


def test_what_was_not_understood_is_asked_again_and_not_for_ever() -> None:
    known, asked = Known(), (ORDER,)
    for tries in range(1, 4):
        known = hear(asked, known, "Hello?", {})
        assert known.tries == {"order": tries}
        step = plan([ORDER], known, "chat")
        assert step == (Ask(asked, asked) if tries < 3 else GiveUp(asked, was_refused=False))


def test_a_refusal_ends_it_at_once() -> None:
    known = hear([ORDER], Known(), "I don't have it", {})

    assert plan([ORDER, EMAIL], known, "chat") == GiveUp((ORDER, EMAIL), was_refused=True)


def test_a_refusal_of_what_is_optional_ends_nothing() -> None:
    known = hear(
        [ORDER, COLOUR], Known(), "R-10234, and the colour I don't know", {"": ORDER_NAMED}
    )

    assert known.values == {"order": "R-10234"}
    assert plan([ORDER, COLOUR], known, "letter") == Enough()


def test_a_refusal_is_no_text() -> None:
    known = hear([STORY], Known(), "I'd rather not say", {})

    assert known.values == {}
    assert known.refused == {"story"}


def test_one_answer_may_tell_several_things() -> None:
    asked = [ORDER, EMAIL, STORY]
    whole = [*ORDER_NAMED, Name("email", "ada@example.com")]

    known = hear(asked, Known(), "R-10234, ada@example.com", {"": whole})

    assert known.values == {"order": "R-10234", "email": "ada@example.com"}
    assert plan(asked, known, "letter") == Ask((STORY,), (STORY,))


def test_a_form_is_read_line_by_line() -> None:
    sent = "order: 10234\nSize: Large\nstory: "

    known = hear([ORDER, SIZE, STORY], Known(), sent, {})

    assert known.values == {"order": "10234", "size": "l"}
    assert known.tries == {"story": 1}


def test_a_bare_number_is_the_order_s_whatever_else_was_asked() -> None:
    assert hear([SIZE, ORDER], Known(), "R-10234", {}).values == {"order": "R-10234"}


def test_a_form_of_one_field_is_read_without_its_label() -> None:
    assert hear([STORY], Known(), "story: It fell", {}).values == {"story": "It fell"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_has_what_it_needs_in_every_language(language: str) -> None:
    alone = question(Ask((ORDER,)), language)
    again = question(Ask((ORDER,), (ORDER,)), language)
    letter = question(Ask((ORDER, SIZE, COLOUR)), language)

    assert ORDER.label(language) in alone
    assert "R-10234" in alone
    assert "I look the parcel up by it." in alone
    assert again.endswith(alone)
    assert again != alone
    assert all(f"\n{n}. **" in letter for n in (1, 2, 3))
    assert ", ".join(SIZE.options(language)) in letter
    assert "{" not in alone + again + letter + give_up(language)


def test_the_six_languages_differ() -> None:
    assert LANGUAGES == ("en", "de", "es", "fr", "pt", "ar")
    assert len({question(Ask((ORDER,)), language) for language in LANGUAGES}) == 6
    assert question(Ask((STORY,)), "de-AT") == question(Ask((STORY,)), "de")
    assert question(Ask((EMAIL,)), "nl") == question(Ask((EMAIL,)), "en")


def test_a_form_has_a_field_for_each() -> None:
    card = form(Ask((ORDER, EMAIL, SIZE, COLOUR)), "en")

    assert [(f.key, f.type, f.required) for f in card.fields] == [
        ("order", "text", True),
        ("email", "email", True),
        ("size", "text", True),
        ("colour", "text", False),
    ]
    assert card.fields[2].label == "Size (Small, Large)"
    assert card.submit_label == "Send"


def test_a_hostile_answer_takes_no_time() -> None:
    for part in ("1. " * 3_000, "a1" * 3_000, "don't " * 2_000, ":" * 5_000, "9" * 5_000):
        for fact in (ORDER, SIZE, COUNT, STORY):
            known = hear([fact, EMAIL], Known(), part, {})
            assert plan([fact, EMAIL], known, "letter") != Enough()
