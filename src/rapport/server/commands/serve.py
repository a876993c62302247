"""`rapport serve` and `rapport migrate`."""

import asyncio
import os
import time
from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.server import bootstrap
from rapport.server.supervisor import Supervisor

app = typer.Typer()


@app.command()
def serve(
    web_processes: Annotated[int, typer.Option("--web", help="Web processes.")] = 1,
    workers: Annotated[int, typer.Option("--workers", help="Worker processes.")] = 1,
    demo: Annotated[bool, typer.Option(help="Fill an empty database with a demo shop.")] = False,
    link: Annotated[bool, typer.Option(help="Print a new sign-in link for the owner.")] = False,
) -> None:
    """Run Rapport: the database (unless RAPPORT_DATABASE_URL names one), the web, the worker."""
    begun = time.monotonic()
    settings = Settings()
    configure_logging(settings)
    desk = Supervisor(settings, web_processes=web_processes, workers=workers)
    try:
        desk.open_door()
        url = desk.start_database()
        first = asyncio.run(bootstrap.prepare(settings, url, demo=demo, new_link=link))
        desk.begin()
        bootstrap.wait_until_ready(settings)
        bootstrap.record_start(settings, pid=os.getpid(), ready_s=time.monotonic() - begun)
        typer.echo(bootstrap.welcome(settings, first))
        desk.run()
    finally:
        desk.stop()


@app.command()
def migrate() -> None:
    """Bring the database to the shape this version needs, and stop."""
    desk = Supervisor(Settings())
    try:
        desk.start_database()
        typer.echo("The database is up to date.")
    finally:
        desk.stop()
