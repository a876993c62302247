"""Which actions there are."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, create_model

from rapport.kernel.actions.errors import UnknownAction


class Risk(StrEnum):
    """How much harm a wrong call does; it decides who must agree beforehand."""

    READS = "reads"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Action:
    """A registered function and what its callers need to know about it."""

    name: str
    permission: str
    risk: Risk
    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    function: Callable[..., Awaitable[BaseModel]]


STRICT = ConfigDict(extra="forbid")
_registry: dict[str, Action] = {}
F = TypeVar("F", bound=Callable[..., Awaitable[BaseModel]])


def action(name: str, *, permission: str, risk: Risk) -> Callable[[F], F]:
    """Register an async function as an action; the function itself stays an ordinary function.

    Its signature after `ctx` becomes the argument schema, its docstring the description that
    models and people choose by, and the Pydantic model it returns its result.
    """

    def register(function: F) -> F:
        signature = inspect.signature(function, eval_str=True)
        fields: dict[str, Any] = {
            p.name: (p.annotation, ... if p.default is p.empty else p.default)
            for p in list(signature.parameters.values())[1:]
        }
        arguments = create_model(f"{name}:arguments", __config__=STRICT, **fields)
        _registry[name] = Action(
            name=name,
            permission=permission,
            risk=risk,
            description=inspect.getdoc(function) or "",
            arguments=arguments,
            result=signature.return_annotation,
            function=function,
        )
        return function

    return register


def registered() -> list[Action]:
    """Every action of the loaded rooms and packs, by name."""
    return [_registry[name] for name in sorted(_registry)]


def find(name: str) -> Action:
    """The action called `name`.

    Raises:
        UnknownAction: no room or enabled pack registered it.
    """
    wanted = _registry.get(name)
    if wanted is None:
        raise UnknownAction(f"There is no action called {name!r}.")
    return wanted
