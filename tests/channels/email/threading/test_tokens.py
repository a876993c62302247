"""Reply tokens: ours are read however they travel, and nobody else's ever."""

import base64
import hmac
import os
import re
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import Mail, parse
from rapport.channels.email.threading import Token, message_id, mint, number_in, read, tokens_of
from rapport.channels.email.threading.tokens import MAX_CANDIDATES, recipient_hash
from tests.channels.email.threading.many import EXAMPLES

KEY: Final = bytes(range(32))
OTHER: Final = bytes(range(1, 33))
TODAY: Final = date(2026, 1, 5)
ENDS: Final = date(2026, 7, 1)

keys = st.binary(min_size=32, max_size=32)
numbers = st.integers(0, 2**40 - 1)
days = st.dates(TODAY, date(2149, 1, 1))
addresses = st.emails()
letters = "abcdefghijklmnopqrstuvwxyz234567"


def mail(*fields: str, to: str = "support@acme.test") -> Mail:
    return parse("\r\n".join((f"To: {to}", *fields, "", "Hello.")).encode())


@EXAMPLES
@given(key=keys, number=numbers, address=addresses, ends=days, flips=st.integers(0, 2**36 - 1))
def test_a_token_survives_every_change_of_case(
    key: bytes, number: int, address: str, ends: date, flips: int
) -> None:
    minted = mint(key, number, address, ends)
    changed = "".join(
        one.upper() if flips >> place & 1 else one for place, one in enumerate(minted)
    )

    assert re.fullmatch("[a-z2-7]{36}", minted)
    assert read(key, changed, TODAY) == Token(number, recipient_hash(key, address.upper()))
    assert read(key, changed.casefold().swapcase(), ends) is not None


@EXAMPLES
@given(key=keys, other=keys, number=numbers, address=addresses, ends=days)
def test_no_token_of_another_key_is_read(
    key: bytes, other: bytes, number: int, address: str, ends: date
) -> None:
    minted = mint(other, number, address, ends)

    assert (read(key, minted, TODAY) is None) == (key != other)


@EXAMPLES
@given(
    number=numbers,
    address=addresses,
    ends=days,
    place=st.integers(0, 35),
    letter=st.sampled_from(letters),
)
def test_a_token_with_any_letter_changed_is_not_read(
    number: int, address: str, ends: date, place: int, letter: str
) -> None:
    minted = mint(KEY, number, address, ends)
    changed = minted[:place] + letter + minted[place + 1 :]

    assert (read(KEY, changed, TODAY) is None) == (changed != minted)


@EXAMPLES
@given(text=st.one_of(st.text(max_size=40), st.text(alphabet=letters, min_size=36, max_size=36)))
def test_nothing_made_up_is_read(text: str) -> None:
    assert read(KEY, text, TODAY) is None


@EXAMPLES
@given(
    number=numbers,
    address=addresses,
    name=st.from_regex(r"[a-zA-Z0-9._]{1,20}", fullmatch=True),
    domain=st.sampled_from(["acme.test", "Mail.Acme.TEST", "xn--mller-kva.example"]),
    change=st.sampled_from([str.upper, str.lower, str.swapcase, str.title, str.casefold]),
    way=st.integers(0, 4),
)
def test_a_token_is_found_whichever_way_it_comes_back(
    number: int, address: str, name: str, domain: str, change: object, way: int
) -> None:
    assert callable(change)
    minted = mint(KEY, number, address, ENDS)
    tagged, named = change(f"{name}+{minted}@{domain}"), change(message_id(minted, domain))
    envelope = Envelope(rcpt_to=(tagged,)) if way == 0 else Envelope()
    came = (
        mail(),
        mail(to=f'"Help, please" <{tagged}>'),
        mail(f"Cc: somebody@example.com, {tagged}"),
        mail(f"In-Reply-To: <{named}>"),
        mail(f"References: <first@example.com> <{named}>\r\n <last@example.com>"),
    )[way]

    found = [read(KEY, one, TODAY) for one in tokens_of(came, envelope)]

    assert found == [Token(number, recipient_hash(KEY, address))]


def test_a_token_ends_with_its_day() -> None:
    minted = mint(KEY, 7, "ada@example.com", ENDS)

    assert read(KEY, minted, ENDS) is not None
    assert read(KEY, minted, ENDS + timedelta(days=1)) is None


def test_a_token_knows_whom_it_was_sent_to() -> None:
    tokens = {mint(KEY, 7, one, ENDS) for one in ("ada@x.test", "ADA@x.test", " ada@X.test.")}
    other = read(KEY, mint(KEY, 7, "eve@x.test", ENDS), TODAY)

    assert len(tokens) == 1
    assert other is not None
    assert other.recipient_hash != recipient_hash(KEY, "ada@x.test")


def test_the_same_token_is_made_twice_and_another_for_another_conversation() -> None:
    assert mint(KEY, 7, "ada@x.test", ENDS) == mint(KEY, 7, "ada@x.test", ENDS)
    assert mint(KEY, 7, "ada@x.test", ENDS) != mint(KEY, 8, "ada@x.test", ENDS)


@pytest.mark.parametrize("number", [-1, 2**40])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(OverflowError):
        mint(KEY, number, "ada@x.test", ENDS)
    with pytest.raises(OverflowError):
        mint(KEY, 1, "ada@x.test", date(2150, 1, 1))


@pytest.mark.parametrize("version", [0, *range(2, 16)])
def test_a_token_of_another_version_is_not_read_though_signed_with_the_key(version: int) -> None:
    said = version << 76 | 7 << 36 | 30_000 << 20 | 5
    mac = hmac.digest(KEY, b"rapport-reply:" + said.to_bytes(10), "sha256")
    whole = said << 100 | int.from_bytes(mac) >> 156
    text = base64.b32encode((whole << 4).to_bytes(23)).decode()[:36]

    assert read(KEY, text, TODAY) is None


def test_a_message_id_is_new_each_time_and_needs_no_quoting() -> None:
    minted = mint(KEY, 7, "ada@x.test", ENDS)
    made = {message_id(minted, "acme.test") for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(rf"r\.{minted}\.[a-z2-7]{{16}}@acme\.test", one) for one in made)


def test_the_address_comes_before_the_answered_mail_and_that_before_older_ones() -> None:
    tokens = [mint(KEY, number, "ada@x.test", ENDS) for number in range(5)]
    ids = [f"<{message_id(one, 'acme.test')}>" for one in tokens]
    came = mail(
        f"Delivered-To: support+{tokens[1]}@acme.test",
        f"In-Reply-To: {ids[2]}",
        f"References: {ids[4]} {ids[3]} {ids[2]}",
        to=f"support+{tokens[0]}@acme.test",
    )

    assert tokens_of(came, Envelope(rcpt_to=(f"x+{tokens[1]}@y",))) == tuple(
        tokens[number] for number in (1, 0, 2, 3, 4)
    )


def test_many_candidates_are_only_the_first_fifty() -> None:
    many = " ".join(f"<r.{os.urandom(18).hex().translate(HEX)}.x@y>" for _ in range(190))

    assert len(tokens_of(mail(f"References: {many}"), Envelope())) == MAX_CANDIDATES


HEX = str.maketrans("0189", "abcd")


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: Broken [#123]", 123),
        ("[#7] and [#8]", 7),
        ("[#0012]", 12),
        ("#123", None),
        ("[123]", None),
        ("[#]", None),
        ("[#-1]", None),
        ("[#1234567890123]", None),
        ("[#١٢٣]", None),
        ("", None),
    ],
)
def test_a_subject_names_a_conversation_in_brackets(subject: str, number: int | None) -> None:
    assert number_in(subject) == number


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_subject_is_read(subject: str) -> None:
    number_in(subject)
