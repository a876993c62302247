"""Row 2: one form of reply token, with a version, and none that lasts for ever."""

import base64
import hmac
from datetime import date, timedelta
from uuid import UUID

import pytest

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import parse
from rapport.channels.email.threading import Evidence, decide, mint, read, tokens_of
from rapport.channels.email.trust import UNKNOWN

KEY, OLD_KEY = bytes(32), bytes(31) + b"\x01"
TODAY, ENDS = date(2026, 1, 5), date(2026, 7, 1)
UNSIGNED = base64.b32encode(b"\x10" + (7).to_bytes(5) + bytes(17)).decode()[:36]
SHORT = hmac.digest(KEY, b"7", "md5").hex()[:16]


def tokens(*fields: str) -> list[str]:
    raw = "\r\n".join(("From: eve@evil.test", "Subject: Hi", *fields, "", "Hi")).encode()
    return list(tokens_of(parse(raw), Envelope()))


@pytest.mark.parametrize(
    "field",
    [
        "To: support+7@acme.test",
        f"To: support+c.7.{SHORT}@acme.test",
        f"To: reply-7-{SHORT}@acme.test",
        f"To: support+{UNSIGNED}@acme.test",
        "In-Reply-To: <conversation-7@acme.test>",
        f"In-Reply-To: <FS_reply-7-{SHORT}@acme.test>",
        f"References: <reply-7-{SHORT}-1@acme.test> <notify-7-1-{SHORT}@acme.test>",
        f"In-Reply-To: <r.{UNSIGNED}.x@acme.test>",
        f"In-Reply-To: <r.{mint(OLD_KEY, 7, 'eve@evil.test', ENDS)}.x@acme.test>",
        f"In-Reply-To: <r.{mint(KEY, 7, 'eve@evil.test', TODAY - timedelta(days=1))}.x@acme.test>",
    ],
)
def test_row_02_a_token_of_any_other_form_key_or_time_leads_nowhere(field: str) -> None:
    assert [read(KEY, one, TODAY) for one in tokens(field)] in ([], [None])
    assert decide("eve@evil.test", UNKNOWN, Evidence(UUID(int=1))).kind == "new"


def test_row_02_a_version_that_is_not_ours_is_not_read_even_when_it_is_signed() -> None:
    ours = mint(KEY, 7, "eve@evil.test", ENDS)
    said = 2 << 76 | 7 << 36
    whole = (
        said << 100
        | int.from_bytes(hmac.digest(KEY, b"rapport-reply:" + said.to_bytes(10), "sha256")) >> 156
    )
    newer = base64.b32encode((whole << 4).to_bytes(23)).decode()[:36]

    assert read(KEY, ours, TODAY) is not None
    assert read(KEY, newer, TODAY) is None
