"""Every room's tables, imported so that migrations and mappers know them all."""

from importlib import import_module
from pathlib import Path

ROOMS = (
    "kernel.models",
    "kernel.auth.models",
    "kernel.settings.models",
    "kernel.secrets.models",
    "kernel.audit.models",
    "kernel.events.models",
    "kernel.actions.models",
    "kernel.files.models",
    "customers.models",
    "knowledge.models",
    "conversations.models",
    "channels.webchat.models",
    "ai.autopilot.models",
)

SRC = Path(__file__).parents[1]

for room in ROOMS:
    if (SRC / room.replace(".", "/")).with_suffix(".py").exists():
        import_module(f"rapport.{room}")
