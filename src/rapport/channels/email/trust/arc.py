"""What forwarders found when a mail was still as it had been sent (RFC 8617)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.channels.email.trust import canonical, dkim, tags
from rapport.channels.email.trust.dkim import Bodies, Signed
from rapport.channels.email.trust.message import Field, Message
from rapport.channels.email.trust.tags import TagsUnclear
from rapport.channels.email.trust.verdict import Result
from rapport.kernel.dns import Dns

MAX_SETS: Final = 20
_RESULTS: Final = b"arc-authentication-results"
_SIGNATURE: Final = b"arc-message-signature"
_SEAL: Final = b"arc-seal"
_KINDS: Final = (_RESULTS, _SIGNATURE, _SEAL)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one forwarder says it found, and the domain that sealed it."""

    domain: str
    results: str
    """The value of an Authentication-Results field."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether every seal is whole, and what was sealed, the last forwarder first."""

    result: Result
    sets: tuple[Sealed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Set:
    """The three fields of one forwarder, with the tags of the two that are signatures."""

    fields: Mapping[bytes, Field]
    signature: Mapping[str, str]
    seal: Mapping[str, str]


class _Broken(Exception):
    """The fields do not make a chain."""


def check(message: Message, dns: Dns) -> Chain:
    """Verify the newest signature and every seal; nothing of a chain that is broken is told."""
    try:
        sets = _sets(message)
    except (_Broken, TagsUnclear):
        return Chain("fail")
    if not sets:
        return Chain("none")
    bodies = Bodies(message.body)
    newest = sets[-1]
    results = [
        dkim.verify(newest.fields[_SIGNATURE], newest.signature, message, bodies, dns),
        *(_seal(sets[: place + 1], dns) for place in range(len(sets))),
    ]
    if all(result == "pass" for result in results):
        return Chain("pass", tuple(_told(one) for one in reversed(sets)))
    return Chain(dkim.best([Signed(one, "") for one in results if one != "pass"]))


def _sets(message: Message) -> list[_Set]:
    """The sets from the first forwarder to the last.

    Raises:
        _Broken: one is not whole, or one says itself that the chain is broken.
    """
    found: dict[int, dict[bytes, Field]] = {}
    for field in message.fields:
        if field.key in _KINDS:
            place = _instance(field)
            if field.key in found.setdefault(place, {}):
                raise _Broken
            found[place][field.key] = field
    if len(found) > MAX_SETS or sorted(found) != list(range(1, len(found) + 1)):
        raise _Broken
    return [_made(found[place], place) for place in sorted(found)]


def _made(fields: Mapping[bytes, Field], place: int) -> _Set:
    if len(fields) != len(_KINDS):
        raise _Broken
    signature, seal = tags.read(fields[_SIGNATURE].value), tags.read(fields[_SEAL].value)
    is_whole = all(signature.get(name) for name in ("a", "b", "bh", "d", "h", "s")) and all(
        seal.get(name) for name in ("a", "b", "d", "s")
    )
    if not is_whole or "h" in seal or seal.get("cv") != ("none" if place == 1 else "pass"):
        raise _Broken
    # The instance is called i= as the identity is in DKIM, and l= means nothing here.
    signed = {name: value for name, value in signature.items() if name not in {"i", "l"}}
    signed.setdefault("c", "relaxed/relaxed")
    return _Set(fields, signed, {name: value for name, value in seal.items() if name != "i"})


def _instance(field: Field) -> int:
    """The number of the set that a field belongs to."""
    for piece in field.value.split(b";")[:20]:
        name, is_tag, value = piece.partition(b"=")
        if is_tag and name.strip() == b"i":
            number = value.strip()
            if number.isdigit() and len(number) < 3:
                return int(number)
    raise _Broken


def _seal(sets: Sequence[_Set], dns: Dns) -> Result:
    """Whether the last of these sets seals them all."""
    lines = [
        canonical.header_line(one.fields[kind], is_relaxed=True) for one in sets for kind in _KINDS
    ]
    last = sets[-1]
    lines[-1] = dkim.own_line(last.fields[_SEAL], is_relaxed=True)
    if last.seal["a"] != "rsa-sha256":
        return "neutral"
    return dkim.proved(last.seal, lines, dns)


def _told(one: _Set) -> Sealed:
    value = one.fields[_RESULTS].value.decode("utf-8", "replace").replace("\r\n", "")
    return Sealed(one.seal["d"].lower().rstrip("."), value.partition(";")[2])
