"""A DNS that says what a test wants."""

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from rapport.kernel.dns import DnsUnavailable, Srv

T = TypeVar("T")


class Zone(dict[str, Mapping[str, Sequence[Any]]]):
    """Records by name and kind: `Zone({"example.com": {"TXT": ["v=spf1 -all"]}})`.

    Kinds are TXT (text or bytes), MX (preference, host), SRV (four values), A, AAAA and PTR (under
    the address itself). Questions about a name in `down`, or below it, are not answered. `asked`
    holds every question.
    """

    def __init__(
        self,
        records: Mapping[str, Mapping[str, Sequence[Any]]] | None = None,
        *,
        down: Collection[str] = (),
    ) -> None:
        super().__init__(records or {})
        self.down = set(down)
        self.asked: list[tuple[str, str]] = []

    def txt(self, name: str) -> list[bytes]:
        found = self._records(name, "TXT")
        return [one if isinstance(one, bytes) else one.encode() for one in found]

    def mx(self, name: str) -> list[tuple[int, str]]:
        return sorted(self._records(name, "MX"))

    def srv(self, name: str) -> list[Srv]:
        found = [Srv(*one) for one in self._records(name, "SRV")]
        return sorted(found, key=lambda one: (one.priority, -one.weight))

    def a(self, name: str) -> list[str]:
        return list(self._records(name, "A"))

    def aaaa(self, name: str) -> list[str]:
        return list(self._records(name, "AAAA"))

    def ptr(self, ip: str) -> list[str]:
        return list(self._records(str(ipaddress.ip_address(ip)), "PTR"))

    def _records(self, name: str, kind: str) -> Sequence[Any]:
        name = name.rstrip(".").lower()
        self.asked.append((name, kind))
        if any(name == one or name.endswith(f".{one}") for one in self.down):
            raise DnsUnavailable
        return self.get(name, {}).get(kind, ())
