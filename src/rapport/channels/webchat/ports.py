"""What the web chat asks of others; the server provides it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from rapport.kernel.context import Ctx


class AssistantFace(Protocol):
    """Knows how the assistant presents itself to visitors. Optional."""

    async def name(self, ctx: Ctx, inbox_id: UUID) -> str | None:
        """The assistant's name in an inbox, or None where it is off."""


@dataclass(frozen=True, slots=True)
class WidgetFiles:
    """Where the built widget lies: `widget.js`, `frame.html` and `assets/`."""

    folder: Path
