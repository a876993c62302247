"""The test that matters: events applied to a stale state give what a fresh fetch gives.

A room calls `assert_agreement` for each kind of event it presents.
"""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any
from uuid import UUID

import msgspec

from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import head
from rapport.kernel.realtime.catch_up import CatchUps

State = dict[str, dict[str, Any]]
"""What a client holds: things by id, by the name they have in event frames."""
_ENVELOPE = {"type", "cursor", "name", "topic"}


def upsert(state: State, frame: dict[str, Any]) -> None:
    """Apply one event frame as every client does: each thing in it replaces the one of its id."""
    for kind, thing in frame.items():
        if kind not in _ENVELOPE and isinstance(thing, dict) and "id" in thing:
            state.setdefault(kind, {})[str(thing["id"])] = thing


async def assert_agreement(
    database: Database,
    workspace: UUID,
    actor: Actor,
    *,
    topics: set[str],
    fetch: Callable[[Ctx], Awaitable[State]],
    change: Callable[[Ctx], Awaitable[object]],
    reduce: Callable[[State, dict[str, Any]], None] = upsert,
) -> list[dict[str, Any]]:
    """Fetch, change, apply the change's events to the stale state, and compare with a new fetch.

    `fetch` returns what the API would, as JSON-like values. Returns the event frames, at least one.
    """
    async with database.begin(workspace, actor) as ctx:
        cursor = await head(ctx)
        stale = _plain(await fetch(ctx))
    async with database.begin(workspace, actor) as ctx:
        await change(ctx)

    answer = await CatchUps(database).catch_up(workspace, str(cursor), topics)
    assert answer.missed, "the change announced nothing on these topics"
    frames: list[dict[str, Any]] = [msgspec.json.decode(frame.text) for frame in answer.missed]
    state = deepcopy(stale)
    for frame in frames:
        reduce(state, frame)
    async with database.begin(workspace, actor) as ctx:
        fresh = _plain(await fetch(ctx))

    assert state == fresh
    again = deepcopy(fresh)
    for frame in frames:
        reduce(again, frame)
    assert again == fresh, "applying the events once more changed something"
    return frames


def _plain(state: State) -> State:
    plain: State = msgspec.json.decode(msgspec.json.encode(state))
    return plain
