"""Row 5: the sender is who stands in From, whatever Reply-To and Sender say."""

import pytest

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.trust import Verdict, judge
from rapport.kernel.context import utc_now
from tests.dns import Zone

ZONE = Zone(
    {
        "_dmarc.customer.test": {"TXT": ["v=DMARC1; p=reject"]},
        "_dmarc.evil.test": {"TXT": ["v=DMARC1; p=none"]},
        "evil.test": {"TXT": ["v=spf1 ip4:8.8.4.4 -all"]},
    }
)


async def judged(raw: str) -> tuple[str, Verdict]:
    mail = parse(raw.encode())
    envelope = Envelope(mail_from="eve@evil.test", client_ip="8.8.4.4", helo="evil.test")
    verdict = await judge(
        raw.encode(), mail, envelope, trusted_authserv=None, dns=ZONE, now=utc_now()
    )
    return mail.from_.address if mail.from_ else "", verdict


@pytest.mark.parametrize("field", ["Reply-To", "Sender", "Resent-From", "X-Original-From"])
async def test_row_05_no_other_field_is_the_sender(field: str) -> None:
    address, verdict = await judged(
        f"From: Eve <eve@evil.test>\r\n{field}: Ada <ada@customer.test>\r\n\r\nHello."
    )

    assert (address, verdict.domain) == ("eve@evil.test", "evil.test")
    assert verdict.is_authenticated
    assert ("reply_to_elsewhere" in verdict.reasons) == (field == "Reply-To")


async def test_row_05_what_proves_another_field_does_not_prove_from() -> None:
    address, verdict = await judged(
        "From: Ada <ada@customer.test>\r\nSender: eve@evil.test\r\n"
        "Reply-To: eve@evil.test\r\n\r\nHello."
    )

    assert (address, verdict.domain) == ("ada@customer.test", "customer.test")
    assert not verdict.is_authenticated
    assert verdict.reasons == ("dmarc_reject", "reply_to_elsewhere")


@pytest.mark.parametrize("author", ["", "From: \r\n", "From: Ada\r\n", "From: <>\r\n"])
async def test_row_05_without_an_author_the_answer_address_proves_nobody(author: str) -> None:
    _, verdict = await judged(f"{author}Reply-To: eve@evil.test\r\n\r\nHello.")

    assert (verdict.is_authenticated, verdict.domain) == (False, "")
    assert verdict.reasons[0] == "from_missing"
