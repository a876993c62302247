"""Reading an upload from a request, a piece at a time, and no further than is accepted."""

from typing import Any, Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from rapport.kernel.files.errors import FileTooLarge, UploadMalformed
from rapport.kernel.files.service import Upload

_FORM_OVERHEAD: Final = 16 * 1024

MULTIPART_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""The `openapi_extra` of a route that calls `read_upload`."""


class _Form:
    """Collects the one file of a form, and refuses a second one or one that grows too large."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.name: str | None = None
        self.content = bytearray()
        self._field = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._in_file = False

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._add_field,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_part,
            "on_part_data": self._add_data,
        }

    def _add_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._in_file = b"filename" in options
        if self._in_file:
            if self.name is not None:
                raise UploadMalformed("Send one file at a time.")
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.content += data[start:end]
            if len(self.content) > self.max_bytes:
                raise FileTooLarge


async def read_upload(request: Request, *, max_bytes: int) -> Upload:
    """The one file of a multipart form.

    Raises:
        FileTooLarge: the file, or the form around it, is longer than accepted. Reading stops there.
        UploadMalformed: not such a form.
    """
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if media_type != b"multipart/form-data" or not boundary:
        raise UploadMalformed
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes + _FORM_OVERHEAD:
        raise FileTooLarge
    form = _Form(max_bytes)
    received = 0
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        async for piece in request.stream():
            received += len(piece)
            if received > max_bytes + _FORM_OVERHEAD:
                raise FileTooLarge
            parser.write(piece)
        parser.finalize()
    except FormParserError as error:
        raise UploadMalformed from error
    if form.name is None:
        raise UploadMalformed
    return Upload(form.name, bytes(form.content))
