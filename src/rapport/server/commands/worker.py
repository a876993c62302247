"""`rapport worker`: one worker process."""

import sys
from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server import worker as process

app = typer.Typer()


@app.command()
def worker(
    wait: Annotated[bool, typer.Option(help="Begin when a line comes on standard input.")] = False,
) -> None:
    """Run one worker process against RAPPORT_DATABASE_URL, or a database `serve` already runs."""
    if wait and not sys.stdin.readline():
        return
    process.run(bootstrap.with_running_database(Settings()))
