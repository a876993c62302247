"""A message while it comes in by SMTP: a little in memory, more on the disk, never too much."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

MEMORY_BYTES: Final = 1024 * 1024
"""What is longer than this lies in a file of no name until it is whole."""
_BREAK: Final = b"\r\n"
_STUFFED: Final = b"\r\n.."


class Spool:
    """Takes in the lines of DATA as they are on the wire and gives back the message they carry.

    The dots that SMTP puts before lines that begin with one (RFC 5321, 4.5.2) are taken away.
    What is longer than `max_bytes` is counted and not kept. A context manager.
    """

    def __init__(self, max_bytes: int, folder: Path | None = None) -> None:
        """Keep at most `max_bytes`, those that do not fit into memory in a file in `folder`."""
        self._max_bytes = max_bytes
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by ours
            max_size=MEMORY_BYTES, dir=None if folder is None else str(folder)
        )
        self._waiting = _BREAK  # the end of the command before, as the first line may be stuffed
        self._lead = len(_BREAK)
        self.size = 0

    @property
    def is_too_large(self) -> bool:
        """Whether more came in than is accepted; nothing is kept then."""
        return self.size > self._max_bytes

    def add(self, piece: bytes) -> None:
        """Take in the next bytes, cut anywhere.

        Raises:
            OSError: the disk took no more.
        """
        piece = self._waiting + piece
        held = next((n for n in (3, 2, 1) if piece.endswith(_STUFFED[:n])), 0)
        end = len(piece) - held
        self._waiting = piece[end:]
        self._write(piece[:end])

    def finish(self) -> None:
        """Take in what waited for more.

        Raises:
            OSError: the disk took no more.
        """
        self._write(self._waiting)
        self._waiting = b""

    def read(self) -> bytes:
        """The whole message, once it is finished."""
        self._file.seek(0)
        return self._file.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _write(self, stuffed: bytes) -> None:
        plain = stuffed.replace(_STUFFED, _BREAK + b".")
        lead, self._lead = self._lead, max(0, self._lead - len(plain))
        plain = plain[lead:]
        self.size += len(plain)
        if not self.is_too_large:
            self._file.write(plain)
        elif self._file.tell():
            self._file.seek(0)
            self._file.truncate()
