"""What the knowledge base calls its documents: for those who must recognise the names."""

from rapport.kernel.context import Ctx
from rapport.knowledge.schemas import Titled
from rapport.knowledge.search.repository import ChunkRepository


async def titles(ctx: Ctx) -> list[Titled]:
    """The titles of all documents for everybody, in no order that says anything."""
    return await ChunkRepository(ctx).titles()


async def names_state(ctx: Ctx) -> str:
    """A short text that changes with any title or collection's name, and with what lies where.

    Whoever keeps something made of the names asks whether it still holds.
    """
    return await ChunkRepository(ctx).names_state()
