"""A customer whose domain signs, and a judge with a DNS of the test's own."""

from collections.abc import Awaitable, Callable

import pytest

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.trust import Verdict, judge
from rapport.kernel.context import utc_now
from tests.channels.email.trust.signers import Signer
from tests.dns import Zone

Judge = Callable[..., Awaitable[Verdict]]


def letter(sender: str = "Ada <ada@example.com>", *more: str, body: str = "Hello.\r\n") -> bytes:
    """A message from somebody, with further fields when a test needs them."""
    fields = (
        f"From: {sender}",
        "To: support@acme.test",
        "Subject: A question",
        "Date: Mon, 05 Jan 2026 09:00:00 +0000",
        "Message-ID: <one@example.com>",
        *more,
    )
    return ("\r\n".join(fields) + "\r\n\r\n" + body).encode()


@pytest.fixture
def signer() -> Signer:
    return Signer("example.com")


@pytest.fixture
def zone(signer: Signer) -> Zone:
    """`example.com` signs, sends from one host, and wants the rest refused."""
    return Zone(
        {
            "example.com": {"TXT": ["v=spf1 ip4:192.0.2.1 ip4:8.8.8.8 -all"]},
            "_dmarc.example.com": {"TXT": ["v=DMARC1; p=reject"]},
            signer.name: {"TXT": [signer.record]},
        }
    )


@pytest.fixture
def verdict(zone: Zone) -> Judge:
    """Judge bytes as they came by an envelope, with the zone or another one."""

    async def judged(
        raw: bytes,
        *,
        ip: str | None = None,
        mail_from: str | None = None,
        helo: str | None = None,
        front: str | None = None,
        dns: Zone = zone,
    ) -> Verdict:
        envelope = Envelope(mail_from=mail_from, client_ip=ip, helo=helo)
        return await judge(
            raw, parse(raw), envelope, trusted_authserv=front, dns=dns, now=utc_now()
        )

    return judged
