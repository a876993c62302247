"""`rapport spare`: a process that waits to be told what it is to be."""

import gc
import json
import os
from typing import Annotated

import typer

import rapport.server.web
import rapport.server.worker  # noqa: F401 - both are loaded, whichever is wanted
from rapport.server import cli, memory, parent

app = typer.Typer()


@app.command(hidden=True)
def spare(
    wait: Annotated[bool, typer.Option(help="It always does.")] = True,
) -> None:
    """Load everything; become what a line on standard input says; end when that is closed."""
    _slim()
    parent.call_itself("spare")  # from now on it is one
    line = parent.line()
    if not line:
        return
    arguments, environment = json.loads(line)
    os.environ.update(environment)
    parent.call_itself(environment["RAPPORT_PROCESS"])
    cli.app(arguments)


def _slim() -> None:
    """Give back what loading left over; unlike the others it has the time to look for that."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    memory.give_back()
