"""`rapport worker`: one worker process."""

from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap, parent
from rapport.server import worker as process

app = typer.Typer()


@app.command()
def worker(
    wait: Annotated[bool, typer.Option(help="Begin when standard input says so.")] = False,
) -> None:
    """Run one worker process against RAPPORT_DATABASE_URL, or a database `serve` already runs."""
    settings = bootstrap.with_running_database(Settings())
    if not wait or parent.permits():
        process.run(settings)
