"""Amazon SES by SNS: received messages, and what became of ours.

The secret is the ARN of the topic, or several by comma. A receipt rule's SNS action sends messages
of up to 150 KB along; one that puts them into S3 only tells of them, and is refused with that
reason: SNS does not repeat what was refused so, and the message stays in the bucket.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import structlog

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving.hooks import sns
from rapport.channels.email.receiving.hooks.calls import Call, Door, Message, Told, decoded
from rapport.channels.email.receiving.hooks.errors import HookMalformed, MailNotIncluded
from rapport.channels.email.receiving.hooks.sns import Certificates, Notice
from rapport.channels.email.receiving.reporting.service import Kind, Report

log = structlog.get_logger(__name__)

_CONFIRMATIONS: Final = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})


class _Action(msgspec.Struct):
    type: str = ""
    encoding: str = ""
    bucket: str = msgspec.field(name="bucketName", default="")
    key: str = msgspec.field(name="objectKey", default="")


class _Receipt(msgspec.Struct):
    recipients: list[str] = msgspec.field(default_factory=list)
    action: _Action = msgspec.field(default_factory=_Action)


class _Header(msgspec.Struct):
    name: str = ""
    value: str = ""


class _Mail(msgspec.Struct):
    message_id: str = msgspec.field(name="messageId", default="")
    source: str | None = None
    headers: list[_Header] = msgspec.field(default_factory=list)


class _Recipient(msgspec.Struct):
    address: str = msgspec.field(name="emailAddress", default="")
    status: str = ""
    diagnostic: str = msgspec.field(name="diagnosticCode", default="")


class _Bounce(msgspec.Struct):
    type: str = msgspec.field(name="bounceType", default="")
    subtype: str = msgspec.field(name="bounceSubType", default="")
    recipients: list[_Recipient] = msgspec.field(name="bouncedRecipients", default_factory=list)


class _Complaint(msgspec.Struct):
    kind: str | None = msgspec.field(name="complaintFeedbackType", default=None)
    recipients: list[_Recipient] = msgspec.field(name="complainedRecipients", default_factory=list)


class _Delivery(msgspec.Struct):
    recipients: list[str] = msgspec.field(default_factory=list)
    response: str = msgspec.field(name="smtpResponse", default="")


class _Delay(msgspec.Struct):
    recipients: list[_Recipient] = msgspec.field(name="delayedRecipients", default_factory=list)


class _Notification(msgspec.Struct):
    """What SES tells; events of a configuration set name their kind `eventType`."""

    notification: str = msgspec.field(name="notificationType", default="")
    event: str = msgspec.field(name="eventType", default="")
    mail: _Mail = msgspec.field(default_factory=_Mail)
    receipt: _Receipt = msgspec.field(default_factory=_Receipt)
    content: str | None = None
    bounce: _Bounce = msgspec.field(default_factory=_Bounce)
    complaint: _Complaint = msgspec.field(default_factory=_Complaint)
    delivery: _Delivery = msgspec.field(default_factory=_Delivery)
    delay: _Delay = msgspec.field(name="deliveryDelay", default_factory=_Delay)


class Ses:
    """See the module."""

    def __init__(self) -> None:
        """No certificate was fetched yet."""
        self._certificates = Certificates()

    def refuse_early(self, headers: Mapping[str, str], door: Door) -> None:
        """Nothing in the headers proves anything."""

    async def read(self, call: Call, door: Door) -> Told:
        """See `Provider.read`. A subscription to the right topic is confirmed."""
        notice = decoded(call.body, Notice)
        await sns.verify(notice, self._certificates, door)
        if notice.type == "SubscriptionConfirmation":
            await sns.confirm(notice, door)
        if notice.type in _CONFIRMATIONS:
            log.info("sns_subscription", type=notice.type, topic=notice.topic)
            return Told()
        told = decoded(notice.message, _Notification) if _is_object(notice.message) else None
        if told is None:  # what SNS and SES write when something is set up or tried
            return Told()
        if told.notification == "Received":
            return Told(messages=(_message(notice, told),))
        return Told(reports=_reports(told))


def _is_object(message: str) -> bool:
    return message.lstrip()[:1] == "{"


def _message(notice: Notice, told: _Notification) -> Message:
    action = told.receipt.action
    if told.content is None:
        where = f" It lies in s3://{action.bucket}/{action.key}." if action.bucket else ""
        raise MailNotIncluded(
            "Let the receipt rule of SES use an SNS action: this topic only tells of messages and "
            f"does not carry them.{where}"
        )
    raw = told.content.encode("utf-8", "replace")
    if action.encoding.upper() == "BASE64":
        try:
            raw = base64.b64decode(raw)
        except binascii.Error as error:
            raise HookMalformed from error
    envelope = Envelope(mail_from=told.mail.source, rcpt_to=tuple(told.receipt.recipients))
    return Message(f"ses:{notice.message_id}", raw, envelope)


def _reports(told: _Notification) -> tuple[Report, ...]:
    match told.notification or told.event:
        case "Bounce":
            is_permanent = told.bounce.type == "Permanent"
            kind: Kind = "bounced" if is_permanent else "undelivered"
            detail = f"{told.bounce.type} {told.bounce.subtype}".strip()
            return _each(told, kind, told.bounce.recipients, detail)
        case "Complaint":
            return _each(told, "complained", told.complaint.recipients, told.complaint.kind or "")
        case "Delivery":
            recipients = [_Recipient(address) for address in told.delivery.recipients]
            return _each(told, "delivered", recipients, told.delivery.response)
        case "DeliveryDelay":
            return _each(told, "delayed", told.delay.recipients, "")
    return ()


def _each(
    told: _Notification, kind: Kind, recipients: Sequence[_Recipient], detail: str
) -> tuple[Report, ...]:
    ids: Any = (h.value for h in told.mail.headers if h.name.lower() == "message-id")
    message_id = next(ids, "").strip("<> ") or None
    return tuple(
        Report(
            kind,
            one.address,
            message_id,
            status=one.status,
            detail=one.diagnostic or detail,
            provider_id=told.mail.message_id or None,
        )
        for one in recipients
    )
