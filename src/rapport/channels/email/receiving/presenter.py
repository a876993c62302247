"""What agents see the moment something is known beside a message."""

from collections.abc import Sequence

from rapport.channels.email.events import MailDetailed
from rapport.channels.email.receiving.repository import DetailRepository
from rapport.channels.email.receiving.service import describe_many
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents


async def present_mails(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The mails on the topics of their conversations, each as it is now."""
    events = [(r, r.event) for r in records if isinstance(r.event, MailDetailed)]
    places = {(event.conversation_id, event.seq) for _, event in events}
    rows = await DetailRepository(ctx).at(places)
    told = {(it.conversation_id, it.seq): it for it in await describe_many(ctx, rows)}
    return [
        Delivery(record, f"conversation:{event.conversation_id}", {"mail": mail})
        for record, event in events
        if (mail := told.get((event.conversation_id, event.seq))) is not None
    ]


presents(MailDetailed.name, present_mails)
