"""Events and results of actions hold nothing that people wrote, unless it is sealed."""

import typing
from datetime import date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import BaseModel

import rapport.server.rooms  # noqa: F401 - registers every event and action
from rapport.kernel.actions import registered
from rapport.kernel.events import Event, catalogue
from rapport.kernel.personal import Code, Sealed, rooms

HARMLESS = (UUID, bool, int, float, datetime, date, timedelta, type(None))
MARKED = {get_args(Code)[1], get_args(Sealed)[1]}


def may_hold_texts(annotation: Any, metadata: typing.Iterable[Any] = ()) -> bool:
    """Whether somebody's words could stand in a field of this type."""
    if any(mark in MARKED for mark in metadata):
        return False
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return may_hold_texts(inner[0], inner[1:])
    if origin is Literal:
        return False
    if origin in (typing.Union, UnionType, list, tuple, set, frozenset):
        return any(may_hold_texts(part) for part in inner)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return False
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(texts_of(annotation))
    return annotation not in HARMLESS


def texts_of(model: type[BaseModel]) -> list[str]:
    """The fields in which somebody's words could stand unsealed."""
    return [
        name
        for name, field in model.model_fields.items()
        if may_hold_texts(field.annotation, field.metadata)
    ]


def ours(event: type[Event]) -> bool:
    return event.__module__.startswith("rapport.")


@pytest.mark.parametrize("name", sorted(name for name, it in catalogue.items() if ours(it)))
def test_an_event_holds_no_text_of_people(name: str) -> None:
    assert texts_of(catalogue[name]) == []


def test_a_field_that_people_might_write_in_is_noticed() -> None:
    class Said(BaseModel):
        who: UUID
        text: str
        maybe: str | None
        many: list[str]
        anything: dict[str, Any]
        kind: Code
        sealed: Sealed | None
        fixed: Literal["a", "b"]

    assert texts_of(Said) == ["text", "maybe", "many", "anything"]


@pytest.mark.parametrize(
    "name", [it.name for it in registered() if not it.name.startswith("testing.")]
)
def test_the_result_of_an_action_is_about_something_that_can_be_erased(name: str) -> None:
    (action,) = [it for it in registered() if it.name == name]
    named = {field for room in rooms for field in room.named_by}

    assert not texts_of(action.result) or named & set(action.arguments.model_fields)
