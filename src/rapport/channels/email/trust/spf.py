"""Whether a host may send for a domain (RFC 7208)."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rapport.channels.email.trust import spf_macros
from rapport.channels.email.trust.spf_macros import Sender
from rapport.channels.email.trust.spf_terms import Mechanism, Record, RecordUnclear, read
from rapport.channels.email.trust.verdict import Result
from rapport.kernel.dns import Dns, DnsUnavailable

MAX_LOOKUPS: Final = 10
MAX_VOID: Final = 2
MAX_HOSTS: Final = 10
T = TypeVar("T")
_RESULTS: Final[Mapping[str, Result]] = {
    "+": "pass",
    "-": "fail",
    "~": "softfail",
    "?": "neutral",
}


class _TooMuch(Exception):
    """The records ask for more than ten look-ups, or for what does not exist."""


def check(ip: str, mail_from: str, helo: str, dns: Dns) -> tuple[Result, str]:
    """What the domain of `mail_from` says of the host `ip`, and that domain.

    The null sender is judged by the name the host gives itself in `helo`.
    """
    local, _, domain = (mail_from or f"postmaster@{helo}").rpartition("@")
    domain = spf_macros.ascii_domain(domain)
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "none", domain
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    sender = Sender(local or "postmaster", domain, address, helo)
    try:
        return _Check(sender, dns).of(domain), domain
    except DnsUnavailable:
        return "temperror", domain
    except (_TooMuch, RecordUnclear):
        return "permerror", domain


@dataclass
class _Check:
    """One evaluation, with what is left of its limits."""

    sender: Sender
    dns: Dns
    lookups: int = 0
    void: int = 0

    def of(self, domain: str) -> Result:
        """`check_host` of section 4.

        Raises:
            DnsUnavailable: a name could not be asked for: `temperror`.
            _TooMuch, RecordUnclear: `permerror`.
        """
        if not spf_macros.is_domain(domain):
            return "none"
        record = self.record(domain)
        if record is None:
            return "none"
        for mechanism in record.mechanisms:
            if self.matches(mechanism, domain):
                return _RESULTS[mechanism.qualifier]
        if record.redirect is None:
            return "neutral"
        self.count()
        result = self.of(self.expanded(record.redirect, domain))
        if result == "none":
            raise _TooMuch
        return result

    def record(self, domain: str) -> Record | None:
        """The one record of a domain."""
        found = [
            text
            for text in self.dns.txt(domain)
            if text[:6].lower() == b"v=spf1" and text[6:7] in (b"", b" ")
        ]
        if len(found) > 1:
            raise RecordUnclear
        return read(found[0]) if found else None

    def matches(self, mechanism: Mechanism, domain: str) -> bool:
        """Whether a mechanism means this host."""
        if mechanism.network is not None:
            return self.sender.ip in mechanism.network
        if mechanism.name == "all":
            return True
        self.count()
        target = self.expanded(mechanism.domain, domain) if mechanism.domain else domain
        match mechanism.name:
            case "include":
                return self.included(target)
            case "a":
                return self.is_at(self.asked(self.addresses, target), mechanism)
            case "mx":
                return self.is_taken_by(target, mechanism)
            case "exists":
                return bool(self.asked(self.dns.a, target))
            case _:
                return self.is_named(target)

    def included(self, target: str) -> bool:
        result = self.of(target)
        if result == "none":
            raise _TooMuch
        return result == "pass"

    def is_taken_by(self, target: str, mechanism: Mechanism) -> bool:
        """Whether it is one of the hosts that take mail for a domain."""
        hosts = [host for _, host in self.asked(self.dns.mx, target)]
        if len(hosts) > MAX_HOSTS:
            raise _TooMuch
        return any(self.is_at(self.addresses(host), mechanism) for host in hosts)

    def is_named(self, target: str) -> bool:
        """Whether a name of the host, which leads back to it, is in a domain."""
        try:
            names = self.asked(self.dns.ptr, str(self.sender.ip))[:MAX_HOSTS]
        except DnsUnavailable:
            return False
        return any(
            name == target or name.endswith(f".{target}")
            for name in map(str.lower, names)
            if self.leads_back(name)
        )

    def leads_back(self, name: str) -> bool:
        try:
            return str(self.sender.ip) in map(_usual, self.addresses(name))
        except DnsUnavailable:
            return False

    def is_at(self, addresses: Sequence[str], mechanism: Mechanism) -> bool:
        """Whether the host is in the network of one of these addresses."""
        bits = mechanism.bits4 if self.sender.ip.version == 4 else mechanism.bits6
        return any(
            self.sender.ip in ipaddress.ip_network(f"{address}/{bits}", strict=False)
            for address in addresses
        )

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name, of the kind that the host has."""
        return self.dns.a(name) if self.sender.ip.version == 4 else self.dns.aaaa(name)

    def asked(self, ask: Callable[[str], list[T]], name: str) -> list[T]:
        """Ask, and count when nothing is there: more than two such names are a mistake or worse."""
        found = ask(name)
        if not found:
            self.void += 1
            if self.void > MAX_VOID:
                raise _TooMuch
        return found

    def count(self) -> None:
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise _TooMuch

    def expanded(self, text: str, domain: str) -> str:
        return spf_macros.expand(text, self.sender, domain)


def _usual(address: str) -> str:
    return str(ipaddress.ip_address(address))
