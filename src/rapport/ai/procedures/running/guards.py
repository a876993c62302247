"""What must hold before an action is done, as data: asked by whoever does it, at the last moment.

The interpreter sees to identity and confirmation; a guard looks besides at what the world is like
now (whose order it is, its state, a balance), and trusts nobody's word, least of all a model's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from rapport.ai.procedures.language.catalogue import ActionSpec
from rapport.ai.procedures.language.parts import ActionName, Condition, Part, Value
from rapport.ai.procedures.language.procedure import LEVELS, Identity
from rapport.ai.procedures.language.reckoning import FormulaFailed, holds
from rapport.ai.procedures.language.values import computed
from rapport.kernel.actions import Risk


class Rule(Part):
    """One thing that must hold; `name` says which, where it does not."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    that: Condition


class Guard(Part):
    """What must hold for one action. `facts` are looked up beforehand, in this order."""

    facts: dict[str, Value] = Field(default_factory=dict)
    must: list[Rule] = Field(default_factory=list)


class Guards(Part):
    """The guards of a set of actions; an action without one is refused."""

    format: int = Field(ge=1, le=1)
    actions: dict[ActionName, Guard]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that is about to be done: for whom, whether they agreed to it, and what was before.

    `history` are the calls that were done in this conversation: `name` and `arguments`.
    """

    action: str
    arguments: Mapping[str, Any]
    identity: Identity = "none"
    customer: Mapping[str, Any] = field(default_factory=dict)
    confirmed: bool = False
    history: Sequence[Mapping[str, Any]] = ()


def refusal(
    guards: Guards, spec: ActionSpec | None, asked: Asked, world: Mapping[str, Any]
) -> str | None:
    """The name of the first rule that does not hold; None where the call may be done.

    `world` is what facts are looked up in. A rule that has no value does not hold.
    """
    guard = guards.actions.get(asked.action)
    if guard is None or spec is None:
        return "unknown_action"
    if LEVELS.index(asked.identity) < LEVELS.index(spec.identity):
        return "not_identified"
    if spec.risk is not Risk.READS and not asked.confirmed:
        return "not_confirmed"
    names = {
        **world,
        "arguments": dict(asked.arguments),
        "customer": dict(asked.customer),
        "history": [dict(call) for call in asked.history],
    }
    try:
        for name, value in guard.facts.items():
            names[name] = computed(value, names)
    except FormulaFailed:
        return "facts_missing"
    return next((rule.name for rule in guard.must if not _holds(rule, names)), None)


def _holds(rule: Rule, names: Mapping[str, Any]) -> bool:
    try:
        return holds(rule.that, names)
    except FormulaFailed:
        return False
