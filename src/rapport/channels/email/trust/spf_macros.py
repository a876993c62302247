"""Macros in SPF records (RFC 7208, section 7), and names of domains."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote

MAX_NAME_CHARS: Final = 253
_MACRO: Final = re.compile(
    r"%(?:\{(?P<letter>[slodipvh])(?P<digits>\d{0,3})(?P<reverse>r?)(?P<marks>[-.+,/_=]*)\}"
    r"|(?P<plain>[%_-]))",
    re.IGNORECASE | re.ASCII,
)
_LITERAL: Final = re.compile(r"[\x21-\x24\x26-\x7e]*")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_PLAIN: Final = {"%": "%", "_": " ", "-": "%20"}


class MacroUnclear(Exception):
    """A percent sign that begins no macro, or a character that has no place there."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is asked about: the address that bounces go to, the host, and its name for itself."""

    local: str
    domain: str
    ip: IPv4Address | IPv6Address
    helo: str


def ascii_domain(domain: str) -> str:
    """A domain as DNS has it, in small letters and without a final dot."""
    domain = domain.strip().lower().rstrip(".")
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def is_domain(domain: str) -> bool:
    """Whether it can be the name of a domain that sends mail: two labels at least."""
    labels = domain.split(".")
    return (
        len(labels) > 1
        and len(domain) <= MAX_NAME_CHARS
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def checked(text: str) -> None:
    """Whether every macro in `text` is one.

    Raises:
        MacroUnclear: it is not.
    """
    for literal in _MACRO.sub(" ", text).split(" "):
        if not _LITERAL.fullmatch(literal):
            raise MacroUnclear
    for found in _MACRO.finditer(text):
        if found["digits"] and not 0 < int(found["digits"]) < 129:
            raise MacroUnclear


def expand(text: str, sender: Sender, domain: str) -> str:
    """The name that `text` stands for; labels are dropped from the left when it is too long."""
    name = _MACRO.sub(lambda found: _value(found, sender, domain), text).rstrip(".").lower()
    while len(name) > MAX_NAME_CHARS and "." in name:
        name = name.partition(".")[2]
    return name


def _value(found: re.Match[str], sender: Sender, domain: str) -> str:
    if found["plain"]:
        return _PLAIN[found["plain"]]
    letter = found["letter"]
    parts = re.split(f"[{re.escape(found['marks'] or '.')}]", _letter(letter, sender, domain))
    if found["reverse"]:
        parts.reverse()
    if found["digits"]:
        parts = parts[-int(found["digits"]) :]
    value = ".".join(parts)
    return quote(value, safe="") if letter.isupper() else value


def _letter(letter: str, sender: Sender, domain: str) -> str:
    match letter.lower():
        case "s":
            return f"{sender.local}@{sender.domain}"
        case "l":
            return sender.local
        case "o":
            return sender.domain
        case "d":
            return domain
        case "i":
            return _dotted(sender.ip)
        case "v":
            return "in-addr" if sender.ip.version == 4 else "ip6"
        case "h":
            return sender.helo
        case _:
            return "unknown"  # %{p} takes look-ups and should not be used (section 7.2)


def _dotted(ip: IPv4Address | IPv6Address) -> str:
    return str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))
