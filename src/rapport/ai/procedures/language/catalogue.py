"""What actions there are, as far as procedures must know: a registry's, or a file's."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from rapport.ai.procedures.language.parts import ActionName, Part, Value
from rapport.ai.procedures.language.procedure import Identity
from rapport.kernel.actions import Action, Risk


class ActionSpec(Part):
    """An action as procedures see it."""

    risk: Risk
    description: str = ""
    arguments: dict[str, Any] = Field(
        default_factory=lambda: {"type": "object", "properties": {}},
        description="The JSON Schema of what it takes.",
    )
    bound: dict[str, Value] = Field(
        default_factory=dict,
        description="Arguments that no procedure and no customer fills, as formulas over "
        "`customer`; the runner binds them.",
    )
    identity: Identity = Field(
        "none", description="How well the customer must be known before it is done."
    )
    verifies: Identity | None = Field(
        None, description="How well the customer is known once this has succeeded."
    )
    result: dict[str, Any] | None = Field(
        None, description="The JSON Schema of what it gives, where it is known."
    )

    @property
    def takes(self) -> Mapping[str, Any]:
        """The arguments by name, each with its schema."""
        return dict(self.arguments.get("properties", {}))

    @property
    def needs(self) -> frozenset[str]:
        """The arguments a procedure must give."""
        return frozenset(self.arguments.get("required", ())) - set(self.bound)


class Catalogue(Part):
    """The actions that may be done, by name."""

    format: int = Field(1, ge=1, le=1)
    actions: dict[ActionName, ActionSpec] = Field(default_factory=dict)

    def get(self, name: str) -> ActionSpec | None:
        """The action of a name."""
        return self.actions.get(name)


def spec_of(action: Action, *, personal: bool) -> ActionSpec:
    """A registered action; one that is personal is for customers we know for sure."""
    return ActionSpec(
        risk=action.risk,
        description=action.description,
        arguments=action.arguments.model_json_schema(),
        identity="verified" if personal else "none",
        result=action.result.model_json_schema(),
    )
