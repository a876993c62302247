"""`rapport audit`: whether the record of who did what is as it was written."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import text

from rapport.kernel.audit import service as audit
from rapport.kernel.audit.service import Verdict
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.process import open_database

app = typer.Typer(no_args_is_help=True, help="The record of who did what.")


@app.callback()
def audit_group() -> None:
    """The record of who did what."""


@app.command()
def verify(
    workspace: Annotated[
        UUID | None, typer.Option("--workspace", help="Only this one; all without it.")
    ] = None,
    kept: Annotated[
        str | None,
        typer.Option(
            "--kept", help="NUMBER:HASH as printed before; needs --workspace. Finds a cut end."
        ),
    ] = None,
) -> None:
    """Recompute each workspace's chain; ends with 1 when a record was changed or removed."""
    if kept is not None and workspace is None:
        raise typer.BadParameter("Say with --workspace whose record that was.")
    verdicts = asyncio.run(_verify(workspace, _read(kept)))
    for id_, verdict in verdicts:
        typer.echo(f"{id_}  {_told(verdict)}")
    if not verdicts:
        typer.echo("There is no workspace.")
    if not all(verdict.intact for _, verdict in verdicts):
        raise typer.Exit(1)


async def _verify(
    workspace: UUID | None, kept: tuple[int, str] | None
) -> list[tuple[UUID, Verdict]]:
    database = open_database(bootstrap.with_running_database(Settings()))
    try:
        found = []
        for id_ in [workspace] if workspace else await _everywhere(database):
            async with database.begin(id_, SYSTEM) as ctx:
                found.append((id_, await audit.verify(ctx, kept=kept)))
        return found
    finally:
        await database.dispose()


async def _everywhere(database: Database) -> list[UUID]:
    async with database.connect() as session:
        return list(await session.scalars(text("SELECT * FROM all_workspaces()")))


def _told(verdict: Verdict) -> str:
    if verdict.intact:
        return f"intact, {verdict.records} records; keep {verdict.records}:{verdict.head}"
    return f"BROKEN at record {verdict.broken_at}; the {verdict.records} before it are intact"


def _read(kept: str | None) -> tuple[int, str] | None:
    if kept is None:
        return None
    number, _, hash_ = kept.partition(":")
    if not number.isdigit() or len(hash_) != 64:
        raise typer.BadParameter("This is not NUMBER:HASH.")
    return int(number), hash_
