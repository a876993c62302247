"""How a conversation goes: who says what, and when. No database here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from rapport.server.demo import grammar, hours
from rapport.server.demo.cast import Person
from rapport.server.demo.content import Script, people, shop
from rapport.server.demo.grammar import Facts

_PRICES = (24, 39, 49, 89, 119, 149, 199, 349)
Voice = Literal["customer", "agent", "assistant", "system", "note"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `answer` marks what the assistant made of the customer's message before it."""

    voice: Voice
    text: str
    at: datetime
    answer: Literal["", "answered", "handed_over", "thanks"] = ""


@dataclass(slots=True)
class Story:
    """A conversation from its first to its last message."""

    script: Script
    customer: Person
    agent: int | None
    """Who takes it: the place among the colleagues; None for nobody so far."""
    by_assistant: bool
    """Whether it came in where the assistant answers."""
    facts: Facts
    turns: list[Turn] = field(default_factory=list)
    is_finished: bool = True

    @property
    def last(self) -> Turn:
        """The last message."""
        return self.turns[-1]


class Teller:
    """Tells stories, all from one source of chance."""

    def __init__(self, rng: Random, *, extract: dict[str, str], handover: dict[str, str]) -> None:
        """`extract` holds the assistant's words by script, `handover` by language."""
        self._rng = rng
        self._extract = extract
        self._handover = handover

    def tell(
        self, script: Script, customer: Person, agent: int, agent_name: str, start: datetime
    ) -> Story:
        """One whole story that begins at `start`; it may end in the future."""
        rng = self._rng
        with_assistant = not script.is_business or rng.random() < 0.4
        facts = self._facts(script, customer, agent_name, start)
        story = Story(script, customer, agent, with_assistant, facts)
        self._say(story, "customer", self._opening(script), start)
        if not with_assistant:
            self._by_agent(story)
            return story
        chance = rng.random()
        if not script.article or chance < 0.12:
            self._hand_over(story)
            self._by_agent(story)
        else:
            self._answer(story, is_enough=chance < 0.7)
        return story

    def _answer(self, story: Story, *, is_enough: bool) -> None:
        rng, small = self._rng, shop()
        text = self._extract[story.script.key]
        self._say(story, "assistant", text, self._at_once(story), answer="answered")
        back = hours.replied(rng, story.last.at)
        if is_enough:
            if rng.random() < 0.6:
                self._say(story, "customer", rng.choice(small.thanks), back)
                self._say(
                    story,
                    "assistant",
                    WELCOME[story.script.locale if story.script.locale in WELCOME else "en"],
                    self._at_once(story),
                    answer="thanks",
                )
            story.agent = None
            return
        self._say(story, "customer", rng.choice(small.not_enough), back)
        self._hand_over(story)
        self._by_agent(story)

    def _hand_over(self, story: Story) -> None:
        """The assistant's last words; its note for the team follows them when rows are made."""
        text = self._handover.get(story.script.locale, self._handover["en"])
        self._say(story, "system", text, self._at_once(story), answer="handed_over")

    def _by_agent(self, story: Story) -> None:
        rng, script, small = self._rng, story.script, shop()
        if script.notes and rng.random() < 0.45:
            self._say(story, "note", rng.choice(script.notes), hours.answered(rng, story.last.at))
        elif rng.random() < 0.08:
            note = rng.choice(small.general_notes)
            self._say(story, "note", note, hours.answered(rng, story.last.at))
        is_english = script.locale == "en"
        hello = rng.choice(small.agent_hellos) if is_english else ""
        asks = rng.random() < 0.7
        if asks:
            question = rng.choice(script.asks)
            self._say(story, "agent", hello + question, hours.answered(rng, story.last.at))
            self._say(story, "customer", rng.choice(script.details), self._later(story))
        solution = rng.choice(script.solves)
        self._say(
            story,
            "agent",
            solution if asks else hello + solution,
            hours.answered(rng, story.last.at),
        )
        if is_english and rng.random() < 0.65:
            self._say(story, "customer", rng.choice(small.thanks), self._later(story))
            if rng.random() < 0.5:
                goodbye = rng.choice(small.agent_goodbyes)
                self._say(story, "agent", goodbye, hours.answered(rng, story.last.at))

    def _opening(self, script: Script) -> str:
        rng = self._rng
        words = rng.choice(script.openings)
        if script.locale != "en":
            return words
        greeting = rng.choice(shop().greetings)
        if greeting.endswith(", ") and not words.startswith(("I ", "I'", "FF")):
            words = words[0].lower() + words[1:]
        return greeting + words + rng.choice(shop().sign_offs)

    def _say(
        self,
        story: Story,
        voice: Voice,
        template: str,
        at: datetime,
        *,
        answer: Literal["", "answered", "handed_over", "thanks"] = "",
    ) -> None:
        is_told = voice in {"customer", "agent", "note"}
        text = grammar.expand(template, story.facts, self._rng) if is_told else template
        story.turns.append(Turn(voice, text, at, answer))

    def _at_once(self, story: Story) -> datetime:
        return story.last.at + timedelta(seconds=self._rng.uniform(0.6, 2.4))

    def _later(self, story: Story) -> datetime:
        return hours.replied(self._rng, story.last.at)

    def _facts(self, script: Script, customer: Person, agent: str, start: datetime) -> Facts:
        rng = self._rng
        day = start - timedelta(days=rng.randint(3, 16))
        return Facts(
            order=f"FF{rng.randrange(100_000, 1_000_000)}",
            product=rng.choice(script.products or people().products),
            size=rng.choice(("S", "M", "L", "XL", "42", "43", "39", "40.5")),
            date=f"{day.day} {day:%B}",
            city=customer.city,
            amount=f"€{rng.choice(_PRICES)}.{rng.choice(('00', '90'))}",
            tracking=f"NO{rng.randrange(10**8, 10**9)}",
            agent=agent.split()[0],
            name=customer.name.split()[0],
            company=customer.company or rng.choice(people().companies),
        )


WELCOME = {
    "en": "You're welcome! Just write if there is anything else.",
    "de": "Gern geschehen! Schreiben Sie einfach, wenn noch etwas ist.",
    "ar": "على الرحب والسعة! اكتب لنا إذا احتجت إلى أي شيء آخر.",
}


def cut(story: Story, now: datetime) -> Story:
    """The part of a story that has happened by `now`; at least its beginning has."""
    happened = [turn for turn in story.turns if turn.at < now] or story.turns[:1]
    story.is_finished = len(happened) == len(story.turns)
    story.turns = happened
    return story
