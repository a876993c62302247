"""What this room asks of whoever trains models of intents."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rapport.ai.triage.intents.model import Model
from rapport.kernel.context import Ctx


@dataclass(frozen=True, slots=True)
class Serving:
    """A model in use. Its intents are the ids of `Intent`s, written out."""

    id: UUID
    model: Model


class Models(Protocol):
    """Knows which model each workspace uses; found by `ctx.ports`, like an `Embedder`."""

    async def serving(self, ctx: Ctx) -> Serving | None:
        """The model in use; None where a workspace has none yet.

        Asked for every batch of messages, so the model itself is kept at hand.
        """
