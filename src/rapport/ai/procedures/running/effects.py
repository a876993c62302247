"""What is to be carried out. Effects are data; a run does nothing itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rapport.ai.procedures.language.procedure import Identity

Outcome = Literal["done", "declined", "cancelled", "handed_over"]


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the customer."""

    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may be chosen now, its words, and other words for it."""

    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slot that is asked for; `again` where it was asked before."""

    name: str
    kind: str
    question: str
    options: tuple[Option, ...] = ()
    many: bool = False
    again: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the customer for slots of a procedure; an `Answer` comes back."""

    procedure: str
    slots: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask the customer whether exactly this may be done; `Confirmed` with the digest comes back."""

    procedure: str
    action: str
    arguments: dict[str, Any]
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Do:
    """Do an action, once for its key; `Done` or `Failed` comes back.

    `confirmed` is the digest the customer agreed to; empty for what only reads.
    """

    key: str
    action: str
    arguments: dict[str, Any]
    confirmed: str
    identity: Identity
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approve:
    """Have a person decide; `Approved` comes back. `action` is what waits for it, if one does."""

    note: str
    by: str | None = None
    until: datetime | None = None
    action: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identify:
    """Find out who the customer is; `Identified` comes back."""

    level: Identity


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back with `Due` at this time, or with the `Event` before it."""

    until: datetime
    event: str | None = None
    webhook: str | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the conversation to a person; all runs have ended."""

    note: str
    reason: Literal["step", "unanswered", "failed", "identity", "refused", "corrected", "limit"]
    queue: str | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A procedure is over. `left` are the actions that stay done though it was called off."""

    procedure: str
    outcome: Outcome
    results: dict[str, Any] = field(default_factory=dict)
    left: tuple[str, ...] = ()


Effect = Say | Ask | Confirm | Do | Approve | Identify | Wait | HandOver | Ended
