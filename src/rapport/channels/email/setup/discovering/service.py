"""Finding out how an address receives and sends mail, before its owner has to know."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import httpx

from rapport.channels.email.envelope import folded
from rapport.channels.email.settings.schemas import Provider
from rapport.channels.email.setup import known as providers
from rapport.channels.email.setup.discovering import autoconfig, service_records
from rapport.channels.email.setup.provider import Known, Note, Server
from rapport.channels.email.trust.domains import organisational
from rapport.kernel.dns import Dns, DnsUnavailable

MAX_SECONDS: Final = 12.0
MAX_BYTES: Final = autoconfig.MAX_BYTES
T = TypeVar("T")
Source = Literal["known", "autoconfig", "srv", "mx", "guess"]
_GUESSES: Final = (("imap", "smtp"), ("mail", "mail"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Settings that an address may have, and where they were found."""

    source: Source
    name: str | None
    """Of the provider."""
    note: Note | None
    help: str | None
    oauth: Provider | None
    per_minute: int | None
    user: str
    incoming: Server | None
    outgoing: Server | None
    is_elsewhere: bool
    """Whether a server is in another domain than the address, and nobody we know: look twice."""


async def discover(address: str, *, http: httpx.AsyncClient, dns: Dns) -> list[Candidate]:
    """Settings for an address, the surest first; empty when nothing is to be found.

    A provider whose own domain it is comes first, then what the domain says by autoconfig, where
    its MX records lead, what its SRV records say, and names that are usual. Takes at most 12 s.
    """
    address = folded(address)
    domain = address.rpartition("@")[2]
    known = providers.of_domain(domain)
    if known is not None:
        return [_of(known, "known", address)]
    told, hosted, pointed, guessed = await asyncio.gather(
        _in_time(autoconfig.ask(http, address), []),
        _in_time(_by_mail_host(dns, domain), None),
        _in_time(service_records.ask(dns, domain), service_records.Pointed(None, None)),
        _in_time(_guess(dns, domain), []),
    )
    found = [*_of_autoconfig(told, address)]
    if hosted is not None:
        found.append(_of(hosted, "mx", address))
    if pointed.incoming or pointed.outgoing:
        found.append(_plain("srv", address, pointed.incoming, pointed.outgoing))
    if not found:
        found += [_plain("guess", address, *pair) for pair in guessed]
    return list(_different(found))


async def _in_time(work: Awaitable[T], otherwise: T) -> T:
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await work
    except TimeoutError:
        return otherwise


async def _by_mail_host(dns: Dns, domain: str) -> Known | None:
    """The provider that a domain of its customer's has its mail at."""
    try:
        records = await asyncio.to_thread(dns.mx, domain)
    except DnsUnavailable:
        return None
    found = (providers.of_mail_host(host) for _, host in records)
    return next((one for one in found if one is not None), None)


async def _guess(dns: Dns, domain: str) -> list[tuple[Server, Server]]:
    """Names that are usual, where there are such names."""
    found = []
    for incoming, outgoing in _GUESSES:
        hosts = (f"{incoming}.{domain}", f"{outgoing}.{domain}")
        if all(await asyncio.gather(*(asyncio.to_thread(_exists, dns, host) for host in hosts))):
            found.append((Server(hosts[0], 993, "tls"), Server(hosts[1], 587, "starttls")))
    return found


def _exists(dns: Dns, host: str) -> bool:
    try:
        return bool(dns.a(host) or dns.aaaa(host))
    except DnsUnavailable:
        return False


def _of(known: Known, source: Source, address: str) -> Candidate:
    return Candidate(
        source=source,
        name=known.name,
        note=known.note,
        help=known.help or None,
        oauth=known.oauth,
        per_minute=known.per_minute,
        user=address,
        incoming=known.incoming,
        outgoing=known.outgoing,
        is_elsewhere=False,
    )


def _of_autoconfig(told: list[autoconfig.Told], address: str) -> Iterator[Candidate]:
    incoming = next((one for one in told if one.kind == "imap"), None)
    outgoing = next((one for one in told if one.kind == "smtp"), None)
    first = incoming or outgoing
    if first is not None:
        yield _plain(
            "autoconfig",
            address,
            incoming.server if incoming else None,
            outgoing.server if outgoing else None,
            user=first.user,
        )


def _plain(
    source: Source,
    address: str,
    incoming: Server | None,
    outgoing: Server | None,
    *,
    user: str | None = None,
) -> Candidate:
    known = providers.of_outgoing(outgoing.host) if outgoing else None
    home = organisational(address.rpartition("@")[2])
    hosts = [server.host.lower() for server in (incoming, outgoing) if server is not None]
    return Candidate(
        source=source,
        name=known.name if known else None,
        note=known.note if known else None,
        help=(known.help or None) if known else None,
        oauth=known.oauth if known else None,
        per_minute=known.per_minute if known else None,
        user=user or address,
        incoming=incoming,
        outgoing=outgoing,
        is_elsewhere=known is None and any(organisational(host) != home for host in hosts),
    )


def _different(found: Iterable[Candidate]) -> Iterator[Candidate]:
    seen = set()
    for one in found:
        servers = (one.incoming, one.outgoing)
        if servers not in seen:
            seen.add(servers)
            yield one
