"""Embedding models that take over from one another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.errors import EmbeddingsUnreachable
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder, Embedders
from rapport.kernel.context import Ports


@dataclass
class Model(FakeEmbedder):
    """A model that stops after `lasts` texts: it fails, or with `hangs` never answers."""

    lasts: int | None = None
    hangs: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        done = sum(map(len, self.calls))
        if self.lasts is not None and done + len(texts) > self.lasts:
            self.stopped.set()
            if self.hangs:
                await asyncio.Event().wait()
            raise EmbeddingsUnreachable
        return await super().embed(texts, workspace_id=workspace_id, background=background)

    @property
    def texts(self) -> list[str]:
        """All it was asked for."""
        return [text for call in self.calls for text in call]


@dataclass
class House(Embedders):
    """The models a process can ask: the one it wants, and those it is told how to reach."""

    ports: Ports
    models: dict[str, Model] = field(default_factory=dict)

    def use(self, model: Model) -> Model:
        """Start the processes again with another model."""
        self.models[model.name] = model
        self.ports.provide(Embedders, self)
        self.ports.provide(Embedder, model)
        return model

    def describe(self, name: str) -> str:
        """See `Embedders.describe`."""
        return f"secret way to {name}"

    def open(self, name: str, description: str) -> Embedder | None:
        """See `Embedders.open`."""
        return self.models.get(name) if description == self.describe(name) else None
