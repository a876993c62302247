"""Which conversations are to be read for recurring issues."""

from collections.abc import Sequence

from rapport.ai.recurring.finding.repository import FindingRepository
from rapport.ai.recurring.openings import LOOKED_AT
from rapport.ai.recurring.repository import ProblemRepository
from rapport.conversations.events import ConversationMoved, MessageAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, batch_reader


@batch_reader("ai.recurring", MessageAdded, ConversationMoved)
async def note(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Note whose opening question may be complete, and whose conversation is another's now."""
    asked = set()
    for record in records:
        match record.event:
            case MessageAdded(author_kind="customer", kind="message") as added:
                if added.seq <= LOOKED_AT:
                    asked.add(added.conversation_id)
            case ConversationMoved() as moved:
                problems = ProblemRepository(ctx)
                await problems.hold()
                await problems.count([moved.conversation_id], by=-1)
                problem_id = await FindingRepository(ctx).move(
                    moved.conversation_id, moved.customer_id
                )
                await problems.count([moved.conversation_id], by=1)
                if problem_id is not None:
                    await problems.tidy([problem_id])
    if asked:
        await FindingRepository(ctx).note(sorted(asked))
