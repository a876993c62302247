"""Finding conversations by what was said in them."""

from datetime import datetime
from uuid import UUID

from rapport.conversations.reading.service import many, message_at
from rapport.conversations.schemas import SearchHit
from rapport.conversations.search.repository import SearchRepository
from rapport.conversations.search.words import passage, query_of, words_of
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def search(
    ctx: Ctx, words: str, *, cursor: str | None = None, limit: int = 20
) -> Page[SearchHit]:
    """Conversations in which all the words occur, the most recently active first.

    The last word may be unfinished. `#123` finds the conversation of that number. New messages are
    found within about a second.

    Raises:
        CursorMalformed: the cursor is not one of this list.
    """
    repository = SearchRepository(ctx)
    number = words.strip().removeprefix("#")
    if words.strip().startswith("#") and number.isascii() and number.isdigit():
        found = await repository.numbered(int(number[:9]))
        return Page(items=await _hits(ctx, [found] if found else [], ""), next=None)
    query = query_of(words)
    if query is None:
        return Page(items=[], next=None)
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    rows = await repository.find(query, after=after, limit=limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=await _hits(ctx, [row.conversation_id for row in shown], words),
        next=encode_cursor([shown[-1].active_at, shown[-1].conversation_id]) if more else None,
    )


async def _hits(ctx: Ctx, ids: list[UUID], words: str) -> list[SearchHit]:
    if not ids:
        return []
    bodies = await SearchRepository(ctx).passages(ids)
    wanted = words_of(words)
    return [
        SearchHit(conversation=it, snippet=passage(bodies.get(it.id, []), wanted))
        for it in await many(ctx, ids)
    ]


async def index_message(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """Let a conversation be found by the words of one of its messages."""
    message = await message_at(ctx, conversation_id, seq)
    names = " ".join(file.name for file in message.attachments)
    await SearchRepository(ctx).add(conversation_id, set(words_of(f"{message.body} {names}")))


async def index_conversation(ctx: Ctx, conversation_id: UUID) -> None:
    """Let a conversation be found by its subject, and by its customer's name and address."""
    repository = SearchRepository(ctx)
    about = await repository.about(conversation_id)
    if about is not None:
        words = words_of(f"{about.subject or ''} {about.name} {about.email or ''}")
        await repository.add(conversation_id, set(words))
