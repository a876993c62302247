"""`rapport openapi`: the API's description, from which the console's client is made."""

import json

import typer

from rapport.server.app import describe

app = typer.Typer()


@app.command()
def openapi() -> None:
    """Print the OpenAPI document as JSON, its keys sorted."""
    typer.echo(json.dumps(describe(), indent=1, sort_keys=True, ensure_ascii=False))
