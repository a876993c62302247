"""`rapport events`: the log's readers, and what they gave up on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from sqlalchemy import text

import rapport.server.rooms  # noqa: F401 - registers every reader
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Cursor, dead_letters, readers
from rapport.kernel.events.log import BEGINNING
from rapport.kernel.events.runner import replay as replay_reader
from rapport.kernel.events.wake import LogWaker
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.process import open_database

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="The log's readers, and what they gave up on.")


@app.callback()
def events() -> None:
    """The log's readers, and what they gave up on."""


@app.command(name="readers")
def list_readers() -> None:
    """Show every reader and where it stands in the log."""

    async def work(database: Database) -> dict[str, str]:
        async with database.connect() as session:
            rows = await session.execute(text("SELECT reader, tx, id FROM reader_cursors"))
            return {row.reader: str(Cursor(row.tx, row.id)) for row in rows}

    cursors = _run(work)
    for reader in readers.registered():
        typer.echo(f"{reader.key:32} {cursors.get(reader.key, 'has never run')}")


@app.command()
def replay(
    reader: Annotated[str, typer.Option("--reader", help="A name from `rapport events readers`.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="A cursor (`812-4711`); all events without it.")
    ] = None,
) -> None:
    """Have a reader handle the log again. What it writes is written again; so mean it."""
    cursor = BEGINNING if from_ is None else Cursor.parse(from_)
    _run(lambda database: replay_reader(database, reader, cursor))
    typer.echo(f"{reader} begins again after {cursor}; the running worker sees to it.")


@app.command(name="dead-letters")
def list_dead_letters(
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.")] = 50,
) -> None:
    """Show the events that readers gave up on, of all workspaces."""
    letters = _run(lambda database: dead_letters.everywhere(database, limit=limit))
    for letter in letters:
        typer.echo(f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M}  {letter.reader}")
        typer.echo(f"    {letter.name}, {letter.attempts} attempts. {letter.error}")
    if not letters:
        typer.echo("There are none.")


@app.command()
def retry(
    letter: Annotated[UUID, typer.Argument(help="The id from `rapport events dead-letters`.")],
) -> None:
    """Handle a dead letter once more; it is gone when that succeeds."""
    _run(lambda database: dead_letters.retry(database, letter))
    typer.echo("Done.")


def _run(work: Callable[[Database], Awaitable[T]]) -> T:
    """Do some work on the running database, and tell the other processes of it."""

    async def whole() -> T:
        database = open_database(bootstrap.with_running_database(Settings()))
        waker = LogWaker(database)
        await waker.start()
        try:
            return await work(database)
        finally:
            await waker.flush()
            await waker.stop()
            await database.dispose()

    return asyncio.run(whole())
