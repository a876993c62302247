"""Outlook's `winmail.dat` (MS-OXTNEF): the files and the text inside it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rapport.channels.email.parsing import names, rtf
from rapport.channels.email.parsing.charsets import decode
from rapport.channels.email.parsing.mail import Attachment

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_HEADER_BYTES: Final = 6
_MAX_ATTRIBUTES: Final = 5_000
_MAX_PROPERTIES: Final = 2_000

_CODE_PAGE, _BODY, _MESSAGE_PROPERTIES = 0x9007, 0x800C, 0x9003
_BEGIN, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

_PLAIN, _HTML, _RICH, _OBJECT = 0x1000, 0x1013, 0x1009, 0x3701
_LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3707, 0x370E, 0x3712

_FIXED: Final = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8}
_FIXED_LONG: Final = {0x40: 8, 0x48: 16}
_VARIABLE: Final = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_MANY: Final = 0x1000
_NAMED: Final = 0x8000


@dataclass
class Opened:
    """What was inside. Rich text is attached when it is the only text there is."""

    text: str = ""
    html: str | None = None
    rich: bytes | None = None
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class _File:
    title: str = ""
    data: bytes = b""
    properties: dict[int, bytes] = field(default_factory=dict)


def read(data: bytes) -> Opened | None:
    """The content of a TNEF stream as far as it can be read; None when it is none."""
    if not data.startswith(_SIGNATURE):
        return None
    opened, files, code_page = Opened(), list[_File](), "cp1252"
    for kind, value in _attributes(data):
        if kind == _CODE_PAGE and len(value) >= 4:
            code_page = f"cp{int.from_bytes(value[:4], 'little')}"
        elif kind == _BODY:
            opened.text = _text(value, code_page)
        elif kind == _MESSAGE_PROPERTIES:
            _take_message(opened, dict(_properties(value)), code_page)
        elif kind == _BEGIN:
            files.append(_File())
        elif files:
            _take_file(files[-1], kind, value, code_page)
    opened.attachments = [_attachment(file, code_page) for file in files]
    if opened.rich and not opened.text and not opened.html:
        opened.attachments.insert(
            0, Attachment("message.rtf", "application/rtf", False, None, opened.rich)
        )
    return opened


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute's id and value; one that is cut off ends them."""
    position = _HEADER_BYTES
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(data):
            return
        kind, _, length = struct.unpack_from("<HHI", data, position + 1)
        value = data[position + 9 : position + 9 + length]
        if len(value) < length:
            return
        yield kind, value
        position += 9 + length + 2  # behind the value stands a checksum


def _take_message(opened: Opened, properties: dict[int, bytes], code_page: str) -> None:
    if _PLAIN in properties:
        opened.text = _text(properties[_PLAIN], code_page)
    if _HTML in properties:
        opened.html = _text(properties[_HTML], code_page)
    opened.rich = rtf.expanded(properties.get(_RICH, b""))


def _take_file(file: _File, kind: int, value: bytes, code_page: str) -> None:
    if kind == _TITLE:
        file.title = _text(value, code_page)
    elif kind == _DATA:
        file.data = value
    elif kind == _PROPERTIES:
        file.properties = dict(_properties(value))


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The MAPI properties in `data`: their ids and values; an unknown type ends them."""
    position, count = 4, min(int.from_bytes(data[:4], "little"), _MAX_PROPERTIES)
    for _ in range(count):
        if position + 4 > len(data):
            return
        kind, tag = struct.unpack_from("<HH", data, position)
        position += 4
        if tag >= _NAMED:
            position = _past_name(data, position)
        base = kind & ~_MANY
        is_listed = kind & _MANY or base in _VARIABLE
        values, position = _values(data, position, base, is_counted=bool(is_listed))
        if values is None:
            return
        if values:
            yield tag, _marked(base, values[0])


def _past_name(data: bytes, position: int) -> int:
    """Behind the set, kind and id or name of a named property."""
    kind = int.from_bytes(data[position + 16 : position + 20], "little")
    if kind == 0:
        return position + 24
    length = int.from_bytes(data[position + 20 : position + 24], "little")
    return position + 24 + length + -length % 4


def _values(
    data: bytes, position: int, kind: int, *, is_counted: bool
) -> tuple[list[bytes] | None, int]:
    """The values of one property and where the next begins; None when that cannot be known."""
    count = 1
    if is_counted:
        count = int.from_bytes(data[position : position + 4], "little")
        position += 4
    values: list[bytes] = []
    fixed = _FIXED.get(kind) or _FIXED_LONG.get(kind)
    if fixed is None and kind not in _VARIABLE:
        return None, position
    for _ in range(count):
        length = fixed
        if length is None:
            length = int.from_bytes(data[position : position + 4], "little")
            position += 4
        if position + length > len(data):
            return None, position
        values.append(data[position : position + length])
        position += length + -length % 4
    return values, position


def _marked(kind: int, value: bytes) -> bytes:
    """UTF-16 gets a mark of its byte order, by which `_text` knows it; objects lose their class."""
    if kind == 0x1F:
        return b"\xff\xfe" + value
    return value[16:] if kind == 0x0D else value


def _text(value: bytes, code_page: str) -> str:
    text = decode(value, code_page)[0]
    return text.replace("\r\n", "\n").rstrip("\n")


def _attachment(file: _File, code_page: str) -> Attachment:
    properties = file.properties
    name = _text(properties.get(_LONG_NAME, b""), code_page) or file.title or "file.bin"
    mime = _text(properties.get(_MIME_TYPE, b""), "ascii").lower()
    content_id = _text(properties.get(_CONTENT_ID, b""), "ascii").strip("<> ") or None
    content = file.data or properties.get(_OBJECT, b"")
    return Attachment(
        name=names.safe(name),
        content_type=mime if "/" in mime else "application/octet-stream",
        inline=content_id is not None,
        content_id=content_id,
        content=content,
    )
