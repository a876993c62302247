"""Encoded words in header fields (RFC 2047), as senders really write them."""

import binascii
import re
from typing import Final

from rapport.channels.email.parsing.charsets import clean, decode
from rapport.channels.email.parsing.transfer import base64_bytes

_OPENING: Final = re.compile(r"=\?\s*([^?\s*]{1,60})(?:\*[\w-]{0,20})?\s*\?\s*([bBqQ])\s*\?")
_HEX: Final = re.compile(r"[0-9A-F]{2}")
_SPACES: Final = re.compile(r"[\x00-\x20\x7f]+")


def decode_words(text: str) -> str:
    """`text` with every encoded word decoded.

    Characters split over two words are mended. Spaces inside a word, words without spaces between
    them and words inside quotes are read as meant; what is no encoded word stays as it is.
    """
    if "=?" not in text:
        return text
    said: list[str] = []
    pieces: list[bytes] = []
    charset, position = "", 0

    def flush() -> None:
        if pieces:
            said.append(decode(b"".join(pieces), charset)[0])
            pieces.clear()

    while (found := _next_word(text, position)) is not None:
        start, end, named, content = found
        between = text[position:start]
        if between.strip() or not pieces:
            flush()
            said.append(between)
        elif named != charset:
            flush()
        pieces.append(content)
        charset, position = named, end
    flush()
    return clean("".join(said) + text[position:])


def one_line(text: str) -> str:
    """`text` with every run of white space and control characters as one space."""
    return _SPACES.sub(" ", text).strip()


def _next_word(text: str, position: int) -> tuple[int, int, str, bytes] | None:
    """Where the next encoded word begins and ends, its charset and its bytes."""
    opening = _OPENING.search(text, position)
    if opening is None:
        return None
    end = _end_of(text, opening.end(), is_quoted=opening[2] in "qQ")
    if end < 0:
        return None
    for later in _OPENING.finditer(text, opening.end(), end):
        opening = later  # the words before it were cut off
    content = text[opening.end() : end]
    decoded = _quoted(content) if opening[2] in "qQ" else base64_bytes(content.encode())
    return opening.start(), end + 2, opening[1].lower(), decoded


def _end_of(text: str, start: int, *, is_quoted: bool) -> int:
    """Where `?=` ends the word; a bare question mark before `=20` does not."""
    end = text.find("?=", start)
    while is_quoted and end >= 0 and _HEX.match(text, end + 2):
        following = text.find("?=", end + 2)
        if following < 0 or text.find("=?", end + 2, following) >= 0:
            break
        end = following
    return end


def _quoted(content: str) -> bytes:
    """The Q encoding: quoted-printable with underscores for spaces."""
    return binascii.a2b_qp(content.encode("utf-8", "replace"), header=True)
