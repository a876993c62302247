"""Lists of `tag=value`, as signatures and records in the DNS have them (RFC 6376, section 3.2)."""

import re
from collections.abc import Mapping
from typing import Final

MAX_BYTES: Final = 16_000
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,30}")
_SPACE: Final = re.compile(r"[ \t\r\n]+")


class TagsUnclear(Exception):
    """This is no list of tags, one comes twice, or it is longer than 16,000 bytes."""


def read(value: bytes) -> Mapping[str, str]:
    """The tags in their order, without the space around names and values.

    Raises:
        TagsUnclear: see there.
    """
    if len(value) > MAX_BYTES:
        raise TagsUnclear
    tags: dict[str, str] = {}
    pieces = value.decode("utf-8", "replace").split(";")
    for place, piece in enumerate(pieces):
        name, is_tag, said = piece.partition("=")
        name = name.strip(" \t\r\n")
        if not is_tag and not name and place == len(pieces) - 1:
            break
        if not is_tag or not _NAME.fullmatch(name) or name in tags:
            raise TagsUnclear
        tags[name] = said.strip(" \t\r\n")
    return tags


def solid(value: str) -> str:
    """A value without any white space: what is folded for its length."""
    return _SPACE.sub("", value)


def without_proof(value: bytes) -> bytes:
    """The value of a signature's field with what stands in its tag `b` left out."""
    pieces = value.split(b";")
    for place, piece in enumerate(pieces):
        name, is_tag, _ = piece.partition(b"=")
        if is_tag and name.strip(b" \t\r\n") == b"b":
            pieces[place] = name + b"="
    return b";".join(pieces)
