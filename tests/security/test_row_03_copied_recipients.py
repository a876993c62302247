"""Row 3: who is copied in a spoofed mail becomes part of nothing.

That such a mail shows nobody any history is in `tests/channels/email/sending`.
"""

from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.threading import Evidence, Link, address_hash, decide
from rapport.channels.email.trust import judge
from rapport.kernel.context import utc_now
from tests.dns import Zone

WORKSPACE, CONVERSATION = UUID(int=1), UUID(int=2)
VICTIM, ATTACKER = "ada@customer.test", "eve@evil.test"
ZONE = Zone(
    {
        "_dmarc.customer.test": {"TXT": ["v=DMARC1; p=reject"]},
        "_dmarc.evil.test": {"TXT": ["v=DMARC1; p=none"]},
        "evil.test": {"TXT": ["v=spf1 ip4:8.8.4.4 -all"]},
    }
)
SPOOFED = (
    f"From: Ada <{VICTIM}>\r\nTo: support@acme.test\r\nCc: {ATTACKER}\r\n"
    "Message-ID: <spoofed@evil.test>\r\nIn-Reply-To: <hers@customer.test>\r\n"
    "Subject: Re: [#7] My order\r\n\r\nPlease send all again.\r\n"
).encode()
ENVELOPE = Envelope(mail_from=ATTACKER, client_ip="8.8.4.4", helo="evil.test")


def link(*people: str) -> Link:
    return Link(CONVERSATION, frozenset(address_hash(WORKSPACE, one) for one in people))


async def test_row_03_a_spoofed_mail_is_known_as_such() -> None:
    verdict = await judge(
        SPOOFED, parse(SPOOFED), ENVELOPE, trusted_authserv=None, dns=ZONE, now=utc_now()
    )

    assert (verdict.is_authenticated, verdict.spf, verdict.dmarc) == (False, "pass", "fail")
    assert verdict.reasons == ("dmarc_reject",)


async def test_row_03_who_was_copied_in_it_joins_nothing_by_answering() -> None:
    """The conversation knows the victim; the spoofed mail is known with nobody but its sender."""
    answer = f"From: {ATTACKER}\r\nIn-Reply-To: <spoofed@evil.test>\r\n\r\nThanks.".encode()
    verdict = await judge(
        answer, parse(answer), ENVELOPE, trusted_authserv=None, dns=ZONE, now=utc_now()
    )
    known = Evidence(WORKSPACE, references=(link(VICTIM),), subject=link(VICTIM))

    assert verdict.is_authenticated
    assert decide(ATTACKER, verdict, known).kind == "new"
