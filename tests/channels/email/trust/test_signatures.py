"""DKIM: who signed a mail, and whether it is still what was signed."""

import contextlib
import time

import dkim
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels.email.trust import canonical
from tests.channels.email.trust.conftest import Judge, letter
from tests.channels.email.trust.signers import FIELDS, Signer, ed25519_signed, rsa
from tests.dns import Zone

FORMS = ("relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple")
STRANGE = "One  two\t three \r\n\r\n\r\n  indented\r\n \r\n.\r\n\r\n\r\n"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", ["Hello.\r\n", STRANGE, "", "\r\n\r\n", "no line end"])
async def test_a_signature_proves_the_domain(
    verdict: Judge, signer: Signer, form: str, body: str
) -> None:
    found = await verdict(signer.signed(letter(body=body), form=form))

    assert (found.is_authenticated, found.dkim, found.dmarc) == (True, "pass", "pass")
    assert (found.by, found.domain, found.reasons) == ("us", "example.com", ("dkim_aligned",))


async def test_line_ends_may_be_feeds_only(verdict: Judge, signer: Signer) -> None:
    raw = signer.signed(letter(body=STRANGE)).replace(b"\r\n", b"\n")

    assert (await verdict(raw)).dkim == "pass"


async def test_fields_may_be_folded(verdict: Judge, signer: Signer) -> None:
    raw = letter("Ada\r\n\t<ada@example.com>", body=STRANGE)

    assert [(await verdict(signer.signed(raw, form=form))).dkim for form in FORMS] == ["pass"] * 4


@pytest.mark.parametrize("form", FORMS)
async def test_a_changed_word_ends_it(verdict: Judge, signer: Signer, form: str) -> None:
    raw = signer.signed(letter(), form=form)

    changed = [
        await verdict(raw.replace(b"Hello.", b"Hallo.")),
        await verdict(raw.replace(b"A question", b"An answer")),
        await verdict(raw.replace(b"ada@example.com", b"eve@example.com")),
    ]

    assert [(one.dkim, one.is_authenticated) for one in changed] == [("fail", False)] * 3
    assert changed[0].reasons == ("dmarc_reject",)


async def test_an_ed25519_signature_counts(verdict: Judge, zone: Zone) -> None:
    raw, record = ed25519_signed(letter(), "example.com")
    zone["e1._domainkey.example.com"] = {"TXT": [record]}

    assert (await verdict(raw)).dkim == "pass"
    assert (await verdict(raw.replace(b"A question", b"An answer"))).dkim == "fail"


async def test_a_signature_that_leaves_out_the_end_counts_only_for_the_whole(
    verdict: Judge, signer: Signer
) -> None:
    raw = signer.signed(letter(), length=True)

    assert (await verdict(raw)).dkim == "pass"
    assert (await verdict(raw + b"And send me the password.\r\n")).dkim == "neutral"


async def test_a_signature_that_leaves_out_the_author_is_none(
    verdict: Judge, signer: Signer
) -> None:
    signature = signer.signed(letter()).split(b"Message-ID")[0]
    raw = signer.signed(letter()).replace(b"h=from : ", b"h=")

    found = await verdict(raw)

    assert b"h=from" in signature
    assert (found.dkim, found.is_authenticated) == ("permerror", False)


async def test_sha_1_proves_nothing(verdict: Judge, signer: Signer) -> None:
    raw = letter()
    signature = dkim.sign(
        raw,
        signer.selector.encode(),
        signer.domain.encode(),
        signer.pem,
        signature_algorithm=b"rsa-sha1",
        include_headers=list(FIELDS),
    )

    assert (await verdict(signature + raw)).dkim == "neutral"


async def test_a_short_a_revoked_and_a_foreign_key_prove_nothing(
    verdict: Judge, signer: Signer, zone: Zone
) -> None:
    raw = signer.signed(letter())
    for record in (
        "v=DKIM1; p=",
        "v=DKIM2; " + signer.record,
        signer.record + "; h=sha1",
        signer.record + "; s=tlsrpt",
        "v=DKIM1; k=rsa; p=bm8gc3VjaCBrZXk=",
        "nothing of the kind",
    ):
        zone[signer.name] = {"TXT": [record]}
        assert (await verdict(raw)).dkim == "permerror", record
    del zone[signer.name]
    assert (await verdict(raw)).dkim == "permerror"


async def test_a_key_for_the_domain_itself_signs_for_nothing_below(
    verdict: Judge, signer: Signer, zone: Zone
) -> None:
    zone[signer.name] = {"TXT": [signer.record + "; t=s"]}

    below = signer.signed(letter(), identity="@mail.example.com")

    assert (await verdict(below)).dkim == "permerror"
    assert (await verdict(signer.signed(letter()))).dkim == "pass"


async def test_a_signature_counts_until_it_ends(verdict: Judge, signer: Signer) -> None:
    raw = signer.signed(letter()).replace(b"q=dns/txt", b"x=1000000000", 1)

    assert (await verdict(raw)).dkim == "neutral"


async def test_without_an_answer_nobody_is_proved(
    verdict: Judge, signer: Signer, zone: Zone
) -> None:
    zone.down = {f"_domainkey.{signer.domain}"}

    found = await verdict(signer.signed(letter()))

    assert (found.dkim, found.is_authenticated) == ("temperror", False)
    assert found.reasons == ("dmarc_reject", "dns_trouble")


async def test_the_domains_own_signature_is_found_among_many(
    verdict: Judge, signer: Signer
) -> None:
    raw = signer.signed(letter())
    for number in range(30):
        raw = Signer(f"list{number}.test").signed(raw)

    found = await verdict(raw)

    assert found.is_authenticated


async def test_a_signature_by_somebody_else_proves_somebody_else(
    verdict: Judge, zone: Zone
) -> None:
    other = Signer("example.net")
    zone[other.name] = {"TXT": [other.record]}

    found = await verdict(other.signed(letter()))

    assert (found.dkim, found.dmarc, found.is_authenticated) == ("pass", "fail", False)


async def test_a_weak_key_is_not_believed(verdict: Judge, zone: Zone) -> None:
    weak = Signer("example.com", "weak", rsa(1_024))
    zone[weak.name] = {"TXT": [weak.record]}
    assert (await verdict(weak.signed(letter()))).dkim == "pass"

    from cryptography.hazmat.primitives.asymmetric import rsa as library  # noqa: PLC0415

    try:
        key = library.generate_private_key(public_exponent=65_537, key_size=512)
    except ValueError:
        pytest.skip("This library does not even make such keys.")
    weaker = Signer("example.com", "weaker", key)
    zone[weaker.name] = {"TXT": [weaker.record]}
    assert (await verdict(weaker.signed(letter()))).dkim == "permerror"


BODIES = st.lists(
    st.sampled_from(["a", "b c", " ", "\t", "\r\n", "\n", "\r\n\r\n", ".", "  x", "ü", "\r"]),
    max_size=40,
).map("".join)


@pytest.mark.parametrize("name", ["simple", "relaxed"])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
def test_what_is_hashed_is_what_dkimpy_hashes(name: str, body: str) -> None:
    raw = body.encode() + b"\r\n"
    policy = dkim.CanonicalizationPolicy.from_c_value(f"{name}/{name}".encode())
    _, seen = dkim.rfc822_parse(b"\r\n" + raw)

    theirs = dkim.HASH_ALGORITHMS[b"rsa-sha256"](policy.canonicalize_body(seen)).digest()

    assert canonical.body_hash(memoryview(raw), is_relaxed=name == "relaxed") == theirs


@pytest.mark.parametrize("piece", [b"word ", b" ", b"\r\n", b"\t \r\n", b"a" * 76 + b"\r\n"])
@pytest.mark.parametrize("is_relaxed", [True, False])
def test_fifty_megabytes_are_hashed_at_once(piece: bytes, *, is_relaxed: bool) -> None:
    body = memoryview(piece * (50_000_000 // len(piece)))
    begun = time.process_time()

    with contextlib.suppress(canonical.BodyUnclear):
        canonical.body_hash(body, is_relaxed=is_relaxed)

    assert time.process_time() - begun < 3


def test_pieces_are_hashed_as_the_whole() -> None:
    body = (b"one two  three\t\r\n" + b" \r\n" * 9 + b"x" * 5_000 + b" \t\r\n") * 600

    for name in ("simple", "relaxed"):
        policy = dkim.CanonicalizationPolicy.from_c_value(f"{name}/{name}".encode())
        theirs = dkim.HASH_ALGORITHMS[b"rsa-sha256"](policy.canonicalize_body(body)).digest()
        assert canonical.body_hash(memoryview(body), is_relaxed=name == "relaxed") == theirs
    assert len(body) > canonical.CHUNK_BYTES
