"""Events that a reader gave up on: listing them, and trying again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Conflict, NotFound
from rapport.kernel.events import log, progress, readers
from rapport.kernel.events.log import Cursor
from rapport.kernel.events.models import DeadLetter


class DeadLetterNotFound(NotFound):
    """There is no such dead letter; it may have been retried already."""


class RetryFailed(Conflict):
    """The event failed again; it stays among the dead letters."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An event laid aside, of any workspace."""

    workspace_id: UUID
    id: UUID
    reader: str
    name: str
    error: str
    attempts: int
    created_at: datetime


async def everywhere(database: Database, *, limit: int = 200) -> list[Letter]:
    """The newest dead letters of all workspaces."""
    async with database.connect() as session:
        found = await session.execute(
            text(
                "SELECT workspace_id, id, reader, name, error, attempts, created_at "
                "FROM log_dead_letters(:up_to)"
            ),
            {"up_to": limit},
        )
        return [Letter(*row) for row in found]


async def retry(database: Database, letter_id: UUID) -> None:
    """Handle the event once more; the dead letter is gone when that succeeds.

    Raises:
        DeadLetterNotFound: no such letter.
        RetryFailed: it failed again, and says why; the letter counts the attempt.
    """
    async with database.connect() as session:
        workspace_id = await session.scalar(
            text("SELECT log_dead_letter_workspace(:letter)"), {"letter": letter_id}
        )
    if workspace_id is None:
        raise DeadLetterNotFound
    try:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await _handle(ctx, letter_id)
    except (DeadLetterNotFound, readers.UnknownReader):
        raise
    except Exception as error:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await ctx.session.execute(
                update(DeadLetter)
                .where(DeadLetter.workspace_id == workspace_id, DeadLetter.id == letter_id)
                .values(attempts=DeadLetter.attempts + 1, error=progress.describe(error))
            )
        raise RetryFailed(f"It failed again. {progress.describe(error)}") from error


async def _handle(ctx: Ctx, letter_id: UUID) -> None:
    letter = await ctx.session.scalar(
        select(DeadLetter)
        .where(DeadLetter.workspace_id == ctx.workspace_id, DeadLetter.id == letter_id)
        .with_for_update()
    )
    if letter is None:
        raise DeadLetterNotFound
    reader = readers.find(letter.reader)
    place = Cursor(letter.event_tx, letter.event_id)
    (record,) = await log.of_workspace(ctx, Cursor(place.tx, place.id - 1), up_to=place)
    await reader.handle(ctx, [record])
    await ctx.session.delete(letter)
