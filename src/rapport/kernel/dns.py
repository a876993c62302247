"""What the DNS says about mail domains. Calls block: make them in a thread."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from rapport.kernel.errors import Unreachable

TIMEOUT_S: Final = 3.0
_REMEMBERED: Final = 2_000


class DnsUnavailable(Unreachable):
    """The DNS did not answer."""


class Srv(NamedTuple):
    """Where a service of a domain is (RFC 2782): the lowest priority first."""

    priority: int
    weight: int
    port: int
    target: str


class Dns(Protocol):
    """Look-ups by name. Nothing found is an empty list; names come back without a final dot.

    Every one raises `DnsUnavailable` when there was no answer, which says nothing about the name.
    """

    def txt(self, name: str) -> list[bytes]:
        """The texts of a name, the strings of each joined."""
        ...

    def mx(self, name: str) -> list[tuple[int, str]]:
        """Preferences and hosts that take mail for a domain, the best first."""
        ...

    def srv(self, name: str) -> list[Srv]:
        """Where a service is, the best first."""
        ...

    def a(self, name: str) -> list[str]:
        """IPv4 addresses."""
        ...

    def aaaa(self, name: str) -> list[str]:
        """IPv6 addresses."""
        ...

    def ptr(self, ip: str) -> list[str]:
        """The names of an address."""
        ...


class SystemDns:
    """The resolver this machine is configured with, asked for 3 seconds at most."""

    def __init__(
        self, *, servers: Sequence[str] = (), port: int = 53, timeout_s: float = TIMEOUT_S
    ) -> None:
        """Ask `servers`, or whom the system's configuration names when the first question comes."""
        self._servers = servers
        self._port = port
        self._timeout_s = timeout_s
        self._resolver: dns.resolver.Resolver | None = None

    def txt(self, name: str) -> list[bytes]:
        """See `Dns.txt`."""
        return [b"".join(record.strings) for record in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[tuple[int, str]]:
        """See `Dns.mx`."""
        found = self._ask(name, "MX")
        return sorted((record.preference, _plain(record.exchange)) for record in found)

    def srv(self, name: str) -> list[Srv]:
        """See `Dns.srv`."""
        found = (
            Srv(record.priority, record.weight, record.port, _plain(record.target))
            for record in self._ask(name, "SRV")
        )
        return sorted(found, key=lambda one: (one.priority, -one.weight))

    def a(self, name: str) -> list[str]:
        """See `Dns.a`."""
        return [record.address for record in self._ask(name, "A")]

    def aaaa(self, name: str) -> list[str]:
        """See `Dns.aaaa`."""
        return [record.address for record in self._ask(name, "AAAA")]

    def ptr(self, ip: str) -> list[str]:
        """See `Dns.ptr`."""
        try:
            reverse = dns.reversename.from_address(ip)
        except (dns.exception.SyntaxError, ValueError):
            return []
        return [_plain(record.target) for record in self._ask(str(reverse), "PTR")]

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            asked = dns.name.from_text(name if name.endswith(".") else f"{name}.")
        except (dns.exception.DNSException, UnicodeError):
            return []  # no such name can be
        try:
            answer = self._configured().resolve(asked, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise DnsUnavailable(f"The DNS did not answer about {name[:100]}.") from error
        return list(answer)

    def _configured(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers = list(self._servers)
            resolver.port = self._port
            resolver.lifetime = resolver.timeout = self._timeout_s
            resolver.cache = dns.resolver.LRUCache(_REMEMBERED)
            self._resolver = resolver
        return self._resolver


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
