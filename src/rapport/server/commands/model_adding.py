"""`rapport models add`: a language model for a workspace, or an embeddings endpoint for all."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import ValidationError

from rapport.inference import examining
from rapport.inference.gateway import service as gateway
from rapport.inference.gateway.endpoints import Connector
from rapport.inference.gateway.schemas import (
    MAX_MODELS,
    LimitsIn,
    ModelIn,
    ModelOut,
    ModelsIn,
    ModelsOut,
    ModelTrialOut,
)
from rapport.inference.openai_embeddings import Endpoint, OpenAIEmbeddings
from rapport.kernel import egress
from rapport.kernel.context import SYSTEM
from rapport.kernel.errors import Unprocessable
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.commands.users import place_called
from rapport.server.process import open_database

_KEPT: Final = ("id", "protocol", "base_url", "model", "input_price", "output_price")


class TooManyModels(Unprocessable):
    """A workspace has ten language models at most; remove one first."""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a language model; `saved` is False where nothing was changed."""

    kind: str
    model: str
    workspace: str
    ok: bool
    """Whether it answered; also True where it was not tried."""
    saved: bool
    place: int | None
    """Which one it is in the order in which they are asked, from 1."""
    trial: dict[str, Any] | None
    """What it said, ms, tokens and cost; None where it was not tried."""


def key_from(variable: str | None, file: Path | None, *, stdin: bool) -> str | None:
    """The key from where it was said to be; else typed in unseen, by somebody at a terminal.

    Raises:
        typer.BadParameter: it is said to be in two places, or is not there.
    """
    if sum((variable is not None, file is not None, stdin)) > 1:
        raise typer.BadParameter("Name one place for the key.")
    if variable is not None:
        return _there(os.environ.get(variable, ""), f"{variable} is not set.")
    if file is not None:
        return _there(file.read_text(), f"{file} is empty.")
    if stdin:
        return _there(sys.stdin.readline(), "Nothing came in at the standard input.")
    if not sys.stdin.isatty():
        return None
    typed: str = typer.prompt("Key (empty for none)", hide_input=True, default="", err=True)
    return typed.strip() or None


def _there(found: str, missing: str) -> str:
    if not found.strip():
        raise typer.BadParameter(missing)
    return found.strip()


def described(**values: Any) -> ModelIn:
    """A language model as it was given.

    Raises:
        typer.BadParameter: what of it does not fit; a key is not told.
    """
    return ModelIn.model_validate(_fitting(ModelIn, values))


def _fitting(shape: type[ModelIn | LimitsIn], values: dict[str, Any]) -> dict[str, Any]:
    try:
        shape.model_validate(values)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        raise typer.BadParameter(
            "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong)
        ) from None
    return values


async def add_chat(
    settings: Settings,
    slug: str | None,
    model: ModelIn,
    limits: dict[str, Any],
    *,
    is_tried: bool,
    is_first: bool,
) -> Added:
    """Try a language model, and if it answers use it in a workspace, beside those it has.

    One of the same address and name is replaced; without a key it keeps its own. Of the `limits`
    those that are None stay as they are.

    Raises:
        NotRunning, NoSuchWorkspace, TooManyModels, and what `gateway.configure` raises.
    """
    database = open_database(bootstrap.with_running_database(settings))
    try:
        place = await place_called(database, slug)
        async with database.begin(place.workspace_id, SYSTEM) as ctx:
            model = _as_known(model, (await gateway.configured(ctx)).models)
            trial = await gateway.try_out(ctx, model) if is_tried else None
        if trial is not None and not trial.ok:
            return _added(place.slug, model, trial, None)
        async with database.begin(place.workspace_id, SYSTEM) as ctx:
            known = await gateway.configured(ctx)
            told = await gateway.configure(ctx, _with(known, model, limits, is_first=is_first))
        return _added(place.slug, model, trial, told)
    finally:
        await database.ports.get(Connector).close()
        await database.dispose()


def _as_known(model: ModelIn, known: Sequence[ModelOut]) -> ModelIn:
    """The same, under the id of the one it replaces."""
    same = [it.id for it in known if _identity(it) == _identity(model)]
    return model.model_copy(update={"id": next(iter(same), None)})


def _identity(model: ModelIn | ModelOut) -> tuple[str, str, str]:
    return model.protocol, model.base_url, model.model


def _with(known: ModelsOut, model: ModelIn, limits: dict[str, Any], *, is_first: bool) -> ModelsIn:
    kept = [ModelIn.model_validate({n: getattr(it, n) for n in _KEPT}) for it in known.models]
    if not is_first and model.id is not None:
        models = [model if it.id == model.id else it for it in kept]
    else:
        others = [it for it in kept if model.id is None or it.id != model.id]
        models = [model, *others] if is_first else [*others, model]
    if len(models) > MAX_MODELS:
        raise TooManyModels
    given = {name: value for name, value in limits.items() if value is not None}
    wanted = LimitsIn.model_validate(_fitting(LimitsIn, known.limits.model_dump() | given))
    return ModelsIn(models=models, limits=wanted)


def _added(slug: str, model: ModelIn, trial: ModelTrialOut | None, told: ModelsOut | None) -> Added:
    order = [_identity(it) for it in told.models] if told else []
    return Added(
        kind="chat",
        model=model.model,
        workspace=slug,
        ok=trial is None or trial.ok,
        saved=told is not None,
        place=order.index(_identity(model)) + 1 if told else None,
        trial=None if trial is None else trial.model_dump(),
    )


def say_chat(added: Added, *, as_json: bool) -> None:
    """Tell people, or programs on the last line, what came of it; ends with 1 if nothing did."""
    if as_json:
        typer.echo(json.dumps(asdict(added)))
    else:
        for line in _chat_lines(added):
            typer.echo(line)
    raise typer.Exit(0 if added.ok else 1)


def _chat_lines(added: Added) -> list[str]:
    trial = added.trial
    if trial is not None and not trial["ok"]:
        return [f"FAIL {trial['said']}", "Nothing was saved; --no-try saves it all the same."]
    lines = ["not tried"]
    if trial is not None:
        cost = f"{trial['cost']:.6f} {trial['currency'] or ''}".strip() if trial["cost"] else "free"
        tokens = f"{trial['input_tokens']} + {trial['output_tokens']} tokens"
        lines = [f"ok   It said {trial['said']!r} in {trial['latency_ms']} ms: {tokens}, {cost}"]
    return [*lines, f"Saved for {added.workspace}: {added.model} is asked as number {added.place}."]


def add_embeddings(
    settings: Settings, endpoint: Endpoint, *, as_json: bool, is_tried: bool
) -> None:
    """Try an embeddings endpoint, and say how the processes are told to use it."""
    found = asyncio.run(_examined(endpoint, settings)) if is_tried else None
    faults = found.faults if found else ()
    if as_json:
        told = asdict(found) if found else {"name": endpoint.name, "faults": [], "doubts": []}
        typer.echo(json.dumps({"kind": "embeddings", "saved": False} | told))
    else:
        for line in [*_findings(found), *(() if faults else _how_to_use(endpoint))]:
            typer.echo(line)
    raise typer.Exit(1 if faults else 0)


async def _examined(endpoint: Endpoint, settings: Settings) -> examining.Findings:
    async with egress.client(allow=settings.egress_allow) as http:
        return await examining.examine(OpenAIEmbeddings(http, endpoint))


def _findings(found: examining.Findings | None) -> list[str]:
    if found is None:
        return ["not tried"]
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
