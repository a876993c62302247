"""Anybody who can send an HTTP request: a message as it is, proved by our own secret.

Signed as Standard Webhooks say (`webhook-id`, `webhook-timestamp`, `webhook-signature`), or with
the secret as a bearer token. Headers may tell what SMTP said: `x-mail-from`, `x-rcpt-to` (by
comma), `x-client-ip` and `x-helo`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks.calls import (
    Call,
    Door,
    Message,
    Told,
    digest,
    require_recent,
    require_same,
)
from rapport.channels.email.receiving.hooks.errors import HookMalformed, HookUnsigned

_PREFIX: Final = "whsec_"
_SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_MAX_ID_CHARS: Final = 200
_MAX_SIGNATURES: Final = 20


class Raw:
    """See the module."""

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """A token is compared at once; of a signature, all headers must be there."""
        if any(name not in headers for name in _SIGNED):
            _require_bearer(headers, door.secret)

    async def read(self, call: Call, door: Door) -> Told:
        """See `Provider.read`."""
        if "webhook-signature" in call.headers:
            known_by = _verify(call, door)
        else:
            _require_bearer(call.headers, door.secret)
            known_by = call.headers.get("webhook-id") or digest(call.body)
        if not call.body.strip():
            raise HookMalformed
        message = Message(f"raw:{known_by[:_MAX_ID_CHARS]}", call.body, _envelope(call.headers))
        return Told(messages=(message,))


def _require_bearer(headers: Mapping[str, str], secret: str) -> None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HookUnsigned
    require_same(token.strip(), secret)


def _verify(call: Call, door: Door) -> str:
    known_by, timestamp, signatures = (call.headers.get(name, "") for name in _SIGNED)
    if not known_by or len(known_by) > _MAX_ID_CHARS:
        raise HookUnsigned
    signed = f"{known_by}.{timestamp}.".encode(errors="replace") + call.body
    made = hmac.new(_key_of(door.secret), signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(made)
    given = [one.encode(errors="replace") for one in signatures.split(" ")[:_MAX_SIGNATURES]]
    if not any(hmac.compare_digest(one, expected) for one in given):
        raise HookUnsigned
    require_recent(timestamp, door.now)
    return known_by


def _key_of(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def _envelope(headers: Mapping[str, str]) -> Envelope:
    sender = headers.get("x-mail-from")
    recipients = headers.get("x-rcpt-to", "").split(",")
    return Envelope(
        mail_from=sender.strip("<> ") if sender is not None else None,
        rcpt_to=tuple(one.strip("<> ") for one in recipients if one.strip("<> ")),
        client_ip=headers.get("x-client-ip"),
        helo=headers.get("x-helo"),
    )
