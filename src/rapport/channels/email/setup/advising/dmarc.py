"""What receivers shall do with mail that only pretends to be of a domain. Blocks."""

from rapport.channels.email.setup.advising.records import Record, silent, text
from rapport.channels.email.trust.domains import organisational
from rapport.kernel.dns import Dns, DnsUnavailable


def advise(dns: Dns, domain: str, address: str) -> Record:
    """A DMARC record: that of the domain, or of the one above it; else one that only watches."""
    name = f"_dmarc.{domain}"
    value = f"v=DMARC1; p=none; rua=mailto:{address}"
    parent = organisational(domain)
    try:
        found = _policies(dns, name)
        above = () if found or parent == domain else _policies(dns, f"_dmarc.{parent}")
    except DnsUnavailable:
        return silent("dmarc", "TXT", name, value)
    if len(found) > 1:
        return Record("dmarc", "TXT", name, found[0], found, "different", "dmarc_twice")
    if found:
        watches = _policy(found[0]) == "none"
        reason = "dmarc_only_watches" if watches else None
        return Record("dmarc", "TXT", name, found[0], found, "ok", reason)  # type: ignore[arg-type]
    if len(above) == 1:
        return Record("dmarc", "TXT", f"_dmarc.{parent}", above[0], above, "ok", "dmarc_of_parent")
    return Record("dmarc", "TXT", name, value, (), "missing")


def _policies(dns: Dns, name: str) -> tuple[str, ...]:
    records = (text(raw) for raw in dns.txt(name))
    return tuple(one for one in records if one.replace(" ", "").lower().startswith("v=dmarc1"))


def _policy(record: str) -> str:
    tags = (tag.partition("=") for tag in record.split(";"))
    return next((value.strip().lower() for name, _, value in tags if name.strip() == "p"), "")
