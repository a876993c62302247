"""What an SPF record says (RFC 7208, sections 4.6 and 12)."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from rapport.channels.email.trust.spf_macros import MacroUnclear, checked

MAX_CHARS: Final = 4_000
_TERM: Final = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?=$|[:/])(.*)", re.I)
_MODIFIER: Final = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.I)
_BITS: Final = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?", re.ASCII)
_NEEDS_DOMAIN: Final = frozenset({"include", "exists"})
_TAKES_BITS: Final = frozenset({"a", "mx"})


class RecordUnclear(Exception):
    """The record breaks the rules; nothing of it counts."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One way for a host to be meant; `domain` is "" for the record's own."""

    qualifier: str
    name: str
    domain: str = ""
    network: IPv4Network | IPv6Network | None = None
    bits4: int = 32
    bits6: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    """The mechanisms in order, and whose record counts when none of them does."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None


def read(text: bytes) -> Record:
    """Read a record that begins with `v=spf1`, to its last term before any of it counts.

    Raises:
        RecordUnclear: a term is none, a modifier comes twice, or it is not ASCII.
    """
    if len(text) > MAX_CHARS or not text.isascii():
        raise RecordUnclear
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.decode().split(" ")[1:]:
        named = _MODIFIER.fullmatch(term)
        if named is not None:
            _modify(modifiers, named[1].lower(), named[2])
        elif term:
            mechanisms.append(_mechanism(term))
    return Record(tuple(mechanisms), modifiers.get("redirect"))


def _modify(modifiers: dict[str, str], name: str, value: str) -> None:
    """Note a modifier; of those that nobody knows only the form is looked at."""
    if name in {"redirect", "exp"}:
        if name in modifiers:
            raise RecordUnclear
        modifiers[name] = _domain(value)
        return
    try:
        checked(value)
    except MacroUnclear as error:
        raise RecordUnclear from error


def _mechanism(term: str) -> Mechanism:
    found = _TERM.fullmatch(term)
    if found is None:
        raise RecordUnclear
    qualifier, name, rest = found[1] or "+", found[2].lower(), found[3]
    if name in {"ip4", "ip6"}:
        return Mechanism(qualifier, name, network=_network(name, rest))
    if name == "all":
        if rest:
            raise RecordUnclear
        return Mechanism(qualifier, name)
    domain, bits4, bits6 = _target(rest, takes_bits=name in _TAKES_BITS)
    if not domain and name in _NEEDS_DOMAIN:
        raise RecordUnclear
    return Mechanism(qualifier, name, domain, None, bits4, bits6)


def _network(name: str, rest: str) -> IPv4Network | IPv6Network:
    address, slash, bits = rest.removeprefix(":").partition("/")
    is_number = bits.isdecimal() and bits.isascii() and (bits == "0" or bits[0] != "0")
    if rest[:1] != ":" or (slash and not is_number):
        raise RecordUnclear
    kind = IPv4Network if name == "ip4" else IPv6Network
    try:
        return kind(f"{address}{slash}{bits}", strict=False)
    except ValueError as error:
        raise RecordUnclear from error


def _target(rest: str, *, takes_bits: bool) -> tuple[str, int, int]:
    """The domain behind the colon, and the lengths of the networks behind the slashes."""
    # A slash may also stand in a macro, as one of its delimiters.
    start = rest.rfind("}") + 1
    slash = rest.find("/", start) if takes_bits else -1
    named, lengths = (rest, "") if slash < 0 else (rest[:slash], rest[slash:])
    if named == ":" or (named and named[0] != ":"):
        raise RecordUnclear
    found = _BITS.fullmatch(lengths)
    if found is None:
        raise RecordUnclear
    bits4 = 32 if found[1] is None else int(found[1])
    bits6 = 128 if found[2] is None else int(found[2])
    if bits4 > 32 or bits6 > 128:
        raise RecordUnclear
    return _domain(named[1:]) if named else "", bits4, bits6


def _domain(text: str) -> str:
    """A domain-spec: macros, and at the end a macro or something that can be a top domain."""
    try:
        checked(text)
    except MacroUnclear as error:
        raise RecordUnclear from error
    last = text.removesuffix(".").rpartition(".")
    is_label = re.fullmatch(r"[a-z0-9-]*[a-z-][a-z0-9-]*", last[2], re.IGNORECASE) is not None
    is_top = bool(last[1]) and is_label and not last[2].startswith("-") and last[2][-1] != "-"
    if not text or not (text.endswith("}") or is_top):
        raise RecordUnclear
    return text
