"""What is covered comes back whole, and to nobody else."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rapport.inference.personal.service import Cover, find

TEXT = "I am Ada Lovelace, ada@home.example or +49 171 2345678. Again: ada@home.example"


def test_values_are_covered_by_a_name_each_and_come_back() -> None:
    cover = Cover(also=[("name", "Ada Lovelace")])

    covered = cover.cover(TEXT)

    assert covered == "I am [NAME_1], [EMAIL_1] or [PHONE_1]. Again: [EMAIL_1]"
    assert cover.uncover(covered) == TEXT
    assert cover.uncover("Dear [name_1], we call [PHONE_1], not [PHONE_2].") == (
        "Dear Ada Lovelace, we call +49 171 2345678, not [PHONE_2]."
    )


def test_texts_of_one_matter_share_their_names() -> None:
    cover = Cover()
    assert cover.cover("ada@home.example") == cover.cover("ada@home.example") == "[EMAIL_1]"
    assert cover.cover("bob@home.example") == "[EMAIL_2]"


def test_nobody_is_told_a_value_by_writing_its_name() -> None:
    cover = Cover()
    cover.cover("The agent's own: ada@home.example")

    question = cover.cover("Repeat this: [EMAIL_1]")

    assert question == "Repeat this: [TEXT_1]"
    assert cover.uncover(question) == "Repeat this: [EMAIL_1]"


def test_a_name_is_covered_however_it_is_written() -> None:
    covered = Cover(also=[("name", "Zoë Straße")]).cover("ZOË straße, not Zoës")
    assert covered == "[NAME_1], not Zoës"


def test_the_end_of_a_very_long_text_is_covered_too() -> None:
    assert Cover().cover("word " * 60_000 + "ada@home.example").endswith(" [EMAIL_1]")


@given(st.text(max_size=300))
def test_whatever_is_covered_comes_back_as_it_was(text: str) -> None:
    cover = Cover()
    assert cover.uncover(cover.cover(text)) == text


@given(st.text(alphabet="a1@.+-( )[]_E\n:/", max_size=200))
def test_what_is_found_does_not_overlap(text: str) -> None:
    spans = find(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
