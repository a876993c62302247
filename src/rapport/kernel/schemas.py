"""Shapes shared by every room's requests and answers."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, model_validator

from rapport.kernel.errors import Malformed

T = TypeVar("T")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class In(BaseModel):
    """What a client sends: unknown fields are refused, so nothing is set by accident.

    So is text that PostgreSQL cannot keep: NUL characters and halves of surrogate pairs.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        if not is_storable(value):
            raise ValueError("Text must be valid Unicode without NUL characters.")
        return value


def is_storable(value: Any) -> bool:
    """Whether all text inside plain data, however deep, can be kept."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and _UNSTORABLE.search(part):
            return False
        if isinstance(part, dict):
            waiting += (*part, *part.values())
        elif isinstance(part, list):
            waiting += part
    return True


class Out(BaseModel):
    """What we answer: read from rows. Fields have no defaults, so that clients always see them."""

    model_config = ConfigDict(from_attributes=True)


class Page(Out, Generic[T]):
    """Part of a list, and the cursor that continues it."""

    items: list[T]
    next: str | None


class CursorMalformed(Malformed):
    """The cursor is not one we gave out; start again without it."""


def encode_cursor(parts: Sequence[str | int | float | datetime | UUID | None]) -> str:
    """Pack the sort key of the last row into an opaque, URL-safe text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(parts))).decode().rstrip("=")


def decode_cursor(cursor: str, *types: Any) -> list[Any]:
    """The sort key inside `cursor`, its parts converted to `types`.

    Raises:
        CursorMalformed: it is not a cursor of this list.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts = list(msgspec.json.decode(raw, type=tuple[types]))  # type: ignore[valid-type]
        if not is_storable(parts):
            raise CursorMalformed
        return parts
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise CursorMalformed from error
