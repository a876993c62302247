"""Questions to the DNS about one mail: each asked once, not too many, and not for ever."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from rapport.kernel.dns import Dns, DnsUnavailable, Srv

MAX_QUESTIONS: Final = 80
T = TypeVar("T")


class Looking:
    """A `Dns` for one mail. Beyond its limits it is unavailable, which proves nobody."""

    def __init__(self, dns: Dns, *, seconds: float) -> None:
        """Ask `dns` up to 80 times within `seconds` from now."""
        self._dns = dns
        self._until = time.monotonic() + seconds
        self._known: dict[tuple[str, str], Any] = {}

    def txt(self, name: str) -> list[bytes]:
        """See `Dns.txt`."""
        return self._once("txt", name, self._dns.txt)

    def mx(self, name: str) -> list[tuple[int, str]]:
        """See `Dns.mx`."""
        return self._once("mx", name, self._dns.mx)

    def srv(self, name: str) -> list[Srv]:
        """See `Dns.srv`."""
        return self._once("srv", name, self._dns.srv)

    def a(self, name: str) -> list[str]:
        """See `Dns.a`."""
        return self._once("a", name, self._dns.a)

    def aaaa(self, name: str) -> list[str]:
        """See `Dns.aaaa`."""
        return self._once("aaaa", name, self._dns.aaaa)

    def ptr(self, ip: str) -> list[str]:
        """See `Dns.ptr`."""
        return self._once("ptr", ip, self._dns.ptr)

    def _once(self, kind: str, name: str, ask: Callable[[str], T]) -> T:
        key = (kind, name.lower())
        if key not in self._known:
            if len(self._known) >= MAX_QUESTIONS or time.monotonic() > self._until:
                raise DnsUnavailable
            self._known[key] = None
            self._known[key] = ask(name)
        found: T | None = self._known[key]
        if found is None:
            raise DnsUnavailable  # it was asked before, and there was no answer
        return found
