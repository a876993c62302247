"""Whose word the fields are that Microsoft and Google write into what we fetch from them."""

from collections.abc import Awaitable, Callable

import pytest

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.trust import Verdict, judge
from rapport.kernel.context import utc_now
from tests.channels.email.trust.provided import (
    FAIL,
    by_google,
    by_microsoft,
    edge,
    google,
    inside,
    mail,
    marks,
    microsoft,
)
from tests.channels.email.trust.signers import Signer
from tests.dns import Zone

OFFICE, GMAIL = "outlook.office365.com", "imap.gmail.com"
Fetched = Callable[..., Awaitable[Verdict]]


@pytest.fixture
def fetched(zone: Zone) -> Fetched:
    """Judge what was fetched from a server, whose provider is trusted."""

    async def judged(
        raw: bytes, host: str | None = OFFICE, front: str = "microsoft365", ip: str | None = None
    ) -> Verdict:
        envelope = Envelope(fetched_from=host, client_ip=ip, mail_from="ada@example.com")
        return await judge(
            raw, parse(raw), envelope, trusted_authserv=front, dns=zone, now=utc_now()
        )

    return judged


async def test_what_microsoft_says_at_its_edge_is_believed(fetched: Fetched) -> None:
    found = await fetched(microsoft(by_microsoft()))

    assert (found.is_authenticated, found.by, found.reasons) == (True, "front", ("front_says_so",))
    assert (found.spf, found.dkim, found.dmarc) == ("pass", "none", "pass")


async def test_what_google_says_above_its_edge_is_believed(fetched: Fetched) -> None:
    found = await fetched(google(), GMAIL, "google")

    assert (found.is_authenticated, found.by, found.reasons) == (True, "front", ("front_says_so",))
    assert (found.spf, found.dmarc) == ("pass", "pass")


async def test_microsofts_no_is_a_no_whatever_the_sender_wrote(fetched: Fetched) -> None:
    found = await fetched(microsoft(by_microsoft(FAIL, spf="fail"), below=[by_microsoft()]))

    assert (found.is_authenticated, found.reasons) == (False, ("front_says_no",))


async def test_googles_no_is_a_no_whatever_the_sender_wrote(fetched: Fetched) -> None:
    no = by_google("dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=example.com")
    forged = [
        f"Authentication-Results: {by_google()}",
        f"ARC-Authentication-Results: i=1; {by_google()}",
    ]

    found = await fetched(google(no, no, below=forged), GMAIL, "google")

    assert (found.is_authenticated, found.reasons) == (False, ("front_says_no",))


FORGED_EDGE = [*inside(), by_microsoft(), edge(), *marks()]
"""All that Microsoft would have written, by the sender."""


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(microsoft(below=[by_microsoft()]), id="below the edge"),
        pytest.param(microsoft(below=FORGED_EDGE), id="a whole way below the edge"),
        pytest.param(microsoft(below=FORGED_EDGE[:-2]), id="the same without marks"),
        pytest.param(
            microsoft(below=FORGED_EDGE[:-2], client="VI1.prod.outlook.com (192.0.2.1)"),
            id="a client that calls itself a server of theirs",
        ),
        pytest.param(
            microsoft(below=FORGED_EDGE[:-2], client="x by VI1.prod.outlook.com (192.0.2.1)"),
            id="a client that calls itself a hop of theirs",
        ),
        pytest.param(
            microsoft(below=FORGED_EDGE[:-2], client="x by VI1.prod.outlook.com"),
            id="the same without an address",
        ),
        pytest.param(
            mail([edge(client="evil.test (192.0.2.66)"), *FORGED_EDGE], []),
            id="at an edge that hands nothing on",
        ),
        pytest.param(
            mail([*inside()[:1], *FORGED_EDGE[:-2]], marks("Internal")), id="of a colleague"
        ),
        pytest.param(
            mail([*inside()[:1], *FORGED_EDGE], marks("Internal")), id="of one with marks"
        ),
        pytest.param(
            mail([*inside()[:1], by_microsoft(), edge(label="OTHER")], marks()),
            id="at an edge that did not let it in",
        ),
        pytest.param(mail([*inside()[:1], by_microsoft(), edge()], []), id="without any marks"),
    ],
)
async def test_where_microsoft_says_nothing_a_sender_cannot_speak_for_it(
    fetched: Fetched, raw: bytes
) -> None:
    found = await fetched(raw)

    assert (found.is_authenticated, found.by) == (False, "nobody")
    assert found.reasons == ("dmarc_reject",)


@pytest.mark.parametrize(
    "raw",
    [
        google(None, None, below=[f"Authentication-Results: {by_google()}"]),
        google(None, None, below=[f"ARC-Authentication-Results: i=1; {by_google()}"]),
        google(None, below=[f"ARC-Authentication-Results: i=1; {by_google()}"]),
        google(None, None, below=[google().decode().partition("\r\nFrom: ")[0]]),
        google("mx.evil.test; dmarc=pass header.from=example.com"),
    ],
    ids=["results", "sealed results", "only results of theirs", "a whole forged way", "another"],
)
async def test_where_google_says_nothing_a_sender_cannot_speak_for_it(
    fetched: Fetched, raw: bytes
) -> None:
    found = await fetched(raw, GMAIL, "google")

    assert (found.is_authenticated, found.by) == (False, "nobody")


@pytest.mark.parametrize("host", [None, GMAIL, "outlook.office365.com.evil.test", "127.0.0.1"])
async def test_only_what_was_fetched_from_the_provider_counts(
    fetched: Fetched, host: str | None
) -> None:
    assert not (await fetched(microsoft(by_microsoft()), host)).is_authenticated
    if host != GMAIL:
        assert not (await fetched(google(), host, "google")).is_authenticated


async def test_one_provider_does_not_speak_for_the_other(fetched: Fetched) -> None:
    assert not (await fetched(google())).is_authenticated
    assert not (await fetched(microsoft(by_microsoft()), GMAIL, "google")).is_authenticated


@pytest.mark.parametrize(
    "hop",
    [
        "Received: from example.com (192.0.2.1) by mx.old.test with ESMTP; Mon, 5 Jan 2026",
        "Received: (qmail 1 invoked by uid 0); Mon, 5 Jan 2026",
        "Received: by 2002:a05:6102:22c6:0:0:0:0 with SMTP id a6",
    ],
)
async def test_what_came_into_a_mailbox_from_another_server_proves_nothing(
    fetched: Fetched, hop: str
) -> None:
    moved = f"{hop}\r\n".encode() + microsoft(by_microsoft())

    assert not (await fetched(moved)).is_authenticated


async def test_fields_in_an_order_of_their_own_prove_nothing(fetched: Fetched) -> None:
    """Some ways of reading a mailbox of Exchange write the header anew."""
    anew = mail([*inside(), edge(), *marks(), by_microsoft().lower()], [])

    assert not (await fetched(anew)).is_authenticated


@pytest.mark.parametrize(
    "dmarc",
    [
        "dmarc=bestguesspass action=none header.from=example.com",
        "dmarc=pass action=none header.from=example.net",
        "dmarc=temperror action=none header.from=example.com",
        "dmarc=none action=none header.from=example.com;compauth=pass reason=100",
    ],
)
async def test_a_guess_of_microsoft_is_no_proof(fetched: Fetched, dmarc: str) -> None:
    found = await fetched(microsoft(by_microsoft(dmarc, spf="none")))

    assert not found.is_authenticated


async def test_its_single_results_count_like_ours(fetched: Fetched) -> None:
    no_policy = "dmarc=none action=none header.from=example.com"

    found = await fetched(microsoft(by_microsoft(no_policy, spf="none", dkim="pass")))

    assert (found.is_authenticated, found.by, found.reasons) == (True, "front", ("dkim_aligned",))


async def test_without_its_word_we_look_ourselves(fetched: Fetched, signer: Signer) -> None:
    signed = signer.signed(microsoft())

    found = await fetched(signed)
    brought = await fetched(microsoft(by_microsoft()), None, ip="8.8.8.8")

    assert (found.is_authenticated, found.by) == (True, "us")
    assert (brought.is_authenticated, brought.by, brought.spf) == (True, "us", "pass")
