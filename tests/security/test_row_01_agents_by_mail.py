"""Row 1: nobody becomes an agent, or part of a conversation, by what they write into a mail.

What a mail may do once it is filed is in `tests/channels/email/receiving`.
"""

import random
from dataclasses import replace
from datetime import date
from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.threading import (
    Evidence,
    Link,
    address_hash,
    decide,
    message_id,
    mint,
    read,
    tokens_of,
)
from rapport.channels.email.trust import UNKNOWN, judge
from rapport.kernel.context import utc_now
from tests.dns import Zone

WORKSPACE, CONVERSATION = UUID(int=1), UUID(int=2)
KEY, TODAY, ENDS = bytes(32), date(2026, 1, 5), date(2026, 7, 1)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
ZONE = Zone(
    {
        "acme.test": {"TXT": ["v=spf1 ip4:8.8.8.8 -all"]},
        "_dmarc.acme.test": {"TXT": ["v=DMARC1; p=none"]},
        "evil.test": {"TXT": ["v=spf1 +all"]},
    }
)
SPOOFED = (
    b"From: Agnes Agent <agnes@acme.test>\r\n"
    b"Sender: eve@evil.test\r\n"
    b"To: support@acme.test\r\n"
    b"Subject: Re: [#7] Your invoice\r\n"
    b"In-Reply-To: <conversation-7-message-1@acme.test>\r\n"
    b"References: <7@acme.test> <one@customer.test>\r\n"
    b"Authentication-Results: mx.acme.test; dmarc=pass header.from=acme.test\r\n"
    b"\r\nPay here: https://evil.test\r\n"
)


async def test_row_01_a_spoofed_agent_with_guessed_ids_is_nobody_and_joins_nothing() -> None:
    mail = parse(SPOOFED)
    verdict = await judge(
        SPOOFED,
        mail,
        Envelope(mail_from="eve@evil.test", client_ip="8.8.4.4", helo="evil.test"),
        trusted_authserv=None,
        dns=ZONE,
        now=utc_now(),
    )
    there = Link(CONVERSATION, frozenset({address_hash(WORKSPACE, "ada@customer.test")}))
    known = Evidence(WORKSPACE, references=(there,), subject=there)

    assert not verdict.is_authenticated
    assert tokens_of(mail, Envelope()) == ()
    for is_from_us in (True, False):
        place = decide("agnes@acme.test", verdict, replace(known, is_from_us=is_from_us))
        assert (place.kind, place.conversation_id) == ("new", None)


async def test_row_01_results_forged_below_those_of_the_trusted_server_prove_nothing() -> None:
    said = b"Authentication-Results: mx.acme.test; dmarc=fail header.from=acme.test\r\n"
    raw = said + SPOOFED

    verdict = await judge(
        raw, parse(raw), Envelope(), trusted_authserv="mx.acme.test", dns=ZONE, now=utc_now()
    )

    assert not verdict.is_authenticated


def test_row_01_a_token_is_not_guessed() -> None:
    chance = random.Random(1)
    ours = mint(KEY, 7, "ada@customer.test", ENDS)

    made_up = ("".join(chance.choices(LETTERS, k=36)) for _ in range(5_000))
    changed = (
        ours[:place] + letter + ours[place + 1 :]
        for place in range(36)
        for letter in LETTERS
        if letter != ours[place]
    )

    assert read(KEY, ours, TODAY) is not None
    assert all(read(KEY, one, TODAY) is None for one in (*made_up, *changed))


def test_row_01_a_token_in_strange_hands_says_so() -> None:
    token = mint(KEY, 7, "ada@customer.test", ENDS)
    raw = f"From: eve@evil.test\r\nIn-Reply-To: <{message_id(token, 'acme.test')}>\r\n\r\nHi"
    there = Link(CONVERSATION, frozenset({address_hash(WORKSPACE, "ada@customer.test")}))

    found = [read(KEY, one, TODAY) for one in tokens_of(parse(raw.encode()), Envelope())]
    place = decide("eve@evil.test", UNKNOWN, Evidence(WORKSPACE, token=there))

    assert [one.number for one in found if one] == [7]
    assert (place.conversation_id, place.is_stranger) == (CONVERSATION, True)
