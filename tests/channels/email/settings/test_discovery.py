"""Finding out how an address receives and sends mail."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rapport.channels.email.setup import known
from rapport.channels.email.setup.discovering import autoconfig
from rapport.channels.email.setup.discovering.service import Candidate, discover
from rapport.channels.email.setup.provider import Server
from tests.dns import Zone

CONFIG = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.com">
  <domain>example.com</domain>
  <incomingServer type="pop3"><hostname>pop.example.com</hostname><port>995</port>
    <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
  <incomingServer type="imap"><hostname>mail.example.com</hostname><port>143</port>
    <socketType>plain</socketType><username>%EMAILADDRESS%</username></incomingServer>
  <incomingServer type="imap"><hostname>mail.%EMAILDOMAIN%</hostname><port>993</port>
    <socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>out.example.com</hostname><port>587</port>
    <socketType>STARTTLS</socketType><username>%EMAILLOCALPART%</username></outgoingServer>
</emailProvider></clientConfig>"""


def web(pages: dict[str, str] | Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """A web that has these pages, by host and path; nothing else is there."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https", "what comes by http may be anybody's"
        text = pages.get(f"{request.url.host}{request.url.path}")  # type: ignore[union-attr]
        return httpx.Response(404) if text is None else httpx.Response(200, text=text)

    handler = answer if isinstance(pages, dict) else pages
    return httpx.AsyncClient(transport=httpx.MockTransport(handler))


async def found(address: str, *, pages: Any = None, zone: Zone | None = None) -> list[Candidate]:
    async with web(pages or {}) as http:
        return await discover(address, http=http, dns=zone if zone is not None else Zone())


@pytest.mark.parametrize(
    ("address", "name", "incoming", "note", "oauth"),
    [
        ("somebody@gmail.com", "Gmail", "imap.gmail.com", "google", "google"),
        ("somebody@Hotmail.com", "Outlook.com", "outlook.office365.com", "microsoft", "microsoft"),
        ("somebody@yahoo.co.uk", "Yahoo", "imap.mail.yahoo.com", "app_password", None),
        ("somebody@icloud.com", "iCloud Mail", "imap.mail.me.com", "app_password", None),
        ("somebody@gmx.net", "GMX", "imap.gmx.net", "enable_imap", None),
        ("somebody@proton.me", "Proton Mail", "127.0.0.1", "bridge", None),
        ("somebody@yandex.ru", "Yandex Mail", "imap.yandex.com", "app_password", None),
        ("somebody@mail.ru", "Mail.ru", "imap.mail.ru", "app_password", None),
        ("somebody@zoho.com", "Zoho Mail", "imap.zoho.com", "enable_imap", None),
        ("somebody@fastmail.com", "Fastmail", "imap.fastmail.com", "app_password", None),
    ],
)
async def test_large_providers_are_known_without_asking_anybody(
    address: str, name: str, incoming: str, note: str, oauth: str | None
) -> None:
    zone = Zone()

    (only,) = await found(address, zone=zone)

    assert only.incoming is not None
    assert (only.source, only.name, only.incoming.host) == ("known", name, incoming)
    assert (only.note, only.oauth) == (note, oauth)
    assert zone.asked == []


async def test_a_domain_whose_mail_is_at_a_provider_is_known_by_its_mx() -> None:
    zone = Zone({"shop.example": {"MX": [(1, "aspmx.l.google.com"), (5, "alt1.google.com")]}})

    (only,) = await found("help@shop.example", zone=zone)

    assert (only.source, only.name, only.user) == ("mx", "Gmail", "help@shop.example")


async def test_what_a_domain_says_of_itself_comes_first_and_only_what_is_safe() -> None:
    pages = {"autoconfig.example.com/mail/config-v1.1.xml": CONFIG}
    zone = Zone({"example.com": {"MX": [(1, "aspmx.l.google.com")]}})

    first, second = await found("help@example.com", pages=pages, zone=zone)

    assert (first.source, first.user, first.is_elsewhere) == ("autoconfig", "help", False)
    assert first.incoming == Server("mail.example.com", 993, "tls")
    assert first.outgoing == Server("out.example.com", 587, "starttls")
    assert second.source == "mx"


async def test_the_well_known_address_is_asked_next() -> None:
    pages = {"example.com/.well-known/autoconfig/mail/config-v1.1.xml": CONFIG}

    (only,) = await found("help@example.com", pages=pages)

    assert only.source == "autoconfig"


async def test_srv_records_lead_to_the_servers() -> None:
    zone = Zone(
        {
            "_imaps._tcp.example.com": {"SRV": [(0, 1, 993, "mx.example.com")]},
            "_submissions._tcp.example.com": {"SRV": [(0, 0, 0, ".")]},
            "_submission._tcp.example.com": {"SRV": [(0, 1, 587, "mx.example.com")]},
        }
    )

    (only,) = await found("help@example.com", zone=zone)

    assert only.source == "srv"
    assert only.incoming == Server("mx.example.com", 993, "tls")
    assert only.outgoing == Server("mx.example.com", 587, "starttls")
    assert only.is_elsewhere is False


async def test_servers_in_a_strangers_domain_are_marked() -> None:
    zone = Zone({"_imaps._tcp.example.com": {"SRV": [(0, 1, 993, "imap.attacker.example")]}})

    (only,) = await found("help@example.com", zone=zone)

    assert only.is_elsewhere is True


async def test_usual_names_are_offered_when_nothing_else_is_known() -> None:
    zone = Zone({f"{name}.example.com": {"A": ["192.0.2.1"]} for name in ("imap", "smtp")})

    (only,) = await found("help@example.com", zone=zone)

    assert (only.source, only.incoming) == ("guess", Server("imap.example.com", 993, "tls"))


async def test_nothing_is_made_up() -> None:
    assert await found("help@example.com") == []


async def test_a_dns_and_a_web_that_do_not_answer_are_no_error() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    assert await found("help@example.com", pages=broken, zone=Zone(down=["example.com"])) == []


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><body>Not found</body></html>",
        b"<clientConfig>" * 50_000,
        b'<!DOCTYPE a [<!ENTITY b "imap.evil.example">]><clientConfig><incomingServer type="imap">'
        b"<hostname>&b;</hostname><port>993</port><socketType>SSL</socketType></incomingServer>"
        b"</clientConfig>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<c><incomingServer type="imap"><hostname>a b</hostname><port>993</port>'
        b"<socketType>SSL</socketType></incomingServer></c>",
        b'<c><incomingServer type="imap"><hostname>a.example</hostname><port>x</port>'
        b"<socketType>SSL</socketType></incomingServer></c>",
        b'<c><incomingServer type="imap"><hostname></hostname><port>993</port>'
        b"<socketType>SSL</socketType></incomingServer></c>",
    ],
)
def test_a_hostile_document_says_nothing(document: bytes) -> None:
    assert autoconfig.read(document, "help@example.com") == []


def test_every_provider_is_reached_by_tls_and_no_domain_is_named_twice() -> None:
    domains = [domain for each in known.ALL for domain in each.domains]

    assert len(domains) == len(set(domains))
    assert len({each.key for each in known.ALL}) == len(known.ALL)
    for each in known.ALL:
        assert {each.incoming.security, each.outgoing.security} <= {"tls", "starttls"}
        assert each.help.startswith("https://")
