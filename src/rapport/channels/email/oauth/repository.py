"""The SQL that keeps refreshes apart."""

from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def take_turn(ctx: Ctx, mailbox_id: UUID) -> None:
    """Wait until nobody else refreshes the tokens of this mailbox, and keep others waiting.

    A lock on the row would hold back the readers of the log for as long as the provider takes.
    """
    await ctx.session.execute(_ONE_AT_A_TIME, {"key": f"email.oauth {mailbox_id}"})
