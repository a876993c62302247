"""`rapport web`: one web process."""

from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap, parent, web

app = typer.Typer()


@app.command(name="web")
def run_web(
    fd: Annotated[int | None, typer.Option(help="A listening socket to inherit.")] = None,
    wait: Annotated[bool, typer.Option(help="Begin when standard input says so.")] = False,
) -> None:
    """Run one web process against RAPPORT_DATABASE_URL, or a database `serve` already runs."""
    settings = bootstrap.with_running_database(Settings())
    web.run(settings, fd=fd, may_begin=parent.permits if wait else lambda: True)
