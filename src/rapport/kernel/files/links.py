"""Signed links: whoever holds one may read one file of one workspace, until it expires."""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.kernel.files.errors import LinkRefused
from rapport.kernel.secrets.keyring import KeyMissing, KeyRing

LIFETIME: Final = timedelta(hours=24)
_VERSION: Final = 1
_FORM: Final = struct.Struct(">B?I16s16s")
_MAC_BYTES: Final = 24
_PURPOSE: Final = "files.links"


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link opens."""

    workspace_id: UUID
    file_id: UUID
    preview: bool
    expires_at: datetime


class LinkSigner:
    """Writes and reads signed links with keys that every process of the installation shares."""

    def __init__(self, keys: KeyRing) -> None:
        """Sign with a key derived from the current one of `keys`; its id stands in the link."""
        self._keys = keys

    def sign(
        self, workspace_id: UUID, file_id: UUID, *, now: datetime, preview: bool = False
    ) -> str:
        """A path on this server that works for 24 to 25 hours from `now`.

        Within one hour the same file has the same path, so that browsers may keep what they loaded
        and a list fetched twice is equal.
        """
        hours = int((now + LIFETIME).timestamp()) // 3600 + 1
        until = datetime.fromtimestamp(hours * 3600, UTC)
        return f"/files/{self.token(workspace_id, file_id, until=until, preview=preview)}"

    def token(
        self, workspace_id: UUID, file_id: UUID, *, until: datetime, preview: bool = False
    ) -> str:
        """What `read` accepts until an instant, to the second."""
        seconds = int(until.timestamp())
        body = _FORM.pack(_VERSION, preview, seconds, workspace_id.bytes, file_id.bytes)
        key_id, key = self._keys.derive(_PURPOSE)
        return f"{_text(body)}.{key_id}.{_text(_mac(key, body))}"

    def read(self, token: str, *, now: datetime) -> Link:
        """What the last part of a signed path opens.

        Raises:
            LinkRefused: altered, cut, of another installation, or expired.
        """
        try:
            body, key_id, mac = token.split(".")
            raw, given = _bytes(body), _bytes(mac)
            _, key = self._keys.derive(_PURPOSE, key_id)
        except (binascii.Error, ValueError, KeyMissing):
            raise LinkRefused from None
        if not hmac.compare_digest(given, _mac(key, raw)) or len(raw) != _FORM.size:
            raise LinkRefused
        version, preview, expires, workspace_id, file_id = _FORM.unpack(raw)
        expires_at = datetime.fromtimestamp(expires, UTC)
        if version != _VERSION or expires_at <= now:
            raise LinkRefused
        return Link(UUID(bytes=workspace_id), UUID(bytes=file_id), preview, expires_at)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Strictly the form that `_text` writes, so that no two tokens mean the same."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(raw) != text:
        raise ValueError(text)
    return raw
