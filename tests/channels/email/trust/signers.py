"""Domains that sign their mail, as dkimpy does it and as newer senders do."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_KEYS: dict[int, RSAPrivateKey] = {}
FIELDS = (b"from", b"to", b"subject", b"date", b"message-id")


def rsa(bits: int = 2_048) -> RSAPrivateKey:
    """One key of each size for the whole run: they take time to make."""
    if bits not in _KEYS:
        _KEYS[bits] = generate_private_key(public_exponent=65_537, key_size=bits)
    return _KEYS[bits]


@dataclass
class Signer:
    """A domain with a selector and a key."""

    domain: str
    selector: str = "s1"
    key: RSAPrivateKey = field(default_factory=rsa)

    @property
    def name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    @property
    def pem(self) -> bytes:
        return self.key.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )

    def signed(
        self,
        raw: bytes,
        *,
        form: str = "relaxed/relaxed",
        fields: Sequence[bytes] = FIELDS,
        identity: str | None = None,
        length: bool = False,
    ) -> bytes:
        """`raw` with a signature above it."""
        header, body = form.split("/")
        signature = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.pem,
            identity=identity.encode() if identity else None,
            canonicalize=(header.encode(), body.encode()),
            include_headers=list(fields),
            length=length,
        )
        return bytes(signature) + raw

    def sealed(self, raw: bytes, server: str) -> bytes:
        """`raw` with an ARC set above it, made of what `server` wrote into its header."""
        fields = dkim.arc_sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.pem,
            server.encode(),
            include_headers=list(FIELDS),
        )
        assert fields, "dkimpy found no results of that server"
        return b"".join(fields) + raw


def ed25519_signed(raw: bytes, domain: str, selector: str = "e1") -> tuple[bytes, str]:
    """`raw` signed as RFC 8463 has it, relaxed and of one line fields only, and the record."""
    key = Ed25519PrivateKey.generate()
    header, _, body = raw.partition(b"\r\n\r\n")
    hashed = base64.b64encode(hashlib.sha256(body).digest()).decode()
    value = (
        f"v=1; a=ed25519-sha256; c=relaxed/simple; d={domain}; s={selector};"
        f" h=from:subject; bh={hashed}; b="
    )
    fields = dict(line.split(b": ", 1) for line in header.split(b"\r\n"))
    lines = [b"from:" + fields[b"From"], b"subject:" + fields[b"Subject"]]
    signed = b"\r\n".join([*lines, b"dkim-signature:" + value.encode()])
    proof = base64.b64encode(key.sign(hashlib.sha256(signed).digest())).decode()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    return f"DKIM-Signature: {value}{proof}\r\n".encode() + raw, record
