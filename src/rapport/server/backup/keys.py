"""The key that a backup is sealed with: 32 bytes in a file, or a passphrase."""

import base64
import binascii
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from rapport.kernel.settings.process import Settings
from rapport.server.backup.errors import (
    BackupKeyNeeded,
    BackupKeyUnusable,
    BackupKeyWrong,
    NotABackup,
)

KEY_BYTES: Final = 32
SCRYPT_N: Final = 2**17
_SCRYPT_MOST: Final = 2**20
_CHECK: Final = b"rapport backup: is this the key?"


@dataclass(frozen=True, slots=True)
class BackupKey:
    """What somebody gave to seal or open a backup."""

    secret: bytes
    is_passphrase: bool

    def recipe(self) -> dict[str, Any]:
        """How a fresh backup's own key is derived, to be written into its header."""
        kind = {"kdf": "scrypt", "n": SCRYPT_N} if self.is_passphrase else {"kdf": "hkdf-sha256"}
        made = kind | {"salt": os.urandom(32).hex()}
        return made | {"check": _check(self._derive(made))}

    def open(self, recipe: dict[str, Any]) -> bytes:
        """The key of the backup with this recipe.

        Raises:
            BackupKeyWrong: it was sealed with another one.
            NotABackup: the recipe is none we know.
        """
        if (recipe.get("kdf") == "scrypt") != self.is_passphrase:
            kind = "a key file" if self.is_passphrase else "a passphrase"
            raise BackupKeyWrong(f"This backup was encrypted with {kind}.")
        try:
            key = self._derive(recipe)
        except (KeyError, TypeError, ValueError) as error:
            raise NotABackup from error
        if not hmac.compare_digest(_check(key), str(recipe.get("check"))):
            raise BackupKeyWrong
        return key

    def _derive(self, recipe: dict[str, Any]) -> bytes:
        salt = bytes.fromhex(recipe["salt"])
        if not self.is_passphrase:
            return HKDF(SHA256(), KEY_BYTES, salt, b"rapport backup").derive(self.secret)
        n = int(recipe["n"])
        if not 2 <= n <= _SCRYPT_MOST:
            raise ValueError(n)
        return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=8, p=1).derive(self.secret)


def key_for(recipe: dict[str, Any] | None, key: BackupKey | None) -> bytes | None:
    """The key of a backup with this recipe; None when it is not encrypted.

    Raises:
        BackupKeyNeeded: it is encrypted, and no key was given.
    """
    if recipe is None:
        return None
    if key is None:
        raise BackupKeyNeeded
    return key.open(recipe)


def configured(
    settings: Settings, *, key_file: Path | None = None, passphrase_file: Path | None = None
) -> BackupKey | None:
    """The key in these files, or else that of the settings, or None.

    Raises:
        BackupKeyUnusable: a file cannot be read or does not hold what it should.
    """
    if key_file is not None:
        return from_file(key_file)
    if passphrase_file is not None:
        return from_passphrase(_read(passphrase_file).decode(errors="replace"))
    if settings.backup_key_file is not None:
        return from_file(settings.backup_key_file)
    if settings.backup_passphrase is not None:
        return from_passphrase(settings.backup_passphrase.get_secret_value())
    return None


def from_file(path: Path) -> BackupKey:
    """A key of 32 bytes: as they are, in base64, or in hexadecimal.

    Raises:
        BackupKeyUnusable: the file cannot be read or holds something else.
    """
    raw = _read(path)
    for decode in (_as_it_is, _hexadecimal, _base64):
        secret = decode(raw)
        if secret is not None:
            return BackupKey(secret, is_passphrase=False)
    raise BackupKeyUnusable(
        f"{path} does not hold a key of 32 bytes (raw, base64 or hexadecimal). "
        f"`openssl rand -out {path} 32` makes one."
    )


def from_passphrase(text: str) -> BackupKey:
    """A passphrase of at least 12 characters; white space around it does not count.

    Raises:
        BackupKeyUnusable: it is shorter.
    """
    phrase = text.strip()
    if len(phrase) < 12:
        raise BackupKeyUnusable("A passphrase for backups has at least 12 characters.")
    return BackupKey(phrase.encode(), is_passphrase=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackupKeyUnusable(f"{path} cannot be read: {error.strerror}.") from error


def _as_it_is(raw: bytes) -> bytes | None:
    return raw if len(raw) == KEY_BYTES else None


def _hexadecimal(raw: bytes) -> bytes | None:
    try:
        return _as_it_is(bytes.fromhex(raw.decode("ascii").strip()))
    except ValueError:
        return None


def _base64(raw: bytes) -> bytes | None:
    try:
        return _as_it_is(base64.b64decode(raw.strip(), validate=True))
    except binascii.Error:
        return None


def _check(key: bytes) -> str:
    return hmac.digest(key, _CHECK, "sha256").hex()[:32]
