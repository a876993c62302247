"""Messages whose original was read anew, and better."""

from collections.abc import Sequence
from uuid import UUID

from rapport.conversations.repository import MessageRepository
from rapport.kernel.context import Ctx


async def files_of(ctx: Ctx, conversation_id: UUID, seq: int) -> Sequence[UUID]:
    """The files that came with a message, in their order; none of one that is not there."""
    return await MessageRepository(ctx).files_of(conversation_id, seq)


async def reword(ctx: Ctx, conversation_id: UUID, seq: int, *, body: str, html: str) -> bool:
    """Replace what a message says by what its original says; whether that is something else.

    For channels that keep originals. `html` is safe. Nothing is announced; who has the
    conversation open sees it the next time.
    """
    return await MessageRepository(ctx).reword(conversation_id, seq, body=body, html=html)
