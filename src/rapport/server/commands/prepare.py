"""`rapport prepare`: what `rapport serve` needs the whole application for."""

import asyncio
import json
from typing import Annotated

import structlog
import typer

from rapport.kernel.auth import first_run
from rapport.kernel.auth.first_run import FirstRun
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.server.bootstrap import with_running_database
from rapport.server.demo import service as demo_shop
from rapport.server.process import open_database

app = typer.Typer()
log = structlog.get_logger(__name__)


@app.command(hidden=True)
def prepare(
    demo: Annotated[bool, typer.Option(help="Fill an empty workspace with the demo.")] = False,
    link: Annotated[bool, typer.Option(help="Make a sign-in link in any case.")] = False,
) -> None:
    """Make sure that there is an owner; print who, and their one-time link, as JSON."""
    settings = with_running_database(Settings())
    configure_logging(settings)
    first = asyncio.run(_prepare(settings, demo=demo, link=link))
    typer.echo(json.dumps({"email": first.email, "link": first.link} if first else None))


async def _prepare(settings: Settings, *, demo: bool, link: bool) -> FirstRun | None:
    database = open_database(settings)
    try:
        if demo:
            try:
                await demo_shop.ensure(database)
            except demo_shop.WorkspaceInUse as error:
                log.warning("demo_left_out", reason=error.detail)
        return await first_run.ensure_first_owner(database, new_link=link)
    finally:
        await database.dispose()
