"""Messages made to take time or memory."""

import base64
from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Final

from rapport.kernel.ids import new_id
from tests.faults.post import vouched

MB: Final = 1_000_000
SENDER: Final = "ada@home.example"
_LINE: Final = base64.encodebytes(bytes(range(57))).replace(b"\n", b"\r\n")


def head(kind: str, *, sender: str = SENDER) -> bytes:
    """The header of a message of this content type, vouched for."""
    return (
        vouched(sender)
        + f"From: {sender}\r\nTo: us@shop.example\r\nSubject: Hostile\r\n"
        f"Message-ID: <{new_id()}@home.example>\r\nDate: {formatdate()}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode()
    )


def attachment(size: int) -> bytes:
    """A text and one file, so many bytes long as it is on the wire."""
    return (
        head('multipart/mixed; boundary="b"')
        + b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\n"
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + _LINE * (size // len(_LINE)) + b"--b--\r\n"
    )


def parts(size: int) -> bytes:
    """As many tiny parts as fit."""
    one = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return head('multipart/mixed; boundary="b"') + one * (size // len(one)) + b"--b--\r\n"


def nested(depth: int) -> bytes:
    """Parts within parts."""
    opening = b"".join(
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1)
        for n in range(depth)
    )
    innermost = b"--b%d\r\nContent-Type: text/plain\r\n\r\nDeep.\r\n" % depth
    closing = b"".join(b"--b%d--\r\n" % n for n in range(depth, -1, -1))
    return head('multipart/mixed; boundary="b0"') + opening + innermost + closing


def forwarded(depth: int) -> bytes:
    """Messages within messages."""
    inner = b"From: eve@home.example\r\nContent-Type: message/rfc822\r\n\r\n"
    return head("message/rfc822") + inner * depth + b"From: e@home.example\r\n\r\nDeep.\r\n"


def header(size: int) -> bytes:
    """A header as long as a message."""
    fields = b"".join(b"X-Field-%d: %s\r\n" % (n, b"x" * 900) for n in range(size // 915))
    return fields + head("text/plain") + b"Hello\r\n"


def addresses(size: int) -> bytes:
    """Everybody in To."""
    one = b'"Somebody" <somebody@elsewhere.example>,\r\n '
    field = b"Cc: " + one * (size // len(one)) + b"last@elsewhere.example\r\n"
    return field + head("text/plain") + b"Hello\r\n"


def plain(size: int) -> bytes:
    """Nothing but text, every line of it quoted once more."""
    return head("text/plain; charset=utf-8") + b"> On Monday Ada wrote:\r\n" * (size // 25)


def spaces(size: int) -> bytes:
    """Nothing but spaces in one line."""
    return head("text/plain") + b" " * size + b"\r\n"


def html(size: int) -> bytes:
    """Elements within elements."""
    return head("text/html; charset=utf-8") + b"<div>" * (size // 5) + b"\r\n"


def images(size: int) -> bytes:
    """A page of pictures from elsewhere."""
    one = b'<img src="http://track.example/a.gif?id=0123456789"><br>\r\n'
    return head("text/html; charset=utf-8") + one * (size // len(one))


def quoted(size: int) -> bytes:
    """Every byte encoded."""
    kind = "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    return head(kind) + (b"=C3=A9" * 12 + b"=\r\n") * (size // 75)


HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    "a file of 10 MB": lambda: attachment(10 * MB),
    "10 MB of tiny parts": lambda: parts(10 * MB),
    "1,000 nested parts": lambda: nested(1_000),
    "a file of 50 MB": lambda: attachment(50 * MB),
    "1,000 nested messages": lambda: forwarded(1_000),
    "100,000 nested parts": lambda: nested(100_000),
    "a header of 10 MB": lambda: header(10 * MB),
    "10 MB of addresses": lambda: addresses(10 * MB),
    "10 MB of quotes": lambda: plain(10 * MB),
    "10 MB of spaces": lambda: spaces(10 * MB),
    "10 MB of nested HTML": lambda: html(10 * MB),
    "10 MB of pictures": lambda: images(10 * MB),
    "10 MB of encoded text": lambda: quoted(10 * MB),
    "50 MB of text": lambda: plain(50 * MB),
    "50 MB of tiny parts": lambda: parts(50 * MB),
}
SHORT: Final = 4
"""The first of them are the short form."""


def every(count: int) -> Iterator[tuple[str, bytes]]:
    """The first `count`, one at a time."""
    for name in list(HOSTILE)[:count]:
        yield name, HOSTILE[name]()
