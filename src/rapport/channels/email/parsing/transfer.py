"""Content-Transfer-Encodings (RFC 2045), and what is sent in their name."""

import binascii
import re
from collections.abc import Mapping
from typing import Final

from rapport.channels.email.parsing.mail import Problems

MAX_FILES: Final = 1_000
_KINDS: Final[Mapping[str, str]] = {
    "base64": "base64",
    "base-64": "base64",
    "b": "base64",
    "quoted-printable": "quoted-printable",
    "quotedprintable": "quoted-printable",
    "quoted-printible": "quoted-printable",
    "qp": "quoted-printable",
    "q": "quoted-printable",
    "quoted": "quoted-printable",
    "x-uuencode": "uuencode",
    "x-uue": "uuencode",
    "uuencode": "uuencode",
    "uue": "uuencode",
    "7bit": "",
    "8bit": "",
    "binary": "",
}
_NAME: Final = re.compile(r"[a-z0-9-]+")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_BASE64_LINES: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_WORDS: Final = re.compile(rb"[^A-Za-z0-9+/=\s]|\S[ \t]+\S")
_PADDING: Final = re.compile(rb"=\r?\n")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,300})\r?\n", re.MULTILINE)


def kind_of(value: str, problems: Problems) -> str:
    """`base64`, `quoted-printable`, `uuencode` or "" for a field that may say anything."""
    found = _NAME.search(value.lower())
    if found is None:
        return ""
    known = _KINDS.get(found[0])
    if known is None:
        known = _KINDS.get(found[0].replace("-", ""))
        problems.note(f"There is no Content-Transfer-Encoding {found[0][:40]!r}.")
    return known or ""


def decode_body(body: memoryview, kind: str, *, is_text: bool, problems: Problems) -> bytes:
    """What was encoded as `kind`; when it evidently was not, the bytes themselves."""
    if kind == "base64" and not (is_text and _is_plain(body)):
        return base64_bytes(body)
    if kind == "base64":
        problems.note("A text says it is base64 and is not.")
    if kind == "quoted-printable":
        return binascii.a2b_qp(body)
    if kind == "uuencode":
        found = uu_files(bytes(body))
        return found[0][2] if found else bytes(body)
    return bytes(body)


def _is_plain(body: memoryview) -> bool:
    """Whether something called base64 is words: they have spaces and punctuation between them."""
    sample = _PADDING.split(bytes(body[:1_000]), maxsplit=1)[0]
    return len(_WORDS.findall(sample)) > max(2, len(sample) // 50)


def base64_bytes(data: bytes | memoryview) -> bytes:
    """Base64 decoded, forgiving stray characters, missing padding, and pieces padded one by one."""
    try:
        decoded = binascii.a2b_base64(data)
    except (binascii.Error, ValueError):
        return _repaired(bytes(data))
    if len(decoded) < len(data) // 2:  # padding ended it early, or it is mostly white space
        return _in_pieces(bytes(data), decoded)
    return decoded


def _repaired(data: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", data)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _in_pieces(data: bytes, first: bytes) -> bytes:
    """Several pieces that each end in padding; `first` alone when something else follows it."""
    end = data.find(b"=")
    rest = data[end:].strip(b"= \t\r\n") if end >= 0 else b""
    if not rest or not _BASE64_LINES.fullmatch(rest) or _WORDS.search(rest):
        return first
    pieces = (piece for piece in data.split(b"=") if piece.strip())
    return b"".join(_repaired(piece) for piece in pieces)


def uu_files(data: bytes) -> list[tuple[int, int, bytes, bytes]]:
    """Uuencoded files in a text: where each begins and ends, its content, and its name.

    Only what is a file to its last line counts, `begin 644` in a sentence does not, and at most
    1,000 do.
    """
    files: list[tuple[int, int, bytes, bytes]] = []
    position = 0
    while (begin := _UU_BEGIN.search(data, position)) is not None and len(files) < MAX_FILES:
        position = begin.end()
        read = _uu_content(data, position)
        if read is not None:
            position, content = read
            files.append((begin.start(), position, content, begin[1]))
    return files


def _uu_content(data: bytes, position: int) -> tuple[int, bytes] | None:
    """Where the file ends and its bytes, or None if a line before `end` is not uuencoded."""
    content = bytearray()
    while position < len(data):
        found = data.find(b"\n", position)
        end = len(data) if found < 0 else found + 1
        line = data[position : min(end, position + 200)].rstrip(b"\r\n")
        position = end
        if line == b"end":
            return position, bytes(content)
        if line.startswith(b"begin "):
            return None
        try:
            content += _uu_line(line)
        except binascii.Error:
            return None
    return None


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad the last line too far.
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        return binascii.a2b_uu(line[:wanted])
