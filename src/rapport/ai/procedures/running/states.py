"""Where runs stand. All of it is JSON, and nothing else is needed to go on after years."""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from rapport.ai.procedures.language.procedure import LEVELS, Identity


def digest_of(run: str, action: str, arguments: dict[str, Any]) -> str:
    """What a confirmation is of: this action, exactly these arguments, in this run."""
    written = json.dumps([run, action, arguments], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


class Call(BaseModel):
    """An action with its arguments, ready to be done. `place` is that of its step.

    `undoes` is the key of the deed that it makes undone.
    """

    key: str
    action: str
    arguments: dict[str, Any]
    digest: str
    place: int
    undoes: str | None = None


class ForAnswer(BaseModel):
    """The customer was asked for these slots."""

    kind: Literal["answer"] = "answer"
    slots: list[str]


class ForConfirmation(BaseModel):
    """The customer was asked whether this may be done."""

    kind: Literal["confirmation"] = "confirmation"
    call: Call


class ForResult(BaseModel):
    """The action is being done."""

    kind: Literal["result"] = "result"
    call: Call
    until: datetime | None = None


class ForApproval(BaseModel):
    """A person was asked; `call` is the action that waits for it, None where a step asks."""

    kind: Literal["approval"] = "approval"
    call: Call | None = None
    until: datetime | None = None


class ForTime(BaseModel):
    """Nothing but time is waited for."""

    kind: Literal["time"] = "time"
    until: datetime


class ForSignal(BaseModel):
    """An event or a webhook is waited for."""

    kind: Literal["signal"] = "signal"
    event: str | None
    webhook: str | None
    until: datetime


class ForIdentity(BaseModel):
    """The runner finds out who the customer is."""

    kind: Literal["identity"] = "identity"
    level: Identity


Waiting = Annotated[
    ForAnswer | ForConfirmation | ForResult | ForApproval | ForTime | ForSignal | ForIdentity,
    Field(discriminator="kind"),
]


class Mark(BaseModel):
    """A step that was passed, and the names it read and wrote."""

    at: int
    reads: list[str]
    writes: list[str]


class Deed(BaseModel):
    """An action that was done and does not only read. `mark` is its place in the trail.

    `kept` says that a correction left it as it is: where its step comes again with the same
    arguments, its result is taken and nothing is done.
    """

    key: str
    action: str
    arguments: dict[str, Any]
    result: Any
    place: int
    mark: int
    undo: tuple[str, dict[str, Any]] | None = None
    is_undone: bool = False
    kept: bool = False


class Undoing(BaseModel):
    """Deeds that are being undone, the last first, and what comes then."""

    keys: list[str]
    corrections: dict[str, Any] = Field(default_factory=dict)
    """Slots to change when all is undone; empty where the run is called off."""


class Frame(BaseModel):
    """One procedure under way. `offered` was said before it was asked for, and is not yet checked.

    A frame that was called gives its slots and values back under the name `result`; one that
    identifies lets its caller go on where it was. All others were begun by the customer.
    """

    id: str
    procedure: str
    version: str
    at: int = 0
    is_call: bool = False
    is_identifying: bool = False
    result: str | None = None
    slots: dict[str, Any] = Field(default_factory=dict)
    offered: dict[str, Any] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)
    tries: dict[str, int] = Field(default_factory=dict)
    trail: list[Mark] = Field(default_factory=list)
    deeds: list[Deed] = Field(default_factory=list)
    calls: int = 0
    waiting: Waiting | None = None
    undoing: Undoing | None = None
    corrections: dict[str, Any] = Field(default_factory=dict)
    """Said while an action was being done; they are taken up after it."""
    agreed: str = ""
    """The digest that the customer agreed to and that was not yet done."""
    was_approved: bool = False
    was_identified: bool = False
    is_cancelled: bool = False
    is_cancelling: bool = False


class State(BaseModel):
    """All runs of a conversation: the last frame is what it is about now."""

    language: str = "en"
    frames: list[Frame] = Field(default_factory=list)
    identity: Identity = "none"
    customer: dict[str, Any] = Field(default_factory=dict)
    """Who the customer is, as whoever identified them says; no wording can change it."""
    begun: int = 0

    def knows(self, level: Identity) -> bool:
        """Whether the customer is known at least so well."""
        return LEVELS.index(self.identity) >= LEVELS.index(level)
