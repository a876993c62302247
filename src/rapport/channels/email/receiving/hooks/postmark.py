"""Postmark: inbound, bounce, complaint, delivery and suppression webhooks, with a password.

Postmark signs nothing; the user and password in the address it calls are all there is. Messages
come as JSON, whole only when "Include raw email content in JSON payload" is on.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks.basic import require_basic
from rapport.channels.email.receiving.hooks.calls import Call, Door, Message, Told, decoded
from rapport.channels.email.receiving.hooks.errors import HookMalformed, MailNotIncluded
from rapport.channels.email.receiving.reporting.service import Kind, Report

_PERMANENT: Final = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})
_UNDER_WAY: Final = frozenset({"Transient", "DnsError"})
_NO_BOUNCE: Final = frozenset(
    {"AutoResponder", "AddressChange", "ChallengeVerification", "Subscribe", "OpenRelayTest"}
)
_OWN_IDS: Final = "mtasv.net"


class _Recipient(msgspec.Struct):
    email: str = msgspec.field(name="Email", default="")


class _Header(msgspec.Struct):
    name: str = msgspec.field(name="Name", default="")
    value: str = msgspec.field(name="Value", default="")


class _Payload(msgspec.Struct):
    """What we use of all kinds together; `RecordType` is missing in older inbound calls."""

    record_type: str = msgspec.field(name="RecordType", default="Inbound")
    message_id: str = msgspec.field(name="MessageID", default="")
    raw: str | None = msgspec.field(name="RawEmail", default=None)
    original_recipient: str = msgspec.field(name="OriginalRecipient", default="")
    to: list[_Recipient] = msgspec.field(name="ToFull", default_factory=list)
    headers: list[_Header] = msgspec.field(name="Headers", default_factory=list)
    type: str = msgspec.field(name="Type", default="")
    email: str = msgspec.field(name="Email", default="")
    recipient: str = msgspec.field(name="Recipient", default="")
    description: str = msgspec.field(name="Description", default="")
    details: str = msgspec.field(name="Details", default="")
    metadata: dict[str, str] = msgspec.field(name="Metadata", default_factory=dict)
    suppress_sending: bool = msgspec.field(name="SuppressSending", default=False)
    suppression_reason: str | None = msgspec.field(name="SuppressionReason", default=None)


class Postmark:
    """See the module."""

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """The password stands in a header."""
        require_basic(headers, door.secret)

    async def read(self, call: Call, door: Door) -> Told:
        """See `Provider.read`."""
        require_basic(call.headers, door.secret)
        payload = decoded(call.body, _Payload)
        if payload.record_type == "Inbound":
            return Told(messages=(_message(payload),))
        kind = _kind_of(payload)
        return Told(reports=(_report(payload, kind),)) if kind else Told()


def _message(payload: _Payload) -> Message:
    if not payload.message_id:
        raise HookMalformed
    if payload.raw is None:
        raise MailNotIncluded(
            'Switch on "Include raw email content in JSON payload" in the inbound settings of '
            "Postmark."
        )
    recipients = [payload.original_recipient] if payload.original_recipient else []
    recipients = recipients or [one.email for one in payload.to if one.email]
    paths = (h.value for h in payload.headers if h.name.lower() == "return-path")
    path = next(paths, None)
    envelope = Envelope(
        mail_from=path.strip("<> ") if path is not None else None, rcpt_to=tuple(recipients)
    )
    raw = payload.raw.encode("utf-8", "replace")
    return Message(f"postmark:{payload.message_id}", raw, envelope)


def _kind_of(payload: _Payload) -> Kind | None:
    match payload.record_type:
        case "Bounce" if payload.type in _PERMANENT:
            return "bounced"
        case "Bounce" if payload.type in _UNDER_WAY:
            return "delayed"
        case "Bounce" if payload.type not in _NO_BOUNCE:
            return "undelivered"
        case "SpamComplaint":
            return "complained"
        case "Delivery":
            return "delivered"
        case "SubscriptionChange" if payload.suppress_sending:
            reasons: dict[str, Kind] = {"HardBounce": "bounced", "SpamComplaint": "complained"}
            return reasons.get(payload.suppression_reason or "", "unsubscribed")
    return None


def _report(payload: _Payload, kind: Kind) -> Report:
    given = payload.metadata.get("message-id") or payload.metadata.get("Message-ID")
    made = f"{payload.message_id}@{_OWN_IDS}" if payload.message_id else None
    return Report(
        kind,
        payload.email or payload.recipient,
        given or made,
        status=payload.type,
        detail=payload.details or payload.description,
        provider_id=payload.message_id or None,
    )
