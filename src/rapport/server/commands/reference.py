"""`rapport reference`: pages of the documentation that are made from the code."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from pydantic_core import PydanticUndefined

import rapport
from rapport.kernel import events
from rapport.kernel.actions.registry import registered
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings

app = typer.Typer()


@app.command()
def reference(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = Path("docs/reference"),
) -> None:
    """Write the pages on settings, events, errors and actions."""
    for name, text in pages().items():
        (folder / name).write_text(text)


def pages() -> dict[str, str]:
    """The pages by file name, from what is registered now."""
    _import_everything()
    made: dict[str, Callable[[], Iterator[str]]] = {
        "settings.md": _settings,
        "events.md": _events,
        "errors.md": _errors,
        "actions.md": _actions,
    }
    return {name: "\n".join(write()) + "\n" for name, write in made.items()}


def _import_everything() -> None:
    """Complete the registries: what is not imported has not registered."""
    for module in pkgutil.walk_packages(rapport.__path__, "rapport."):
        if ".migrations" not in module.name:
            import_module(module.name)


def _settings() -> Iterator[str]:
    yield "# Settings\n"
    yield "Environment variables, read at the start. Every one has a default that works.\n"
    yield "| variable | default | meaning |\n|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined) else f"`{field.default}`"
        yield f"| `RAPPORT_{name.upper()}` | {default} | {field.description or ''} |"


def _events() -> Iterator[str]:
    yield "# Events\n"
    yield "Facts in the log, in the past tense. Fields are ids and small facts.\n"
    yield "| event | fields | meaning |\n|---|---|---|"
    for name, event in sorted(events.catalogue.items()):
        if event.__module__.startswith("rapport."):
            fields = ", ".join(f"`{field}`" for field in event.model_fields)
            yield f"| `{name}` | {fields} | {_first_line(event)} |"


def _errors() -> Iterator[str]:
    yield "# Errors\n"
    yield "Answers of type `application/problem+json` (RFC 9457). Switch on `code`.\n"
    yield "| code | status | meaning |\n|---|---|---|"
    kinds = {k for k in _descendants(RapportError) if k.__module__.startswith("rapport.")}
    for kind in sorted(kinds, key=lambda k: k.stable_code()):
        yield f"| `{kind.stable_code()}` | {kind.status} | {kind.title()} |"


def _actions() -> Iterator[str]:
    yield "# Actions\n"
    yield "What may be done by `POST /v1/actions/{name}`, by a button, or by the assistant.\n"
    yield "| action | permission | risk | meaning |\n|---|---|---|---|"
    for action in registered():
        if action.function.__module__.startswith("rapport."):
            meaning = action.description.splitlines()[0]
            yield f"| `{action.name}` | `{action.permission}` | {action.risk} | {meaning} |"


def _first_line(thing: type) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def _descendants(kind: type[RapportError]) -> Iterator[type[RapportError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
