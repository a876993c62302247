"""Telling who wrote that it arrived: only who is proved, seldom, and in our words alone."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed
from rapport.channels.delivery.schemas import Author
from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox, MailDetail
from rapport.channels.email.replies import language
from rapport.channels.email.sending.addressing import is_proved
from rapport.channels.email.sending.headers import AddressUnusable, ascii_address
from rapport.channels.email.sending.repository import CorrespondentRepository, ThreadRepository
from rapport.channels.email.settings import service as settings
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.kernel import limits, richtext
from rapport.kernel.context import Ctx
from rapport.kernel.errors import TooMany
from rapport.kernel.i18n.texts import nearest, t

ONCE_IN: Final = timedelta(hours=24)
OF_INBOX: Final = limits.Limit("mail.acknowledge_inbox", 60, timedelta(hours=1))
OF_WORKSPACE: Final = limits.Limit("mail.acknowledge_workspace", 300, timedelta(hours=1))
RECEIVED: Final = "We have received your message [#{number}]"
NO_PERSON: Final = re.compile(
    r"(?:[^@]*[._+-])?(?:no-?_?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|"
    r"notifications?|alerts?)(?:[._+-][^@]*)?@",
    re.IGNORECASE,
)
"""Addresses that no person reads."""
_UNWELCOME: Final = frozenset({"forwarded", "from_us", "from_agent", "late"})
_US: Final = Author(kind="system", id=None, name="")


async def acknowledge(ctx: Ctx, conversation_id: UUID) -> Delivery | None:
    """Tell who began a conversation by mail that their mail arrived, if that is wanted and safe.

    It goes to a proved sender only, once in 24 hours whatever they send, at most so often in an
    hour for an inbox and for all, and never to a machine. Nothing they wrote is in it.
    """
    conversation = await conversations.get(ctx, conversation_id)
    mailbox = next(
        (it for it in await settings.mailboxes(ctx) if it.id == conversation.inbox_id), None
    )
    mail = await ThreadRepository(ctx).mail(conversation_id, 1)
    if mailbox is None or mail is None or not mailbox.acknowledge:
        return None
    address = await _address(ctx, mailbox, mail)
    if address is None or not await _may(ctx, mailbox, address):
        return None
    locale = await _locale(ctx, conversation)
    subject = t(locale, RECEIVED, number=conversation.number)
    addressed = Addressed(
        inbox_id=mailbox.id,
        peer=address,
        recipients={"to": [{"name": "", "address": address}], "cc": [], "bcc": []},
        options={
            "kind": "acknowledgement",
            "auto": "replied",
            "locale": locale,
            "subject": subject,
            "answers": mail.seq,
        },
        is_automatic=True,
    )
    return await deliveries.queue(
        ctx, settings.CHANNEL, conversation_id, addressed, seq=None, author=_US
    )


async def _address(ctx: Ctx, mailbox: Mailbox, mail: MailDetail) -> str | None:
    """Whom to tell; None when it is not proved who wrote, or no person did."""
    if settings.outgoing_of(mailbox).kind == "none" or mail.auto is not None or mail.is_stranger:
        return None
    if not is_proved(mail) or _UNWELCOME & {*mail.notices} or not mail.sender:
        return None
    try:
        address = folded(ascii_address(str(mail.sender["address"])))
    except AddressUnusable:
        return None
    if NO_PERSON.match(address) or address in await settings.our_addresses(ctx):
        return None
    return address


async def _may(ctx: Ctx, mailbox: Mailbox, address: str) -> bool:
    """Whether one may go there now; counted only when it does."""
    correspondents = CorrespondentRepository(ctx)
    for known in await correspondents.many({address}):
        if known.bounced_at or known.complained_at or known.unsubscribed_at:
            return False
    async with ctx.session.begin_nested() as attempt:
        lately = ctx.now() - ONCE_IN
        if not await correspondents.claim_acknowledgement(address, not_since=lately):
            return False
        try:
            await limits.take_within(ctx, OF_INBOX, str(mailbox.id))
            await limits.take_within(ctx, OF_WORKSPACE, str(ctx.workspace_id))
        except TooMany:
            await attempt.rollback()
            return False
    return True


async def _locale(ctx: Ctx, conversation: Conversation) -> str:
    customer = await customers.get(ctx, conversation.customer_id)
    if customer.locale:
        return nearest(customer.locale)
    written = await conversations.message_at(ctx, conversation.id, 1)
    return nearest(language.of(written.body))


async def html_of(ctx: Ctx, delivery: Delivery, mailbox: Mailbox, locale: str) -> str:
    """What it says: the inbox's own words, or ours in the language of the sender."""
    conversation = await conversations.get(ctx, delivery.conversation_id)
    said = mailbox.acknowledgement.strip() or t(
        locale,
        "Thank you for writing. Your message has arrived, and we will answer it as soon as we"
        " can.\n\nIf you want to add something, simply answer this mail.",
    )
    return richtext.render(said.replace("{number}", str(conversation.number)))
