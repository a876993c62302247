"""What a mail of ours says: the message, what it answers, the signature, the files."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Undeliverable
from rapport.channels.email.models import Mailbox, MailDetail
from rapport.channels.email.parsing import Address
from rapport.channels.email.sending import (
    acknowledgement,
    cards,
    message,
    renaming,
    unsubscribing,
)
from rapport.channels.email.sending.addressing import people, thread
from rapport.channels.email.sending.headers import AddressUnusable, ascii_address
from rapport.channels.email.sending.message import Auto, Enclosed, Letter
from rapport.channels.email.sending.pictures import carried, content_of, enclosure
from rapport.channels.email.sending.replying import reply_to
from rapport.channels.email.sending.signing import signed
from rapport.channels.email.settings import service as settings
from rapport.conversations import service as conversations
from rapport.conversations.schemas import MessageOut
from rapport.customers import service as customers
from rapport.kernel import richtext
from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.i18n.texts import direction, nearest, t
from rapport.kernel.settings.process import Settings

MAX_QUOTE_CHARS: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Said:
    """What a mail says, its pictures named by content ids."""

    html: str
    files: tuple[Enclosed, ...] = ()
    quote: str = ""
    quote_intro: str = ""


async def compose(ctx: Ctx, delivery: Delivery) -> bytes:
    """The bytes of a mail, signed when the mailbox has a key.

    Raises:
        Undeliverable: a file of it is gone, or somebody's address is none.
    """
    mailbox = await settings.mailbox(ctx, delivery.inbox_id)
    try:
        body = message.written(await _letter(ctx, delivery, mailbox))
    except AddressUnusable as error:
        raise Undeliverable("address_unusable", str(error)) from error
    return await signed(body, await settings.signing(ctx, mailbox))


async def _letter(ctx: Ctx, delivery: Delivery, mailbox: Mailbox) -> Letter:
    options, locale = delivery.options, await _locale(ctx, delivery)
    found = await thread(ctx, delivery.conversation_id, before=delivery.seq)
    answered = next((it for it in found.mails if it.seq == options.get("answers")), None)
    said = await _said(ctx, delivery, mailbox, answered, locale)
    ids = [it.message_id for it in found.mails if it.message_id and not it.is_stranger]
    latest = answered.message_id if answered else next(reversed(ids), None)
    earlier = [*(answered.references if answered else ()), *ids]
    assert delivery.reference is not None
    return Letter(
        sender=Address(mailbox.from_name, mailbox.address),
        to=people(delivery.recipients["to"]),
        cc=people(delivery.recipients["cc"]),
        reply_to=reply_to(mailbox, delivery.reference),
        subject=str(options.get("subject") or ""),
        date=ctx.now(),
        message_id=delivery.reference,
        in_reply_to=latest,
        references=[*(it for it in earlier if it != latest), *([latest] if latest else [])],
        html=said.html,
        quote=said.quote,
        quote_intro=said.quote_intro,
        files=said.files,
        unsubscribe=unsubscribing.ways(ctx, delivery, mailbox),
        auto=_auto(options),
        loop=ascii_address(mailbox.address),
        language=locale,
        direction=direction(locale),
        origin=ctx.port(Settings).origin,
        wish=renaming.wish(settings.outgoing_of(mailbox).host),
    )


def _auto(options: dict[str, Any]) -> Auto | None:
    match options.get("auto"):
        case "replied":
            return "replied"
        case "generated":
            return "generated"
        case _:
            return None


async def _locale(ctx: Ctx, delivery: Delivery) -> str:
    """The language that the customer is spoken to in, where we say something ourselves."""
    if delivery.options.get("locale"):
        return nearest(str(delivery.options["locale"]))
    conversation = await conversations.get(ctx, delivery.conversation_id)
    return nearest((await customers.get(ctx, conversation.customer_id)).locale)


async def _said(
    ctx: Ctx, delivery: Delivery, mailbox: Mailbox, answered: MailDetail | None, locale: str
) -> _Said:
    if delivery.seq is None:
        return _Said(await acknowledgement.html_of(ctx, delivery, mailbox, locale))
    written = await conversations.message_at(ctx, delivery.conversation_id, delivery.seq)
    html = written.html + cards.html_of(written.cards) + _signature(mailbox)
    html, pictures, shown = await carried(ctx, html, _domain(mailbox))
    attached = await _attached(ctx, written, shown)
    if not delivery.options.get("quote") or answered is None:
        return _Said(html, (*pictures, *attached))
    quoted = await conversations.message_at(ctx, delivery.conversation_id, answered.seq)
    shortened = quoted.html
    if len(shortened) > MAX_QUOTE_CHARS:
        shortened = richtext.sanitise(shortened[:MAX_QUOTE_CHARS])
    quote, more, _ = await carried(ctx, shortened, _domain(mailbox))
    known = {it.cid for it in pictures}
    pictures += [it for it in more if it.cid not in known]
    intro = _intro(quoted, answered, locale)
    return _Said(html, (*pictures, *attached), quote, intro)


def _signature(mailbox: Mailbox) -> str:
    if not mailbox.signature.strip():
        return ""
    return f"<div><p>-- </p>{richtext.render(mailbox.signature)}</div>\n"


async def _attached(ctx: Ctx, written: MessageOut, shown: set[UUID]) -> list[Enclosed]:
    """The files of a message that it does not show."""
    found = []
    for one in written.attachments:
        if one.id not in shown:
            try:
                file = await files.get(ctx, one.id)
                found.append(enclosure(file, await content_of(ctx, file)))
            except FileNotFound as error:
                raise Undeliverable("attachment_gone", one.name) from error
    return found


def _intro(quoted: MessageOut, answered: MailDetail, locale: str) -> str:
    """`On Monday, … wrote:`."""
    sender = answered.sender or {}
    name = quoted.author.name or str(sender.get("name") or sender.get("address") or "")
    return t(locale, "On {date}, {name} wrote:", date=_date(quoted, locale), name=name)


def _date(quoted: MessageOut, locale: str) -> str:
    try:
        spoken = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        spoken = Locale("en")
    return format_datetime(quoted.created_at, "long", locale=spoken)


def _domain(mailbox: Mailbox) -> str:
    return ascii_address(mailbox.address).rpartition("@")[2]
