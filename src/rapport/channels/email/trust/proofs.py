"""The public keys of domains, and whether something was signed with one (RFC 6376, RFC 8463)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rapport.channels.email.trust import tags
from rapport.channels.email.trust.tags import TagsUnclear
from rapport.kernel.dns import Dns

ALGORITHMS: Final = frozenset({"rsa-sha256", "ed25519-sha256"})
"""SHA-1 proves nothing any more (RFC 8301)."""
_MIN_RSA_BITS: Final = 1_024
_MAX_RSA_BITS: Final = 8_192
_MAX_RECORD_BYTES: Final = 4_000


class KeyUnusable(Exception):
    """There is no such key, it was revoked, or it is not one to believe."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key from the DNS. With `is_exact` the signer is the domain itself and none below it."""

    key: RSAPublicKey | Ed25519PublicKey
    is_exact: bool

    def proves(self, algorithm: str, digest: bytes, signature: bytes) -> bool:
        """Whether `signature` was made of a SHA-256 with this key."""
        try:
            if isinstance(self.key, RSAPublicKey):
                if algorithm != "rsa-sha256":
                    return False
                self.key.verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))
            elif algorithm != "ed25519-sha256":
                return False
            else:
                self.key.verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def key_of(domain: str, selector: str, dns: Dns) -> PublicKey:
    """The key that a domain publishes under a selector.

    Raises:
        KeyUnusable: see there.
        DnsUnavailable: nobody can say.
    """
    for record in dns.txt(f"{selector}._domainkey.{domain}")[:5]:
        try:
            told = tags.read(record[:_MAX_RECORD_BYTES])
        except TagsUnclear:
            continue
        if "p" in told:
            return _key(told)
    raise KeyUnusable


def decoded(text: str) -> bytes:
    """Base64 that may be folded; b"" when it is none."""
    try:
        return base64.b64decode(tags.solid(text), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _key(told: Mapping[str, str]) -> PublicKey:
    services = tags.solid(told.get("s", "*")).split(":")
    hashes = tags.solid(told.get("h", "sha256")).split(":")
    if told.get("v", "DKIM1") != "DKIM1" or "sha256" not in hashes:
        raise KeyUnusable
    if "*" not in services and "email" not in services:
        raise KeyUnusable
    flags = tags.solid(told.get("t", "")).split(":")
    return PublicKey(_loaded(told.get("k", "rsa"), decoded(told["p"])), is_exact="s" in flags)


def _loaded(kind: str, data: bytes) -> RSAPublicKey | Ed25519PublicKey:
    try:
        if kind == "ed25519":
            return Ed25519PublicKey.from_public_bytes(data)
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable from error
    if kind != "rsa" or not isinstance(key, RSAPublicKey):
        raise KeyUnusable
    if not _MIN_RSA_BITS <= key.key_size <= _MAX_RSA_BITS:
        raise KeyUnusable
    return key
