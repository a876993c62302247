"""Who is here and who writes: facts that are true only while somebody keeps saying so.

Boards hold what this process heard of all processes. They know no socket and no database; time is
given to them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

TYPING_S = 6.0
PRESENT_S = 45.0
"""Three times the interval at which presence is said again."""

Monotonic = Callable[[], float]


class TypistKey(NamedTuple):
    """Somebody writing somewhere."""

    workspace_id: UUID
    conversation_id: UUID
    who_id: UUID
    note: bool


@dataclass(frozen=True, slots=True)
class Typist:
    """What is shown of somebody who writes."""

    kind: str
    name: str
    topics: Sequence[str]


class TypingBoard:
    """Who writes where. Silence for six seconds means that they stopped."""

    def __init__(self, monotonic: Monotonic) -> None:
        """Start empty."""
        self._monotonic = monotonic
        self._until: dict[TypistKey, float] = {}
        self._typists: dict[TypistKey, Typist] = {}

    def on(self, key: TypistKey, typist: Typist) -> None:
        """They write, for the next six seconds."""
        self._until[key] = self._monotonic() + TYPING_S
        self._typists[key] = typist

    def off(self, key: TypistKey) -> bool:
        """They stopped; says whether anybody was told that they wrote."""
        self._typists.pop(key, None)
        return self._until.pop(key, None) is not None

    def expire(self) -> list[tuple[TypistKey, Typist]]:
        """Forget who fell silent, and return them."""
        now = self._monotonic()
        silent = [key for key, until in self._until.items() if until <= now]
        gone = [(key, self._typists[key]) for key in silent]
        for key in silent:
            self.off(key)
        return gone

    def on_topics(self, workspace: UUID, topics: set[str]) -> list[tuple[TypistKey, Typist]]:
        """Who writes now, among those that hearers of `topics` may see."""
        return [
            (key, typist)
            for key, typist in self._typists.items()
            if key.workspace_id == workspace and not topics.isdisjoint(typist.topics)
        ]


@dataclass(slots=True)
class _Seen:
    agent_id: UUID
    viewing: UUID | None
    until: float


class PresenceBoard:
    """Which agents have Rapport open, and which conversation they look at."""

    def __init__(self, monotonic: Monotonic) -> None:
        """Start empty."""
        self._monotonic = monotonic
        self._seen: dict[UUID, dict[str, _Seen]] = {}

    def here(self, workspace: UUID, window: str, agent_id: UUID, viewing: UUID | None) -> bool:
        """One window of an agent is open; says whether that is news."""
        windows = self._seen.setdefault(workspace, {})
        known = windows.get(window)
        windows[window] = _Seen(agent_id, viewing, self._monotonic() + PRESENT_S)
        return known is None or known.viewing != viewing

    def gone(self, workspace: UUID, window: str) -> bool:
        """A window was closed; says whether that is news."""
        windows = self._seen.get(workspace, {})
        known = windows.pop(window, None)
        if not windows:
            self._seen.pop(workspace, None)
        return known is not None

    def expire(self) -> set[UUID]:
        """Forget windows that were not heard of for long; returns the workspaces it changed."""
        now = self._monotonic()
        silent = [
            (workspace, window)
            for workspace, windows in self._seen.items()
            for window, seen in windows.items()
            if seen.until <= now
        ]
        return {workspace for workspace, window in silent if self.gone(workspace, window)}

    def agents(self, workspace: UUID) -> list[UUID]:
        """Who is here, each once."""
        return sorted({seen.agent_id for seen in self._seen.get(workspace, {}).values()})

    def viewing(self, workspace: UUID) -> dict[UUID, list[UUID]]:
        """Which agents look at which conversation."""
        found: dict[UUID, set[UUID]] = {}
        for seen in self._seen.get(workspace, {}).values():
            if seen.viewing is not None:
                found.setdefault(seen.viewing, set()).add(seen.agent_id)
        return {conversation: sorted(agents) for conversation, agents in found.items()}
