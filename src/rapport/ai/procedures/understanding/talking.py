"""A conversation with procedures and nobody else: what is written, understood, done and answered.

It keeps its state in memory. Conversations with customers keep theirs in the database, by the same
parts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rapport.ai.procedures.running import Library, State, advance
from rapport.ai.procedures.running.effects import (
    Approve,
    Ask,
    Confirm,
    Do,
    Effect,
    Ended,
    HandOver,
    Say,
)
from rapport.ai.procedures.running.inputs import Answer, Begin, Done, Failed, Input
from rapport.ai.procedures.understanding import phrases
from rapport.ai.procedures.understanding.choosing import choose, labelled
from rapport.ai.procedures.understanding.listening import Message, heard
from rapport.ai.procedures.understanding.reading import by_the_way, mentioned
from rapport.ai.procedures.understanding.replies import reply
from rapport.ai.procedures.understanding.selecting import Selection, Selector
from rapport.ai.procedures.understanding.turns import wants_another
from rapport.ai.triage import service as triage

Perform = Callable[[Do], Awaitable[Done | Failed]]
"""Does an action, once for its key."""
_LOOKED_BACK: Final = 20


@dataclass(slots=True)
class Talk:
    """One conversation. `names` tells what a text names; `said` are the customer's messages."""

    library: Library
    selector: Selector
    perform: Perform
    names: Callable[[str], Sequence[triage.Entity]]
    now: Callable[[], datetime]
    state: State = field(default_factory=State)
    said: list[Message] = field(default_factory=list)
    open_: Ask | Confirm | None = None
    offered: tuple[str, ...] = ()
    """Procedures of which the customer was asked which they mean."""
    last: str = ""
    """The procedure that was over last."""
    effects: list[Effect] = field(default_factory=list)
    """All so far."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way and nobody was asked anything."""
        return not self.state.frames and not self.offered

    async def hear(self, text: str) -> list[str]:
        """Answer a message of the customer."""
        message = Message(text, self.names(text))
        self.said = [*self.said, message][-_LOOKED_BACK:]
        if self.state.frames:
            return await self._go_on(message)
        return await self._begin(message)

    async def take(self, given: Input) -> list[str]:
        """What is said to the customer after an input; actions are done on the way."""
        told, left = list[str](), [given]
        while left:
            self.state, effects = advance(self.library, self.state, left.pop(0), self.now())
            self.open_ = None
            for effect in effects:
                self.effects.append(effect)
                told += self._told(effect)
                if isinstance(effect, Do):
                    left.append(await self.perform(effect))
                elif isinstance(effect, Ask) and (known := self._known(effect)):
                    left.append(known)
            if left and isinstance(left[0], Answer):
                told = told[:-1]  # the question is answered already
        return told

    async def _begin(self, message: Message) -> list[str]:
        """Find out what is wanted.

        Who was asked what they mean, and tells nothing new, is taken to mean the likeliest: it
        asks before it does anything.
        """
        if self.offered:
            named = [phrases.option(self._program_name(id_), id_) for id_ in self.offered]
            picked = choose(named, message.text)
            if picked:
                self.offered = ()
                return await self._started(picked)
        selection = await self._select(message)
        if self.offered:
            known = [id_ for id_ in selection.candidates if id_ in self.offered]
            selection = Selection(tuple(known or selection.candidates), selection.scores)
        guess, self.offered = self.offered[:1], ()
        if self.last and not selection.candidates and wants_another(message.text):
            return await self._started(self.last)
        if guess and not selection.candidates and reply(message.text) != "no":
            return await self._started(guess[0])
        if selection.chosen or (guess and selection.candidates):
            return await self._started(selection.candidates[0])
        if selection.candidates:
            self.offered = selection.candidates
            names = [self._program_name(id_) for id_ in self.offered]
            return [phrases.which(names, self.state.language)]
        return [phrases.nothing(self.state.language)]

    async def _started(self, procedure: str) -> list[str]:
        slots = self.library.programs[procedure].procedure.slots
        named = [one for message in self.said for one in message.named]
        return await self.take(Begin(procedure, mentioned(slots, named)))

    async def _go_on(self, message: Message) -> list[str]:
        meant = heard(self.library, self.state, self.open_, message)
        if not meant.told:
            selection = await self._select(message)
            under_way = {frame.procedure for frame in self.state.frames}
            if selection.chosen and selection.chosen not in under_way:
                slots = self.library.programs[selection.chosen].procedure.slots
                return await self.take(Begin(selection.chosen, mentioned(slots, message.named)))
        return await self.take(meant.given)

    async def _select(self, message: Message) -> Selection:
        placed = self.names(message.text)
        return await self.selector.select(message.text, self.state.language, placed)

    def _told(self, effect: Effect) -> list[str]:
        match effect:
            case Say(text=text):
                return [text]
            case Ask():
                self.open_ = effect
                lists = [labelled(slot.options) for slot in effect.slots if slot.options]
                return ["\n".join([*(slot.question for slot in effect.slots), *lists])]
            case Confirm():
                self.open_ = effect
                return [effect.text]
            case HandOver():
                return [phrases.handed_over(self.state.language)]
            case Approve():
                return [phrases.approval(self.state.language)]
            case Ended():
                self.last = effect.procedure
        return []

    def _known(self, asked: Ask) -> Answer | None:
        """What earlier messages named of what is asked for the first time."""
        named = [one for message in self.said for one in message.named]
        fresh = [slot for slot in asked.slots if not slot.again]
        values = {slot.name: by_the_way(slot, named) for slot in fresh}
        found = {name: value for name, value in values.items() if value is not None}
        return Answer(found) if len(found) == len(asked.slots) else None

    def _program_name(self, procedure: str) -> str:
        return self.library.programs[procedure].procedure.name
