"""SendGrid: Inbound Parse with the raw message, and the event webhook.

Both are signed with ECDSA over the time and the body when a security policy is on: the secret is
then the public key that SendGrid shows. Otherwise it is a password that stands in the address.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks.basic import require_basic
from rapport.channels.email.receiving.hooks.calls import (
    RETRIES,
    Call,
    Door,
    Message,
    Told,
    decoded,
    digest,
    require_recent,
)
from rapport.channels.email.receiving.hooks.errors import (
    HookMalformed,
    HookUnsigned,
    MailNotIncluded,
)
from rapport.channels.email.receiving.hooks.forms import fields_of, text_of
from rapport.channels.email.receiving.reporting.service import Kind, Report

SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
TIMESTAMP: Final = "x-twilio-email-event-webhook-timestamp"
_KINDS: Final[dict[str, Kind]] = {
    "delivered": "delivered",
    "deferred": "delayed",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
}
_MAX_EVENTS: Final = 10_000


class _Envelope(msgspec.Struct):
    to: list[str] = msgspec.field(default_factory=list)
    sender: str | None = msgspec.field(name="from", default=None)


class _Event(msgspec.Struct):
    event: str = ""
    email: str = ""
    type: str = ""
    reason: str = ""
    response: str = ""
    status: str = ""
    smtp_id: str = msgspec.field(name="smtp-id", default="")


class SendGrid:
    """See the module."""

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """A password stands in a header; of a signature, at least its headers are there."""
        if _key_of(door.secret) is None:
            require_basic(headers, door.secret)
        elif SIGNATURE not in headers or TIMESTAMP not in headers:
            raise HookUnsigned

    async def read(self, call: Call, door: Door) -> Told:
        """See `Provider.read`."""
        _verify(call, door)
        content_type = call.headers.get("content-type", "")
        if content_type.split(";")[0].strip().lower() == "application/json":
            return Told(reports=_reports(call.body))
        fields = fields_of(content_type, call.body)
        if "email" not in fields:
            raise MailNotIncluded(
                'Switch on "POST the raw, full MIME message" for this host in the Inbound Parse '
                "settings of SendGrid."
            )
        told = decoded(fields.get("envelope") or b"{}", _Envelope)
        envelope = Envelope(
            mail_from=told.sender,
            rcpt_to=tuple(told.to),
            client_ip=text_of(fields, "sender_ip") or None,
        )
        known_by = digest(fields["email"], fields.get("envelope", b""))
        return Told(messages=(Message(f"sendgrid:{known_by}", fields["email"], envelope),))


def _key_of(secret: str) -> EllipticCurvePublicKey | None:
    """The public key in `secret`, with or without its PEM lines; None when it is a password."""
    lines = [line for line in secret.split() if "-" not in line]
    lines = [line for line in lines if line not in {"BEGIN", "END", "PUBLIC", "KEY"}]
    try:
        key = load_der_public_key(base64.b64decode("".join(lines), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) else None


def _verify(call: Call, door: Door) -> None:
    key = _key_of(door.secret)
    if key is None:
        require_basic(call.headers, door.secret)
        return
    timestamp = call.headers.get(TIMESTAMP, "")
    signed = timestamp.encode(errors="replace") + call.body
    try:
        signature = base64.b64decode(call.headers.get(SIGNATURE, ""), validate=True)
        key.verify(signature, signed, ECDSA(hashes.SHA256()))
    except (binascii.Error, ValueError, InvalidSignature) as error:
        raise HookUnsigned from error
    require_recent(timestamp, door.now, RETRIES)


def _reports(body: bytes) -> tuple[Report, ...]:
    events = decoded(body, list[_Event])
    if len(events) > _MAX_EVENTS:
        raise HookMalformed
    kinds = ((event, _kind_of(event)) for event in events)
    return tuple(_report(event, kind) for event, kind in kinds if kind)


def _kind_of(event: _Event) -> Kind | None:
    if event.event == "bounce":
        return "undelivered" if event.type == "blocked" else "bounced"
    if event.event == "dropped":
        return "bounced" if event.reason.startswith("Bounced") else "undelivered"
    return _KINDS.get(event.event)


def _report(event: _Event, kind: Kind) -> Report:
    return Report(
        kind,
        event.email,
        event.smtp_id.strip("<> ") or None,
        status=event.status,
        detail=event.reason or event.response,
    )
