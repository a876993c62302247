"""`rapport bench`: what we claim about speed and size, measured on this machine.

Each command prints what it does as it goes, and one JSON object on its last line with `--json`.
"""

import json
from typing import Annotated, Any

import typer

from rapport.server.bench import fanout, inbox, ingest, widget

app = typer.Typer(no_args_is_help=True, help="Measure what we claim.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on the last line.")]


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result))
        return
    for key, value in result.items():
        typer.echo(f"{key:>24}  {value}")


@app.command(name="ingest")
def bench_ingest(
    clients: Annotated[int, typer.Option(help="Connections that post at once.")] = 64,
    seconds: Annotated[float, typer.Option(help="How long to post.")] = 10.0,
    json: Json = False,
) -> None:
    """Messages per second through real HTTP, beside the same SQL statement without it."""
    _print(ingest.run(clients=clients, seconds=seconds), as_json=json)


@app.command(name="inbox")
def bench_inbox(
    conversations: Annotated[int, typer.Option(help="The largest size.")] = 1_000_000,
    json: Json = False,
) -> None:
    """Lists, counters, threads and search at growing sizes, five messages a conversation."""
    _print(inbox.run(conversations=conversations), as_json=json)


@app.command(name="fanout")
def bench_fanout(
    connections: Annotated[int, typer.Option(help="Sockets that listen.")] = 2000,
    json: Json = False,
) -> None:
    """One message to many sockets: time to the last, CPU and memory of each."""
    _print(fanout.run(connections=connections), as_json=json)


@app.command(name="widget")
def bench_widget(json: Json = False) -> None:
    """Bytes of the first load, gzip: launcher, widget, and the console's inbox."""
    _print(widget.run(), as_json=json)
