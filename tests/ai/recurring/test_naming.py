from rapport.ai.recurring.naming import name
from rapport.ai.recurring.openings import covered

CARD = ("my card was declined at the shop", "card declined, what now?", "Card Declined again today")
OTHERS = ("where is my parcel", "my parcel is late", "how do I wash the tent", "is my size there")


def said(*texts: str) -> list[tuple[int, str]]:
    return list(enumerate(texts))


def test_a_name_is_what_theirs_say_and_others_do_not() -> None:
    assert "card" in name(said(*CARD), OTHERS)
    assert "declined" in name(said(*CARD), OTHERS)


def test_what_one_customer_says_is_in_no_name() -> None:
    texts = said(*(f"{text}, said Rumpelstiltskin{place}" for place, text in enumerate(CARD)))
    thrice = [(0, "blorb blorb blorb"), (0, "card declined blorb"), (1, "card declined")]

    assert "rumpel" not in name(texts, OTHERS).lower()
    assert name(thrice, OTHERS) == "card declined"


def test_no_shared_phrase_is_no_name() -> None:
    assert name(said("one thing", "another matter", "something else"), ()) == ""
    assert name([], ()) == ""


def test_a_name_is_short_and_has_no_small_word_at_its_ends() -> None:
    found = name(said(*["the return of the very broken espresso machine is not possible"] * 4), ())

    assert 0 < len(found) <= 60
    assert not found.startswith(("the ", "of "))


def test_what_is_somebodys_is_covered_with_their_names() -> None:
    text = covered("I am Ada Lovelace, ada@example.com, refund me", ["Ada Lovelace"])

    assert "ada" not in text.lower()
    assert "lovelace" not in text.lower()
    assert "refund" in text
