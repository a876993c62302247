"""`rapport serve` and `rapport migrate`."""

from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.server import bootstrap
from rapport.server.supervisor import Supervisor

app = typer.Typer()


@app.command()
def serve(
    web_processes: Annotated[int, typer.Option("--web", min=1, help="Web processes.")] = 1,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Worker processes.")] = 1,
    demo: Annotated[bool, typer.Option(help="Fill an empty database with a demo shop.")] = False,
    link: Annotated[bool, typer.Option(help="Print a new sign-in link for the owner.")] = False,
) -> None:
    """Run Rapport: the database (unless RAPPORT_DATABASE_URL names one), the web, the worker."""
    settings = Settings()
    configure_logging(settings)
    desk = Supervisor(settings, web_processes=web_processes, workers=workers)
    try:
        desk.open_door()
        url = desk.start_database()
        found = bootstrap.look(url)
        owner = None
        if not found.has_users:
            owner = bootstrap.prepare(url, settings, demo=demo, link=link)
        desk.begin()
        bootstrap.wait_until_ready(settings, lambda: desk.web_alive)
        bootstrap.record_start(settings)
        typer.echo(bootstrap.addresses(settings))
        desk.begin_work()
        if found.has_users and (link or not found.has_signed_in or (demo and not found.has_demo)):
            owner = bootstrap.prepare(url, settings, demo=demo, link=link)
        typer.echo(bootstrap.way_in(owner))
        desk.run()
    except KeyboardInterrupt:
        pass  # asked to stop while it was starting: that is no failure
    finally:
        desk.stop()
        bootstrap.forget_start(settings)


@app.command()
def migrate() -> None:
    """Bring the database to the shape this version needs, and stop."""
    desk = Supervisor(Settings())
    try:
        desk.start_database()
        typer.echo("The database is up to date.")
    finally:
        desk.stop()
