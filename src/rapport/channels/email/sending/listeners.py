"""What sending mail reads in the log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from rapport.channels.delivery import service as deliveries
from rapport.channels.email.events import MailboxChanged
from rapport.channels.email.sending.acknowledgement import acknowledge
from rapport.channels.email.settings import service as settings
from rapport.conversations.events import ConversationStarted
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, reader

TOO_LATE: Final = timedelta(hours=1)
"""Nobody is told of the arrival of a mail that arrived before."""


async def _to_acknowledge(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
    """Those that began by mail to an inbox that tells so."""
    telling = {it.id for it in await settings.mailboxes(ctx) if it.acknowledge}
    started = [(record, record.event) for record in records]
    return [
        record
        for record, it in started
        if isinstance(it, ConversationStarted) and it.inbox_id in telling
    ]


@reader("email.acknowledge", ConversationStarted, sift=_to_acknowledge)
async def acknowledge_mail(ctx: Ctx, event: ConversationStarted, record: Recorded) -> None:
    """Tell who began a conversation by mail that it arrived, where that is wanted and safe."""
    if record.created_at >= ctx.now() - TOO_LATE:
        await acknowledge(ctx, event.conversation_id)


@reader("email.resume", MailboxChanged)
async def resume_sending(ctx: Ctx, event: MailboxChanged, _: Recorded) -> None:
    """Send what waited for a mailbox to be set up right."""
    await deliveries.resume(ctx, event.inbox_id)
