"""One message in an SMTP conversation that stands, and what the server's answers mean."""

from collections.abc import Sequence
from typing import Final

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Outcome, Result
from rapport.channels.email.sending import renaming
from rapport.channels.email.sending.headers import AddressUnusable, ascii_address

DATA_S: Final = 600.0
"""Some servers look at a message for minutes before they answer (RFC 5321, 4.5.3.2.6)."""


class Stopped(Exception):
    """There is no connection, and what that means for the mail."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.reason)


async def transmit(
    client: aiosmtplib.SMTP, sender: str, delivery: Delivery, body: bytes
) -> Outcome:
    """Hand over one message to whom it has still to reach; never raises for what it says."""
    try:
        recipients = _recipients(delivery)
        options, encoding = _options(client, [sender, *recipients.values()], len(body))
    except Stopped as stopped:
        return stopped.outcome
    is_sent = False
    try:
        await client.mail(ascii_address(sender), options=options, encoding=encoding)
        taken, refused, left = await _offered(client, recipients, encoding)
        if not taken:
            await client.rset()
            return _nobody(refused, left)
        is_sent = True
        answer = await client.data(body, timeout=DATA_S)
    except SMTPSenderRefused as error:
        return _judged(error.code, error.message, "sender_refused")
    except SMTPDataError as error:
        return _judged(error.code, error.message, "message_refused")
    except SMTPResponseException as error:
        return _judged(error.code, error.message, "message_refused")
    except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
        client.close()
        if is_sent:
            return Outcome(Result.UNKNOWN, str(error), "disconnected")
        return later("disconnected", str(error))
    return Outcome(
        Result.SENT,
        next(iter(refused.values()), said(answer.code, answer.message)),
        reason="recipients_refused" if refused else None,
        refused=refused,
        left=tuple(left),
        reference=_renamed(client, delivery, answer.message),
    )


def _renamed(client: aiosmtplib.SMTP, delivery: Delivery, answer: str) -> str | None:
    """The id under which the server sends a message, when that is not ours."""
    given = renaming.id_given(client.hostname or "", answer)
    return None if given == delivery.reference else given


def _recipients(delivery: Delivery) -> dict[str, str]:
    """Who is still to get it, as it is kept, and as it is written on the wire."""
    wanted: Sequence[str] = delivery.options.get("left") or deliveries.addresses_of(delivery)
    try:
        return {address: ascii_address(address) for address in wanted}
    except AddressUnusable as error:
        raise Stopped(Outcome(Result.REJECTED, str(error), "address_unusable")) from error


def _options(client: aiosmtplib.SMTP, addresses: Sequence[str], size: int) -> tuple[list[str], str]:
    """What goes with MAIL, and in which encoding addresses are written."""
    options, encoding = list[str](), "ascii"
    if not all(ascii_address(it).isascii() for it in addresses):
        if not client.supports_extension("smtputf8"):
            raise Stopped(Outcome(Result.REJECTED, "No SMTPUTF8.", "address_not_supported"))
        options, encoding = ["SMTPUTF8"], "utf-8"
    if client.supports_extension("size"):
        most = client.esmtp_extensions.get("size", "")
        if most.isdecimal() and 0 < int(most) < size:
            told = f"The server takes {int(most):,} bytes, and this is {size:,}."
            raise Stopped(Outcome(Result.REJECTED, told, "too_large"))
        options.append(f"SIZE={size}")
    return options, encoding


async def _offered(
    client: aiosmtplib.SMTP, recipients: dict[str, str], encoding: str
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """Who is taken, who never will be, and who may be later, with the server's words."""
    taken, refused, left = list[str](), dict[str, str](), dict[str, str]()
    for address, wire in recipients.items():
        try:
            await client.rcpt(wire, encoding=encoding)
        except SMTPRecipientRefused as error:
            if error.code == 421:
                raise SMTPServerDisconnected(said(error.code, error.message)) from error
            (left if error.code < 500 else refused)[address] = said(error.code, error.message)
        else:
            taken.append(address)
    return taken, refused, left


def _nobody(refused: dict[str, str], left: dict[str, str]) -> Outcome:
    """The outcome when the server takes nobody of the recipients now."""
    if left:
        return Outcome(Result.RETRY, next(iter(left.values())), "try_later", refused=refused)
    return Outcome(
        Result.REJECTED, next(iter(refused.values())), "recipients_refused", refused=refused
    )


def _judged(code: int, words: str, reason: str) -> Outcome:
    answer = said(code, words)
    if code == 421:
        return later("server_busy", answer)
    if 400 <= code < 500:
        return Outcome(Result.RETRY, answer, "try_later")
    return Outcome(Result.REJECTED, answer, reason)


def later(reason: str, response: str = "") -> Outcome:
    """Nothing of this mailbox goes out for the moment."""
    return Outcome(Result.RETRY, response, reason, blocks_inbox=True, was_tried=False)


def not_let_in(reason: str, response: str = "") -> Outcome:
    """The mailbox needs attention before anything of it goes out."""
    return Outcome(Result.AUTH, response, reason, blocks_inbox=True, was_tried=False)


def said(code: int, words: str) -> str:
    """What a server answered, on one line."""
    return f"{code} {' '.join(words.split())}"[:1_000]
