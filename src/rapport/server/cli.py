"""The `rapport` command. Each subcommand's module is imported only when it is called."""

import gc
import os
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from rapport.kernel.errors import RapportError
from rapport.server import parent

COMMANDS = {
    "serve": "serve",
    "prepare": "prepare",
    "web": "web",
    "worker": "worker",
    "spare": "spare",
    "migrate": "serve",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "demo": "demo",
    "user": "users",
    "secrets": "secrets",
    "audit": "audit",
    "events": "events",
    "knowledge": "knowledge",
    "procedure": "procedures",
    "mail": "mail",
    "models": "models",
    "openapi": "openapi",
    "reference": "reference",
    "bench": "bench",
    "eval": "evals",
}
"""The module in `rapport.server.commands` that holds each command, as `app` or by its name."""


class Lazy(TyperGroup):
    """A group that knows its commands' names without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # what modules make lives on; looking for garbage in it is a fifth of a start
        module: Any = import_module(f"rapport.server.commands.{COMMANDS[cmd_name]}")
        gc.freeze()
        gc.enable()
        command: Any = typer.main.get_command(module.app)
        if cmd_name in getattr(command, "commands", {}):
            return command.commands[cmd_name]
        command.name = cmd_name
        return command


app = typer.Typer(cls=Lazy, no_args_is_help=True, help="Rapport, the customer support platform.")


@app.callback()
def root() -> None:
    """Rapport, the customer support platform."""


def main() -> None:
    """Run the command line; an expected refusal is one sentence, not a traceback."""
    # The matrices are small here: a second thread would mostly turn round waiting for the first,
    # for a fifth of the time that reading a message takes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if "RAPPORT_PROCESS" in os.environ:
        parent.call_itself(os.environ["RAPPORT_PROCESS"])
    try:
        app()
    except RapportError as error:
        typer.secho(error.detail, err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
