"""`rapport procedure`: check a procedure's file, have it told in plain words, try it out."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from rapport.ai.procedures.checking import Surroundings, explain, flowchart, lint
from rapport.ai.procedures.language import (
    Catalogue,
    Document,
    Procedure,
    ProcedureInvalid,
    read,
    read_catalogue,
)
from rapport.ai.procedures.language.catalogue import spec_of
from rapport.ai.procedures.language.schema import catalogue_schema, schema
from rapport.ai.procedures.running import Library, State, compiled
from rapport.ai.procedures.running.effects import Do
from rapport.ai.procedures.running.inputs import Begin, Done, Failed, Identified, Input
from rapport.kernel.actions.registry import registered
from rapport.kernel.context import utc_now
from rapport.kernel.settings.process import Settings

app = typer.Typer(no_args_is_help=True, help="Check, explain and try procedures.")

_Files = Annotated[list[Path], typer.Argument(exists=True, help="Procedures, or folders of them.")]
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A procedure.")]
_Actions = Annotated[
    Path | None,
    typer.Option(
        "--actions",
        exists=True,
        help="A file of actions; else `actions.yaml` beside or above, else those of this server.",
    ),
]


@app.command("lint")
def lint_files(files: _Files, actions: _Actions = None) -> None:
    """Say what is wrong in procedures, where, and what to do; ends with 1 where anything is."""
    count = 0
    for file in _each(files):
        try:
            document = read(file.read_text("utf-8"))
            around = Surroundings(_catalogue(file, actions), _beside(file))
            problems: Sequence[Any] = lint(document, around)
        except ProcedureInvalid as error:
            problems = error.problems
        for one in problems:
            typer.echo(f"{file}:{one.line}:{one.column}: {one.message} [{one.code}]")
        count += len(problems)
    if count:
        raise typer.Exit(1)
    typer.echo("Nothing is wrong.")


@app.command("explain")
def explain_file(
    file: _File,
    chart: Annotated[bool, typer.Option("--chart", help="As a Mermaid flow chart.")] = False,
) -> None:
    """Tell what a procedure does, in plain sentences."""
    procedure = _read(file).procedure
    typer.echo(flowchart(procedure) if chart else explain(procedure))


@app.command("schema")
def print_schema(
    actions: Annotated[
        bool, typer.Option("--of-actions", help="That of files of actions.")
    ] = False,
) -> None:
    """Print the JSON Schema of the format, for editors."""
    typer.echo(json.dumps(catalogue_schema() if actions else schema(), indent=2))


@app.command("run")
def run_file(
    file: _File,
    actions: _Actions = None,
    fixtures: Annotated[
        Path | None, typer.Option(exists=True, help="JSON: by action, what comes of it.")
    ] = None,
    language: Annotated[str, typer.Option(help="The customer's.")] = "en",
    known: Annotated[bool, typer.Option(help="The customer has proved who they are.")] = True,
) -> None:
    """Try a procedure: you are the customer. Nothing is really done.

    What an action gives is read from the fixtures, a list for each action of `{"result"}` or
    `{"error"}`, where `"with"` tells for which arguments; what is not there you are asked for.
    """
    told = json.loads(fixtures.read_text("utf-8")) if fixtures else {}
    asyncio.run(_run(_read(file).procedure, file, actions, _Stage(told), language, known=known))


@dataclass(slots=True)
class _Stage:
    """Where actions are only played."""

    fixtures: Mapping[str, Sequence[Mapping[str, Any]]]

    async def perform(self, effect: Do) -> Done | Failed:
        """What comes of an action, by the fixtures or by whoever tries."""
        typer.secho(f"  {effect.action} {json.dumps(effect.arguments)}", dim=True)
        for fixture in self.fixtures.get(effect.action, ()):
            if fixture.get("with", effect.arguments) == effect.arguments:
                return _came(effect, fixture)
        asked = typer.prompt('  What comes of it (JSON, or "error: …")', default="{}", err=True)
        if asked.startswith("error:"):
            return Failed(effect.key, asked.removeprefix("error:").strip())
        try:
            return Done(effect.key, json.loads(asked))
        except ValueError:
            return Done(effect.key, asked)


def _came(effect: Do, fixture: Mapping[str, Any]) -> Done | Failed:
    if "error" in fixture:
        return Failed(effect.key, str(fixture["error"]))
    found = fixture.get("customer")
    identified = Identified("verified", dict(found)) if isinstance(found, dict) else None
    return Done(effect.key, fixture.get("result"), identified)


async def _run(
    procedure: Procedure,
    file: Path,
    actions: Path | None,
    stage: _Stage,
    language: str,
    *,
    known: bool,
) -> None:
    # Imported only here: choosing among procedures brings scikit-learn.
    from rapport.ai.procedures.understanding.selecting import Selector  # noqa: PLC0415
    from rapport.ai.procedures.understanding.talking import Talk  # noqa: PLC0415
    from rapport.ai.triage import service as triage  # noqa: PLC0415
    from rapport.inference.minilm import installed  # noqa: PLC0415

    procedures = {**_beside(file), procedure.id: procedure}
    programs = {id_: compiled(one) for id_, one in procedures.items()}
    setting = triage.Setting(utc_now(), ZoneInfo("UTC"))
    talk = Talk(
        library=Library(programs, _catalogue(file, actions)),
        selector=await Selector.of(list(procedures.values()), installed(Settings().models_dir)),
        perform=stage.perform,
        names=lambda text: triage.find(text, setting),
        now=utc_now,
        state=State(language=language),
    )
    first: list[Input] = [Identified("verified", {"id": "customer-1"})] if known else []
    for given in [*first, Begin(procedure.id)]:
        _say(await talk.take(given))
    while not talk.is_over:
        try:
            says = typer.prompt("You")
        except typer.Abort:
            return
        _say(await talk.hear(says))


def _say(told: Sequence[str]) -> None:
    for text in told:
        typer.secho(text, fg=typer.colors.CYAN)


def _read(file: Path) -> Document:
    return read(file.read_text("utf-8"))


def _each(files: Sequence[Path]) -> list[Path]:
    found = [
        inner
        for file in files
        for inner in (sorted(file.rglob("*.yaml")) if file.is_dir() else [file])
    ]
    return [file for file in found if file.name not in ("actions.yaml", "guards.yaml")]


def _beside(file: Path) -> dict[str, Procedure]:
    """The procedures in the same folder that can be read."""
    return _in(file.resolve().parent)


@cache
def _in(folder: Path) -> dict[str, Procedure]:
    found = dict[str, Procedure]()
    for one in _each(sorted(folder.glob("*.yaml"))):
        try:
            procedure = _read(one).procedure
        except ProcedureInvalid:
            continue
        found[procedure.id] = procedure
    return found


def _catalogue(file: Path, actions: Path | None) -> Catalogue:
    near = (folder / "actions.yaml" for folder in list(file.resolve().parents)[:3])
    found = actions or next((one for one in near if one.exists()), None)
    if found is not None:
        return read_catalogue(found.read_text("utf-8"))
    import_module("rapport.server.rooms")  # every room's actions are registered by importing it
    return Catalogue(
        format=1, actions={it.name: spec_of(it, personal=False) for it in registered()}
    )
