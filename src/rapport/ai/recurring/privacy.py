"""Which problems somebody came with: told, and forgotten. How often a problem came up stays."""

from collections import Counter

from rapport.ai.recurring.erasing.repository import CONVERSATIONS, ErasingRepository
from rapport.ai.recurring.repository import ProblemRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    await ProblemRepository(ctx).hold()
    return Counter(problem_conversations=await ErasingRepository(ctx).forget(things))


rooms.add(
    Room(
        key="recurring",
        about="Which of their conversations were taken for a recurring issue.",
        tables=(Table("conversations", "Each conversation with its issue.", CONVERSATIONS),),
        erase=_erase,
    )
)
