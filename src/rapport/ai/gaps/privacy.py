"""Which of a customer's questions wait for an article: told, and forgotten with what it made."""

from collections import Counter
from typing import Final

from rapport.ai.gaps import service
from rapport.ai.gaps.repository import QUESTIONS
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms

_ABOUT: Final = "Each question that the assistant could not answer: where, when and why."


async def _erase(ctx: Ctx, things: Things) -> Counts:
    gone = await service.forget(ctx, things)
    return Counter(questions=gone) if gone else Counter()


rooms.add(
    Room(
        key="gaps",
        about="Questions of theirs that no article answers.",
        tables=(Table("questions", _ABOUT, QUESTIONS),),
        erase=_erase,
    )
)
