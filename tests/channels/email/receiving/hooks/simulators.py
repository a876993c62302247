"""Mail providers as they document themselves: they sign, and send again until they hear 200."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from rapport.channels.email.receiving.hooks.service import Outside
from rapport.kernel import egress
from rapport.kernel.ids import new_id
from tests.conftest import Clock

SENDER = "ada@home.example"


@dataclass(frozen=True)
class Post:
    """One HTTP request of a provider. `path` follows the mailbox's key in the address."""

    headers: dict[str, str]
    content: bytes
    path: str = ""

    def without(self, *headers: str) -> "Post":
        """The same, with these headers left out."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k not in headers})

    def altered(self, old: bytes, new: bytes) -> "Post":
        """The same, with something else in its body."""
        assert old in self.content
        return replace(self, content=self.content.replace(old, new, 1))


class Simulator(Protocol):
    """What all providers can do."""

    name: str

    @property
    def secret(self) -> str:
        """What the inbox must know of it."""

    def message(self, raw: bytes, recipient: str) -> Post:
        """Bring a message."""

    def unsigned(self, post: Post) -> Post:
        """The same without any proof."""

    def report(self, kind: str, recipient: str, message_id: str) -> Post | None:
        """Tell what became of a mail: bounced, undelivered, delayed, complained, delivered."""


@dataclass
class Postmark:
    """A password in the address, JSON."""

    clock: Clock
    name: str = "postmark"
    secret: str = "a long password"

    def post(self, payload: dict[str, Any]) -> Post:
        pair = base64.b64encode(f"rapport:{self.secret}".encode()).decode()
        headers = {"content-type": "application/json", "authorization": f"Basic {pair}"}
        return Post(headers, json.dumps(payload).encode())

    def message(self, raw: bytes, recipient: str) -> Post:
        return self.post(self.payload(recipient) | {"RawEmail": raw.decode()})

    def payload(self, recipient: str) -> dict[str, Any]:
        """As it is without "Include raw email content"."""
        return {
            "FromName": "Ada",
            "MessageStream": "inbound",
            "From": SENDER,
            "FromFull": {"Email": SENDER, "Name": "Ada", "MailboxHash": ""},
            "To": recipient,
            "ToFull": [{"Email": recipient, "Name": "", "MailboxHash": "token"}],
            "CcFull": [],
            "OriginalRecipient": recipient,
            "Subject": "Hi",
            "MessageID": str(new_id()),
            "Date": "Mon, 5 Jan 2026 09:00:00 +0000",
            "MailboxHash": "token",
            "TextBody": "Hi",
            "HtmlBody": "",
            "Tag": "",
            "Headers": [
                {"Name": "Return-Path", "Value": f"<{SENDER}>"},
                {"Name": "X-Spam-Score", "Value": "0"},
            ],
            "Attachments": [],
        }

    def unsigned(self, post: Post) -> Post:
        return post.without("authorization")

    def report(self, kind: str, recipient: str, message_id: str) -> Post:
        said: dict[str, Any] = {
            "MessageID": str(new_id()),
            "ServerID": 23,
            "MessageStream": "outbound",
            "Tag": "",
            "Metadata": {"message-id": message_id},
        }
        bounce = {"RecordType": "Bounce", "ID": 42, "Email": recipient, "Details": "No such user"}
        match kind:
            case "bounced":
                said |= bounce | {"Type": "HardBounce", "TypeCode": 1, "Inactive": True}
            case "undelivered":
                said |= bounce | {"Type": "SoftBounce", "TypeCode": 4096, "Inactive": False}
            case "delayed":
                said |= bounce | {"Type": "Transient", "TypeCode": 2, "Inactive": False}
            case "complained":
                said |= bounce | {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}
            case "delivered":
                said |= {"RecordType": "Delivery", "Recipient": recipient, "Details": "250 OK"}
        return self.post(said)


@dataclass
class Mailgun:
    """HMAC over a time and a token that stand in the form, or in the JSON."""

    clock: Clock
    name: str = "mailgun"
    secret: str = "key-0123456789"
    is_multipart: bool = False

    def proof(self) -> dict[str, str]:
        token = hashlib.sha256(new_id().bytes).hexdigest()[:50]
        timestamp = str(int(self.clock().timestamp()))
        signed = f"{timestamp}{token}".encode()
        made = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"timestamp": timestamp, "token": token, "signature": made}

    def message(self, raw: bytes, recipient: str) -> Post:
        fields: dict[str, Any] = {
            "recipient": recipient,
            "sender": SENDER,
            "from": f"Ada <{SENDER}>",
            "subject": "Hi",
            "domain": recipient.rpartition("@")[2],
            **self.proof(),
            "body-mime": raw,
        }
        return self.form(fields)

    def form(self, fields: dict[str, Any]) -> Post:
        if self.is_multipart:
            headers, content = multipart(fields)
            return Post(headers, content, "/mime")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return Post(headers, urlencode(fields).encode(), "/mime")

    def unsigned(self, post: Post) -> Post:
        return post.altered(b"signature", b"signatura")

    def report(self, kind: str, recipient: str, message_id: str) -> Post:
        status = {"code": 550, "message": "5.1.1 No such user", "enhanced-code": "5.1.1"}
        said: dict[str, dict[str, Any]] = {
            "bounced": {"event": "failed", "severity": "permanent", "reason": "bounce"},
            "undelivered": {"event": "failed", "severity": "permanent", "reason": "old"},
            "delayed": {"event": "failed", "severity": "temporary", "reason": "generic"},
            "complained": {"event": "complained"},
            "delivered": {"event": "delivered"},
        }
        data = said[kind] | {
            "id": "W3X4JOhFT-OZidZGKKr9iA",
            "timestamp": self.clock().timestamp(),
            "recipient": recipient,
            "message": {"headers": {"message-id": message_id, "to": recipient}, "size": 341},
            "delivery-status": status,
        }
        body = {"signature": self.proof(), "event-data": data}
        return Post({"content-type": "application/json"}, json.dumps(body).encode())


@lru_cache
def _ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class SendGrid:
    """ECDSA over the time and the body, by a security policy."""

    clock: Clock
    name: str = "sendgrid"
    key: ec.EllipticCurvePrivateKey = field(default_factory=_ec_key)

    @property
    def secret(self) -> str:
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(public).decode()

    def signed(self, headers: dict[str, str], content: bytes) -> Post:
        timestamp = str(int(self.clock().timestamp()))
        made = self.key.sign(timestamp.encode() + content, ec.ECDSA(hashes.SHA256()))
        proof = {
            "x-twilio-email-event-webhook-timestamp": timestamp,
            "x-twilio-email-event-webhook-signature": base64.b64encode(made).decode(),
        }
        return Post(headers | proof, content)

    def fields(self, recipient: str) -> dict[str, Any]:
        """As they are without "POST the raw, full MIME message"."""
        return {
            "to": recipient,
            "from": f"Ada <{SENDER}>",
            "subject": "Hi",
            "sender_ip": "198.51.100.7",
            "SPF": "pass",
            "dkim": "{@home.example : pass}",
            "charsets": json.dumps({"to": "UTF-8"}),
            "envelope": json.dumps({"to": [recipient], "from": SENDER}),
        }

    def message(self, raw: bytes, recipient: str) -> Post:
        return self.signed(*multipart(self.fields(recipient) | {"email": raw}))

    def unsigned(self, post: Post) -> Post:
        return post.without(
            "x-twilio-email-event-webhook-timestamp", "x-twilio-email-event-webhook-signature"
        )

    def report(self, kind: str, recipient: str, message_id: str) -> Post:
        said: dict[str, dict[str, Any]] = {
            "bounced": {"event": "bounce", "type": "bounce", "status": "5.1.1"},
            "undelivered": {"event": "bounce", "type": "blocked", "status": "5.7.1"},
            "delayed": {"event": "deferred", "response": "451 later", "attempt": "1"},
            "complained": {"event": "spamreport"},
            "delivered": {"event": "delivered", "response": "250 OK"},
        }
        event = said[kind] | {
            "email": recipient,
            "timestamp": int(self.clock().timestamp()),
            "smtp-id": f"<{message_id}>",
            "sg_event_id": "bounce-0-1",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            "reason": "No such user" if kind == "bounced" else "",
        }
        batch = [{"event": "open", "email": recipient}, event]
        return self.signed({"content-type": "application/json"}, json.dumps(batch).encode())


@dataclass
class SendGridPassword(SendGrid):
    """Without a security policy: a password in the address."""

    password: str = "another long password"

    @property
    def secret(self) -> str:
        return self.password

    def signed(self, headers: dict[str, str], content: bytes) -> Post:
        pair = base64.b64encode(f"rapport:{self.password}".encode()).decode()
        return Post(headers | {"authorization": f"Basic {pair}"}, content)

    def unsigned(self, post: Post) -> Post:
        return post.without("authorization")


@lru_cache
def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Amazon(Outside):
    """SNS in one region, which signs with RSA; also what answers at its host."""

    clock: Clock
    version: str = "2"
    name: str = "ses"
    secret: str = "arn:aws:sns:us-east-1:123456789012:mail"
    certificate_url: str = (
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
    )
    is_base64: bool = True
    is_away: bool = False
    asked: list[str] = field(default_factory=list)
    valid_until: datetime = datetime(2030, 1, 1, tzinfo=UTC)

    def client(self) -> httpx.AsyncClient:
        """The world outside: every name leads to Amazon."""

        async def resolve(host: str, port: int) -> list[str]:
            return ["54.239.28.85"]

        return egress.client(resolve=resolve, inner=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"https://{request.headers['host']}{request.url.raw_path.decode()}")
        if self.is_away:
            return httpx.Response(503)
        if request.url.path.endswith(".pem"):
            return httpx.Response(200, content=self._certificate())
        return httpx.Response(200, content=b"<ConfirmSubscriptionResponse/>")

    def _certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(_rsa_key().public_key())
            .serial_number(1)
            .not_valid_before(self.valid_until - timedelta(days=3650))
            .not_valid_after(self.valid_until)
            .sign(_rsa_key(), hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def notice(self, kind: str, message: str, **more: str) -> Post:
        body = {
            "Type": kind,
            "MessageId": str(new_id()),
            "TopicArn": self.secret,
            "Message": message,
            "Timestamp": self.clock().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        } | more
        signed = "".join(f"{name}\n{body[name]}\n" for name in sorted(body))
        kind_of_hash = {"1": hashes.SHA1(), "2": hashes.SHA256()}[self.version]
        made = _rsa_key().sign(signed.encode(), padding.PKCS1v15(), kind_of_hash)
        body |= {
            "SignatureVersion": self.version,
            "Signature": base64.b64encode(made).decode(),
            "SigningCertURL": self.certificate_url,
        }
        if kind == "Notification":
            body["UnsubscribeURL"] = "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe"
        headers = {
            "content-type": "text/plain; charset=UTF-8",
            "x-amz-sns-message-type": kind,
            "x-amz-sns-topic-arn": self.secret,
        }
        return Post(headers, json.dumps(body).encode())

    def confirmation(self, url: str | None = None) -> Post:
        usual = (
            "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"
            f"&TopicArn={self.secret}&Token=2336412f37fb687f5d51e6e2425ba1f2ab35"
        )
        return self.notice(
            "SubscriptionConfirmation",
            f"You have chosen to subscribe to the topic {self.secret}.",
            Token="2336412f37fb687f5d51e6e2425ba1f2ab35",
            SubscribeURL=usual if url is None else url,
        )

    def message(self, raw: bytes, recipient: str) -> Post:
        action = {"type": "SNS", "topicArn": self.secret}
        content = raw.decode()
        if self.is_base64:
            action["encoding"] = "BASE64"
            content = base64.b64encode(raw).decode()
        told = self.received(recipient, action) | {"content": content}
        return self.notice(
            "Notification", json.dumps(told), Subject="Amazon SES Email Receipt Notification"
        )

    def received(self, recipient: str, action: dict[str, str]) -> dict[str, Any]:
        return {
            "notificationType": "Received",
            "receipt": {
                "timestamp": "2026-01-05T09:00:00.000Z",
                "recipients": [recipient],
                "spamVerdict": {"status": "PASS"},
                "action": action,
            },
            "mail": {
                "timestamp": "2026-01-05T09:00:00.000Z",
                "source": SENDER,
                "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
                "destination": [recipient],
                "headersTruncated": False,
                "headers": [{"name": "Subject", "value": "Hi"}],
            },
        }

    def unsigned(self, post: Post) -> Post:
        body = json.loads(post.content)
        return replace(post, content=json.dumps(body | {"Signature": ""}).encode())

    def report(self, kind: str, recipient: str, message_id: str) -> Post | None:
        someone = {
            "emailAddress": recipient,
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 No such user",
        }
        said: dict[str, dict[str, Any]] = {
            "bounced": {
                "notificationType": "Bounce",
                "bounce": {"bounceType": "Permanent", "bouncedRecipients": [someone]},
            },
            "undelivered": {
                "notificationType": "Bounce",
                "bounce": {"bounceType": "Transient", "bouncedRecipients": [someone]},
            },
            "delayed": {
                "eventType": "DeliveryDelay",
                "deliveryDelay": {"delayedRecipients": [someone]},
            },
            "complained": {
                "notificationType": "Complaint",
                "complaint": {"complainedRecipients": [{"emailAddress": recipient}]},
            },
            "delivered": {
                "notificationType": "Delivery",
                "delivery": {"recipients": [recipient], "smtpResponse": "250 OK"},
            },
        }
        mail = {
            "messageId": "0100019b8c5e-provider",
            "source": "support@shop.example",
            "headers": [{"name": "Message-ID", "value": f"<{message_id}>"}],
        }
        return self.notice("Notification", json.dumps(said[kind] | {"mail": mail}))


@dataclass
class Standard:
    """A sender of our own, which signs as Standard Webhooks say."""

    clock: Clock
    name: str = "raw"
    secret: str = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()

    def message(self, raw: bytes, recipient: str) -> Post:
        known_by, timestamp = f"msg_{new_id()}", str(int(self.clock().timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{known_by}.{timestamp}.".encode() + raw
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        headers = {
            "content-type": "message/rfc822",
            "webhook-id": known_by,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,AAAA v1a,BBBB v1,{made}",
            "x-mail-from": f"<{SENDER}>",
            "x-rcpt-to": recipient,
        }
        return Post(headers, raw)

    def unsigned(self, post: Post) -> Post:
        return post.without("webhook-signature")

    def report(self, kind: str, recipient: str, message_id: str) -> Post | None:
        return None


@dataclass
class Bearer(Standard):
    """One that has only a token."""

    secret: str = "a-token-of-ours"

    def message(self, raw: bytes, recipient: str) -> Post:
        headers = {
            "content-type": "message/rfc822",
            "authorization": f"Bearer {self.secret}",
            "x-mail-from": SENDER,
            "x-rcpt-to": recipient,
        }
        return Post(headers, raw)

    def unsigned(self, post: Post) -> Post:
        return post.without("authorization")


SIGNING: dict[str, Callable[[Clock], Simulator]] = {
    "mailgun": Mailgun,
    "mailgun-multipart": lambda clock: Mailgun(clock, is_multipart=True),
    "sendgrid": SendGrid,
    "ses-sha256": Amazon,
    "ses-sha1": lambda clock: Amazon(clock, version="1", is_base64=False),
    "raw": Standard,
}
"""Those whose proof is about what they send."""
WITH_PASSWORDS: dict[str, Callable[[Clock], Simulator]] = {
    "postmark": Postmark,
    "sendgrid-password": SendGridPassword,
    "raw-bearer": Bearer,
}
EVERY = SIGNING | WITH_PASSWORDS


def multipart(fields: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """A form as providers post it: its headers and its body."""
    boundary = "xYzZY"
    pieces = []
    for name, value in fields.items():
        content = value if isinstance(value, bytes) else str(value).encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        pieces += [head.encode(), content, b"\r\n"]
    body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
    return {"content-type": f"multipart/form-data; boundary={boundary}"}, body
