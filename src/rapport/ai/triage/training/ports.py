"""What training asks of whoever keeps the labels."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

from rapport.kernel.context import Ctx

Kind = Literal["typed", "correction", "queue", "tag"]
BY_PEOPLE: Final = frozenset({"correction", "queue"})
"""Kinds of examples that a person has looked at one by one; a `tag` was put on a conversation."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it is about; nothing that is known where `intents` is empty.

    `typed` ones are an administrator's words and have neither customer nor conversation.
    """

    text: str
    intents: tuple[UUID, ...]
    kind: Kind
    customer_id: UUID | None = None
    conversation_id: UUID | None = None


class Labels(Protocol):
    """Knows what people taught; found by `ctx.ports`."""

    def examples(self, ctx: Ctx) -> AsyncIterator[Sequence[Example]]:
        """All there are, some hundred at a time: what was typed, then what people labelled."""

    async def added_since(self, ctx: Ctx, since: datetime | None, *, up_to: int) -> int:
        """How many labels came after an instant (None: ever); it stops counting at `up_to`."""
