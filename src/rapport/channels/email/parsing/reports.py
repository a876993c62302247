"""What mail servers and readers report: bounces (RFC 3464) and receipts (RFC 8098)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rapport.channels.email.parsing import content, ids, structure
from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.mail import Bounce, Problems, Receipt
from rapport.channels.email.parsing.structure import Part
from rapport.kernel import emails

_MAX_STATUSES: Final = 10
_MAX_GROUPS: Final = 200
_MAX_REPORT_BYTES: Final = 200_000
_MAX_TEXT_CHARS: Final = 20_000
_MAX_DIAGNOSTIC_CHARS: Final = 500
_STATUSES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_NOTIFICATIONS: Final = frozenset({"message/disposition-notification"})
_ORIGINALS: Final = frozenset(
    {
        "message/global",
        "message/global-headers",
        "message/rfc822",
        "message/rfc822-headers",
        "text/rfc822-headers",
    }
)
_SERVERS: Final = ("mailer-daemon", "mail-daemon", "postmaster", "microsoftexchange")
_BLANK: Final = re.compile(rb"\n[ \t\r]*\n")
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE: Final = re.compile(r"\b([45])\d\d\b(?=[ -])")
_ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;:\[\]]{1,64}@[^\s@<>\"'(),;:\[\]]{1,190}")
_FAILED: Final = re.compile(
    r"undeliver|non-?deliver|unable to deliver|not (?:be )?deliver|"
    r"delivery (?:status|fail|has failed|error)|deliver(?:y|ed)? (?:problem|report)|"
    r"returned mail|mail delivery|failure notice|mail (?:system )?error|"
    r"message (?:status|you sent).{0,20}(?:fail|block)|delayed|"
    r"unzustellbar|nicht (?:zugestellt|zustellbar)|non remis|échec|mancat[ao]|no entregad|"
    r"no se (?:ha )?pud|onbestelbaar|não entregue|falha|kan (?:inte|ikke) levere|недостав",
    re.IGNORECASE,
)
_ORIGINAL_BEGINS: Final = re.compile(
    r"^.{0,30}(?:original message|copy of (?:the|your) message|returned message|"
    r"message header|message follows|undelivered message).{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE: Final = re.compile(
    r"^[> \t]*Message-ID:\s*<([^<>\s]{3,400})>", re.IGNORECASE | re.MULTILINE
)


def bounce_in(root: Part, head: Headers, text: str, sender: str) -> Bounce | None:
    """What could not be delivered, by the machine-readable report or by the words of old servers.

    Words count only when a mail server says them.
    """
    leaves = list(content.leaves(root))
    statuses = [part for part in leaves if part.content_type in _STATUSES]
    if statuses:
        return _reported(statuses, leaves, head, text)
    if head.get("x-failed-recipients") or _tells_of_failure(head, text, sender):
        return _described(leaves, head, text)
    return None


def receipt_in(root: Part) -> Receipt | None:
    """What a reader's program says became of our mail."""
    for part in content.leaves(root):
        if part.content_type in _NOTIFICATIONS:
            fields = structure.head(_bytes(part))
            return Receipt(
                recipient=_address(fields.get("final-recipient")),
                disposition=fields.get("disposition").rpartition(";")[2].strip().lower()[:100],
                original_message_id=ids.own_id(fields.get("original-message-id")),
            )
    return None


def _tells_of_failure(head: Headers, text: str, sender: str) -> bool:
    """Whether a mail server says that it could not deliver.

    Of a mail without a return address only the subject is believed: absent people's machines send
    such mail too, and it may say that an answer is delayed.
    """
    subject = head.words("subject")
    if sender.partition("@")[0].lower().startswith(_SERVERS):
        return _FAILED.search(f"{subject}\n{text[:1_000]}") is not None
    has_no_return = "".join(head.get("return-path").split()) == "<>"
    is_reply = head.get("auto-submitted").lower().startswith("auto-replied")
    return has_no_return and not is_reply and _FAILED.search(subject) is not None


def _bytes(part: Part) -> bytes:
    return content.decoded(part, Problems())[:_MAX_REPORT_BYTES].lstrip()


def _groups(statuses: Sequence[Part]) -> Iterator[Headers]:
    """The per-message fields and those of each recipient."""
    for part in statuses[:_MAX_STATUSES]:
        for group in _BLANK.split(_bytes(part), maxsplit=_MAX_GROUPS)[:_MAX_GROUPS]:
            yield structure.head(group.strip())


def _reported(
    statuses: Sequence[Part], leaves: Sequence[Part], head: Headers, text: str
) -> Bounce | None:
    """The first recipient whose delivery failed, or is late; None when all went well."""
    recipients = [
        fields
        for fields in _groups(statuses)
        if fields.get("action") or fields.get("final-recipient") or fields.get("status")
    ]
    troubled = [f for f in recipients if _action(f) not in {"delivered", "relayed", "expanded"}]
    if not recipients:
        return _described(leaves, head, text)
    if not troubled:
        return None
    first = next((fields for fields in troubled if _action(fields) == "failed"), troubled[0])
    diagnostic = first.get("diagnostic-code").partition(";")[2].strip()
    status = _STATUS.search(first.get("status")) or _STATUS.search(diagnostic)
    addresses = [
        address
        for fields in (first, *troubled)
        for name in ("final-recipient", "original-recipient")
        if (address := _address(fields.get(name)))
    ]
    return Bounce(
        recipient=addresses[0] if addresses else "",
        recipients=tuple(dict.fromkeys(addresses)),
        status=status[1] if status else "",
        diagnostic=diagnostic[:_MAX_DIAGNOSTIC_CHARS],
        is_permanent=_action(first) != "delayed" and not (status and status[1].startswith("4")),
        original_message_id=_original_id(leaves, head, text),
    )


def _action(fields: Headers) -> str:
    return fields.get("action").partition(" ")[0].strip(";,.").lower()


def _described(leaves: Sequence[Part], head: Headers, text: str) -> Bounce:
    """What a bounce without a report says in words."""
    begins = _ORIGINAL_BEGINS.search(text[:_MAX_TEXT_CHARS])
    said = text[: begins.start() if begins and begins.start() > 200 else _MAX_TEXT_CHARS]
    not_it = {_address(head.get(name)).lower() for name in ("from", "to", "sender")}
    named = [_cleaned(found) for found in _ADDRESS.findall(said)]
    listed = [_cleaned(found) for found in _ADDRESS.findall(head.get("x-failed-recipients"))]
    recipients = [one for one in listed if one]
    recipients = recipients or [one for one in named if one and one.lower() not in not_it][:1]
    status, code = _STATUS.search(said), _CODE.search(said)
    found = status[1] if status else f"{code[1]}.0.0" if code else ""
    subject = head.words("subject").lower()
    is_late = "delayed" in subject or "warning" in subject
    return Bounce(
        recipient=recipients[0] if recipients else "",
        recipients=tuple(dict.fromkeys(recipients))[:_MAX_GROUPS],
        status=found,
        diagnostic=_line_of(said, status or code),
        is_permanent=not is_late and not found.startswith("4"),
        original_message_id=_original_id(leaves, head, text),
    )


def _line_of(text: str, found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    start = text.rfind("\n", 0, found.start()) + 1
    return text[start:].partition("\n")[0].strip()[:_MAX_DIAGNOSTIC_CHARS]


def _original_id(leaves: Sequence[Part], head: Headers, text: str) -> str | None:
    """The id of the mail that bounced: from its copy, the words, or what is answered."""
    for part in leaves:
        if part.content_type in _ORIGINALS:
            found = ids.own_id(structure.head(_bytes(part)).get("message-id"))
            if found:
                return found
    line = _ID_LINE.search(text)
    if line is not None:
        return line[1]
    answered = ids.ids_in(head.get("in-reply-to")) or ids.ids_in(head.get("references"))
    return answered[-1] if answered else None


def _address(text: str) -> str:
    """The address in `rfc822; ada@example.com` and the like."""
    found = _ADDRESS.search(text.rpartition(";")[2])
    return _cleaned(found[0]) if found else ""


def _cleaned(address: str) -> str:
    try:
        return emails.clean(address.rstrip("."))
    except ValueError:
        return ""
