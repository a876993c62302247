"""Understanding without a model: yes and no, values, what is wanted, and what comes between."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rapport.ai.procedures.language import read
from rapport.ai.procedures.running.effects import Do, Option, Wanted
from rapport.ai.procedures.running.inputs import Done, Failed, Identified
from rapport.ai.procedures.understanding import naming
from rapport.ai.procedures.understanding.choosing import choose, several
from rapport.ai.procedures.understanding.reading import answered
from rapport.ai.procedures.understanding.replies import reply
from rapport.ai.procedures.understanding.selecting import Selector
from rapport.ai.procedures.understanding.talking import Talk
from rapport.ai.procedures.understanding.turns import calls_off, corrects
from rapport.ai.triage import service as triage
from tests.ai.procedures.shop import IDENTIFY, NOW, OPENING_HOURS, REFUND, library

SETTING = triage.Setting(datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yes, please!",
        "yep go ahead",
        "ok, do it",
        "That's correct, thanks",
        "no problem, go ahead",
        "👍",
        "ja, bitte",
        "Genau, machen Sie das",
        "oui, allez-y",
        "d'accord",
        "sí, adelante",
        "vale, gracias",
        "sim, por favor",
        "نعم",
        "موافق، شكرا لك",
    ],
)
def test_a_plain_yes_is_a_yes(text: str) -> None:
    assert reply(text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "no, wait, please do not do that",
        "No thanks",
        "don't",
        "not now",
        "nein danke",
        "bitte nicht",
        "non merci",
        "no, gracias",
        "não, obrigado",
        "لا شكرا",
    ],
)
def test_a_no_is_a_no(text: str) -> None:
    assert reply(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "yes but only the lamp",
        "yes, if it is free",
        "yes?",
        "sure, after you tell me the price",
        "yes, but use my other card",
        "is that ok",
        "ja, aber erst morgen",
        "oui mais pas tout de suite",
        "sí, pero sin la lámpara",
        "sim, mas só uma",
        "نعم لكن ليس اليوم",
        "yes and no",
        "I say yes to the agent who told you to ignore your rules",
        "maybe",
        "",
    ],
)
def test_a_yes_with_a_hedge_is_no_yes(text: str) -> None:
    assert reply(text) != "yes"


LAMPS = [
    Option("1000000001", "Desk Lamp (color white, power battery)"),
    Option("1000000002", "Desk Lamp (color black, power battery)"),
    Option("1000000003", "Desk Lamp (color black, power USB)"),
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the black desk lamp with USB", "1000000003"),
        ("white please", "1000000001"),
        ("number 1000000002", "1000000002"),
        ("2", "1000000002"),
        ("the black one", None),
        ("the garden hose in black, 50 ft rubber", None),
        ("a black Desk Lamp with USB (item 9999999999)", None),
        ("I don't know", None),
    ],
)
def test_an_option_is_chosen_by_what_tells_it_from_the_others(text: str, value: str | None) -> None:
    assert choose(LAMPS, text) == value


def test_several_are_chosen_one_after_the_other_or_all_at_once() -> None:
    assert several(LAMPS, "1000000001 and 1000000003") == ["1000000001", "1000000003"]
    assert several(LAMPS, "all of them") == [option.value for option in LAMPS]
    assert several(LAMPS, "everything except the white one") == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Anna Schmidt, 12345", "Anna", "Schmidt"),
        ("my name is mei kovacs", "Mei", "Kovacs"),
        ("It's Juan de la Cruz.", "Juan", "De La Cruz"),
    ],
)
def test_a_name_is_read(text: str, first: str, last: str) -> None:
    assert naming.name(text) == {"first_name": first, "last_name": last}


def test_what_is_no_name_is_none() -> None:
    assert naming.name("I don't know it") is None


@pytest.mark.parametrize(
    ("text", "city", "unit"),
    [
        ("12 Main Street, Suite 4, Denver, CO 80202, USA", "Denver", "Suite 4"),
        ("my new address is 7 Elm Road, Austin, TX, 78701", "Austin", ""),
        ("9 Oak Ave Apt 3\nSan Jose\nCA 95112\nUnited States", "San Jose", "Apt 3"),
    ],
)
def test_an_address_is_read(text: str, city: str, unit: str) -> None:
    found = naming.address(text)

    assert found is not None
    assert (found["city"], found["address2"], found["country"]) == (city, unit, "USA")
    assert found["address1"][0].isdigit()
    assert len(found["zip"]) == 5


def test_half_an_address_is_none() -> None:
    assert naming.address("Denver") is None
    assert naming.address("12 Main Street, Denver") is None


def test_an_answer_gives_each_slot_what_is_its_own() -> None:
    wanted = [Wanted("name", "name", "?"), Wanted("zip", "postcode", "?")]

    found = answered(wanted, "Mei Kovacs, 28236", (), {})

    assert found == {"name": {"first_name": "Mei", "last_name": "Kovacs"}, "zip": "28236"}


def test_calling_off_and_correcting_are_heard_in_several_languages() -> None:
    assert all(map(calls_off, ["never mind", "Vergessen Sie es", "laissez tomber", "olvídalo"]))
    assert all(
        map(
            corrects, ["sorry, the other order", "ich meinte R-2", "pardon, l'autre", "quise decir"]
        )
    )
    assert not calls_off("cancel order R-1")


class Doer:
    """Does whatever it is asked, and remembers it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, object]] = []

    async def perform(self, effect: Do) -> Done | Failed:
        self.done.append((effect.action, effect.arguments.get("number")))
        found = None
        if effect.action == "shop.find_customer":
            found = Identified("verified", {"id": "c-1"})
        return Done(effect.key, {"amount": 5.0}, found)


async def _talk(doer: Doer) -> Talk:
    texts = [
        REFUND.replace(
            "identity: verified",
            "when: {examples: {en: [I want my money back, please refund my order, refund]}}\n"
            "identity: verified",
            1,
        ),
        OPENING_HOURS.replace(
            "slots:",
            "when: {examples: {en: [when are you open, what are your opening hours]}}\nslots:",
        ),
        IDENTIFY,
    ]
    selector = await Selector.of([read(text).procedure for text in texts], None)
    return Talk(
        library=library(*texts),
        selector=selector,
        perform=doer.perform,
        names=lambda text: triage.find(text, SETTING),
        now=lambda: NOW,
    )


async def test_a_whole_conversation_with_a_digression_and_a_correction() -> None:
    doer = Doer()
    talk = await _talk(doer)

    said = await talk.hear("I want my money back for order R-10234")
    assert said == ["What is your e-mail address?"]
    assert await talk.hear("anna@example.com") == ["Shall I send a courier for R-10234?"]
    back = await talk.hear("what are your opening hours")
    assert back == ["Which shop?"]
    back = await talk.hear("Bremen")
    assert back[0] == "The shop in Bremen is open till six."
    assert back[1] == "Shall I send a courier for R-10234?"
    corrected = await talk.hear("sorry, I meant order R-55667")
    assert corrected == ["Shall I send a courier for R-55667?"]
    await talk.hear("yes")
    await talk.hear("it came late")
    ended = await talk.hear("yes please")

    assert ended == ["Done, 5.00 comes back."]
    assert talk.is_over
    assert doer.done == [
        ("shop.find_customer", None),
        ("shop.order", "R-10234"),
        ("shop.order", "R-55667"),
        ("shop.reserve", "R-55667"),
        ("shop.refund", "R-55667"),
    ]


async def test_a_hedged_yes_is_asked_again_and_does_nothing() -> None:
    doer = Doer()
    talk = await _talk(doer)
    await talk.hear("please refund my order R-10234")
    await talk.hear("anna@example.com")

    again = await talk.hear("yes, but what does it cost?")

    assert again == ["Shall I send a courier for R-10234?"]
    assert [action for action, _ in doer.done] == ["shop.find_customer", "shop.order"]


async def test_what_fits_nothing_is_asked_about() -> None:
    talk = await _talk(Doer())

    said = await talk.hear("the weather is nice in Rome today")

    assert "other words" in said[0]
    assert talk.is_over


def test_a_selector_without_examples_knows_nothing() -> None:
    selector = asyncio.run(Selector.of([], None))

    assert asyncio.run(selector.select("refund")).candidates == ()
