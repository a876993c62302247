"""`rapport eval`: how well the machine does on questions whose answers are known."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed
from rapport.inference.personal import evaluation as personal
from rapport.inference.ports import Embedder
from rapport.kernel.auth.first_run import ensure_first_owner
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.engine import Database
from rapport.kernel.database.migrations import upgrade
from rapport.kernel.settings.process import Settings
from rapport.knowledge.evaluation.files import Exam, read
from rapport.knowledge.evaluation.retrieval import Marks, examine, load
from rapport.server.bootstrap import with_running_database
from rapport.server.commands.knowledge import workspace_called
from rapport.server.migrate import SCRIPTS

app = typer.Typer(no_args_is_help=True)


@app.callback()
def evals() -> None:
    """How well the machine does on questions whose answers are known."""


@app.command()
def retrieval(
    file: Annotated[
        Path, typer.Argument(exists=True, help="Questions; the README tells the form.")
    ],
    workspace: Annotated[
        str | None, typer.Option(help="Whose articles are asked when the file brings none.")
    ] = None,
    words_only: Annotated[bool, typer.Option("--words-only", help="Without the model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Ask each question of the search and see where the right article comes.

    Documents in the file are published in a temporary database that is gone afterwards.
    """
    exam, settings = read(file), Settings()
    model = None if words_only else _model(settings)
    if exam.documents:
        marks = _on_temporary_database(exam, settings, model)
    else:
        marks = asyncio.run(_on_running_database(exam, settings, model, workspace))
    typer.echo(json.dumps(asdict(marks)) if as_json else _told(marks))


@app.command()
def intents(
    train: Annotated[list[Path], typer.Option(exists=True, help="CSV: text,intent; repeatable.")],
    test: Annotated[list[Path], typer.Option(exists=True, help="CSV; `oos` belongs nowhere.")],
    words_only: Annotated[bool, typer.Option("--words-only", help="Without the model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Learn what messages are about from one file, and try it on another."""
    # Imported only here: learning brings scikit-learn.
    from rapport.ai.triage.intents import evaluation  # noqa: PLC0415

    model = None if words_only else _model(Settings())
    found = evaluation.examine(
        evaluation.material_of(train, model), evaluation.material_of(test, model)
    )
    told = "\n".join(f"{name:<24} {value}" for name, value in found.items())
    typer.echo(json.dumps(found) if as_json else told)


@app.command()
def pii(
    test: Annotated[Path, typer.Option(exists=True, help="JSONL: text, spans.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Look for personal data in texts where it was marked: recall and precision of each kind."""
    found = personal.examine(test)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for kind, rates in {"all": found, **found["kinds"]}.items():
        typer.echo(f"{kind:<8} recall {rates['recall']:.3f}  precision {rates['precision']:.3f}")


def _model(settings: Settings) -> MiniLM:
    model = installed(settings.models_dir)
    if model is None:
        raise ModelMissing
    return model


def _on_temporary_database(exam: Exam, settings: Settings, model: MiniLM | None) -> Marks:
    with tempfile.TemporaryDirectory(prefix="rapport-eval-") as folder:
        server = EmbeddedPostgres(Path(folder), fsync=False)
        server.start()
        try:
            upgrade(server.url, SCRIPTS)
            return asyncio.run(_examine_documents(exam, server.url, settings, model))
        finally:
            server.stop()


async def _examine_documents(
    exam: Exam, url: str, settings: Settings, model: MiniLM | None
) -> Marks:
    database = _database(url, settings, model)
    try:
        first = await ensure_first_owner(database)
        assert first is not None, "an empty database gets an owner"
        async with database.begin(first.workspace_id, SYSTEM) as ctx:
            names = await load(ctx, exam.documents)
        async with database.begin(first.workspace_id, SYSTEM) as ctx:
            return await examine(ctx, exam, names)
    finally:
        await database.dispose()


async def _on_running_database(
    exam: Exam, settings: Settings, model: MiniLM | None, workspace: str | None
) -> Marks:
    url = with_running_database(settings).database_url
    assert url is not None, "a running database has a URL"
    database = _database(url.get_secret_value(), settings, model)
    try:
        workspace_id = await workspace_called(database, workspace)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            return await examine(ctx, exam)
    finally:
        await database.dispose()


def _database(url: str, settings: Settings, model: MiniLM | None) -> Database:
    database = Database(url, pool_size=2)
    database.ports.provide(Settings, settings)
    if model is not None:
        database.ports.provide(Embedder, model)
    return database


def _told(marks: Marks) -> str:
    return "\n".join(f"{name:<18} {value}" for name, value in asdict(marks).items())
