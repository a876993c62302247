"""Finding conversations by what was said in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from rapport.conversations.reading.service import many, messages_at
from rapport.conversations.schemas import SearchHit
from rapport.conversations.search.repository import SearchRepository
from rapport.conversations.search.words import passage, query_of, words_of
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

AT_ONCE: Final = 200


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


async def index_messages(ctx: Ctx, places: Sequence[tuple[UUID, int]]) -> None:
    """Let conversations be found by the words of these messages: conversation and seq.

    Messages that are gone are passed over.
    """
    words: dict[UUID, set[str]] = {}
    for message in await messages_at(ctx, places):
        names = " ".join(file.name for file in message.attachments)
        found = words_of(f"{message.body} {names}")
        words.setdefault(message.conversation_id, set()).update(found)
    if words:
        await SearchRepository(ctx).add(words)


async def index_conversation(ctx: Ctx, conversation_id: UUID) -> None:
    """Let a conversation be found by its subject, and by its customer's name and address."""
    repository = SearchRepository(ctx)
    about = await repository.about(conversation_id)
    if about is not None:
        words = words_of(f"{about.subject or ''} {about.name} {about.email or ''}")
        await repository.add({conversation_id: set(words)})


async def index_anew(ctx: Ctx, conversation_id: UUID) -> None:
    """Let a conversation be found by what is in it now, and by nothing else."""
    repository = SearchRepository(ctx)
    last_seq = await repository.forget(conversation_id)
    await index_conversation(ctx, conversation_id)
    for first in range(1, last_seq + 1, AT_ONCE):
        seqs = range(first, min(first + AT_ONCE, last_seq + 1))
        await index_messages(ctx, [(conversation_id, seq) for seq in seqs])
