"""How far a reader has come, in the database.

Every change of position names the position it starts from: whoever was overtaken (by another
process, or by a replay) finds out before it commits, and undoes its work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.context import Ctx
from rapport.kernel.errors import Conflict
from rapport.kernel.events import log
from rapport.kernel.events.log import BEGINNING, Cursor, Recorded
from rapport.kernel.events.models import DeadLetter, ReaderBlock, ReaderCursor

MAX_ERROR_CHARS = 4_000


class CursorMoved(Conflict):
    """Somebody else moved this reader's cursor meanwhile."""


@dataclass(frozen=True, slots=True)
class Block:
    """A workspace that waits behind a failed event. See `ReaderBlock`."""

    workspace_id: UUID
    position: Cursor
    attempts: int
    retry_at: datetime


async def load(
    session: AsyncSession, reader: str, *, start: Literal["beginning", "now"], at: datetime
) -> Cursor:
    """The reader's cursor, made on first use."""
    statement = select(ReaderCursor.tx, ReaderCursor.id).where(ReaderCursor.reader == reader)
    row = (await session.execute(statement)).one_or_none()
    if row is not None:
        return Cursor(row.tx, row.id)
    first = BEGINNING if start == "beginning" else Cursor((await log.state(session)).horizon, 0)
    await session.execute(
        upsert(ReaderCursor)
        .values(reader=reader, tx=first.tx, id=first.id, updated_at=at)
        .on_conflict_do_nothing()
    )
    return first


async def advance(
    session: AsyncSession, reader: str, before: Cursor, to: Cursor, *, at: datetime
) -> None:
    """Move the reader's cursor.

    Raises:
        CursorMoved: it was not at `before`.
    """
    moved = await session.execute(
        update(ReaderCursor)
        .where(
            ReaderCursor.reader == reader,
            ReaderCursor.tx == before.tx,
            ReaderCursor.id == before.id,
        )
        .values(tx=to.tx, id=to.id, updated_at=at)
        .returning(ReaderCursor.tx)
    )
    if moved.one_or_none() is None:
        raise CursorMoved


async def replay(session: AsyncSession, reader: str, cursor: Cursor) -> bool:
    """Have the reader start again after `cursor`; False when it has never run."""
    done = await session.scalar(
        text("SELECT log_replay(:reader, :tx, :id)"),
        {"reader": reader, "tx": cursor.tx, "id": cursor.id},
    )
    log.announce(session)
    return bool(done)


async def blocks(session: AsyncSession, reader: str) -> list[Block]:
    """The workspaces that wait, of all of them, soonest retry first."""
    found = await session.execute(
        text("SELECT workspace_id, tx, id, attempts, retry_at FROM log_blocks(:reader)"),
        {"reader": reader},
    )
    return [
        Block(row.workspace_id, Cursor(row.tx, row.id), row.attempts, row.retry_at) for row in found
    ]


async def block(ctx: Ctx, reader: str, failed: Recorded, *, delay: timedelta) -> None:
    """Keep the workspace of a failed event waiting before it."""
    await ctx.session.execute(
        insert(ReaderBlock).values(
            workspace_id=ctx.workspace_id,
            reader=reader,
            tx=failed.tx,
            id=failed.id - 1,
            attempts=1,
            retry_at=ctx.now() + delay,
        )
    )


async def move_block(
    ctx: Ctx, reader: str, before: Cursor, to: Cursor, *, attempts: int = 0, delay: timedelta
) -> None:
    """Go on within a waiting workspace, or count a failure when `to` is `before`.

    Raises:
        CursorMoved: it is not at `before`, or no longer waiting.
    """
    moved = await ctx.session.execute(
        update(ReaderBlock)
        .where(
            ReaderBlock.workspace_id == ctx.workspace_id,
            ReaderBlock.reader == reader,
            ReaderBlock.tx == before.tx,
            ReaderBlock.id == before.id,
        )
        .values(tx=to.tx, id=to.id, attempts=attempts, retry_at=ctx.now() + delay)
        .returning(ReaderBlock.tx)
    )
    if moved.one_or_none() is None:
        raise CursorMoved


async def unblock(ctx: Ctx, reader: str) -> None:
    """The workspace has caught up with the reader's cursor."""
    await ctx.session.execute(
        delete(ReaderBlock).where(
            ReaderBlock.workspace_id == ctx.workspace_id, ReaderBlock.reader == reader
        )
    )


async def bury(
    ctx: Ctx, reader: str, failed: Recorded, error: BaseException, *, attempts: int
) -> UUID:
    """Lay an event aside, with the reason; returns the dead letter's id."""
    letter = DeadLetter(
        workspace_id=ctx.workspace_id,
        created_at=ctx.now(),
        reader=reader,
        event_tx=failed.tx,
        event_id=failed.id,
        name=failed.name,
        error=describe(error),
        attempts=attempts,
    )
    ctx.session.add(letter)
    await ctx.session.flush()
    return letter.id


def describe(error: BaseException) -> str:
    """One line that says what went wrong."""
    return f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARS]
