"""One call of the interpreter: what it works on, and what comes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from rapport.ai.procedures.language.templates import filled
from rapport.ai.procedures.language.texts import in_language
from rapport.ai.procedures.running.effects import Effect, Ended, HandOver, Outcome, Say
from rapport.ai.procedures.running.program import Instruction, Library, Program
from rapport.ai.procedures.running.states import Frame, Mark, State

MOST_FRAMES: Final = 8
MOST_BEGUN: Final = 25
"""Runs of one conversation."""
Reason = Literal["step", "unanswered", "failed", "identity", "refused", "corrected", "limit"]


class VersionGone(LookupError):
    """A run's version of its procedure is not kept any more."""


class Turn:
    """A state that is being changed, and the effects so far."""

    def __init__(self, library: Library, state: State, now: datetime) -> None:
        self.library = library
        self.state = state
        self.now = now
        self.effects = list[Effect]()

    def program(self, frame: Frame) -> Program:
        """The program of a frame, in the version it began with.

        Raises:
            VersionGone: that version is not kept any more.
        """
        program = self.library.program(frame.procedure, frame.version)
        if program is None:
            raise VersionGone(frame.procedure)
        return program

    def here(self, frame: Frame) -> Instruction:
        """The step a frame is at."""
        return self.program(frame).instructions[frame.at]

    def names(self, frame: Frame) -> dict[str, Any]:
        """What formulas of a frame may read."""
        slots = dict.fromkeys(self.program(frame).procedure.slots)
        outside = {
            "customer": self.state.customer,
            "now": self.now.isoformat(),
            "today": self.now.date().isoformat(),
        }
        return {**outside, **slots, **frame.values, **frame.slots}

    def words(self, text: Mapping[str, str], names: Mapping[str, Any]) -> str:
        """A text in the customer's language, with its insertions.

        Raises:
            FormulaFailed: one of them has no value.
        """
        return filled(in_language(text, self.state.language), names)

    def say(self, text: str) -> None:
        """Tell the customer."""
        self.effects.append(Say(text))

    def push(self, frame: Frame) -> bool:
        """Put a frame on top; False, and a person takes over, where there are too many."""
        self.state.begun += 1
        if len(self.state.frames) >= MOST_FRAMES or self.state.begun > MOST_BEGUN:
            self.hand_over("Too much was begun in this conversation.", "limit")
            return False
        self.state.frames.append(frame)
        return True

    def base_of(self, frame: Frame) -> Frame:
        """The frame that the customer began, of those that called this one."""
        at = self.state.frames.index(frame)
        while self.state.frames[at].is_call:
            at -= 1
        return self.state.frames[at]

    def run_of(self, frame: Frame) -> list[Frame]:
        """The base of a frame and all that it called, from below."""
        begins = self.state.frames.index(self.base_of(frame))
        run = [self.state.frames[begins]]
        for above in self.state.frames[begins + 1 :]:
            if not above.is_call:
                break
            run.append(above)
        return run

    def folded(self, frame: Frame, *, down_to: Frame | None = None) -> Frame:
        """Drop what a frame called, keeping what was done there; the frame that is left."""
        base = down_to or self.base_of(frame)
        run = self.run_of(base)
        for above in reversed(run[run.index(base) + 1 :]):
            self.state.frames.remove(above)
            base.deeds += [d.model_copy(update={"mark": len(base.trail)}) for d in above.deeds]
        return base

    def passed(self, frame: Frame, reads: set[str] | frozenset[str], writes: set[str]) -> None:
        """Note that the step a frame is at was passed, and go on to the next."""
        frame.trail.append(Mark(at=frame.at, reads=sorted(reads), writes=sorted(writes)))
        frame.at = self.here(frame).next

    def hand_over(
        self, note: str, reason: Reason, *, queue: str | None = None, skill: str | None = None
    ) -> None:
        """Give the conversation to a person: nothing goes on."""
        begun = [frame for frame in reversed(self.state.frames) if not frame.is_call]
        self.state.frames.clear()
        self.effects.append(HandOver(note, reason, queue, skill))
        self.effects += [_ended(frame, "handed_over") for frame in begun]

    def finish(self, frame: Frame, outcome: Outcome) -> None:
        """End a run with all it called; what waits below it is taken up again."""
        base = self.folded(frame)
        self.state.frames.remove(base)
        self.effects.append(_ended(base, outcome))
        self._take_up()

    def come_back(self, frame: Frame) -> None:
        """End a called frame, and let its caller go on."""
        at = self.state.frames.index(frame)
        caller = self.state.frames[at - 1]
        self.state.frames.pop(at)
        caller.deeds += [d.model_copy(update={"mark": len(caller.trail)}) for d in frame.deeds]
        caller.waiting = None
        if frame.is_identifying:
            return
        writes = set[str]()
        if frame.result:
            caller.values[frame.result] = {**frame.values, **frame.slots}
            writes = {frame.result}
        self.passed(caller, set(), writes)

    def _take_up(self) -> None:
        """Have the run below ask anew what it had asked when another came between."""
        if self.state.frames:
            below = self.state.frames[-1]
            if below.waiting is not None and below.waiting.kind in ("answer", "confirmation"):
                below.waiting = None


def _ended(frame: Frame, outcome: Outcome) -> Ended:
    left = tuple(deed.action for deed in frame.deeds if not deed.is_undone)
    is_off = outcome in ("cancelled", "handed_over")
    return Ended(frame.procedure, outcome, {**frame.values, **frame.slots}, left if is_off else ())
