"""The DNS records that let a mailbox send and receive well, and whether they are there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings.schemas import Dkim
from rapport.channels.email.settings.service import incoming_of, outgoing_of
from rapport.channels.email.setup import known as providers
from rapport.channels.email.setup.advising import dkim, dmarc, mx, spf
from rapport.channels.email.setup.advising.records import Record
from rapport.kernel.dns import Dns
from rapport.kernel.settings.process import Settings


@dataclass(frozen=True, slots=True)
class Advice:
    """The records of a mailbox's domain. Of a domain that is a provider's own there are none."""

    domain: str
    is_own_domain: bool
    provider: str | None
    """The name of the provider that sends, which signs by itself when it is set up there."""
    records: tuple[Record, ...]


async def advise(dns: Dns, settings: Settings, mailbox: Mailbox) -> Advice:
    """What to put into the DNS for a mailbox, with what is there now. Takes some seconds."""
    address = folded(mailbox.address)
    domain = address.rpartition("@")[2]
    outgoing = outgoing_of(mailbox)
    provider = providers.of_outgoing(outgoing.host) if outgoing.kind == "smtp" else None
    told = provider.name if provider else None
    if providers.of_domain(domain) is not None:
        return Advice(domain, False, told, ())
    questions = _questions(dns, settings, mailbox, domain, address)
    records = await asyncio.gather(*(asyncio.to_thread(ask) for ask in questions))
    return Advice(domain, True, told, tuple(records))


def _questions(
    dns: Dns, settings: Settings, mailbox: Mailbox, domain: str, address: str
) -> list[Callable[[], Record]]:
    outgoing, incoming = outgoing_of(mailbox), incoming_of(mailbox)
    questions: list[Callable[[], Record]] = []
    if outgoing.kind == "smtp":
        questions.append(lambda: spf.advise(dns, domain, outgoing.host))
        if mailbox.dkim is not None:
            key = Dkim.model_validate(mailbox.dkim)
            questions.append(lambda: dkim.advise(dns, key))
        questions.append(lambda: dmarc.advise(dns, domain, address))
    hosts: tuple[str, ...] = ()
    if incoming.kind == "receiver":
        hosts = (urlsplit(settings.origin).hostname or "localhost",)
    elif incoming.kind == "webhook" and incoming.webhook is not None:
        hosts = mx.hosts_of(incoming.webhook)
    if hosts:
        questions.append(lambda: mx.advise(dns, domain, hosts))
    return questions
