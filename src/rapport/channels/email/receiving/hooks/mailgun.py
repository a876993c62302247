"""Mailgun: routes that forward whole messages, and event webhooks.

Each call carries a time, a token and their HMAC-SHA256 by the account's signing key. The rest of
the call is not signed, so that a token counts once.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

import msgspec

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks.calls import (
    Call,
    Door,
    Message,
    Told,
    decoded,
    require_recent,
    require_same,
)
from rapport.channels.email.receiving.hooks.errors import HookUnsigned, MailNotIncluded
from rapport.channels.email.receiving.hooks.forms import fields_of, text_of
from rapport.channels.email.receiving.reporting.service import Kind, Report

_BOUNCES: Final = frozenset({"bounce", "suppress-bounce"})
_KINDS: Final[dict[str, Kind]] = {
    "delivered": "delivered",
    "complained": "complained",
    "unsubscribed": "unsubscribed",
}
_MAX_TOKEN_CHARS: Final = 200


class _Signature(msgspec.Struct):
    timestamp: str | int = ""
    token: str = ""
    signature: str = ""


class _Status(msgspec.Struct):
    code: int | str | None = None
    message: str | None = ""
    description: str | None = ""
    enhanced: str | None = msgspec.field(name="enhanced-code", default="")


class _Headers(msgspec.Struct):
    message_id: str = msgspec.field(name="message-id", default="")


class _Mail(msgspec.Struct):
    headers: _Headers = msgspec.field(default_factory=_Headers)


class _Data(msgspec.Struct):
    event: str = ""
    severity: str = ""
    reason: str = ""
    recipient: str = ""
    message: _Mail = msgspec.field(default_factory=_Mail)
    status: _Status = msgspec.field(name="delivery-status", default_factory=_Status)


class _Event(msgspec.Struct):
    data: _Data = msgspec.field(name="event-data")
    signature: _Signature = msgspec.field(default_factory=_Signature)


class Mailgun:
    """See the module."""

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """Nothing in the headers proves anything."""

    async def read(self, call: Call, door: Door) -> Told:
        """See `Provider.read`."""
        content_type = call.headers.get("content-type", "")
        if content_type.split(";")[0].strip().lower() == "application/json":
            return _events(call, door)
        fields = fields_of(content_type, call.body)
        token = text_of(fields, "token")
        _verify(text_of(fields, "timestamp"), token, text_of(fields, "signature"), door)
        if "body-mime" not in fields:
            raise MailNotIncluded(
                "Let the route forward to the address that ends in /mime, so that Mailgun sends "
                "the message as it came."
            )
        recipient = text_of(fields, "recipient")
        envelope = Envelope(
            mail_from=text_of(fields, "sender").strip("<> ") if "sender" in fields else None,
            rcpt_to=tuple(one.strip() for one in recipient.split(",") if one.strip()),
        )
        message = Message(f"mailgun:{token}", fields["body-mime"], envelope)
        return Told(messages=(message,), once=f"mailgun:{token}")


def _verify(timestamp: str, token: str, signature: str, door: Door) -> None:
    if not token or len(token) > _MAX_TOKEN_CHARS:
        raise HookUnsigned
    signed = f"{timestamp}{token}".encode(errors="replace")
    require_same(signature, hmac.new(door.secret.encode(), signed, hashlib.sha256).hexdigest())
    require_recent(timestamp, door.now)


def _events(call: Call, door: Door) -> Told:
    event = decoded(call.body, _Event)
    proof = event.signature
    _verify(str(proof.timestamp), proof.token, proof.signature, door)
    kind = _kind_of(event.data)
    reports = (_report(event.data, kind),) if kind else ()
    return Told(reports=reports, once=f"mailgun:{proof.token}")


def _kind_of(data: _Data) -> Kind | None:
    if data.event != "failed":
        return _KINDS.get(data.event)
    if data.severity == "temporary":
        return "delayed"
    return "bounced" if data.reason in _BOUNCES else "undelivered"


def _report(data: _Data, kind: Kind) -> Report:
    status = data.status
    return Report(
        kind,
        data.recipient,
        data.message.headers.message_id.strip("<> ") or None,
        status=status.enhanced or ("" if status.code is None else str(status.code)),
        detail=status.message or status.description or data.reason,
    )
