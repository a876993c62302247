"""`rapport secrets`: the keys that protect secrets at rest."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy import text

from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets import service as secrets
from rapport.kernel.secrets.service import Rotation
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.process import open_database

app = typer.Typer(no_args_is_help=True, help="The keys that protect secrets at rest.")


@app.callback()
def secrets_group() -> None:
    """The keys that protect secrets at rest."""


@app.command()
def rotate(
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Remove the former keys from the key file.")
    ] = False,
) -> None:
    """Make a new key and wrap the keys of all workspaces with it. Rapport may keep running."""
    done = asyncio.run(_rotate(bootstrap.with_running_database(Settings()), forget_old=forget_old))
    typer.echo(f"Key {done.key_id} is current; {done.rewrapped} workspace keys were wrapped anew.")
    if done.forgotten:
        typer.echo(f"{done.forgotten} former keys were removed from the key file.")


async def _rotate(settings: Settings, *, forget_old: bool) -> Rotation:
    database = open_database(settings)
    try:
        done = await secrets.rotate(database, forget_old=forget_old)
        await _record(database, done)
        return done
    finally:
        await database.dispose()


async def _record(database: Database, done: Rotation) -> None:
    """Tell every workspace, whose secrets the key protects."""
    async with database.connect() as session:
        workspaces = list(await session.scalars(text("SELECT * FROM all_workspaces()")))
    for id_ in workspaces:
        async with database.begin(id_, SYSTEM) as ctx:
            await audit.record(
                ctx,
                "secrets.rotated",
                subject=f"workspace:{id_}",
                details={"key_id": done.key_id, "forgotten": done.forgotten},
            )
