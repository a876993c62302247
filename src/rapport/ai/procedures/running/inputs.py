"""What a run is told: by the customer, by people, by the clock, and by who carries effects out."""

from dataclasses import dataclass, field
from typing import Any

from rapport.ai.procedures.language.procedure import Identity


@dataclass(frozen=True, slots=True)
class Begin:
    """A procedure is begun; what is under way waits below it. `slots` were said already."""

    procedure: str
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The customer says what slots are: those asked for, others, or known ones anew.

    `refused`: they cannot or will not tell what was asked for.
    """

    values: dict[str, Any] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The customer agrees, or does not, to what has this digest."""

    digest: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Identified:
    """The runner says how well the customer is known, and who they are."""

    level: Identity
    customer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The action with this key was done. `identified`: it found out who the customer is."""

    key: str
    result: Any = None
    identified: Identified | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The action with this key was not done."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approved:
    """A person agreed, or did not."""

    agreed: bool


@dataclass(frozen=True, slots=True)
class Due:
    """Time has passed: what waited until now goes on."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something came from outside: an event, or, where `webhook` says so, a webhook's call."""

    name: str
    content: Any = None
    webhook: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The customer calls off what is under way."""


Input = Begin | Answer | Confirmed | Identified | Done | Failed | Approved | Due | Event | Cancelled
