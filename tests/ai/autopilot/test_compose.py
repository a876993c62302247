import pytest

from rapport.ai.autopilot import asking, compose, parts

LONG = (
    """Intro about nothing in particular, which goes on for a while and says little.

## Cleaning

First of all:

- Wipe it with water.
- Let it dry.

Never use the machine. It destroys the coating.

## Storing

"""
    + "Store it loosely in a bag. " * 60
)
WASHING = """Down can be washed, but it has to be dried completely.

## Washing

1. Close the zips.
2. Use down soap at 30 °C.
3. Rinse twice.

## Drying

Tumble dry at low heat for three hours.

## Our washing service

If you would rather leave it to us: we wash a down jacket for €39.
"""
RETURNS = """Wash your hands of it. You have 30 days to send it back. It must be unused.

## Costs

A return costs €3.50.
"""


def cosines_of(article: str, **near: float) -> list[float]:
    """As if a model had found the pieces with these words near the question."""
    read = parts.pieces(parts.sections(article))
    return [max([0.1, *(v for word, v in near.items() if word in p.text)]) for p in read]


def test_a_short_text_is_quoted_whole() -> None:
    assert compose.extract("anything", "One.\n\n- two\n- three") == "One.\n\n- two\n- three"


def test_who_asks_how_gets_the_steps_whole_and_in_order_and_what_follows_them() -> None:
    near = cosines_of(WASHING, Close=0.6, soap=0.7, Rinse=0.6, leave=0.6)

    made = compose.extract("How do I wash my down jacket?", WASHING, cosines=near)

    assert made == (
        "**Washing**\n\n1. Close the zips.\n2. Use down soap at 30 °C.\n3. Rinse twice.\n\n"
        "**Drying**\n\nTumble dry at low heat for three hours."
    )


def test_closeness_in_meaning_chooses_the_section() -> None:
    made = compose.extract(
        "Could you clean it for me?", WASHING, cosines=cosines_of(WASHING, leave=0.8)
    )

    assert "we wash a down jacket for €39" in made


def test_a_sentence_that_refers_back_never_stands_first_without_its_heading() -> None:
    made = compose.extract(
        "What does it cost when you wash it?", WASHING, cosines=cosines_of(WASHING, leave=0.8)
    )

    assert not made.startswith("If you would rather")
    assert "**Our washing service**\n\nIf you would rather" in made


def test_who_asks_how_long_gets_the_sentence_with_the_number_first() -> None:
    made = compose.extract("How long do I have?", RETURNS, cosines=cosines_of(RETURNS, days=0.6))

    assert made.startswith("You have 30 days to send it back. It must be unused.")


def test_the_fact_may_stand_before_another_section() -> None:
    text = (
        "Parcels arrive in 4 days. They are tracked.\n\n## Late\n\n"
        + "A late parcel is late. " * 20
    )

    made = compose.extract(
        "How long is a late parcel late?", text, cosines=cosines_of(text, arrive=0.9)
    )

    assert made.startswith("Parcels arrive in 4 days.")


def test_a_list_keeps_the_line_that_introduces_it() -> None:
    made = compose.extract("how do I wipe it with water", LONG)

    assert "**Cleaning**\n\nFirst of all:\n\n- Wipe it with water." in made
    assert "Storing" not in made


def test_a_list_alone_keeps_its_heading() -> None:
    assert compose.extract("x", "1. a\n2. b", heading="Steps") == "**Steps**\n\n1. a\n2. b"


def test_sentences_stay_whole_and_in_order() -> None:
    text = " ".join(f"Sentence number {n} is about topic{n}." for n in range(60))

    made = compose.extract("tell me about topic40", text, max_words=40)

    assert "topic40." in made
    assert made in text
    assert len(made.split()) <= 40
    assert made.endswith(".")


@pytest.mark.parametrize("question", ["wipe", "storing in a bag", "machine", "zebra", "How long?"])
def test_every_word_of_an_answer_is_the_sources(question: str) -> None:
    for line in compose.extract(question, LONG).splitlines():
        assert line.strip("*") in LONG


def test_an_answer_is_not_long() -> None:
    for question in ("wipe", "storing", "Can I store it?", "How do I store it in a bag?"):
        assert len(compose.extract(question, LONG).split()) <= compose.MAX_WORDS + 15


def test_nothing_comes_of_nothing() -> None:
    assert compose.extract("anything", " \n ") == ""
    assert compose.extract("anything", "## Only a heading") == ""


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("How do I wash it?", "steps"),
        ("Wie wasche ich mein Zelt?", "steps"),
        ("How long does it take?", "fact"),
        ("Was kostet der Versand?", "fact"),
        ("The box was crushed when it came. What should I do?", "steps"),
        ("Can I pay by card?", "choice"),
        ("Darf das Zelt in die Maschine?", "choice"),
        ("My parcel is late", "open"),
    ],
)
def test_the_form_of_a_question(question: str, form: str) -> None:
    assert asking.form_of(question) == form


def test_an_abbreviation_ends_no_sentence() -> None:
    text = "Use a mild soap, e.g. Marseille. It costs approx. 5 euro. Done!"

    assert parts.sentences(text) == [
        "Use a mild soap, e.g. Marseille.",
        "It costs approx. 5 euro.",
        "Done!",
    ]


def test_the_pieces_of_an_article_are_its_sentences_items_and_rows() -> None:
    text = (
        "One. Two.\n\n## List\n\n- three\n  goes on\n- four\n\n| A | B |\n| --- | --- |\n| 5 | 6 |"
    )

    read = parts.pieces(parts.sections(text))

    assert [(p.heading, p.text) for p in read] == [
        ("", "One."),
        ("", "Two."),
        ("List", "three goes on"),
        ("List", "four"),
        ("List", "5, 6"),
    ]
