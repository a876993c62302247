"""Messages of all channels as entries of timelines, without keeping them twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from rapport.conversations.telling.repository import TellingRepository
from rapport.customers.timeline.ports import Entry, Kind, add_source
from rapport.kernel import richtext
from rapport.kernel.context import Ctx

KIND: Final = "message"
"""They are live on the topics of conversations, not on those of customers."""
SHOWN_CHARS: Final = 500


class Messages:
    """What was said, newest first. See `customers.timeline.ports.Source`."""

    async def page(
        self,
        ctx: Ctx,
        family: Sequence[UUID],
        *,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[Entry]:
        """See `Source.page`."""
        return [
            Entry(
                id=row.id,
                kind=KIND,
                at=row.created_at,
                title=row.author_name,
                text=richtext.plain(row.body, max_chars=SHOWN_CHARS),
                customer_id=row.customer_id,
                conversation_id=row.conversation_id,
                seq=row.seq,
                actor=f"{row.author_kind}:{row.author_id}" if row.author_id else "",
                actor_name=row.author_name,
                data={"kind": row.kind, "author_kind": row.author_kind},
            )
            for row in await TellingRepository(ctx).newest(family, after=after, limit=limit)
        ]


def register() -> None:
    """Have timelines ask for messages."""
    add_source(Kind(KIND, "messages"), Messages())
