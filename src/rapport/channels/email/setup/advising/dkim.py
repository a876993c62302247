"""Keys for signing, and the record that makes them known. Blocks."""

import base64
import secrets
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from rapport.channels.email.settings.schemas import Dkim
from rapport.channels.email.setup.advising.records import Record, silent, text
from rapport.kernel.dns import Dns, DnsUnavailable

_KEY_BITS: Final = 2048


def new_key(domain: str) -> tuple[Dkim, str]:
    """A fresh key under a selector that was never used, and its private half in PEM.

    RSA, because many receivers still know nothing else; 2,048 bits fit into every zone.
    """
    key = rsa.generate_private_key(public_exponent=65_537, key_size=_KEY_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    selector = f"rapport-{secrets.token_hex(4)}"
    told = base64.b64encode(public).decode()
    return Dkim(domain=domain, selector=selector, public_key=told, is_on=False), private


def advise(dns: Dns, key: Dkim) -> Record:
    """The record of a key, with what the domain has under its name."""
    name = f"{key.selector}._domainkey.{key.domain}"
    value = f"v=DKIM1; k=rsa; p={key.public_key}"
    try:
        found = tuple(text(raw) for raw in dns.txt(name))
    except DnsUnavailable:
        return silent("dkim", "TXT", name, value)
    if not found:
        return Record("dkim", "TXT", name, value, (), "missing")
    published = [_key_in(record) for record in found]
    if published == [key.public_key]:
        return Record("dkim", "TXT", name, found[0], found, "ok")
    reason = "dkim_withdrawn" if published == [""] else "dkim_other_key"
    return Record("dkim", "TXT", name, value, found, "different", reason)  # type: ignore[arg-type]


def _key_in(record: str) -> str | None:
    for tag in record.split(";"):
        name, equals, value = tag.partition("=")
        if name.strip() == "p" and equals:
            return "".join(value.split())
    return None
