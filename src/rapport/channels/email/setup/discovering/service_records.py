"""What a domain's SRV records say about its mail servers (RFC 6186, RFC 8314)."""

import asyncio
from dataclasses import dataclass
from typing import Final

from rapport.channels.email.settings.schemas import Security
from rapport.channels.email.setup.provider import Server
from rapport.kernel.dns import Dns, DnsUnavailable, Srv

_INCOMING: Final[tuple[tuple[str, Security], ...]] = (("_imaps", "tls"), ("_imap", "starttls"))
_OUTGOING: Final[tuple[tuple[str, Security], ...]] = (
    ("_submissions", "tls"),
    ("_submission", "starttls"),
)


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where the records lead; None where they are silent, or say that there is no such service."""

    incoming: Server | None
    outgoing: Server | None


async def ask(dns: Dns, domain: str) -> Pointed:
    """What the records say; a DNS that does not answer says nothing."""
    incoming, outgoing = await asyncio.gather(
        _first(dns, domain, _INCOMING), _first(dns, domain, _OUTGOING)
    )
    return Pointed(incoming, outgoing)


async def _first(
    dns: Dns, domain: str, services: tuple[tuple[str, Security], ...]
) -> Server | None:
    found = await asyncio.gather(
        *(asyncio.to_thread(_records, dns, f"{name}._tcp.{domain}") for name, _ in services)
    )
    for (_, security), records in zip(services, found, strict=True):
        for record in records:
            if record.target.strip("."):
                return Server(record.target, record.port, security)
    return None


def _records(dns: Dns, name: str) -> list[Srv]:
    try:
        return dns.srv(name)
    except DnsUnavailable:
        return []
