"""Amazon SNS: whether a call really comes from a topic, and what it carries.

The signature covers everything that matters and is verified with a certificate that comes from
Amazon's own host for SNS; the address of that certificate stands in the call, so that it is looked
at first. Whoever has an account there can sign calls, therefore the topic is compared as well.
"""

import base64
import binascii
import re
from collections import OrderedDict
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from rapport.channels.email.receiving.hooks.calls import RETRIES, WINDOW, Door, require_same
from rapport.channels.email.receiving.hooks.errors import HookUnsigned
from rapport.kernel.errors import Unreachable

_HOST: Final = re.compile(r"sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?")
_CERTIFICATE: Final = re.compile(r"/[A-Za-z0-9._-]{1,200}\.pem")
_NOTIFICATION: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION: Final = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
_MAX_CERTIFICATES: Final = 32


class Notice(msgspec.Struct):
    """What SNS posts."""

    type: str = msgspec.field(name="Type")
    message_id: str = msgspec.field(name="MessageId")
    topic: str = msgspec.field(name="TopicArn")
    message: str = msgspec.field(name="Message")
    timestamp: str = msgspec.field(name="Timestamp")
    signature: str = msgspec.field(name="Signature")
    version: str = msgspec.field(name="SignatureVersion")
    certificate: str = msgspec.field(name="SigningCertURL")
    subject: str | None = msgspec.field(name="Subject", default=None)
    token: str | None = msgspec.field(name="Token", default=None)
    subscribe: str | None = msgspec.field(name="SubscribeURL", default=None)

    def signed(self) -> bytes:
        """The text that the signature is over."""
        values = {
            "Message": self.message,
            "MessageId": self.message_id,
            "Subject": self.subject,
            "SubscribeURL": self.subscribe,
            "Timestamp": self.timestamp,
            "Token": self.token,
            "TopicArn": self.topic,
            "Type": self.type,
        }
        names = _NOTIFICATION if self.type == "Notification" else _CONFIRMATION
        lines = (f"{name}\n{values[name]}\n" for name in names if values[name] is not None)
        return "".join(lines).encode("utf-8", "replace")


class Certificates:
    """The certificates of SNS that this process has fetched."""

    def __init__(self) -> None:
        """None are known yet."""
        self._known: OrderedDict[str, x509.Certificate] = OrderedDict()

    async def key_at(self, url: str, door: Door) -> RSAPublicKey:
        """The public key of the certificate at an address of Amazon's.

        Raises:
            HookUnsigned: the address is not one of SNS, or no good certificate lies there.
            Unreachable: Amazon does not answer.
        """
        if not is_of_sns(url) or not _CERTIFICATE.fullmatch(urlsplit(url).path):
            raise HookUnsigned
        certificate = self._known.get(url)
        if certificate is None:
            certificate = await _fetched(url, door)
            self._known[url] = certificate
            if len(self._known) > _MAX_CERTIFICATES:
                self._known.popitem(last=False)
        key = certificate.public_key()
        is_valid = certificate.not_valid_before_utc <= door.now <= certificate.not_valid_after_utc
        if not is_valid or not isinstance(key, RSAPublicKey):
            raise HookUnsigned("The certificate is not valid.")
        return key


async def verify(notice: Notice, certificates: Certificates, door: Door) -> None:
    """Refuse what is not from one of the topics that the mailbox names as its secret.

    Raises:
        HookUnsigned: another topic, a wrong signature, or too old.
        Unreachable: the certificate could not be fetched.
    """
    topics = re.split(r"[\s,]+", door.secret.strip())
    if notice.topic not in topics or not notice.topic.startswith("arn:aws"):
        raise HookUnsigned("This topic is not the one that the inbox names.")
    _require_recent(notice.timestamp, door.now)
    key = await certificates.key_at(notice.certificate, door)
    # Version 1 is what topics have unless somebody changed them.
    kind = {"1": hashes.SHA1(), "2": hashes.SHA256()}.get(notice.version)  # noqa: S303
    try:
        signature = base64.b64decode(notice.signature, validate=True)
        if kind is None:
            raise HookUnsigned
        key.verify(signature, notice.signed(), PKCS1v15(), kind)
    except (binascii.Error, ValueError, InvalidSignature) as error:
        raise HookUnsigned from error


async def confirm(notice: Notice, door: Door) -> None:
    """Say that we want what a topic tells, by calling the address in a verified notice.

    Raises:
        HookUnsigned: the address is not one of SNS, or for another topic.
        Unreachable: Amazon does not answer, or refuses.
    """
    url = notice.subscribe or ""
    if not is_of_sns(url):
        raise HookUnsigned
    asked = parse_qs(urlsplit(url).query)
    require_same(asked.get("Action", [""])[0], "ConfirmSubscription")
    require_same(asked.get("TopicArn", [""])[0], notice.topic)
    async with door.client() as http:
        answer = await http.get(url)
        if answer.status_code != 200:
            raise Unreachable("Amazon did not confirm the subscription.")


def is_of_sns(url: str) -> bool:
    """Whether an address is https, on Amazon's host for SNS, and nothing more."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    has_extras = port not in {None, 443} or parts.username is not None or parts.password is not None
    return parts.scheme == "https" and not has_extras and _is_host(parts.hostname)


def _is_host(host: str | None) -> bool:
    return host is not None and _HOST.fullmatch(host) is not None


async def _fetched(url: str, door: Door) -> x509.Certificate:
    async with door.client() as http:
        answer = await http.get(url)
        if answer.status_code != 200:
            raise Unreachable("Amazon did not hand out its certificate.")
    try:
        return x509.load_pem_x509_certificate(answer.content)
    except ValueError as error:
        raise HookUnsigned("There is no certificate at that address.") from error


def _require_recent(timestamp: str, now: datetime) -> None:
    try:
        at = datetime.fromisoformat(timestamp)
        age = now - at
    except (ValueError, TypeError) as error:
        raise HookUnsigned from error
    if not -WINDOW <= age <= RETRIES:
        raise HookUnsigned("This call was signed too long ago.")
