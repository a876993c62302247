"""Mail as a support desk gets it, the same with every run: texts, pages of HTML, files, replies.

Of 100 messages 55 are plain text, 30 have HTML beside it, 12 bring a file or a picture, 3 are
answers of machines; 40 of them answer one that came before.
"""

import base64
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from struct import pack
from typing import Final

ADDRESS: Final = "support@bench.example"
_SAID: Final = """
the parcel has not arrived yet and I would like to know where it is because my sister needs her lamp
before the holidays please tell me whether you can send another one or return the money to my
account thank you for your help with this order number it said delivered
"""
_WORDS: Final = tuple(_SAID.split())
_PEOPLE: Final = 500
SETTLED: Final = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """One message, and what must become of it."""

    raw: bytes
    message_id: str
    answers: str | None
    """The message whose conversation it must be part of."""


def samples(count: int, *, now: datetime, seed: int = 4) -> Iterator[Sample]:
    """`count` messages of the last hours, each answer after what it answers."""
    chance = random.Random(seed)  # noqa: S311 - a corpus, no secret
    sent: list[tuple[str, int, str]] = []
    for number in range(count):
        earlier = sent[-200:-SETTLED]  # nobody answers what is still on its way
        thread = chance.choice(earlier) if earlier and chance.random() < 0.4 else None
        who = thread[1] if thread else chance.randrange(_PEOPLE)
        message_id = f"{seed}.{number}.{chance.getrandbits(64):x}@home{who % 50}.example"
        at = now - timedelta(seconds=count - number)
        root = thread[2] if thread else message_id
        raw = _message(chance, number, who, message_id, thread, at)
        if not _is_machine(number):
            sent.append((message_id, who, root))
        yield Sample(raw, message_id, thread[0] if thread else None)


def _is_machine(number: int) -> bool:
    return number % 100 >= 97


def _message(
    chance: random.Random,
    number: int,
    who: int,
    message_id: str,
    thread: tuple[str, int, str] | None,
    at: datetime,
) -> bytes:
    answers = thread[0] if thread else None
    kind = number % 100
    text = _text(chance, chance.randrange(20, 200), quotes=answers is not None)
    head = [
        "Received: from mail.home.example (mail.home.example [192.0.2.7]) by mx.bench.example"
        f" with ESMTPS; {format_datetime(at)}",
        f"Authentication-Results: mx.bench.example; dmarc=pass header.from=home{who % 50}.example",
        f"From: Person {who} <person{who}@home{who % 50}.example>",
        f"To: The Shop <{ADDRESS}>",
        f"Subject: {'Re: ' if answers else ''}Order {number}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{message_id}>",
        "MIME-Version: 1.0",
    ]
    if answers and thread:
        refers = f"<{thread[2]}> <{answers}>" if thread[2] != answers else f"<{answers}>"
        head += [f"In-Reply-To: <{answers}>", f"References: {refers}"]
    if _is_machine(number):
        head += ["Auto-Submitted: auto-replied", "Precedence: bulk"]
    if kind < 55 or _is_machine(number):
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
        return _joined(head, text)
    both = _alternatives(chance, text)
    if kind < 85:
        head.append('Content-Type: multipart/alternative; boundary="alternatives"')
        return _joined(head, both)
    head.append('Content-Type: multipart/mixed; boundary="files"')
    inner = f'Content-Type: multipart/alternative; boundary="alternatives"\n\n{both}'
    return _joined(head, f"--files\n{inner}\n--files\n{_file(chance, kind)}\n--files--")


def _joined(head: list[str], body: str) -> bytes:
    return ("\n".join([*head, "", body]) + "\n").replace("\n", "\r\n").encode()


def _text(chance: random.Random, words: int, *, quotes: bool) -> str:
    lines = ["Hello,", "", *_lines(chance, words), "", "Best regards", "Person", "", "-- "]
    lines += ["Person Somebody", "12 Long Street, Exampletown", "+44 20 7946 0000"]
    if quotes:
        lines += ["", "On Mon, 5 Jan 2026 at 09:00, The Shop <support@bench.example> wrote:"]
        lines += [f"> {line}" for line in _lines(chance, 120)]
    return "\n".join(lines)


def _lines(chance: random.Random, words: int) -> list[str]:
    said = chance.choices(_WORDS, k=words)
    return [" ".join(said[at : at + 12]).capitalize() + "." for at in range(0, words, 12)]


def _alternatives(chance: random.Random, text: str) -> str:
    paragraphs = "".join(
        f'<p class="x" style="margin:0;font:12px Arial"><span>{line}</span></p>'
        for line in text.splitlines()
        if not line.startswith(">")
    )
    rows = "".join(
        f'<tr><td style="padding:4px">{line}</td><td align="right">{at}</td></tr>'
        for at, line in enumerate(_lines(chance, 300))
    )
    html = (
        "<html><head><style>p{margin:0}</style></head><body><div>"
        f"{paragraphs}<table>{rows}</table></div>"
        f'<div class="gmail_quote"><div class="gmail_attr">On Monday somebody wrote:</div>'
        f"<blockquote>{paragraphs}</blockquote></div></body></html>"
    )
    return (
        f"--alternatives\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--alternatives\nContent-Type: text/html; charset=utf-8\n\n{html}\n--alternatives--"
    )


def _file(chance: random.Random, kind: int) -> str:
    if kind % 2:
        content, name, mime = _picture(chance), "photo.png", "image/png"
    else:
        content = b"%PDF-1.7\n" + chance.randbytes(chance.randrange(20_000, 300_000))
        name, mime = "invoice.pdf", "application/pdf"
    encoded = base64.encodebytes(content).decode()
    return (
        f'Content-Type: {mime}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n{encoded}'
    )


def _picture(chance: random.Random) -> bytes:
    """A PNG of 320 by 200 pixels of stripes."""
    rows = b"".join(b"\x00" + chance.randbytes(3) * 320 for _ in range(200))
    header = pack(">IIBBBBB", 320, 200, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
