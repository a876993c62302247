"""Messages the database refused: kept as they came, shown, and tried again."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from rapport.conversations.models import RejectedMessage
from rapport.conversations.ports import NewMessage, Stored
from rapport.conversations.rejected.repository import RejectedRepository
from rapport.conversations.schemas import RejectedOut
from rapport.conversations.service import append
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def waiting(ctx: Ctx, *, cursor: str | None = None, limit: int = 50) -> Page[RejectedOut]:
    """The messages put aside and not stored since, the latest first."""
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    rows = await RejectedRepository(ctx).waiting(after=after, limit=limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[RejectedOut.model_validate(row) for row in shown],
        next=encode_cursor([shown[-1].created_at, shown[-1].id]) if more else None,
    )


async def retry(ctx: Ctx, rejected_id: UUID) -> Stored:
    """Store a message after all, with what PostgreSQL cannot hold replaced by �.

    Trying again what was stored already answers where it is.

    Raises:
        RejectedMessageNotFound: no such message in this workspace.
        ConversationNotFound: its conversation is gone.
    """
    rejected = await RejectedRepository(ctx).get(rejected_id, lock=True)
    stored = await append(ctx, rejected.conversation_id, _read(rejected))
    if rejected.stored_at is None:
        rejected.stored_at = ctx.now()
        await ctx.session.flush()
        subject = f"conversation:{rejected.conversation_id}"
        await audit.record(ctx, "rejected_message.stored", subject=subject, details={})
    return stored


def _read(rejected: RejectedMessage) -> NewMessage:
    kept = msgspec.json.decode(rejected.payload, type=NewMessage)
    return replace(
        kept,
        body=kept.body.replace("\x00", "\N{REPLACEMENT CHARACTER}"),
        author_name=kept.author_name.replace("\x00", ""),
        client_id=rejected.client_id.replace("\x00", ""),
        html=None,
    )
