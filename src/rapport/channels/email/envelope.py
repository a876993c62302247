"""How a message reached us, and how addresses are compared."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a message reached us: what SMTP said, as far as it is known."""

    mail_from: str | None = None
    """Who bounces go to; "" is the null sender, which nobody may answer."""
    rcpt_to: tuple[str, ...] = ()
    client_ip: str | None = None
    helo: str | None = None
    fetched_from: str | None = None
    """The IMAP server it lay on, in small letters, when that has proved by TLS that it is it."""

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads; what is not known is left out."""
        told: dict[str, Any] = {
            "mail_from": self.mail_from,
            "rcpt_to": list(self.rcpt_to) or None,
            "client_ip": self.client_ip,
            "helo": self.helo,
            "fetched_from": self.fetched_from,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(
            mail_from=told.get("mail_from"),
            rcpt_to=tuple(told.get("rcpt_to") or ()),
            client_ip=told.get("client_ip"),
            helo=told.get("helo"),
            fetched_from=told.get("fetched_from"),
        )


@lru_cache(maxsize=4_096)
def folded(address: str) -> str:
    """How addresses are compared: without case and space around them, the domain as DNS has it.

    What stands before the at sign is kept, also a `+tag`: whose mail that is, only their server
    knows. "" stays "".
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):  # no name of DNS is compared as it stands
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain.rstrip('.')}"
