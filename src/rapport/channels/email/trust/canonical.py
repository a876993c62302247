"""What is hashed of a message (RFC 6376, section 3.4), in time linear in its length.

dkimpy's own canonicalisation takes time quadratic in a run of spaces, and several times the
message's size in memory; that is why this is ours.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final

from rapport.channels.email.trust.message import Field

CHUNK_BYTES: Final = 1 << 20
_MAX_BLANK_BYTES: Final = 1 << 23
_BLANKS: Final = re.compile(rb"[ \t]+")
_SOLID: Final = re.compile(rb"[^ \t\r\n]")


class BodyUnclear(Exception):
    """Eight million bytes of white space in a row: nobody signs that."""


def header_line(field: Field, *, is_relaxed: bool) -> bytes:
    """A field as it is signed, with the CRLF that ends it."""
    if not is_relaxed:
        return field.name + b":" + field.value + b"\r\n"
    value = _BLANKS.sub(b" ", field.value.replace(b"\r\n", b"")).strip(b" ")
    return field.key + b":" + value + b"\r\n"


def chosen(fields: Sequence[Field], names: Sequence[bytes]) -> Iterator[Field]:
    """The fields that a list of names means: of each name the lowest first, as often as named."""
    left: dict[bytes, list[Field]] = {}
    for one in fields:
        left.setdefault(one.key, []).append(one)
    for name in names:
        if left.get(name):
            yield left[name].pop()


def body_hash(body: memoryview, *, is_relaxed: bool, length: int | None = None) -> bytes:
    """The SHA-256 of a body; with `length` it is b"" when the body has more bytes than that.

    Signatures that leave out the end of a body would let anybody write there.

    Raises:
        BodyUnclear: see there.
    """
    seen = hashlib.sha256()
    size = 0
    for piece in _canonical(body, is_relaxed=is_relaxed):
        seen.update(piece)
        size += len(piece)
    return b"" if length is not None and size > length else seen.digest()


def _canonical(body: memoryview, *, is_relaxed: bool) -> Iterator[bytes]:
    """The body in pieces. Empty lines wait until something follows them; at the end they go."""
    waiting = 0
    is_empty = True
    for chunk in _chunks(body):
        text = chunk.replace(b"\r\n", b"\n")
        if is_relaxed:
            text = _relaxed(text)
        solid = text.rstrip(b"\n")
        if solid:
            yield b"\r\n" * waiting
            yield solid.replace(b"\n", b"\r\n")
            waiting = 0
            is_empty = False
        waiting += len(text) - len(solid)
    if not is_relaxed or not is_empty:
        yield b"\r\n"


def _relaxed(text: bytes) -> bytes:
    """White space in one line as one space, none before its end."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text.replace(b" \n", b"\n")


def _chunks(body: memoryview) -> Iterator[bytes]:
    """Pieces of a million bytes, cut where no white space is."""
    position = 0
    while position < len(body):
        solid = _SOLID.search(body, min(position + CHUNK_BYTES, len(body)))
        end = solid.start() if solid else len(body)
        if end - position > _MAX_BLANK_BYTES:
            raise BodyUnclear
        yield bytes(body[position:end])
        position = end
