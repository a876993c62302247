"""From the bytes of a message to what it says."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rapport.channels.email.parsing import (
    addresses,
    automatic,
    content,
    dates,
    ids,
    invites,
    reports,
    structure,
)
from rapport.channels.email.parsing.charsets import decode
from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.mail import (
    Address,
    Attachment,
    Invite,
    Mail,
    Problems,
    Trace,
)
from rapport.channels.email.parsing.structure import Part

MAX_SUBJECT_CHARS: Final = 1_000
_MAX_TRACED: Final = 50
_MAX_LIKE_FIELDS: Final = 5
_CALENDARS: Final = frozenset({"text/calendar", "application/ics"})
_ENVELOPED: Final = re.compile(r"application/(?:x-)?pkcs7-mime")
_SIGNATURES: Final = re.compile(r"application/(?:(?:x-)?pkcs7-signature|pgp-signature)")


def parse(raw: bytes) -> Mail:
    """Read a message, whatever the bytes.

    Never raises; takes time linear in the length of `raw`, and memory for the decoded attachments
    beside it. Limits: 30 levels and 1,000 parts, 1,000 fields of 250,000 bytes in a header,
    1,000,000 bytes of text. What lies beyond is left out or attached, and said in `problems`.
    """
    problems = Problems()
    root = structure.read(raw, problems)
    head = root.headers
    head.charset = _charset(root)
    said = content.read(root, problems)
    subject = head.words("subject")[:MAX_SUBJECT_CHARS]
    sender = _first(addresses.parse(head.get("sender")))
    reply_to = addresses.parse(head.get("reply-to"))
    author = _author(head, reply_to, sender, problems)
    bounce = reports.bounce_in(root, head, said.text, author.address if author else "")
    receipt = reports.receipt_in(root)
    answered = ids.ids_in(" ".join(head.all("in-reply-to")))
    return Mail(
        from_=author,
        sender=sender,
        reply_to=reply_to,
        to=_all(head, "to"),
        cc=_all(head, "cc"),
        bcc=_all(head, "bcc"),
        subject=subject,
        date=_date(head, problems),
        message_id=ids.own_id(head.get("message-id")),
        in_reply_to=answered[0] if answered else None,
        references=ids.ids_in(" ".join(head.all("references"))),
        text=said.text,
        html=said.html,
        attachments=tuple(said.attachments),
        auto=automatic.judge(head, subject, bounce, receipt),
        bounce=bounce,
        receipt=receipt,
        invite=_invite(root, said.attachments),
        is_encrypted=_is_encrypted(root, said.text),
        is_signed=_is_signed(root, said.text),
        trace=_trace(head),
        problems=problems.all(),
    )


def _charset(root: Part) -> str:
    """The charset of the first text that names one: unencoded header fields are often in it."""
    named = (part.parameters.get("charset", "") for part in content.leaves(root))
    return next((charset for charset in named if charset), "")


def _all(head: Headers, name: str) -> tuple[Address, ...]:
    """The addresses of every field of this name; one that comes twice counts once."""
    values = head.all(name)[:_MAX_LIKE_FIELDS]
    found = [address for value in values for address in addresses.parse(value)]
    return tuple(dict.fromkeys(found))[: addresses.MAX_ADDRESSES]


def _first(found: Sequence[Address]) -> Address | None:
    return next((one for one in found if one.address), found[0] if found else None)


def _author(
    head: Headers, reply_to: Sequence[Address], sender: Address | None, problems: Problems
) -> Address | None:
    """Who wrote it: From, and when that names no address Reply-To, Sender or the return path."""
    author = _first(_all(head, "from"))
    if author is not None and author.address:
        return author
    problems.note("From names no address.")
    others = [*reply_to, *([sender] if sender else []), *addresses.parse(head.get("return-path"))]
    other = next((one for one in others if one.address), None)
    if other is None:
        return author
    return Address(author.name if author else other.name, other.address)


def _date(head: Headers, problems: Problems) -> datetime | None:
    """When it was sent; without a readable date, when the last server took it."""
    for value in head.all("date"):
        read = dates.parse(value)
        if read is not None:
            return read
    problems.note("The date is missing or cannot be read.")
    for value in head.all("received")[:3]:
        read = dates.parse(value.rpartition(";")[2])
        if read is not None:
            return read
    return None


def _invite(root: Part, attachments: Sequence[Attachment]) -> Invite | None:
    for part in content.leaves(root):
        if part.content_type in _CALENDARS:
            data = content.decoded(part, Problems())[: content.MAX_TEXT_BYTES]
            text = decode(data, part.parameters.get("charset") or "utf-8")[0]
            invite = invites.read(text, part.parameters.get("method", ""))
            if invite is not None:
                return invite
    for attached in attachments:
        if attached.name.lower().endswith(".ics"):
            return invites.read(decode(attached.content[: content.MAX_TEXT_BYTES], "utf-8")[0])
    return None


def _kinds(part: Part) -> list[str]:
    found = [part.content_type]
    for child in part.children:
        found += _kinds(child)
    return found


def _is_encrypted(root: Part, text: str) -> bool:
    """By S/MIME (RFC 8551), PGP/MIME (RFC 3156), or PGP in the text."""
    if "multipart/encrypted" in _kinds(root) or "-----BEGIN PGP MESSAGE-----" in text[:20_000]:
        return True
    return any(
        _ENVELOPED.fullmatch(part.content_type) and not _is_signed_data(part)
        for part in content.leaves(root)
    )


def _is_signed(root: Part, text: str) -> bool:
    """Signed, not necessarily by whom it says: nobody has checked."""
    if "multipart/signed" in _kinds(root) or "-----BEGIN PGP SIGNED MESSAGE-----" in text[:20_000]:
        return True
    return any(
        _SIGNATURES.fullmatch(part.content_type)
        or (_ENVELOPED.fullmatch(part.content_type) and _is_signed_data(part))
        for part in content.leaves(root)
    )


def _is_signed_data(part: Part) -> bool:
    return part.parameters.get("smime-type", "").lower() == "signed-data"


def _trace(head: Headers) -> Trace:
    found = [(name, value) for name in automatic.FIELDS for value in head.all(name)[:_MAX_TRACED]]
    return Trace(
        return_path=head.get("return-path") or None,
        delivered_to=tuple(
            value
            for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
            for value in head.all(name)[:_MAX_TRACED]
        ),
        received=tuple(head.all("received")[:_MAX_TRACED]),
        authentication_results=tuple(head.all("authentication-results")[:_MAX_TRACED]),
        list_id=head.get("list-id") or None,
        list_unsubscribe=head.get("list-unsubscribe") or None,
        auto=tuple(found),
    )
