import io
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.server.backup.container import MAGIC, PIECE, Reader, Writer
from rapport.server.backup.errors import (
    BackupDamaged,
    BackupKeyNeeded,
    BackupKeyUnusable,
    BackupKeyWrong,
    NotABackup,
)
from rapport.server.backup.keys import BackupKey, from_file, from_passphrase

KEY = BackupKey(bytes(range(32)), is_passphrase=False)
OTHER = BackupKey(bytes(32), is_passphrase=False)
CONTENT = {"keys": b"secret", "database": os.urandom(2 * PIECE + 5), "file/empty": b""}


def written(content: dict[str, bytes], key: BackupKey | None = KEY) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, key, {"revision": "0001"})
    entries = [writer.entry(name, iter([value])) for name, value in content.items()]
    writer.finish({"entries": [[e.name, e.size, e.sha256] for e in entries]})
    return file.getvalue()


def read(raw: bytes, key: BackupKey | None = KEY) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, piece in Reader(io.BytesIO(raw)).entries(key):
        found[name] = found.get(name, b"") + (piece or b"")
    return found


def pieces(raw: bytes) -> tuple[bytes, list[bytes]]:
    """The beginning of a backup, and its sealed pieces with their lengths."""
    at = len(MAGIC) + 4 + struct.unpack(">I", raw[len(MAGIC) : len(MAGIC) + 4])[0]
    head, found = raw[:at], []
    while at < len(raw):
        length = struct.unpack(">I", raw[at : at + 4])[0] & 0x7FFF_FFFF
        found.append(raw[at : at + 4 + length])
        at += 4 + length
    return head, found


@pytest.mark.parametrize("key", [None, KEY, from_passphrase("correct horse battery")])
def test_what_was_written_is_read(key: BackupKey | None) -> None:
    assert read(written(CONTENT, key), key) == CONTENT


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.binary(max_size=99), max_size=4))
def test_any_content_survives(content: dict[str, bytes]) -> None:
    assert read(written(content)) == content


def test_an_encrypted_backup_shows_neither_names_nor_content() -> None:
    raw = written({"database": b"canary" * 9}, KEY)

    assert b"canary" not in raw
    assert b"database" not in raw


def test_two_backups_of_the_same_share_no_piece() -> None:
    first, second = (pieces(written(CONTENT))[1] for _ in range(2))

    assert not set(first) & set(second)


def test_without_its_key_an_encrypted_backup_stays_closed() -> None:
    with pytest.raises(BackupKeyNeeded):
        read(written(CONTENT), None)
    with pytest.raises(BackupKeyWrong):
        read(written(CONTENT), OTHER)
    with pytest.raises(BackupKeyWrong, match="with a key file"):
        read(written(CONTENT), from_passphrase("correct horse battery"))


Damage = Callable[[list[bytes]], list[bytes]]
DAMAGES: dict[str, Damage] = {
    "the last piece is missing": lambda p: p[:-1],
    "the end of a piece is missing": lambda p: [*p[:-1], p[-1][:-3]],
    "a piece in the middle is missing": lambda p: [*p[:2], *p[3:]],
    "two pieces changed places": lambda p: [*p[:2], p[3], p[2], *p[4:]],
    "a piece is there twice": lambda p: [*p[:3], p[2], *p[3:]],
    "something follows": lambda p: [*p, p[-1]],
    "one bit is different": lambda p: [*p[:2], p[2][:-1] + bytes([p[2][-1] ^ 1]), *p[3:]],
    "a piece calls itself the last": lambda p: [bytes([p[0][0] | 0x80]) + p[0][1:]],
    "nothing is left": lambda _: [],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("key", [None, KEY])
def test_damage_is_noticed(damage: Damage, key: BackupKey | None) -> None:
    head, rest = pieces(written(CONTENT, key))

    with pytest.raises(BackupDamaged):
        read(head + b"".join(damage(rest)), key)


def test_pieces_of_one_backup_do_not_fit_another() -> None:
    (head, first), (_, second) = pieces(written(CONTENT)), pieces(written(CONTENT))

    with pytest.raises(BackupDamaged):
        read(head + b"".join([*first[:2], second[2], *first[3:]]))


@pytest.mark.parametrize("raw", [b"", b"PK\3\4", MAGIC, MAGIC + b"\xff\xff\xff\xff{}"])
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(NotABackup):
        Reader(io.BytesIO(raw))


def test_a_key_file_holds_32_bytes_in_any_usual_form(tmp_path: Path) -> None:
    path = tmp_path / "key"
    for content in (
        KEY.secret,
        KEY.secret.hex().encode() + b"\n",
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ):
        path.write_bytes(content)
        assert from_file(path) == KEY
    path.write_bytes(b"too short")
    with pytest.raises(BackupKeyUnusable, match="openssl rand"):
        from_file(path)
    with pytest.raises(BackupKeyUnusable, match="No such file"):
        from_file(tmp_path / "nowhere")
    with pytest.raises(BackupKeyUnusable, match="12 characters"):
        from_passphrase("  short  ")
