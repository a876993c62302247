"""Files of a build, sent as the build compressed them."""

import mimetypes
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, PlainTextResponse, Response

FOREVER: Final = "public, max-age=31536000, immutable"
"""For files whose name changes with their content."""
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def find(folder: Path, name: str) -> Path | None:
    """The file `name` inside `folder`; None when there is none, or it would lie outside."""
    root = folder.resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def respond(path: Path, accept_encoding: str, headers: dict[str, str]) -> Response:
    """The file, in the best encoding that lies beside it and the client accepts."""
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = headers | {"vary": "accept-encoding"}
    for encoding, suffix in _ENCODINGS:
        compressed = Path(f"{path}{suffix}")
        if encoding in accept_encoding and compressed.is_file():
            extra = {"content-encoding": encoding}
            return FileResponse(compressed, headers=headers | extra, media_type=media_type)
    return FileResponse(path, headers=headers, media_type=media_type)


def missing() -> Response:
    """The answer to an address without a file."""
    return PlainTextResponse("Not found", 404)
