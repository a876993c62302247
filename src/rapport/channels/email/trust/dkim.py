"""Signatures of a message by a domain (RFC 6376)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rapport.channels.email.trust import canonical, tags
from rapport.channels.email.trust.canonical import BodyUnclear
from rapport.channels.email.trust.message import Field, Message
from rapport.channels.email.trust.proofs import ALGORITHMS, KeyUnusable, decoded, key_of
from rapport.channels.email.trust.tags import TagsUnclear
from rapport.channels.email.trust.verdict import Result
from rapport.kernel.dns import Dns, DnsUnavailable

MAX_SIGNATURES: Final = 5
_LEEWAY: Final = timedelta(hours=10)
_FORMS: Final = frozenset({"simple", "relaxed"})


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature came to, and by whom it says it is, "" when it says nothing readable."""

    result: Result
    domain: str


class Bodies:
    """The hashes of one body, each way of making it done once."""

    def __init__(self, body: memoryview) -> None:
        """Hash nothing yet."""
        self._body = body
        self._known: dict[tuple[bool, int | None], bytes] = {}

    def hashed(self, *, is_relaxed: bool, length: int | None) -> bytes:
        """See `canonical.body_hash`; b"" for a body that nobody would sign."""
        key = (is_relaxed, length)
        if key not in self._known:
            try:
                found = canonical.body_hash(self._body, is_relaxed=is_relaxed, length=length)
            except BodyUnclear:
                found = b""
            self._known[key] = found
        return self._known[key]


def check(
    message: Message, dns: Dns, now: datetime, *, is_wanted: Callable[[str], bool]
) -> list[Signed]:
    """What the signatures of a message come to: of five at most, those by wanted domains first."""
    found = [(field, _domain(field)) for field in message.all(b"dkim-signature")]
    found.sort(key=lambda one: not is_wanted(one[1]))
    bodies = Bodies(message.body)
    return [
        Signed(_checked(field, message, bodies, dns, now), domain)
        for field, domain in found[:MAX_SIGNATURES]
    ]


def best(signed: Sequence[Signed]) -> Result:
    """One word for all signatures: one that is good makes up for any others."""
    results = [one.result for one in signed]
    order: tuple[Result, ...] = ("pass", "temperror", "fail", "neutral", "permerror")
    return next((result for result in order if result in results), "none")


def _domain(field: Field) -> str:
    try:
        return tags.read(field.value).get("d", "").lower().rstrip(".")
    except TagsUnclear:
        return ""


def _checked(field: Field, message: Message, bodies: Bodies, dns: Dns, now: datetime) -> Result:
    try:
        told = tags.read(field.value)
    except TagsUnclear:
        return "permerror"
    if told.get("v") != "1" or not _is_complete(told) or not _is_by_its_domain(told):
        return "permerror"
    if not _is_in_time(told, now):
        return "neutral"
    return verify(field, told, message, bodies, dns)


def verify(
    field: Field, told: Mapping[str, str], message: Message, bodies: Bodies, dns: Dns
) -> Result:
    """Whether the signature in `field`, with the tags `told`, is of this message.

    `neutral` is one that does not cover the whole body, or uses what nobody should any more.
    """
    if told["a"] not in ALGORITHMS:
        return "neutral"
    header, _, body = told.get("c", "simple/simple").partition("/")
    body = body or "simple"
    names = [name.encode() for name in tags.solid(told["h"]).lower().split(":")]
    if not {header, body} <= _FORMS or b"from" not in names:
        return "permerror"
    length = int(told["l"]) if "l" in told else None
    seen = bodies.hashed(is_relaxed=body == "relaxed", length=length)
    if not seen:
        return "neutral"
    if seen != decoded(told["bh"]):
        return "fail"
    is_relaxed = header == "relaxed"
    lines = [
        canonical.header_line(one, is_relaxed=is_relaxed)
        for one in canonical.chosen(message.fields, names)
    ]
    return proved(told, [*lines, own_line(field, is_relaxed=is_relaxed)], dns)


def own_line(field: Field, *, is_relaxed: bool) -> bytes:
    """How a signature's field is part of what it signs: without its proof and its last CRLF."""
    bare = Field(field.name, tags.without_proof(field.value))
    return canonical.header_line(bare, is_relaxed=is_relaxed).removesuffix(b"\r\n")


def proved(told: Mapping[str, str], lines: Sequence[bytes], dns: Dns) -> Result:
    """Whether the tags' proof is of these lines, by the key that the tags name."""
    try:
        key = key_of(told["d"], told["s"], dns)
    except KeyUnusable:
        return "permerror"
    except DnsUnavailable:
        return "temperror"
    if key.is_exact and "i" in told and told["i"].rpartition("@")[2].lower() != told["d"].lower():
        return "permerror"
    digest = hashlib.sha256(b"".join(lines)).digest()
    return "pass" if key.proves(told["a"], digest, decoded(told["b"])) else "fail"


def _is_complete(told: Mapping[str, str]) -> bool:
    """Whether all is there that a signature needs, in the form it needs."""
    numbers = (told.get(name, "0") for name in ("l", "t", "x"))
    return (
        all(told.get(name) for name in ("a", "b", "bh", "d", "h", "s"))
        and all(number.isascii() and number.isdecimal() and len(number) < 13 for number in numbers)
        and told.get("q", "dns/txt") == "dns/txt"
    )


def _is_by_its_domain(told: Mapping[str, str]) -> bool:
    """Whether the identity, if it is named, is in the domain that signs."""
    identity = told.get("i", f"@{told['d']}").rpartition("@")[2].lower()
    domain = told["d"].lower()
    return identity == domain or identity.endswith(f".{domain}")


def _is_in_time(told: Mapping[str, str], now: datetime) -> bool:
    """Whether it still counts, for clocks that are 10 hours wrong."""
    if "x" not in told:
        return True
    ends = float(told["x"])
    return ends >= float(told.get("t", "0")) and ends >= (now - _LEEWAY).timestamp()
