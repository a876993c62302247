"""Writing the header of a message (RFC 5322, RFC 2047). No value can begin a field of its own."""

import re
from collections.abc import Iterable, Sequence
from email.header import Header
from email.utils import format_datetime
from typing import Final

from rapport.channels.email.parsing import Address
from rapport.kernel import emails

MAX_TEXT_CHARS: Final = 500
MAX_REFERENCES: Final = 30
"""How many ids stand in References: the first, which names the thread, and the latest."""
_LINE: Final = 76
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ID: Final = re.compile(r"[!-;=?-~]{1,240}@[!-;=?-~]{1,240}")
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,60}")


class AddressUnusable(ValueError):
    """What stands there is no address that mail can go to."""


def field(name: str, value: str) -> bytes:
    """One field whose value is in its written form already, folded at its line ends.

    Raises:
        ValueError: the value would end the field, or is not ASCII where it must be.
    """
    lines = value.split("\r\n")
    if not _NAME.fullmatch(name) or any("\r" in it or "\n" in it for it in lines):
        raise ValueError("A field of a header ends where its value does not.")
    if any(not it.startswith((" ", "\t")) or not it.strip() for it in lines[1:]):
        raise ValueError("A folded line begins with a space.")
    return f"{name}: {value}\r\n".encode()


def text(value: str, *, after: int = 10) -> str:
    """Words for people, as they are written in a header; control characters become spaces."""
    words = " ".join(_CONTROL.sub(" ", value).split())[:MAX_TEXT_CHARS]
    is_plain = words.isascii() and "=?" not in words
    if is_plain and len(words) + after <= _LINE:
        return words
    charset = "us-ascii" if is_plain else "utf-8"
    header = Header(words, charset, maxlinelen=_LINE, header_name="x" * after)
    return header.encode(splitchars=" ", linesep="\r\n")


def ascii_address(address: str) -> str:
    """An address as it is written on the wire: its domain as DNS has it.

    What stands before the at sign may be beyond ASCII; then the server must know SMTPUTF8.

    Raises:
        AddressUnusable: it cannot be an address.
    """
    try:
        local, domain = emails.clean(address).rsplit("@", 1)
        if not domain.isascii():
            domain = domain.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise AddressUnusable(address) from error
    if _CONTROL.search(local) or not local.isprintable():
        raise AddressUnusable(address)
    return f"{local}@{domain}"


def address(one: Address) -> str:
    """`"Name" <address>` as it is written in a header.

    Raises:
        AddressUnusable: it cannot be an address.
    """
    plain = ascii_address(one.address)
    name = " ".join(_CONTROL.sub(" ", one.name).split())[:MAX_TEXT_CHARS]
    if not name:
        return plain
    if not name.isascii() or "=?" in name:
        return f"{text(name)} <{plain}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{plain}>"


def addresses(several: Iterable[Address]) -> str:
    """A list of addresses, each on a line.

    Raises:
        AddressUnusable: one of them cannot be an address.
    """
    return ",\r\n ".join(address(one) for one in several)


def ids(several: Sequence[str]) -> str:
    """Message ids on lines of their own; what is none is left out, and too many are thinned out."""
    good = [it for it in dict.fromkeys(several) if _ID.fullmatch(it)]
    if len(good) > MAX_REFERENCES:
        good = [good[0], *good[1 - MAX_REFERENCES :]]
    return "\r\n ".join(f"<{it}>" for it in good)


__all__ = [
    "AddressUnusable",
    "address",
    "addresses",
    "ascii_address",
    "field",
    "format_datetime",
    "ids",
    "text",
]
