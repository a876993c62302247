"""The same question has the same answer on every channel, in the form of that channel."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.endpoints import Connector, Endpoint
from rapport.inference.ports import Chats
from tests.ai.autopilot.alike.conftest import House, Told
from tests.ai.autopilot.alike.letters import MANNERS
from tests.ai.autopilot.alike.questions import ASKED
from tests.models_simulator import KEY, ModelsSimulator, Say
from tests.models_simulator.script import Asked

_QUOTE = re.compile(r"<quote>\n(.+?)\n</quote>\s+(.+)", re.DOTALL)
_GREETINGS = {"en": "Hello", "de": "Guten Tag"}
_WORD = re.compile(r"\w{3,}")


async def asked_everywhere(house: House) -> list[tuple[Told, Told]]:
    """Each of the forty, and what followed it, by chat and by mail; letters without greeting."""
    heard = list[tuple[Told, Told]]()
    for number, (language, said) in enumerate(ASKED):
        manners = MANNERS[language]
        by_chat = await house.by_chat(said)
        by_mail = await house.by_mail(said, manners[number % len(manners)])
        unfolded = [_ungreeted(told, language) for told in by_mail]
        heard += zip(by_chat, unfolded, strict=True)
    return heard


def _ungreeted(told: Told, language: str) -> Told:
    """A letter's words, of which an answer's begin with a greeting."""
    if told.decision != "answered":
        return told
    greeting = f"{_GREETINGS[language]} Ada Lovelace,\n\n"
    assert told.body.startswith(greeting), told.body
    return replace(told, body=told.body.removeprefix(greeting))


async def test_forty_questions_have_the_same_answers_by_chat_and_by_mail(house: House) -> None:
    heard = await asked_everywhere(house)

    assert len(ASKED) == 40
    assert [mail for _, mail in heard] == [chat for chat, _ in heard]
    answered = [chat for chat, _ in heard if chat.sources]
    assert len(answered) >= 25
    assert {chat.decision for chat, _ in heard if not chat.sources} == {"handed_over"}


async def test_a_language_model_is_asked_the_same_and_says_the_same(
    house: House, simulator: ModelsSimulator
) -> None:
    endpoint = Endpoint("openai", simulator.base_url, "tiny", KEY)
    chats = Gateway(house.database, Connector([simulator.pair]), default=endpoint)
    house.database.ports.provide(Chats, chats)
    simulator.otherwise = nearest_sentence

    heard = await asked_everywhere(house)

    assert [mail for _, mail in heard] == [chat for chat, _ in heard]
    said = [asked.last for asked in simulator.asked]
    assert len(said) >= 25
    assert len(set(said)) == len(said), "what was asked the same before is known already"


def nearest_sentence(asked: Asked) -> Say:
    """A model that says the sentence of the quote that shares most words with the question."""
    found = _QUOTE.search(asked.last)
    assert found is not None, asked.last
    lines: Sequence[str] = [line for line in found[1].splitlines() if line.strip()]
    wanted = set(_WORD.findall(found[2].lower()))
    return Say(max(lines, key=lambda line: len(wanted & set(_WORD.findall(line.lower())))))
