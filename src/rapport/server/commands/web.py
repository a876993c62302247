"""`rapport web`: one web process."""

import sys
from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap, web

app = typer.Typer()


@app.command(name="web", hidden=True)
def run_web(
    fd: Annotated[int | None, typer.Option(help="A listening socket to inherit.")] = None,
    wait: Annotated[bool, typer.Option(help="Begin when a line comes on standard input.")] = False,
) -> None:
    """Run one web process against RAPPORT_DATABASE_URL, or a database `serve` already runs."""
    if wait and not sys.stdin.readline():
        return
    web.run(bootstrap.with_running_database(Settings()), fd=fd)
