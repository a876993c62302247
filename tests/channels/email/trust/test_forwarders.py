"""ARC: what a forwarder found when the mail was whole (RFC 8617)."""

import pytest

from tests.channels.email.trust.conftest import Judge, letter
from tests.channels.email.trust.signers import Signer
from tests.dns import Zone

FRONT = "mx.forwarder.test"
FOUND = f"Authentication-Results: {FRONT}; dmarc=pass header.from=example.com"


@pytest.fixture
def forwarder(zone: Zone) -> Signer:
    signer = Signer("forwarder.test", "arc")
    zone[signer.name] = {"TXT": [signer.record]}
    return signer


def forwarded(forwarder: Signer, found: str = FOUND) -> bytes:
    """As it leaves a forwarder that takes its own results out again."""
    raw = forwarder.sealed(letter("Ada <ada@example.com>", found), FRONT)
    return raw.replace(found.encode() + b"\r\n", b"")


async def test_a_trusted_forwarder_is_believed(verdict: Judge, forwarder: Signer) -> None:
    found = await verdict(forwarded(forwarder), front=FRONT)

    assert (found.is_authenticated, found.by, found.arc) == (True, "arc", "pass")
    assert found.reasons == ("arc_says_so",)


@pytest.mark.parametrize("front", [None, "mx.acme.test", "forwarder.test", "evil.forwarder.test"])
async def test_others_are_not(verdict: Judge, forwarder: Signer, front: str | None) -> None:
    found = await verdict(forwarded(forwarder), front=front)

    assert (found.is_authenticated, found.arc) == (False, "pass")
    assert found.reasons == ("dmarc_reject",)


async def test_somebody_who_only_calls_himself_so_is_not(verdict: Judge, zone: Zone) -> None:
    evil = Signer("evil.test", "arc")
    zone[evil.name] = {"TXT": [evil.record]}

    found = await verdict(forwarded(evil), front=FRONT)

    assert (found.is_authenticated, found.arc) == (False, "pass")


async def test_what_was_changed_since_is_not_believed(verdict: Judge, forwarder: Signer) -> None:
    raw = forwarded(forwarder)

    changed = [
        await verdict(raw.replace(b"Hello.", b"Hallo."), front=FRONT),
        await verdict(raw.replace(b"A question", b"An answer"), front=FRONT),
        await verdict(raw.replace(b"dmarc=pass", b"dmarc=PASS"), front=FRONT),
        await verdict(raw.replace(b"Ada <ada@", b"Eve <eve@"), front=FRONT),
    ]

    assert [(one.is_authenticated, one.arc) for one in changed] == [(False, "fail")] * 4


async def test_what_it_says_of_another_domain_proves_nothing(
    verdict: Judge, forwarder: Signer
) -> None:
    of_other = FOUND.replace("example.com", "example.net")
    fails = FOUND.replace("pass", "fail")

    for found in (of_other, fails):
        assert not (await verdict(forwarded(forwarder, found), front=FRONT)).is_authenticated


async def test_a_chain_is_believed_from_its_end(
    verdict: Judge, forwarder: Signer, zone: Zone
) -> None:
    """The word of a trusted forwarder counts while all who came after are trusted as well."""
    later = f"Authentication-Results: {FRONT}; arc=pass; dmarc=fail header.from=example.com"
    evil = Signer("evil.test", "arc")
    zone[evil.name] = {"TXT": [evil.record]}
    first = forwarded(forwarder)

    twice = forwarder.sealed(later.encode() + b"\r\n" + first, FRONT)
    by_evil = evil.sealed(later.encode() + b"\r\n" + first, FRONT)
    found = await verdict(twice.replace(later.encode() + b"\r\n", b""), front=FRONT)
    broken = await verdict(by_evil.replace(later.encode() + b"\r\n", b""), front=FRONT)

    assert (found.is_authenticated, found.arc) == (True, "pass")
    assert (broken.is_authenticated, broken.arc) == (False, "pass")


async def test_an_incomplete_chain_is_broken(verdict: Judge, forwarder: Signer) -> None:
    raw = forwarded(forwarder)
    for field in (b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results"):
        found = await verdict(raw.replace(field, b"X-Nothing"), front=FRONT)
        assert (found.is_authenticated, found.arc) == (False, "fail")
    for number in (b" i=2;", b" i=0;", b" i=x;", b" i=1000;"):
        found = await verdict(raw.replace(b" i=1;", number), front=FRONT)
        assert (found.is_authenticated, found.arc) == (False, "fail")


async def test_a_forwarder_whose_key_cannot_be_asked_for_is_not_believed(
    verdict: Judge, forwarder: Signer, zone: Zone
) -> None:
    zone.down = {"forwarder.test"}

    found = await verdict(forwarded(forwarder), front=FRONT)

    assert (found.is_authenticated, found.arc) == (False, "temperror")
