"""A message as it comes by SMTP, cut anywhere."""

from pathlib import Path

import pytest

from rapport.channels.email.receiving.smtp.spool import MEMORY_BYTES, Spool

WIRE = b"..first\r\n...second\r\n\r\n..\r\n.\n..bare\r\n\r.\r\r\n..end\r\n"
PLAIN = b".first\r\n..second\r\n\r\n.\r\n.\n..bare\r\n\r.\r\r\n.end\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 11, 1_000])
def test_stuffed_dots_are_taken_away_wherever_the_bytes_are_cut(size: int) -> None:
    with Spool(1_000) as spool:
        for at in range(0, len(WIRE), size):
            spool.add(WIRE[at : at + size])
        spool.finish()

        assert spool.read() == PLAIN
        assert spool.size == len(PLAIN)


def test_an_empty_message_is_empty() -> None:
    with Spool(10) as spool:
        spool.add(b"\r\n")
        spool.finish()

        assert spool.read() == b"\r\n"


def test_what_is_too_large_is_counted_and_not_kept() -> None:
    with Spool(100) as spool:
        for _ in range(50):
            spool.add(b"0123456789\r\n")
        spool.finish()

        assert spool.is_too_large
        assert spool.size == 600
        assert len(spool.read()) <= 100


def test_what_is_long_lies_on_the_disk(tmp_path: Path) -> None:
    line = b"x" * 998 + b"\r\n"
    with Spool(10 * MEMORY_BYTES, tmp_path) as spool:
        for _ in range(2 * MEMORY_BYTES // 1000):
            spool.add(line)
        spool.finish()

        assert spool.read() == line * (2 * MEMORY_BYTES // 1000)
