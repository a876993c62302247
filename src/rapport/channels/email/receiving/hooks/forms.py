"""HTML forms as providers fill them in: few fields, one of which is a whole message."""

from typing import Any, Final
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from rapport.channels.email.receiving.hooks.errors import HookMalformed

MAX_FIELDS: Final = 500
_WINDOW_BYTES: Final = 64 * 1024


def fields_of(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of a form by their names; of two with the same name, the first.

    Raises:
        HookMalformed: not a form, or one with too many fields.
    """
    kind, options = parse_options_header(content_type)
    if kind == b"application/x-www-form-urlencoded":
        return _of_query(body)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HookMalformed
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise HookMalformed from error
    return form.fields


def text_of(fields: dict[str, bytes], name: str) -> str:
    """A short field as text; "" when there is none."""
    return fields.get(name, b"").decode("utf-8", "replace")


def _of_query(body: bytes) -> dict[str, bytes]:
    if body.count(b"&") >= MAX_FIELDS:
        raise HookMalformed
    fields: dict[str, bytes] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        fields.setdefault(_plain(name).decode("utf-8", "replace"), _plain(value))
    return fields


def _plain(encoded: bytes) -> bytes:
    """Undo the encoding of a query, a little at a time: all at once takes much memory."""
    pieces = []
    at = 0
    while at < len(encoded):
        end = min(at + _WINDOW_BYTES, len(encoded))
        cut = encoded.rfind(b"%", max(at, end - 2), end)
        if end < len(encoded) and cut > at:
            end = cut
        pieces.append(unquote_to_bytes(encoded[at:end].replace(b"+", b" ")))
        at = end
    return b"".join(pieces)


class _Form:
    """Collects the fields of a multipart form."""

    def __init__(self) -> None:
        self.fields: dict[str, bytes] = {}
        self._count = 0
        self._field = self._value = b""
        self._name = ""
        self._pieces: list[bytes] = []

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_field,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_part_data": self._add_data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > MAX_FIELDS:
            raise HookMalformed
        self._name, self._pieces = "", []

    def _add_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._field = self._value = b""

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(data[start:end])

    def _end(self) -> None:
        self.fields.setdefault(self._name, b"".join(self._pieces))
        self._pieces = []
