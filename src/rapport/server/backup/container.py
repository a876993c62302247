"""The file of a backup: a header, then compressed and sealed pieces in a row.

`MAGIC`, the header's length and the header (JSON), then pieces: four bytes of length, whose highest
bit marks the last one, and the sealed bytes. A piece is bound to its header, to its number and to
whether it is the last, so that none can be changed, moved, doubled or cut off unnoticed.
"""

import hashlib
import hmac
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rapport.server.backup.errors import BackupDamaged, NotABackup
from rapport.server.backup.keys import BackupKey, key_for

MAGIC: Final = b"RAPPORT-BACKUP-1\n"
PIECE: Final = 1024 * 1024
_OVERHEAD: Final = 1024
_MAX_HEADER: Final = 64 * 1024
_LAST: Final = 0x8000_0000
_LEVEL: Final = 3
_TAG: Final = 16
ENTRY, DATA, MANIFEST = b"E", b"D", b"M"
_RAW, _ZSTD = b"\0", b"\1"


class Seal:
    """Protects pieces: with a key against everybody, without one against damage."""

    def __init__(self, key: bytes | None, header: bytes) -> None:
        """Bind everything to `header`."""
        self._header = hashlib.sha256(header).digest()
        self._cipher = AESGCM(key) if key is not None else None

    def close(self, number: int, piece: bytes, *, last: bool) -> bytes:
        """`piece`, protected as the one of this number. A number is used once."""
        if self._cipher is None:
            return piece + self._digest(number, piece, last=last)
        return self._cipher.encrypt(number.to_bytes(12), piece, self._header + bytes([last]))

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """What `close` was given.

        Raises:
            BackupDamaged: it is another piece, or was changed.
        """
        if self._cipher is None:
            piece, found = sealed[:-_TAG], sealed[-_TAG:]
            if not hmac.compare_digest(found, self._digest(number, piece, last=last)):
                raise BackupDamaged(f"This backup is damaged (piece {number}).")
            return piece
        try:
            return self._cipher.decrypt(number.to_bytes(12), sealed, self._header + bytes([last]))
        except InvalidTag as error:
            raise BackupDamaged(f"This backup is damaged (piece {number}).") from error

    def _digest(self, number: int, piece: bytes, *, last: bool) -> bytes:
        bound = hashlib.blake2b(number.to_bytes(12), digest_size=_TAG, key=self._header)
        bound.update(bytes([last]))
        bound.update(piece)
        return bound.digest()


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written under one name."""

    name: str
    size: int
    sha256: str


class Writer:
    """Writes a backup from its beginning to its end."""

    def __init__(self, file: BinaryIO, key: BackupKey | None, about: dict[str, Any]) -> None:
        """Write the header: `about`, which anybody may read, and how the rest is sealed."""
        recipe = key.recipe() if key else None
        header = json.dumps(about | {"key": recipe}).encode()
        self._file = file
        self._seal = Seal(key_for(recipe, key), header)
        self._number = 0
        self._compress = zstandard.ZstdCompressor(level=_LEVEL).compress
        file.write(MAGIC + struct.pack(">I", len(header)) + header)

    def entry(self, name: str, pieces: Iterator[bytes]) -> Entry:
        """Write what `pieces` yield under `name`."""
        self._put(ENTRY + name.encode())
        digest, size = hashlib.sha256(), 0
        for piece in _resized(pieces):
            digest.update(piece)
            size += len(piece)
            self._put(DATA + piece)
        return Entry(name, size, digest.hexdigest())

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest; the backup is complete with it."""
        text = json.dumps(manifest).encode()
        parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        for number, part in enumerate(parts, 1):
            self._put(MANIFEST + part, last=number == len(parts))

    def _put(self, content: bytes, *, last: bool = False) -> None:
        packed = self._compress(content)
        piece = _ZSTD + packed if len(packed) < len(content) else _RAW + content
        sealed = self._seal.close(self._number, piece, last=last)
        self._number += 1
        self._file.write(struct.pack(">I", len(sealed) | (_LAST if last else 0)))
        self._file.write(sealed)


class Reader:
    """Reads a backup from its beginning to its end, as often as one likes."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the header.

        Raises:
            NotABackup: the file is something else.
        """
        self._file = file
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC:
            raise NotABackup
        length = file.read(4)
        if len(length) < 4 or (size := struct.unpack(">I", length)[0]) > _MAX_HEADER:
            raise NotABackup
        self._header = file.read(size)
        try:
            self.about: dict[str, Any] = json.loads(self._header)
            self.recipe: dict[str, Any] | None = self.about["key"]
        except (ValueError, TypeError, KeyError) as error:
            raise BackupDamaged("This backup's header is damaged.") from error
        self._begin = file.tell()
        self.manifest: dict[str, Any] = {}
        """What the backup holds; known once `entries` has come to its end."""

    def entries(self, key: BackupKey | None) -> Iterator[tuple[str, bytes | None]]:
        """Every entry's name with None, then the same name with each of its pieces.

        Raises:
            BackupKeyNeeded, BackupKeyWrong: it is encrypted, and not with this.
            BackupDamaged: something is not as it was written, or the end is missing.
        """
        seal = Seal(key_for(self.recipe, key), self._header)
        self._file.seek(self._begin)
        name, manifest = "", bytearray()
        for content in self._pieces(seal):
            kind, rest = content[:1], content[1:]
            if kind == ENTRY:
                name = rest.decode(errors="replace")
                yield name, None
            elif kind == DATA:
                yield name, rest
            else:
                manifest += rest
        try:
            self.manifest = json.loads(manifest)
        except ValueError as error:
            raise BackupDamaged("This backup's list of contents is damaged.") from error

    def _pieces(self, seal: Seal) -> Iterator[bytes]:
        expand = zstandard.ZstdDecompressor().decompress
        number, last = 0, False
        while not last:
            word = self._file.read(4)
            if len(word) < 4:
                raise BackupDamaged("This backup is cut off: its end is missing.")
            length = struct.unpack(">I", word)[0]
            last, length = bool(length & _LAST), length & ~_LAST
            if not _TAG < length <= PIECE + _OVERHEAD:
                raise BackupDamaged(f"This backup is damaged (piece {number}).")
            sealed = self._file.read(length)
            if len(sealed) < length:
                raise BackupDamaged("This backup is cut off: its end is missing.")
            piece = seal.open(number, sealed, last=last)
            codec, content = piece[:1], piece[1:]
            try:
                yield expand(content, max_output_size=PIECE + 1) if codec == _ZSTD else content
            except zstandard.ZstdError as error:
                raise BackupDamaged(f"This backup is damaged (piece {number}).") from error
            number += 1
        if self._file.read(1):
            raise BackupDamaged("This backup is damaged: something follows its end.")


def _resized(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of `PIECE`, the last one shorter."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
