from types import SimpleNamespace
from typing import Any
from uuid import UUID

from rapport.ai.retrieval.subjects import subjects
from rapport.kernel.ids import new_id
from rapport.knowledge.schemas import Titled
from tests.ai.retrieval.houses import HOUSES

TOPICS = {
    "Delivery": ["Change the delivery address", "Express delivery", "My parcel is late"],
    "Orders": ["Cancel an order", "Track your order", "Use a discount code"],
    "Payments": ["Pay by invoice", "Buy a gift card", "My payment was declined"],
    "Returns": ["Return an item", "I lost my return label", "Exchange for another size"],
}


def shelf(name: str, parent_id: UUID | None = None) -> Any:
    return SimpleNamespace(id=new_id(), parent_id=parent_id, name=name)


def titled(title: str, shelf_id: UUID | None = None) -> Titled:
    return Titled(new_id(), shelf_id, title)


def test_collections_about_the_same_questions_are_subjects() -> None:
    shelves = {name: shelf(name) for name in HOUSES}
    titles = [titled(t, shelves[name].id) for name, articles in HOUSES.items() for t in articles]

    found = subjects(list(shelves.values()), titles)

    assert {name.text for name in found} == set(HOUSES)
    assert {len(name.articles) for name in found} == {2, 3}
    assert found[0].words == ("bridge", "guest", "house")


def test_collections_that_part_by_topic_are_none() -> None:
    shelves = {name: shelf(name) for name in TOPICS}
    titles = [titled(t, shelves[name].id) for name, held in TOPICS.items() for t in held]

    assert subjects(list(shelves.values()), titles) == []


def test_small_words_make_no_topics_alike() -> None:
    topics = {
        "Konto": ["Wie kann ich mein Konto löschen?", "Wie ändere ich mein Passwort?"],
        "Lieferung": ["Wann kommt mein Paket?", "Wie kann ich die Adresse ändern?"],
        "Rückgabe": ["Wie kann ich einen Artikel zurückgeben?", "Wann kommt mein Geld?"],
    }
    shelves = {name: shelf(name) for name in topics}
    titles = [titled(t, shelves[name].id) for name, held in topics.items() for t in held]

    assert subjects(list(shelves.values()), titles) == []


def test_subjects_are_found_in_any_language() -> None:
    asked = ["Gibt es Parkplätze?", "Was kostet das WLAN?", "Wann gibt es Frühstück?"]
    shelves = {name: shelf(name) for name in ("Haus am See", "Zur Post", "Alte Mühle")}
    titles = [titled(title, held.id) for held in shelves.values() for title in asked]

    assert len(subjects(list(shelves.values()), titles)) == 3


def test_a_collection_of_other_questions_among_subjects_is_none() -> None:
    shelves = {name: shelf(name) for name in [*HOUSES, "Careers"]}
    titles = [titled(t, shelves[name].id) for name, articles in HOUSES.items() for t in articles]
    titles += [titled("Apprenticeships"), titled("Open positions", shelves["Careers"].id)]

    assert "Careers" not in {name.text for name in subjects(list(shelves.values()), titles)}


def test_what_lies_in_an_inner_collection_belongs_to_the_outer_ones_too() -> None:
    hotels = shelf("Hotels")
    shelves = {name: shelf(name, hotels.id) for name in HOUSES}
    rooms = shelf("Rooms", shelves["Nandos"].id)
    titles = [titled(t, shelves[name].id) for name, articles in HOUSES.items() for t in articles]
    titles.append(titled("Is there parking for lorries?", rooms.id))

    found = subjects([hotels, rooms, *shelves.values()], titles)

    assert {len(name.articles) for name in found if name.text == "Nandos"} == {4}
    assert "Hotels" not in {name.text for name in found}


def test_without_collections_the_names_in_titles_are_subjects() -> None:
    asked = ["Opening hours of {}", "Can I park at {}?", "Is there a lift at {}?", "Fees at {}"]
    titles = [titled(q.format(name)) for name in ("Skogly Lodge", "Fjord Inn") for q in asked]

    found = subjects([], titles)

    assert {name.text for name in found} == {"Skogly Lodge", "Fjord Inn"}


def test_products_that_share_no_questions_are_no_subjects() -> None:
    titles = ["Wash the Fjellnatt", "How warm is the Fjellnatt?", "Pitch the Jotun", "Jotun poles"]

    assert subjects([], [titled(title) for title in titles]) == []


def test_an_empty_knowledge_base_has_none() -> None:
    assert subjects([], []) == []
    assert subjects([shelf("Empty")], [titled("Alone")]) == []
