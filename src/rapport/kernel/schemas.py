"""Shapes shared by every room's requests and answers."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict

from rapport.kernel.errors import Malformed

T = TypeVar("T")


class In(BaseModel):
    """What a client sends: unknown fields are refused, so nothing is set by accident."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


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
        return list(msgspec.json.decode(raw, type=tuple[types]))  # type: ignore[valid-type]
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise CursorMalformed from error
