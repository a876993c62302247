"""What is read of a message before it is parsed: enough to line it up, and to know whose it is."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from rapport.channels.email import threading
from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing.addresses import parse

_THREAD: Final = re.compile(
    rb"^(?P<field>references|in-reply-to|message-id)[ \t]*:\s{0,100}(?P<id><[^<>\s]{1,998}>)",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHORS: Final = re.compile(
    rb"^(?:from|sender|reply-to)[ \t]*:(?P<people>(?:[^\r\n]|\r?\n[ \t]){0,2000})",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_BYTES: Final = 64 * 1024
_MAX_PEOPLE: Final = 20


def lock_of(workspace_id: UUID, raw: bytes) -> str | None:
    """A name that all messages of one thread share, as far as their headers tell; in doubt, none.

    An answer that is read before what it answers would begin a conversation of its own.
    """
    ids: dict[bytes, bytes] = {}
    for found in _THREAD.finditer(raw, 0, _end(raw)):
        ids.setdefault(found["field"].lower(), found["id"])
    root = ids.get(b"references") or ids.get(b"in-reply-to") or ids.get(b"message-id")
    if root is None:
        return None
    digest = hashlib.sha256(root.strip(b"<>")).hexdigest()[:32]
    return f"email:{workspace_id}:{digest}"


def people_of(workspace_id: UUID, raw: bytes, envelope: Envelope) -> list[bytes]:
    """Everybody who may have written a message, as `threading.address_hash` names them.

    By them an erasure finds what nobody ever filed with a customer.
    """
    named = list(_named(raw, envelope))[:_MAX_PEOPLE]
    return sorted({threading.address_hash(workspace_id, it) for it in named})


def _named(raw: bytes, envelope: Envelope) -> Iterator[str]:
    if envelope.mail_from:
        yield envelope.mail_from
    for found in _AUTHORS.finditer(raw, 0, _end(raw)):
        text = " ".join(found["people"].decode("utf-8", "replace").split())
        yield from (one.address for one in parse(text) if one.address)


def _end(raw: bytes) -> int:
    return min(at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n"), _HEAD_BYTES) if at >= 0)
