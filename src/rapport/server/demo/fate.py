"""Where a conversation stands now: its status, who holds it, and how far it was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from rapport.server.demo.content import shop
from rapport.server.demo.story import Story

_LEFT_WAITING: Final = ((1, 0.95), (3, 0.85), (6, 0.4))
"""Days, and the share of the conversations not older in which somebody still waits for us."""
_SNOOZABLE: Final = timedelta(days=14)
_PENDING: Final = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Fate:
    """The present of a conversation. `holder` is a place among the colleagues, -1 the owner."""

    status: str
    holder: int | None
    priority: str
    snoozed_until: datetime | None
    resolved_at: datetime | None
    is_tagged: bool


def settle(story: Story, now: datetime, rng: Random) -> Fate:
    """Decide about one story. May cut off its end, so that somebody is still waiting."""
    age = now - story.last.at
    priority = _priority(story, rng)
    if story.last.voice == "agent":
        if age < _SNOOZABLE and rng.random() < 0.2:
            until = now + timedelta(hours=rng.uniform(5, 150))
            return Fate("snoozed", story.agent, priority, until, None, True)
        if age < _PENDING and rng.random() < 0.45:
            return Fate("pending", story.agent, priority, None, None, True)
    if story.is_finished and _is_escalated(story) and rng.random() < _share_waiting(age):
        _leave_waiting(story, rng)
    if not story.is_finished or _is_waiting(story):
        return Fate("open", _holder(story, rng), priority, None, None, rng.random() < 0.6)
    has_agent = any(turn.voice == "agent" for turn in story.turns)
    done = story.last.at + timedelta(minutes=rng.uniform(1, 700 if has_agent else 90))
    holder = story.agent if has_agent else None
    if done >= now:
        return Fate("open", holder, priority, None, None, has_agent)
    return Fate("resolved", holder, priority, None, done, rng.random() < 0.9)


def _is_escalated(story: Story) -> bool:
    """Whether it is a person's business, or was from the beginning."""
    is_handed_over = any(turn.answer == "handed_over" for turn in story.turns)
    return is_handed_over or not story.by_assistant


def _share_waiting(age: timedelta) -> float:
    return next((share for days, share in _LEFT_WAITING if age < timedelta(days=days)), 0.0)


def _leave_waiting(story: Story, rng: Random) -> None:
    """Take back the last answer of a person, or all of them, and what came after."""
    theirs = [
        place
        for place, turn in enumerate(story.turns)
        if turn.voice == "agent" and story.turns[place - 1].text not in shop().thanks
    ]
    if theirs:
        place = theirs[-1] if rng.random() < 0.6 else theirs[0]
        del story.turns[place:]
        story.is_finished = False


def _is_waiting(story: Story) -> bool:
    spoken = [turn for turn in story.turns if turn.voice != "note"]
    return (
        spoken[-1].voice in {"customer", "system"}
        and len(spoken) > 1
        and not any(turn.voice == "agent" for turn in spoken)
    )


def _holder(story: Story, rng: Random) -> int | None:
    """Of the open ones a third is nobody's yet, and a few are the owner's own."""
    if any(turn.voice == "agent" for turn in story.turns):
        return -1 if rng.random() < 0.42 else story.agent
    if any(turn.voice == "note" for turn in story.turns):
        return story.agent
    return rng.choices((None, -1, story.agent), (0.56, 0.26, 0.18))[0]


def _priority(story: Story, rng: Random) -> str:
    chance = rng.random()
    if story.script.is_urgent:
        return "urgent" if chance < 0.1 else "high" if chance < 0.4 else "normal"
    return "high" if chance < 0.05 else "low" if chance < 0.1 else "normal"
