"""`rapport bench`: what we claim about speed and size, measured on this machine.

Each command prints what it does as it goes, and one JSON object on its last line with `--json`.
"""

import json
from typing import Annotated, Any

import typer

from rapport.kernel.settings.process import Settings
from rapport.server.bench import (
    console,
    deliver,
    embed,
    fanout,
    inbox,
    ingest,
    mail,
    page,
    suite,
    timeline,
    training,
    triage,
    widget,
    worker_memory,
)

app = typer.Typer(no_args_is_help=True, help="Measure what we claim.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on the last line.")]


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result))
        return
    for key, value in result.items():
        typer.echo(f"{key:>24}  {value}")


@app.command(name="all")
def bench_all(
    part: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this part, may be repeated: {', '.join(suite.PARTS)}."),
    ] = None,
    conversations: Annotated[int, typer.Option(help="The largest desk.")] = 1_000_000,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, within minutes.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Put the figures into docs/why/performance.md.")
    ] = False,
    json: Json = False,
) -> None:
    """Every figure beside its reference, in one report; Ctrl-C keeps what is done."""
    parts = part or list(suite.PARTS)
    unknown = sorted(set(parts) - set(suite.PARTS))
    if unknown:
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}.", param_hint="--part")
    report = suite.run(parts, suite.Size(conversations=conversations, quick=quick), suite.to_stderr)
    if write:
        page.write(report)
    if json:
        _print(report, as_json=True)
    else:
        typer.echo(page.table(report))


@app.command(name="ingest")
def bench_ingest(
    clients: Annotated[int, typer.Option(help="Connections that post at once.")] = 64,
    seconds: Annotated[float, typer.Option(help="How long to post.")] = 10.0,
    web: Annotated[int, typer.Option(min=1, help="Web processes that share the work.")] = 1,
    json: Json = False,
) -> None:
    """Messages per second through real HTTP, beside the same SQL statement without it."""
    _print(ingest.run(clients=clients, seconds=seconds, web=web), as_json=json)


@app.command(name="deliver")
def bench_deliver(
    connections: Annotated[int, typer.Option(help="Sockets that listen.")] = 2_000,
    rate: Annotated[float, typer.Option(help="Messages written per second.")] = 200.0,
    seconds: Annotated[float, typer.Option(help="How long to write.")] = 10.0,
    json: Json = False,
) -> None:
    """From writing a message to reading it, on many sockets at a steady rate."""
    found = deliver.run(connections=connections, rate=rate, seconds=seconds)
    _print(found, as_json=json)


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


@app.command(name="console")
def bench_console(
    conversations: Annotated[int, typer.Option(help="How large the desk is.")] = 12_000,
    rounds: Annotated[int, typer.Option(help="First visits; medians are shown.")] = 5,
    json: Json = False,
) -> None:
    """The inbox in a real browser, slowed down: when it can be used, and how it scrolls."""
    _print(console.run(conversations=conversations, rounds=rounds), as_json=json)


@app.command(name="timeline")
def bench_timeline(
    entries: Annotated[int, typer.Option(help="How much happened to the customer.")] = 10_000,
    json: Json = False,
) -> None:
    """Pages of a long timeline: the first, deep ones, and filtered ones."""
    _print(timeline.run(entries=entries), as_json=json)


@app.command(name="mail")
def bench_mail(
    messages: Annotated[int, typer.Option(min=100, help="How many to take in at once.")] = 2_000,
    rate: Annotated[float, typer.Option(help="Messages per second for the latency.")] = 20.0,
    seconds: Annotated[float, typer.Option(help="How long at that rate.")] = 20.0,
    backfill: Annotated[int, typer.Option(help="How many to fetch by IMAP; 0 for none.")] = 5_000,
    json: Json = False,
) -> None:
    """Mail through one worker: kept, read, threaded; how soon it is seen; fetched by IMAP."""
    found = mail.run(messages=messages, rate=rate, seconds=seconds, backfill=backfill)
    _print(found, as_json=json)


@app.command(name="embed")
def bench_embed(
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each part takes.")] = 10.0,
    json: Json = False,
) -> None:
    """The embedding model: texts per second, and a question's wait while articles are indexed."""
    _print(embed.run(Settings().models_dir, seconds=seconds), as_json=json)


@app.command(name="triage")
def bench_triage(
    messages: Annotated[int, typer.Option(min=16, help="How many to read.")] = 1_000,
    json: Json = False,
) -> None:
    """Reading customers' messages on one core, beside the embedding model alone."""
    _print(triage.run(Settings().models_dir, messages=messages), as_json=json)


@app.command(name="training")
def bench_training(
    messages: Annotated[int, typer.Option(min=1_000, help="How many to learn from.")] = 20_000,
    json: Json = False,
) -> None:
    """Learning what messages are about: seconds with their vectors, and the memory it takes."""
    _print(training.run(Settings().models_dir, messages=messages), as_json=json)


@app.command(name="worker-memory")
def bench_worker_memory(
    examples: Annotated[int, typer.Option(min=1_500, help="How many to learn from.")] = 15_000,
    messages: Annotated[int, typer.Option(min=100, help="How many to read.")] = 1_000,
    json: Json = False,
) -> None:
    """One worker with every embedded model loaded and used: its memory at rest, and its peak."""
    found = worker_memory.run(Settings().models_dir, examples=examples, messages=messages)
    _print(found, as_json=json)


@app.command(name="widget")
def bench_widget(json: Json = False) -> None:
    """Bytes of the first load, gzip: launcher, widget, and the console's inbox."""
    _print(widget.run(), as_json=json)
