"""Writing to the log, and reading it by cursor."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.context import Ctx
from rapport.kernel.errors import Malformed
from rapport.kernel.events.catalogue import Event, parse
from rapport.kernel.events.models import EventRow

_WRITTEN = re.compile(r"(-?[0-9]{1,19})-([0-9]{1,18})")


class CursorUnreadable(Malformed):
    """That is not a cursor of the log; a cursor looks like `812-4711`."""


class Cursor(NamedTuple):
    """A position in the log: everything up to and including it has been seen."""

    tx: int
    id: int

    def __str__(self) -> str:
        return f"{self.tx}-{self.id}"

    @classmethod
    def parse(cls, written: str) -> "Cursor":
        """Read what `str` wrote.

        Raises:
            CursorUnreadable: it is something else.
        """
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise CursorUnreadable
        return cls(int(found[1]), int(found[2]))


BEGINNING = Cursor(-(2**62), 0)
"""Before everything; a restored log has positions below zero, see `log_rebase`."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it."""

    workspace_id: UUID
    tx: int
    id: int
    name: str
    actor: str
    subject_id: UUID | None
    payload: dict[str, Any]
    created_at: datetime

    @property
    def cursor(self) -> Cursor:
        """Where it is."""
        return Cursor(self.tx, self.id)

    @property
    def event(self) -> Event:
        """The typed event. Raises as `catalogue.parse`."""
        return parse(self.name, self.payload)


class LogState(NamedTuple):
    """How far the log goes now."""

    horizon: int
    """Transactions below this one are finished: nothing can appear among them any more."""
    tip: Cursor
    """The last visible event."""

    @property
    def readable(self) -> Cursor:
        """How far readers may look: not beyond the first transaction that still runs."""
        return min(Cursor(self.horizon, 0), self.tip)


_COLUMNS = (
    EventRow.workspace_id,
    EventRow.tx,
    EventRow.id,
    EventRow.name,
    EventRow.actor,
    EventRow.subject_id,
    EventRow.payload,
    EventRow.created_at,
)
_FIELDS = "workspace_id, tx, id, name, actor, subject_id, payload, created_at"
# Written out, for nearly every change appends to the log: building the statement took twice as long
# as running it.
_APPEND = text(
    """
    INSERT INTO events (workspace_id, name, actor, subject_id, payload, created_at)
    SELECT :workspace_id, e.name, :actor, e.subject_id, e.payload, :at
    FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e(name text, subject_id uuid, payload jsonb)
    """
)
_STATE = text("SELECT horizon, tx, id FROM log_state()")
_NEWS = text(
    """
    SELECT s.horizon, s.tx, s.id, found.names, found.events
    FROM log_state() s, (
        SELECT array_agg(DISTINCT n.name) AS names, count(*) AS events
        FROM log_after(:tx, :id, NULL, :up_to) n
    ) found
    """
)
_NEXT = text(
    "SELECT s.horizon, s.tx AS tip_tx, s.id AS tip_id, found.* "
    "FROM log_state() s LEFT JOIN log_after(:tx, :id, :names, :up_to) found ON true "
    "ORDER BY found.tx, found.id"
)
_AFTER = text(f"SELECT {_FIELDS} FROM log_after(:tx, :id, :names, :up_to)")  # noqa: S608


async def emit(ctx: Ctx, event: Event, *, subject: UUID | None = None) -> None:
    """Append an event to the workspace's log, in the caller's transaction.

    It exists if and only if that transaction commits; readers hear of it right after. `subject` is
    the thing it is about, by which a timeline finds it.
    """
    await emit_many(ctx, [event], subject=subject)


async def emit_many(ctx: Ctx, events: Sequence[Event], *, subject: UUID | None = None) -> None:
    """Append several events at once, in their order. See `emit`."""
    await emit_each(ctx, [(event, subject) for event in events])


async def emit_each(ctx: Ctx, events: Sequence[tuple[Event, UUID | None]]) -> None:
    """Append several events at once, in their order, each with its own subject. See `emit`."""
    if not events:
        return
    rows = [
        {
            "name": event.name,
            "subject_id": subject,
            "payload": msgspec.Raw(event.model_dump_json().encode()),
        }
        for event, subject in events
    ]
    await ctx.session.execute(
        _APPEND,
        {
            "workspace_id": ctx.workspace_id,
            "actor": str(ctx.actor),
            "at": ctx.now(),
            "events": msgspec.json.encode(rows).decode(),
        },
    )
    announce(ctx.session)


def announce(session: AsyncSession) -> None:
    """Have the listeners woken once this session's transaction has committed.

    For code that writes to `events` by its own SQL.
    """
    session.info["rapport_events"] = True


async def head(ctx: Ctx) -> Cursor:
    """A cursor such that whatever is read from now on already contains everything before it."""
    return Cursor(int(await ctx.session.scalar(text("SELECT log_horizon()")) or 0), 0)


async def state(session: AsyncSession) -> LogState:
    """How far the log goes, over all workspaces."""
    row = (await session.execute(_STATE)).one()
    return LogState(row.horizon, Cursor(row.tx, row.id))


async def after(
    session: AsyncSession, cursor: Cursor, *, names: Sequence[str] | None = None, limit: int = 500
) -> list[Recorded]:
    """The next finished events of all workspaces, in order, optionally of some kinds only."""
    found = await session.execute(
        _AFTER,
        {
            "tx": cursor.tx,
            "id": cursor.id,
            "names": list(names) if names is not None else None,
            "up_to": limit,
        },
    )
    return [_recorded(row) for row in found]


async def news(
    session: AsyncSession, since: Cursor, *, limit: int = 1_000
) -> tuple[LogState, frozenset[str] | None]:
    """How far the log goes, and the names of what is finished after `since`; None: too much."""
    row = (await session.execute(_NEWS, {"tx": since.tx, "id": since.id, "up_to": limit})).one()
    names = frozenset(row.names or ()) if row.events < limit else None
    return LogState(row.horizon, Cursor(row.tx, row.id)), names


async def next_after(
    session: AsyncSession, cursor: Cursor, *, names: Sequence[str], limit: int
) -> tuple[LogState, list[Recorded]]:
    """The next finished events of these kinds, as `after`, and how far the log went just then."""
    rows = (
        await session.execute(
            _NEXT, {"tx": cursor.tx, "id": cursor.id, "names": list(names), "up_to": limit}
        )
    ).all()
    state = LogState(rows[0].horizon, Cursor(rows[0].tip_tx, rows[0].tip_id))
    return state, [_recorded(row) for row in rows if row.id is not None]


async def rewound(ctx: Ctx, cursor: Cursor) -> Cursor:
    """Where to begin again for somebody to whom events were shown as soon as they were visible.

    Before the event at `cursor` they may have missed those of transactions which still ran when it
    was written, and nothing older. A cursor that is no event's (a head) is complete as it stands.
    """
    horizon = await ctx.session.scalar(
        select(EventRow.horizon).where(
            EventRow.workspace_id == ctx.workspace_id,
            EventRow.tx == cursor.tx,
            EventRow.id == cursor.id,
        )
    )
    return cursor if horizon is None else min(cursor, Cursor(horizon, 0))


async def of_workspace(
    ctx: Ctx,
    cursor: Cursor,
    *,
    names: Sequence[str] | None = None,
    up_to: Cursor | None = None,
    limit: int = 500,
) -> list[Recorded]:
    """The visible events of the caller's workspace after `cursor`, in order."""
    place = tuple_(EventRow.tx, EventRow.id)
    statement = select(*_COLUMNS).where(
        EventRow.workspace_id == ctx.workspace_id, place > tuple_(cursor.tx, cursor.id)
    )
    if names is not None:
        statement = statement.where(EventRow.name.in_(names))
    if up_to is not None:
        statement = statement.where(place <= tuple_(up_to.tx, up_to.id))
    found = await ctx.session.execute(statement.order_by(EventRow.tx, EventRow.id).limit(limit))
    return [_recorded(row) for row in found]


async def newest_of_workspace(ctx: Ctx, cursor: Cursor, *, limit: int) -> list[Recorded]:
    """The last `limit` visible events of the caller's workspace after `cursor`, oldest first."""
    place = tuple_(EventRow.tx, EventRow.id)
    statement = (
        select(*_COLUMNS)
        .where(EventRow.workspace_id == ctx.workspace_id, place > tuple_(cursor.tx, cursor.id))
        .order_by(EventRow.tx.desc(), EventRow.id.desc())
        .limit(limit)
    )
    found = await ctx.session.execute(statement)
    return [_recorded(row) for row in reversed(found.all())]


def _recorded(row: Row[Any]) -> Recorded:
    return Recorded(
        row.workspace_id,
        row.tx,
        row.id,
        row.name,
        row.actor,
        row.subject_id,
        row.payload,
        row.created_at,
    )
