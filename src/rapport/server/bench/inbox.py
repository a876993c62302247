"""`rapport bench inbox`: lists, counters, threads and search on desks of growing size.

Each reading is one call of the service function that the agent API calls, in a unit of work of its
own, as the application role with row-level security on.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import psycopg
from sqlalchemy import event, text

from rapport.conversations import service as conversations
from rapport.conversations.reading import service as reading
from rapport.conversations.schemas import Sort, View
from rapport.conversations.search import service as searching
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.schemas import encode_cursor
from rapport.server.bench import inbox_data as data
from rapport.server.bench.environment import fresh_database

SMALLER: Final = (10_000, 100_000)
READINGS: Final = 400
SEARCHES: Final = 200
WARM_UP: Final = 200

_BY_KEY: Final = text("SELECT * FROM conversations WHERE workspace_id = :workspace_id AND id = :id")

Read = Callable[[Ctx, random.Random, int], Awaitable[object]]


def run(*, conversations: int = 1_000_000) -> dict[str, Any]:
    """Measure at 10,000, 100,000 and `conversations`; `statements` counts those of a list page."""
    return {"sizes": list(growing(conversations))}


def growing(conversations: int) -> Iterator[dict[str, Any]]:
    """The results at each size up to `conversations`, as they come."""
    sizes = [*(size for size in SMALLER if size < conversations), conversations]
    with fresh_database() as (_, url), psycopg.connect(url, autocommit=True) as owner:
        data.prepare(owner)
        loaded = 0
        for size in sizes:
            began = time.perf_counter()
            data.load(owner, loaded, size)
            loaded = size
            load_s = time.perf_counter() - began
            yield {**asyncio.run(_measure(url, size)), "load_s": round(load_s, 1)}


async def _measure(url: str, size: int) -> dict[str, Any]:
    database = Database(url, pool_size=2)
    statements: list[int] = [0]

    def count(*_: object) -> None:
        statements[0] += 1

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    most = 0

    async def p99(read: Read, times: int = READINGS) -> float:
        nonlocal most
        dice, found = random.Random(1), []  # noqa: S311 - not a secret
        for turn in range(WARM_UP + times):
            me = Actor("agent", data.agent(dice.randrange(data.AGENTS)), name="Agent")
            statements[0] = 0
            async with database.begin(data.WORKSPACE, me) as ctx:
                began = time.perf_counter()
                await read(ctx, dice, size)
                if turn >= WARM_UP:
                    found.append((time.perf_counter() - began) * 1_000)
            if read in {_first_page, _deep_page}:
                most = max(most, statements[0])
        return round(sorted(found)[int(len(found) * 0.99)], 3)

    result = {
        "conversations": size,
        "messages": size * data.MESSAGES_PER_CONVERSATION,
        "by_key_p99_ms": await p99(_by_key),
        "list_p99_ms": await p99(_first_page),
        "deep_p99_ms": await p99(_deep_page),
        "counters_p99_ms": await p99(_counters),
        "thread_p99_ms": await p99(_thread),
        "search_p99_ms": await p99(_search, SEARCHES),
        "search_rare_p99_ms": await p99(_search_rare, SEARCHES),
        "search_common_p99_ms": await p99(_search_common, SEARCHES),
        "search_two_common_p99_ms": await p99(_search_two_common, SEARCHES),
        "statements": most,
    }
    await database.dispose()
    return result


def _view(dice: random.Random) -> dict[str, Any]:
    sort = Sort.WAITING if dice.random() < 0.2 else Sort.RECENT
    inbox_id = data.inbox(dice.randrange(data.INBOXES)) if dice.random() < 0.3 else None
    return {"view": dice.choice(list(View)), "sort": sort, "inbox_id": inbox_id}


async def _by_key(ctx: Ctx, dice: random.Random, size: int) -> object:
    """The reference: one row by its primary key."""
    found = await ctx.session.execute(
        _BY_KEY, {"workspace_id": ctx.workspace_id, "id": data.conversation(dice.randrange(size))}
    )
    return found.one()


async def _first_page(ctx: Ctx, dice: random.Random, _: int) -> object:
    return await reading.page(ctx, **_view(dice))


async def _deep_page(ctx: Ctx, dice: random.Random, size: int) -> object:
    at = data.NOW - timedelta(days=dice.random() * 700)
    cursor = encode_cursor([at, data.conversation(dice.randrange(size))])
    return await reading.page(ctx, cursor=cursor, **_view(dice))


async def _counters(ctx: Ctx, _: random.Random, __: int) -> object:
    return await reading.counters(ctx)


async def _thread(ctx: Ctx, dice: random.Random, size: int) -> object:
    return await conversations.messages(ctx, data.conversation(dice.randrange(size)))


async def _search(ctx: Ctx, dice: random.Random, size: int) -> object:
    one_in_two = dice.random() < 0.5
    return await (_search_rare if one_in_two else _search_common)(ctx, dice, size)


async def _search_rare(ctx: Ctx, dice: random.Random, _: int) -> object:
    word = data.rare_word(dice.randrange(20_000))
    return await searching.search(ctx, word if dice.random() < 0.5 else f"order {word}")


async def _search_common(ctx: Ctx, dice: random.Random, _: int) -> object:
    one, other = (data.common_word(dice.randrange(100)) for _ in range(2))
    return await searching.search(ctx, one[:4] if dice.random() < 0.3 else f"{one} {other}")


async def _search_two_common(ctx: Ctx, dice: random.Random, _: int) -> object:
    """Two words that many conversations have, but few both; half of the pairs not for a year."""
    if dice.random() < 0.5:
        words = [data.topic_word(rank) for rank in dice.sample(range(5, 61), 2)]
    else:
        words = [data.former_word(number) for number in dice.sample(range(10), 2)]
    return await searching.search(ctx, " ".join(words))
