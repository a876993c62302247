"""Where the world brings mail for a domain that we receive ourselves. Blocks."""

from typing import Final

from rapport.channels.email.settings.schemas import Webhook
from rapport.channels.email.setup.advising.records import Record, silent
from rapport.kernel.dns import Dns, DnsUnavailable

_HOSTS: Final[dict[Webhook, tuple[str, ...]]] = {
    "mailgun": ("mxa.mailgun.org", "mxb.mailgun.org"),
    "sendgrid": ("mx.sendgrid.net",),
    "postmark": ("inbound.postmarkapp.com",),
}
"""Of services that post what they receive; others have a host per region, or take no mail."""


def hosts_of(webhook: Webhook) -> tuple[str, ...]:
    """The hosts that take mail for a service; empty where that is the customer's choice."""
    return _HOSTS.get(webhook, ())


def advise(dns: Dns, domain: str, hosts: tuple[str, ...]) -> Record:
    """The records that bring mail to `hosts`, with where it goes now."""
    value = "\n".join(f"10 {host}" for host in hosts)
    try:
        records = dns.mx(domain)
    except DnsUnavailable:
        return silent("mx", "MX", domain, value)
    found = tuple(f"{preference} {host}" for preference, host in records)
    if not found:
        return Record("mx", "MX", domain, value, (), "missing")
    if {host for _, host in records} & set(hosts):
        return Record("mx", "MX", domain, "\n".join(found), found, "ok")
    return Record("mx", "MX", domain, value, found, "different", "mx_elsewhere")
