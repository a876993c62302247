"""What others are told of a customer's solved conversations: shown to them, forgotten with them."""

from collections import Counter
from typing import Final

from rapport.ai.solved import service
from rapport.ai.solved.telling.repository import SOLVED
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms

_ABOUT: Final = "What of each solved conversation may answer others, or why nothing may."


async def _close(ctx: Ctx, things: Things) -> None:
    while await service.forget(ctx, things):
        pass


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return +Counter(solved_conversations=await service.forget(ctx, things))


rooms.add(
    Room(
        key="solved",
        about="Which of their conversations answer others' questions, without anything of theirs.",
        tables=(Table("conversations", _ABOUT, SOLVED),),
        close=_close,
        erase=_erase,
    )
)
