"""The key-encryption keys of an installation: a small file, or a mounted secret.

One key per line, `<id> <32 bytes in base64>`; the last one is current, the others only open what
they once wrapped. The file is made with mode 0600 at the first start. Whoever loses it loses every
secret in the database; a backup keeps it apart from the database's.
"""

import base64
import binascii
import fcntl
import hmac
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rapport.kernel.errors import RapportError
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyFileUnusable(RapportError):
    """The key file cannot be used."""


class KeyMissing(RapportError):
    """The key that sealed this is not in the key file; restore the file from its backup."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key-encryption key."""

    id: str
    secret: bytes


class KeyRing:
    """Wraps and unwraps data keys. Reads the file anew when it meets a key it does not know."""

    def __init__(self, path: Path) -> None:
        """Use the keys in `path`, which is made with one fresh key when it is missing.

        Raises:
            KeyFileUnusable: it cannot be read, others may read it, or it holds something else.
        """
        self._path = path
        if not path.exists():
            _create(path)
        self._keys = _read(path)

    @classmethod
    def at(cls, settings: Settings) -> "KeyRing":
        """The ring of this process: the configured file, or `keys` in the data folder."""
        return cls(settings.key_file or settings.data_dir / "keys")

    @property
    def current(self) -> str:
        """The id of the key that wraps from now on."""
        return self._keys[-1].id

    def wrap(self, secret: bytes, context: bytes) -> str:
        """`secret` under the current key, bound to `context`."""
        key = self._keys[-1]
        return f"k1.{key.id}.{_encode(encrypt(key.secret, secret, context))}"

    def unwrap(self, wrapped: str, context: bytes) -> bytes:
        """What `wrap` was given.

        Raises:
            KeyMissing: its key is not in the file.
            cryptography.exceptions.InvalidTag: it was changed, or wrapped for another context.
        """
        _, key_id, body = wrapped.split(".", 2)
        return decrypt(self._find(key_id).secret, _decode(body), context)

    def derive(self, purpose: str, key_id: str | None = None) -> tuple[str, bytes]:
        """A key for another use, e.g. signing links, and the id of the key it came from.

        Without `key_id` from the current key. The same purpose and id give the same 32 bytes in
        every process; they do not lead back to the key-encryption key.

        Raises:
            KeyMissing: that key is not in the file any more.
        """
        key = self._keys[-1] if key_id is None else self._find(key_id)
        return key.id, hmac.digest(key.secret, f"rapport:derive:{purpose}".encode(), "sha256")

    def is_current(self, wrapped: str) -> bool:
        """Whether the current key wrapped it."""
        return wrapped.split(".", 2)[1] == self.current

    def add(self) -> str:
        """Append a fresh key to the file, current from now on; its id."""
        key = _fresh()
        with _alone(self._path):
            _write(self._path, [*_read(self._path), key])
            self._keys = _read(self._path)
        return key.id

    def forget_old(self) -> int:
        """Remove all keys but the current one from the file; how many went."""
        with _alone(self._path):
            before = _read(self._path)
            _write(self._path, before[-1:])
            self._keys = _read(self._path)
        return len(before) - 1

    def _find(self, key_id: str) -> Key:
        for attempt in (0, 1):
            for key in self._keys:
                if key.id == key_id:
                    return key
            if attempt == 0:
                self._keys = _read(self._path)
        raise KeyMissing


def encrypt(key: bytes, plain: bytes, context: bytes) -> bytes:
    """AES-256-GCM: a random nonce, then the ciphertext with its tag; `context` is authenticated."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """What `encrypt` was given. Raises InvalidTag when anything differs."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)


def _fresh() -> Key:
    return Key(new_id().hex[:8] + os.urandom(2).hex(), os.urandom(KEY_BYTES))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was faster
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(_line(_fresh()))
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _write(path: Path, keys: list[Key]) -> None:
    """Replace the file in one step, so that a crash leaves the old one or the new one."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(_line(key) for key in keys))
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable: a key that wraps something must not vanish with the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Change the file while no other process does."""
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _line(key: Key) -> str:
    return f"{key.id} {base64.b64encode(key.secret).decode()}\n"


def _read(path: Path) -> list[Key]:
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileUnusable(f"The key file {path} cannot be read.") from error
    if mode & (stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH):
        raise KeyFileUnusable(f"Others may read the key file {path}; chmod 600 mends it.")
    keys = [_parse(path, line) for line in text.splitlines() if line.strip()]
    if not keys or len({key.id for key in keys}) != len(keys):
        raise KeyFileUnusable(f"The key file {path} is empty, or names a key twice.")
    return keys


def _parse(path: Path, line: str) -> Key:
    key_id, _, encoded = line.strip().partition(" ")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        secret = b""
    if not key_id or "." in key_id or len(secret) != KEY_BYTES:
        raise KeyFileUnusable(f"The key file {path} holds a line that is not `<id> <key>`.")
    return Key(key_id, secret)
