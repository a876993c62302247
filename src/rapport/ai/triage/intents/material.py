"""What is learned from, and tried on."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapport.ai.triage.intents.memory import Vectors

NOWHERE: Final = "oos"
"""The intent of examples that belong nowhere."""


class TooFewExamples(ValueError):
    """Two intents with two examples each are the least to learn from."""


@dataclass(frozen=True, slots=True)
class Material:
    """Texts, what each is about, and their vectors where an embedder made some."""

    texts: Sequence[str]
    intents: Sequence[str]
    vectors: Vectors | None
    embedder: str | None = None
    further: Sequence[Collection[str]] | None = None
    """What else each text is about; None where each is about one thing."""
    writers: Sequence[Hashable] | None = None
    """Who wrote each text, None for nobody: what one writer alone says is not learned."""
    sources: Sequence[bytes] | None = None
    """16 bytes that name what each text is from, so that it can be forgotten; zeros for nothing."""

    def part(self, places: Sequence[int]) -> "Material":
        """Some of them."""
        return replace(
            self,
            texts=[self.texts[at] for at in places],
            intents=[self.intents[at] for at in places],
            vectors=None if self.vectors is None else self.vectors[list(places)],
            further=None if self.further is None else [self.further[at] for at in places],
            writers=None if self.writers is None else [self.writers[at] for at in places],
            sources=None if self.sources is None else [self.sources[at] for at in places],
        )

    def all_of(self, at: int) -> set[str]:
        """Everything that a text is about."""
        return {self.intents[at], *(self.further[at] if self.further is not None else ())}

    def unaware_of(self, unknown: Collection[str]) -> "Material":
        """The same, as if texts were not about these intents besides others."""
        if self.further is None:
            return self
        return replace(self, further=[set(one) - set(unknown) for one in self.further])
