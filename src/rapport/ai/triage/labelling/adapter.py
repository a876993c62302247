"""What people taught, as training asks for it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from rapport.ai.triage.labelling.repository import LabelRepository
from rapport.ai.triage.labelling.service import examples
from rapport.ai.triage.training.ports import Example
from rapport.kernel.context import Ctx


class KeptLabels:
    """The `Labels` of a process."""

    async def examples(self, ctx: Ctx) -> AsyncIterator[Sequence[Example]]:
        """See `Labels.examples`."""
        after: str | None = None
        while True:
            portion = await examples(ctx, after=after)
            yield [
                Example(one.text, one.intent_ids, one.source, one.customer_id, one.conversation_id)
                for one in portion.items
            ]
            if (after := portion.next) is None:
                return

    async def added_since(self, ctx: Ctx, since: datetime | None, *, up_to: int) -> int:
        """See `Labels.added_since`."""
        return await LabelRepository(ctx).added_since(since, up_to=up_to)
