"""One verdict on a mail, whatever stands in it."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.trust import Verdict, judge
from rapport.channels.email.trust.looking import MAX_QUESTIONS, Looking
from rapport.kernel.context import utc_now
from rapport.kernel.dns import DnsUnavailable
from tests.channels.email.trust.conftest import Judge, letter
from tests.channels.email.trust.signers import Signer
from tests.dns import Zone


async def test_a_mail_that_nothing_proves_is_not_authenticated(verdict: Judge) -> None:
    found = await verdict(letter())

    assert found == Verdict(
        is_authenticated=False,
        spf="none",
        dkim="none",
        dmarc="fail",
        arc="none",
        domain="example.com",
        by="nobody",
        reasons=("dmarc_reject",),
    )


async def test_a_mail_from_nobody_is_not_authenticated(verdict: Judge, signer: Signer) -> None:
    signed = signer.signed(letter())
    for raw in (
        signed.replace(b"From: Ada <ada@example.com>\r\n", b""),
        signer.signed(letter("Ada")),
        signer.signed(letter("undisclosed:;")),
        signer.signed(letter("")) + b"\r\n",
    ):
        found = await verdict(raw)
        assert (found.is_authenticated, found.domain) == (False, "")
        assert found.reasons == ("from_missing",)


@pytest.mark.parametrize(
    "sender",
    [
        "ada@example.com, eve@evil.test",
        "eve@evil.test, ada@example.com",
        "Ada <ada@example.com>\r\nFrom: Eve <eve@evil.test>",
        "Eve <eve@evil.test>\r\nFrom: Ada <ada@example.com>",
        "<ada@example.com> <eve@evil.test>",
    ],
)
async def test_a_mail_from_several_is_not_authenticated(
    verdict: Judge, signer: Signer, sender: str
) -> None:
    found = await verdict(signer.signed(letter(sender)))

    assert (found.is_authenticated, found.reasons) == (False, ("from_several",))


@pytest.mark.parametrize("name", ["From", "FROM ", "from\t", "fRoM"])
async def test_an_author_added_to_a_signed_mail_ends_it(
    verdict: Judge, signer: Signer, name: str
) -> None:
    added = f"{name}: Eve <eve@evil.test>\r\n".encode()
    raw = signer.signed(letter())

    for twice in (added + raw, raw.replace(b"To: ", added + b"To: ")):
        found = await verdict(twice)
        assert (found.is_authenticated, found.reasons) == (False, ("from_several",))


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ('"ada@example.com" <eve@evil.test>', "evil.test"),
        ("=?utf-8?q?ada=40example.com?= <eve@evil.test>", "evil.test"),
        ("ada@example.com <eve@evil.test>", "evil.test"),
        ("eve@evil.test (ada@example.com)", "evil.test"),
    ],
)
async def test_the_domain_is_the_addresss_and_not_the_names(
    verdict: Judge, signer: Signer, sender: str, domain: str
) -> None:
    found = await verdict(signer.signed(letter(sender)))

    assert (found.is_authenticated, found.domain) == (False, domain)


async def test_a_header_that_programs_read_differently_proves_nobody(
    verdict: Judge, signer: Signer
) -> None:
    raw = signer.signed(letter())
    for broken in (
        b"no field at all\r\n" + raw,
        raw.replace(b"To: ", b"garbage here\r\nTo: "),
        b" folded nothing\r\n" + raw,
    ):
        found = await verdict(broken)
        assert (found.is_authenticated, found.reasons) == (False, ("from_unclear",))


async def test_an_answer_address_elsewhere_is_pointed_out(verdict: Judge, signer: Signer) -> None:
    elsewhere = signer.signed(letter("ada@example.com", "Reply-To: eve@evil.test"))
    beside = signer.signed(letter("ada@example.com", "Reply-To: desk@help.example.com"))

    assert (await verdict(elsewhere)).reasons == ("dkim_aligned", "reply_to_elsewhere")
    assert (await verdict(elsewhere)).is_authenticated
    assert (await verdict(beside)).reasons == ("dkim_aligned",)


async def test_a_verdict_is_kept_as_json(verdict: Judge, signer: Signer) -> None:
    found = await verdict(signer.signed(letter()))

    assert Verdict.from_json(json.loads(json.dumps(found.as_json()))) == found


class Surprise(Zone):
    def txt(self, name: str) -> list[bytes]:
        raise RuntimeError("Nobody thought of that.")


async def test_what_nobody_thought_of_loses_no_mail(verdict: Judge) -> None:
    found = await verdict(letter(), dns=Surprise())

    assert (found.is_authenticated, found.domain) == (False, "example.com")
    assert found.reasons == ("failed",)


def test_questions_are_asked_once_and_not_for_ever() -> None:
    zone = Zone({"a.test": {"A": ["192.0.2.1"]}}, down={"down.test"})
    looking = Looking(zone, seconds=60)

    assert [looking.a("a.test"), looking.a("A.test")] == [["192.0.2.1"]] * 2
    for _ in range(2):
        with pytest.raises(DnsUnavailable):
            looking.txt("down.test")
    assert len(zone.asked) == 2
    for number in range(MAX_QUESTIONS - 2):
        looking.a(f"{number}.test")
    with pytest.raises(DnsUnavailable):
        looking.a("one-too-many.test")
    with pytest.raises(DnsUnavailable):
        Looking(zone, seconds=-1).a("a.test")


FIELDS = st.sampled_from(
    [
        *(b"From: ", b"from:", b"DKIM-Signature: ", b"ARC-Seal: i=1; ", b"Reply-To: "),
        *(b"ARC-Message-Signature: i=1;", b"ARC-Authentication-Results: i=1; a;", b"\r\n", b"\n"),
        *(b"Authentication-Results: mx.acme.test; ", b"dmarc=pass header.from=", b"@example.com"),
        *(b"v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=x; b=y", b"l=99999999999", b"t=x"),
        *(b"c=a/b/c", b"h=:::", b"\x00", b"\xff", b" ", b"; ", b"i=@", b"x=1", b"a@xn--x-.test"),
    ]
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(st.one_of(FIELDS, st.binary(max_size=8)), max_size=14))
async def test_any_bytes_are_judged(pieces: list[bytes], zone: Zone) -> None:
    raw = b"".join(pieces)
    envelope = Envelope(mail_from="a@example.com", client_ip="8.8.4.4", helo="x")

    found = await judge(
        raw, parse(raw), envelope, trusted_authserv="mx.acme.test", dns=zone, now=utc_now()
    )

    assert "failed" not in found.reasons
    assert not (found.is_authenticated and found.by == "us")


async def test_fifty_megabytes_are_judged_in_less_than_seconds(
    verdict: Judge, signer: Signer
) -> None:
    raw = (
        signer.signed(letter(body="0123456789abcdef" * 4 + "\r\n"))
        + (b"0123456789abcdef" * 4 + b"\r\n") * 750_000
    )
    mail = parse(raw[:2_000])
    begun = time.process_time()

    found = await judge(raw, mail, Envelope(), trusted_authserv=None, dns=Zone(), now=utc_now())

    assert time.process_time() - begun < 2
    assert found.dkim == "fail"


@pytest.mark.parametrize(
    "piece", [b" ", b"b=", b"\r\n ", b";", b"b=\r\n ", b"a:", b"h=from:", b"\t", b"i=1;", b"="]
)
async def test_a_long_signature_takes_no_time(verdict: Judge, piece: bytes) -> None:
    long = (piece * 20_000)[:15_000]
    fields = b"".join(
        name + b": i=1; v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=x;" + long + b"\r\n"
        for name in (b"DKIM-Signature", b"ARC-Seal", b"ARC-Message-Signature")
        for _ in range(20)
    )
    raw = fields + letter()
    mail = parse(raw)
    begun = time.process_time()

    await judge(raw, mail, Envelope(), trusted_authserv=None, dns=Zone(), now=utc_now())

    assert time.process_time() - begun < 1
