"""DMARC: whose signature and whose host count for the domain in From."""

import importlib

import pytest

from rapport.channels.email.trust import dmarc
from rapport.channels.email.trust.dmarc import Proof
from rapport.channels.email.trust.domains import organisational
from rapport.channels.email.trust.looking import Looking
from tests.channels.email.trust.conftest import Judge, letter
from tests.channels.email.trust.signers import Signer
from tests.dns import Zone

BELOW = Proof("dkim", "mail.example.com")
HOST = Proof("spf", "bounces.example.com")


def found(record: str | None, *proofs: Proof, domain: str = "example.com") -> dmarc.Finding:
    zone = Zone({"_dmarc.example.com": {"TXT": [record]}} if record is not None else {})
    return dmarc.check(domain, proofs, Looking(zone, seconds=60))


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("example.com", "example.com"),
        ("a.b.c.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("com", "com"),
        ("me.github.io", "me.github.io"),
        ("a.me.github.io", "me.github.io"),
        ("x.www.ck", "www.ck"),
        ("x.y.something.ck", "y.something.ck"),
        ("host.of.unknown-top", "of.unknown-top"),
        ("a.b.xn--p1ai", "b.xn--p1ai"),
    ],
)
def test_the_organisation_is_one_label_below_a_public_suffix(
    domain: str, organisation: str
) -> None:
    assert organisational(domain) == organisation


def test_authheaders_knows_the_same_organisations() -> None:
    theirs = importlib.import_module("authheaders.dmarc_lookup").get_org_domain

    for domain in ("a.example.com", "b.a.example.co.uk", "c.me.github.io", "d.city.kawasaki.jp"):
        assert organisational(domain) == theirs(domain)


@pytest.mark.parametrize(
    ("record", "proof", "result"),
    [
        ("v=DMARC1; p=reject", BELOW, "pass"),
        ("v=DMARC1; p=reject", HOST, "pass"),
        ("v=DMARC1; p=none; adkim=r; aspf=r", BELOW, "pass"),
        ("v=DMARC1; p=reject; adkim=s", BELOW, "fail"),
        ("v=DMARC1; p=reject; adkim=s", HOST, "pass"),
        ("v=DMARC1; p=reject; aspf=s", HOST, "fail"),
        ("v=DMARC1; p=reject; ASPF=S", HOST, "fail"),
        ("v=DMARC1; p=reject; adkim=s", Proof("dkim", "example.com"), "pass"),
        ("v=DMARC1; p=reject", Proof("dkim", "example.net"), "fail"),
        ("v=DMARC1; p=reject", Proof("dkim", ""), "fail"),
        ("v=DMARC1;p=reject;", BELOW, "pass"),
        ("v=DMARC1 ; p = reject ; rua=mailto:x@example.com", BELOW, "pass"),
        ("v=DMARC1; p=reject; broken; ==; p=none", BELOW, "pass"),
    ],
)
def test_alignment_is_as_strict_as_the_owner_asks(record: str, proof: Proof, result: str) -> None:
    assert found(record, proof).result == result


@pytest.mark.parametrize(
    "record",
    [None, "v=DMARC2; p=reject", "p=reject; v=DMARC1", "v=DMARC1", "v=DMARC1; p=", "v=spf1 -all"],
)
def test_what_is_no_policy_is_none(record: str | None) -> None:
    assert found(record, BELOW) == dmarc.Finding("none", BELOW)


def test_two_policies_are_none() -> None:
    zone = Zone({"_dmarc.example.com": {"TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}})

    assert dmarc.check("example.com", [], Looking(zone, seconds=60)).result == "none"


def test_a_policy_that_cannot_be_read_but_wants_reports_asks_for_nothing() -> None:
    assert found("v=DMARC1; p=nothing; rua=mailto:x@example.com").policy == "none"


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1; p=reject", "reject"),
        ("v=DMARC1; p=none; sp=quarantine", "quarantine"),
        ("v=DMARC1; p=reject; sp=none", "none"),
        ("v=DMARC1; p=reject; sp=perhaps", "reject"),
    ],
)
def test_a_subdomain_has_the_policy_of_its_organisation(record: str, policy: str) -> None:
    below = found(record, Proof("dkim", "example.com"), domain="news.example.com")

    assert (below.result, below.policy) == ("pass", policy)
    assert found(record).policy != policy or "sp=" not in record or "perhaps" in record


def test_a_subdomain_goes_by_its_own_policy_first() -> None:
    zone = Zone(
        {
            "_dmarc.example.com": {"TXT": ["v=DMARC1; p=reject"]},
            "_dmarc.news.example.com": {"TXT": ["v=DMARC1; p=none; adkim=s"]},
        }
    )

    asked = dmarc.check("news.example.com", [BELOW], Looking(zone, seconds=60))

    assert (asked.result, asked.policy) == ("fail", "none")


async def test_a_signature_is_enough_for_a_domain_without_a_policy(
    verdict: Judge, signer: Signer, zone: Zone
) -> None:
    del zone["_dmarc.example.com"]

    found = await verdict(signer.signed(letter()))

    assert (found.is_authenticated, found.dmarc) == (True, "none")
    assert found.reasons == ("dkim_aligned", "no_dmarc")


async def test_when_the_policy_cannot_be_asked_for_nobody_is_proved(
    verdict: Judge, signer: Signer, zone: Zone
) -> None:
    zone.down = {"_dmarc.example.com"}

    found = await verdict(signer.signed(letter()))

    assert (found.is_authenticated, found.dkim, found.dmarc) == (False, "pass", "temperror")
    assert found.reasons == ("dns_trouble",)


async def test_international_domains_are_compared_as_dns_has_them(verdict: Judge) -> None:
    signer = Signer("xn--mller-kva.example")
    zone = Zone({signer.name: {"TXT": [signer.record]}})

    found = await verdict(signer.signed(letter("Ada <ada@Müller.example>")), dns=zone)

    assert (found.is_authenticated, found.domain) == (True, "xn--mller-kva.example")
