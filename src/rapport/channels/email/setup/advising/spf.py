"""Who may send for a domain: the SPF record that lets our outgoing server do so. Blocks."""

import ipaddress
from typing import Final

from rapport.channels.email.setup import known as providers
from rapport.channels.email.setup.advising.records import Record, silent, text
from rapport.kernel.dns import Dns, DnsUnavailable

_VERSION: Final = "v=spf1"
_MAX_ADDRESSES: Final = 20
_ENDS: Final = ("-all", "~all", "?all", "+all", "all")
"""The strictest first."""


def advise(dns: Dns, domain: str, outgoing_host: str) -> Record:
    """The record that allows mail of `domain` by this server, with what the domain allows now."""
    mechanism = _mechanism(outgoing_host)
    fresh = f"{_VERSION} {mechanism} ~all"
    try:
        found = tuple(text(raw) for raw in dns.txt(domain) if _is_spf(raw))
    except DnsUnavailable:
        return silent("spf", "TXT", domain, fresh)
    if not found:
        return Record("spf", "TXT", domain, fresh, (), "missing")
    if len(found) > 1:
        merged = _extended(_merged(found), mechanism)
        return Record("spf", "TXT", domain, merged, found, "different", "spf_twice")
    if _allows(dns, domain, found[0], mechanism, outgoing_host):
        return Record("spf", "TXT", domain, found[0], found, "ok")
    wanted = _extended(found[0], mechanism)
    return Record("spf", "TXT", domain, wanted, found, "different", "spf_lacks_sender")


def _mechanism(host: str) -> str:
    known = providers.of_outgoing(host)
    if known is not None and known.spf is not None:
        return known.spf
    try:
        ip = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return f"a:{host.lower()}"
    return f"ip{ip.version}:{ip}"


def _is_spf(raw: bytes) -> bool:
    return raw.lower().split(b" ")[0].strip() == _VERSION.encode()


def _terms(record: str) -> list[str]:
    return record.split()[1:]


def _bare(term: str) -> str:
    return term.lower().lstrip("+")


def _extended(record: str, mechanism: str) -> str:
    """The record with one mechanism more, in front: what stands behind `all` is never read."""
    if mechanism in map(_bare, _terms(record)):
        return record
    return " ".join((_VERSION, mechanism, *_terms(record)))


def _merged(records: tuple[str, ...]) -> str:
    """One record of several: every term once, and behind them the strictest end of all."""
    terms = dict.fromkeys(term for record in records for term in _terms(record))
    ends = sorted((t for t in terms if t.lower() in _ENDS), key=lambda t: _ENDS.index(t.lower()))
    others = [term for term in terms if term not in ends]
    return " ".join((_VERSION, *others, (ends or ["~all"])[0]))


def _allows(dns: Dns, domain: str, record: str, mechanism: str, host: str) -> bool:
    """Whether the record lets the server send, named or by its addresses."""
    terms = [_bare(term) for term in _terms(record)]
    if mechanism in terms or mechanism.replace("include:", "redirect=") in terms:
        return True
    ours = _addresses(dns, host)
    return bool(ours) and all(
        any(_matches(dns, domain, term, ip, host) for term in terms) for ip in ours
    )


def _matches(dns: Dns, domain: str, term: str, ip: str, host: str) -> bool:
    name, _, value = term.partition(":")
    if name in {"ip4", "ip6"}:
        try:
            return ipaddress.ip_address(ip) in ipaddress.ip_network(value, strict=False)
        except (ValueError, TypeError):
            return False
    if name == "a":
        return ip in _addresses(dns, value or domain)
    if name == "mx":
        return host.lower() in {to for _, to in _mx(dns, value or domain)}
    return False


def _addresses(dns: Dns, host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    try:
        return (dns.a(host) + dns.aaaa(host))[:_MAX_ADDRESSES]
    except DnsUnavailable:
        return []


def _mx(dns: Dns, domain: str) -> list[tuple[int, str]]:
    try:
        return dns.mx(domain)
    except DnsUnavailable:
        return []
