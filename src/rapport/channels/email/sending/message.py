"""Writing a message (RFC 5322, MIME): pure, from what a letter says to its bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Final, Literal

from rapport.channels.email.parsing import Address
from rapport.channels.email.sending import headers
from rapport.channels.email.sending.plain import plain_of

Auto = Literal["replied", "generated"]
_QP: Final = "quoted-printable"
_LOCAL: Final = re.compile(r' (href|src)="/(?!/)')
_STYLE: Final = (
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:15px"
)
_CELL: Final = "padding:2px 12px 2px 0;text-align:start;vertical-align:top"
_QUOTED: Final = "margin:0 0 0 8px;padding-inline-start:12px;border-inline-start:2px solid #c1c7cd"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along; `cid` names it in the HTML, which then shows it."""

    name: str
    content_type: str
    content: bytes
    cid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that a mail of ours says. Ids are without brackets, `html` is sanitised."""

    sender: Address
    to: Sequence[Address]
    cc: Sequence[Address] = ()
    reply_to: Address | None = None
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    html: str
    quote: str = ""
    """Sanitised HTML of what is answered."""
    quote_intro: str = ""
    files: Sequence[Enclosed] = ()
    unsubscribe: Sequence[str] = ()
    """Addresses by which no more mail comes: `mailto:…`, `https://…` by one click (RFC 8058)."""
    auto: Auto | None = None
    loop: str = ""
    """By what our own machines know that it is theirs."""
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    origin: str = ""
    """Scheme, host and port of links that name none."""
    wish: tuple[str, str] | None = None
    """A field, name and value, by which the server that sends it is asked for something."""


def written(letter: Letter) -> bytes:
    """The message, its lines ended by CRLF, without Bcc.

    Raises:
        AddressUnusable: somebody's address is none.
    """
    message = EmailMessage(policy=SMTP)
    html = _absolute(letter.html, letter.origin)
    quote = _absolute(letter.quote, letter.origin)
    message.set_content(_text(html, quote, letter.quote_intro), cte=_QP)
    message.add_alternative(_document(letter, html, quote), subtype="html", cte=_QP)
    parts = message.get_payload()
    assert isinstance(parts, list)
    shown = parts[1]
    assert isinstance(shown, EmailMessage)
    for enclosed in letter.files:
        kind, _, subtype = enclosed.content_type.partition("/")
        if enclosed.cid is not None:
            shown.add_related(
                enclosed.content,
                kind,
                subtype or "octet-stream",
                cid=f"<{enclosed.cid}>",
                filename=enclosed.name,
                disposition="inline",
            )
        else:
            message.add_attachment(
                enclosed.content, kind, subtype or "octet-stream", filename=enclosed.name
            )
    return b"".join(_fields(letter)) + message.as_bytes(policy=SMTP)


def _fields(letter: Letter) -> list[bytes]:
    told = {
        "From": headers.address(letter.sender),
        "To": headers.addresses(letter.to),
        "Cc": headers.addresses(letter.cc),
        "Reply-To": headers.address(letter.reply_to) if letter.reply_to else "",
        "Subject": headers.text(letter.subject, after=9),
        "Date": headers.format_datetime(letter.date),
        "Message-ID": headers.ids([letter.message_id]),
        "In-Reply-To": headers.ids([letter.in_reply_to] if letter.in_reply_to else []),
        "References": headers.ids([*letter.references]),
        **_for_machines(letter),
    }
    return [headers.field(name, value) for name, value in told.items() if value]


def _for_machines(letter: Letter) -> dict[str, str]:
    """What tells other machines that one of ours wrote, and how not to hear from us again."""
    told = {}
    if letter.unsubscribe:
        told["List-Unsubscribe"] = ",\r\n ".join(f"<{it}>" for it in letter.unsubscribe)
        if any(it.startswith("https:") for it in letter.unsubscribe):
            told["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.auto is not None:
        told["Auto-Submitted"] = f"auto-{letter.auto}"
        told["X-Auto-Response-Suppress"] = "All"
        told["X-Loop"] = letter.loop
    if letter.wish is not None:
        told[letter.wish[0]] = letter.wish[1]
    return told


def _absolute(html: str, origin: str) -> str:
    """Links to this server, for readers elsewhere."""
    return _LOCAL.sub(rf' \1="{escape(origin)}/', html) if origin else html


def _text(html: str, quote: str, intro: str) -> str:
    said = plain_of(html)
    if not quote:
        return said + "\n"
    quoted = "\n".join(f"> {line}".rstrip() for line in plain_of(quote).split("\n"))
    return f"{said}\n\n{intro}\n{quoted}\n"


def _document(letter: Letter, html: str, quote: str) -> str:
    body = html.replace("<td>", f'<td style="{_CELL}">').replace("<th>", f'<th style="{_CELL}">')
    if quote:
        intro = escape(letter.quote_intro, quote=False)
        body += f'<p>{intro}</p>\n<blockquote type="cite" style="{_QUOTED}">{quote}</blockquote>\n'
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(letter.language)}" dir="{letter.direction}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
        f'<body style="{_STYLE}">\n{body}</body></html>\n'
    )
