"""`rapport demo`: the demo shop."""

import asyncio
from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server.bootstrap import with_running_database
from rapport.server.demo import service
from rapport.server.process import open_database

app = typer.Typer()


@app.command()
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Empty it and build it anew.")] = False,
    seed: Annotated[int | None, typer.Option(help="Other numbers tell other stories.")] = None,
) -> None:
    """Fill the workspace with the demo shop Fjell & Fjord; if it is there already, do nothing."""
    settings = with_running_database(Settings())

    async def work() -> service.Built:
        database = open_database(settings)
        try:
            return await service.ensure(database, reset=reset, seed=seed)
        finally:
            await database.dispose()

    built = asyncio.run(work())
    what = "is there already" if built.was_there else "was built"
    typer.echo(f"The demo shop {what}: {built.conversations} conversations.")
    if built.was_there:
        typer.echo("`rapport demo --reset` rebuilds it.")
