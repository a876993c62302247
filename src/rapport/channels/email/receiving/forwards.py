"""Mails that somebody passed on: whose they were."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapport.channels.email.parsing import Address, Mail, addresses, parse
from rapport.channels.email.replies import headers
from rapport.channels.email.replies.lines import Line, lines_of, read, within_limits

_MESSAGES: Final = frozenset({"message/rfc822", "message/global"})
_MAX_OWN_CHARS: Final = 2_000
_FORWARDED: Final = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|inoltra|doorst|vb|vs|vl|vidb|videres|pd|továbbítás|trs|ynt|ilt|"
    r"reenv|transf|прд|пер|переслать|fs|προθ|転送|转发|轉寄|전달)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail that was passed on, as it was before, and what was written above it."""

    original: Mail
    remark: str


def read_forward(mail: Mail) -> Forward | None:
    """The mail inside a mail; None when there is none, or it does not say whose it was.

    A mail that is attached counts when it is the only one and little is written beside it; one that
    is quoted when the subject says that it is passed on. Of the quoted one the HTML is lost, for
    nothing tells reliably where in it the original begins.
    """
    return _attached(mail) or _quoted(mail)


def _attached(mail: Mail) -> Forward | None:
    inside = [one for one in mail.attachments if one.content_type in _MESSAGES]
    if len(inside) != 1 or len(mail.text) > _MAX_OWN_CHARS:
        return None
    original = parse(inside[0].content)
    if original.from_ is None or not original.from_.address:
        return None
    return Forward(original, mail.text.strip())


def _quoted(mail: Mail) -> Forward | None:
    if not _FORWARDED.match(mail.subject):
        return None
    raw = lines_of(mail.text)
    lines = [read(line) for line in raw[: within_limits(raw)]]
    start = next((at for at, line in enumerate(lines) if headers.role(line)), None)
    if start is None:
        return None
    top = _headline(lines, start)
    end = headers.block(lines, start, announced=top is not None, ruled=False)
    author = None if end is None else _author(lines[start:end])
    if end is None or author is None:
        return None
    original = replace(
        mail,
        from_=author,
        sender=None,
        reply_to=(),
        cc=(),
        subject=_subject(lines[start:end]) or mail.subject,
        text="\n".join(raw[end:]).strip("\n"),
        html=None,
    )
    return Forward(original, "\n".join(raw[: start if top is None else top]).strip())


def _headline(lines: Sequence[Line], start: int) -> int | None:
    """Where the headline stands that announces the header lines at `start`."""
    above = start - 1
    while above > 0 and lines[above].is_empty:
        above -= 1
    return above if above >= 0 and headers.is_headline(lines[above], bare=True) else None


def _author(block: Sequence[Line]) -> Address | None:
    found = next((it for it in block if headers.role(it) == "from"), None)
    if found is None:
        return None
    named = addresses.parse(_value(found))
    return next((one for one in named if one.address), None)


def _subject(block: Sequence[Line]) -> str:
    found = next((it for it in block if headers.role(it) == "subject"), None)
    return "" if found is None else _value(found)


def _value(line: Line) -> str:
    return line.words.partition(":")[2].strip(" *")
