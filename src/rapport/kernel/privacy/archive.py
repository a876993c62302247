"""A ZIP that is written while it is sent: no more of it is in memory than what was just added."""

import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import msgspec

_MANY: Final = 256 * 1024


class Archive:
    """Adds members one after the other; `take` empties what has come together since."""

    def __init__(self) -> None:
        """Begin an empty archive."""
        self._sink = _Sink()
        sink: Any = self._sink
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._member: Any = None
        self._rows = 0

    def begin(self, name: str) -> None:
        """Begin a member; the one before ends."""
        self.end()
        self._member = self._zip.open(name, "w", force_zip64=True)

    def write(self, piece: bytes) -> None:
        """Add to the member that was begun."""
        self._member.write(piece)

    def end(self) -> None:
        """End the member, if one was begun."""
        if self._member is not None:
            self._member.close()
            self._member = None

    def begin_list(self, name: str) -> None:
        """Begin a member that is a JSON array."""
        self.begin(name)
        self.write(b"[")
        self._rows = 0

    def add_row(self, row: dict[str, Any]) -> None:
        """Add to the array."""
        text = json.dumps(msgspec.to_builtins(row), ensure_ascii=False, indent=1)
        self.write((b",\n" if self._rows else b"\n") + text.encode())
        self._rows += 1

    def end_list(self) -> None:
        """End the array."""
        self.write(b"\n]\n")
        self.end()

    def finish(self) -> None:
        """End the archive."""
        self.end()
        self._zip.close()

    def take(self, *, least: int = _MANY) -> Iterator[bytes]:
        """What has come together, once that is worth sending."""
        if self._sink.held >= least:
            yield self._sink.take()


async def collected(archive: Archive, steps: AsyncIterator[None]) -> AsyncIterator[bytes]:
    """The bytes of an archive while `steps` fill it."""
    async for _ in steps:
        for piece in archive.take():
            yield piece
    archive.finish()
    for piece in archive.take(least=1):
        yield piece


class _Sink:
    """A file that can only be written to, and forgets what was taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.held = 0

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self.held += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        pieces, self._pieces, self.held = self._pieces, [], 0
        return b"".join(pieces)
