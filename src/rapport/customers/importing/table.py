"""A CSV file as a table: its first line names the columns. Never held in memory as a whole."""

import codecs
import contextlib
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO, Final

from rapport.customers.errors import ImportUnreadable

MAX_COLUMNS: Final = 200
MAX_ROWS: Final = 500_000
_IN_MEMORY_BYTES: Final = 1024 * 1024
_DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written, and what its columns are called."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    """The first rows."""
    rows: int


async def fetched(pieces: AsyncIterator[bytes]) -> IO[bytes]:
    """A temporary file with what comes in pieces; in memory while it is small."""
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - is returned
    async for piece in pieces:
        spool.write(piece)
    spool.seek(0)
    return spool


def examine(file: IO[bytes]) -> Form:
    """How a file is written. Reads all of it, once or twice, and rewinds it.

    Raises:
        ImportUnreadable: it has no line of names, or too many columns or rows.
    """
    encoding = _encoding_of(file)
    delimiter = _delimiter_of(file, encoding)
    lines = _lines(file, encoding, delimiter)
    names = next(lines, None)
    if not names or not any(name.strip() for name in names):
        raise ImportUnreadable
    if len(names) > MAX_COLUMNS:
        raise ImportUnreadable(f"At most {MAX_COLUMNS} columns are read.")
    samples: list[tuple[str, ...]] = []
    count = 0
    for cells in lines:
        if not any(cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise ImportUnreadable(f"At most {MAX_ROWS:,} rows are read at once.")
        if len(samples) < 3:
            samples.append(tuple(cells))
    file.seek(0)
    return Form(encoding, delimiter, _unique(names), tuple(samples), count)


def rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows below the names with their numbers, from 1 on; empty ones are passed over.

    Raises:
        ImportUnreadable: a row is in no form that can be read.
    """
    lines = _lines(file, encoding, delimiter)
    next(lines, None)
    number = 0
    for cells in lines:
        if any(cells):
            number += 1
            yield number, cells


def _lines(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[list[str]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        for cells in csv.reader(text, delimiter=delimiter):
            yield [cell.replace("\x00", "").strip() for cell in cells]
    except csv.Error as error:
        raise ImportUnreadable from error
    finally:
        with contextlib.suppress(ValueError):  # whoever stopped in the middle has closed the file
            text.detach()


def _encoding_of(file: IO[bytes]) -> str:
    """UTF-8 where all of it is, else what spreadsheets write in the West."""
    file.seek(0)
    head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(256 * 1024):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter_of(file: IO[bytes], encoding: str) -> str:
    file.seek(0)
    head = file.read(64 * 1024).decode(encoding, "replace").splitlines()
    first = head[0] if head else ""
    return max(_DELIMITERS, key=first.count)


def _unique(names: list[str]) -> tuple[str, ...]:
    """The names of columns; unnamed ones are numbered, and a repeated one as well."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        wanted = name.strip()[:200] or f"Column {place}"
        found.append(wanted if wanted not in found else f"{wanted} ({place})")
    return tuple(found)
