"""What the mail server in front of us found out (RFC 8601), and who else says it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.trust import results
from tests.channels.email.trust.conftest import Judge, letter
from tests.channels.email.trust.signers import Signer

FRONT = "mx.acme.test"
PASSES = "dmarc=pass (p=reject dis=none) header.from=example.com"


def by(*said: str, server: str = FRONT) -> str:
    return f"Authentication-Results: {'; '.join((server, *said))}"


async def test_what_the_trusted_server_says_is_believed(verdict: Judge) -> None:
    raw = letter("ada@example.com", by("spf=pass smtp.mailfrom=x@example.com", PASSES))

    found = await verdict(raw, front=FRONT)

    assert (found.is_authenticated, found.by) == (True, "front")
    assert (found.spf, found.dkim, found.dmarc) == ("pass", "none", "pass")
    assert found.reasons == ("front_says_so",)


async def test_without_a_trusted_server_nobody_is_believed(verdict: Judge) -> None:
    found = await verdict(letter("ada@example.com", by(PASSES)))

    assert (found.is_authenticated, found.dmarc) == (False, "fail")


async def test_only_the_topmost_of_the_trusted_server_counts(verdict: Judge) -> None:
    fails = "dmarc=fail (p=reject) header.from=example.com"

    forged = await verdict(letter("ada@example.com", by(fails), by(PASSES)), front=FRONT)
    other = await verdict(
        letter("ada@example.com", by(PASSES, server="mx.evil.test"), by(fails)), front=FRONT
    )

    assert (forged.is_authenticated, forged.reasons) == (False, ("front_says_no",))
    assert (other.is_authenticated, other.reasons) == (False, ("front_says_no",))


@pytest.mark.parametrize(
    "server",
    [
        "mx.acme.test.evil.test",
        "acme.test",
        "evil.mx.acme.test",
        "(mx.acme.test) evil.test",
        '"mx.acme.test;" evil.test',
        "mx.acme.test@evil.test",
        "mx.acme.test=x",
        "mx.acme.test evil.test 1",
    ],
)
async def test_only_exactly_that_server_is_trusted(verdict: Judge, server: str) -> None:
    found = await verdict(letter("ada@example.com", by(PASSES, server=server)), front=FRONT)

    assert not found.is_authenticated


@pytest.mark.parametrize("server", ["MX.Acme.Test", "mx.acme.test 1", '"mx.acme.test"'])
async def test_its_name_may_be_written_in_other_ways(verdict: Judge, server: str) -> None:
    found = await verdict(letter("ada@example.com", by(PASSES, server=server)), front=FRONT)

    assert found.is_authenticated


@pytest.mark.parametrize(
    "said",
    [
        "dmarc=pass header.from=example.net",
        "dmarc=pass",
        "dmarc=pass header.from=news.example.com",
        "dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",
        "dmarc=fail (dmarc=pass header.from=example.com) header.from=example.com",
        'dmarc=fail reason="x; dmarc=pass header.from=example.com"',
        'spf=fail smtp.mailfrom="a; dmarc=pass header.from=example.com"@evil.test',
        'spf=fail "dmarc=pass header.from=example.com"',
        "x=y dmarc=pass header.from=example.com",
        "dmarc=passed header.from=example.com",
        "none",
    ],
)
async def test_what_does_not_say_exactly_that_proves_nothing(verdict: Judge, said: str) -> None:
    found = await verdict(letter("ada@example.com", by(said)), front=FRONT)

    assert not found.is_authenticated


async def test_its_single_results_count_like_ours(verdict: Judge) -> None:
    signed = by("dkim=fail header.d=x.test", "dkim=pass header.d=mail.example.com header.s=1")
    sent = by("spf=pass smtp.mailfrom=bounces@example.com")
    other = by("dkim=pass header.i=@example.net", "spf=pass smtp.mailfrom=example.net")

    found = [await verdict(letter("ada@example.com", one), front=FRONT) for one in (signed, sent)]
    wrong = await verdict(letter("ada@example.com", other), front=FRONT)

    assert [(one.is_authenticated, one.by) for one in found] == [(True, "front")] * 2
    assert [one.reasons for one in found] == [("dkim_aligned",), ("spf_aligned",)]
    assert (wrong.is_authenticated, wrong.dkim, wrong.spf) == (False, "pass", "pass")


async def test_where_it_decided_nothing_we_look_ourselves(verdict: Judge, signer: Signer) -> None:
    for said in ("dmarc=temperror header.from=example.com", "dmarc=none", "none"):
        found = await verdict(signer.signed(letter("ada@example.com", by(said))), front=FRONT)
        assert (found.is_authenticated, found.by) == (True, "us"), said


def test_what_gmail_writes_is_read() -> None:
    found = results.read(
        "mx.google.com; dkim=pass header.i=@example.com header.s=s1 header.b=AbCd+/12; "
        "spf=pass (google.com: domain of ada@example.com designates 192.0.2.1 as permitted "
        "sender) smtp.mailfrom=ada@example.com; "
        "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com"
    )

    assert found is not None
    assert [(one.method, one.result) for one in found.claims] == [
        ("dkim", "pass"),
        ("spf", "pass"),
        ("dmarc", "pass"),
    ]
    assert found.claims[0].domain("header.d", "header.i") == "example.com"
    assert found.claims[2].domain("header.from") == "example.com"


@pytest.mark.parametrize(
    ("value", "server", "claims"),
    [
        ("example.org 1; none", "example.org", []),
        ("example.org; spf = pass smtp.mailfrom = example.net", "example.org", ["spf"]),
        ("a (c (nested; \\) x) y); dkim/1=pass (x) header.d=b.test", "a", ["dkim"]),
        ("a; spf=hardfail smtp.mailfrom=x", "a", ["spf"]),
        ("a; spf=unheard-of; dkim=pass", "a", ["dkim"]),
        ('a; dkim=pass; spf="pass', "a", ["dkim"]),
    ],
)
def test_many_forms_are_read(value: str, server: str, claims: list[str]) -> None:
    found = results.read(value)

    assert found is not None
    assert (found.server, [one.method for one in found.claims]) == (server, claims)


@pytest.mark.parametrize("value", ["", ";", "spf=pass (x) smtp.mailfrom=a; dkim=pass", "(x);"])
def test_a_field_that_names_no_server_is_nobodys(value: str) -> None:
    assert results.read(value) is None


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.sampled_from('ab=;()"\\ \t.@ü1'), max_size=60))
def test_any_value_is_read(value: str) -> None:
    results.read(value)
    results.read("mx.acme.test; dmarc=" + value)


@pytest.mark.parametrize("piece", ['"\\', '"', "(", "a", "a=", "a=b ", ';"', "\\", '("', "-."])
def test_reading_takes_time_in_proportion_to_the_length(piece: str) -> None:
    begun = time.process_time()

    results.by("mx.acme.test", [piece * 100_000] * 50)

    assert time.process_time() - begun < 2
